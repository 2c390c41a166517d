//! Newton–CG.

use super::functions::{Logarithms, rosenbrock};
use crate::second_order::{Forcing, NewtonCg, SolveError, StopReason};

#[test]
fn a_quadratic_takes_one_step_and_as_many_products_as_eigenvalues() {
    // Eigenvalues 1, 2, 3 and 4, each 25 times.
    let eigenvalue = |i: usize| 1.0 + (i % 4) as f64;
    let value_and_grad = |x: &Vec<f64>| {
        let value = x.iter().enumerate().map(|(i, x)| 0.5 * eigenvalue(i) * x * x - x).sum();
        (value, x.iter().enumerate().map(|(i, x)| eigenvalue(i) * x - 1.0).collect())
    };
    let hvp = |_: &Vec<f64>, v: &Vec<f64>| v.iter().enumerate().map(|(i, v)| eigenvalue(i) * v).collect();
    let start = (0..100).map(|i| (i as f64).sin()).collect::<Vec<f64>>();
    let found = NewtonCg::new().forcing(Forcing::Constant(1e-12)).minimize(&start, value_and_grad, hvp).unwrap();
    assert_eq!((found.iterations.len(), found.evaluations.hessian_products), (1, 4));
    assert!(found.x.iter().enumerate().all(|(i, x)| (x - 1.0 / eigenvalue(i)).abs() < 1e-12));
}

/// The distances to the minimum after 0, 1, 2, … iterations, while they are above what rounding leaves.
fn errors(forcing: Forcing) -> Vec<f64> {
    let f = Logarithms::new(20);
    let start = f.at_errors(&(0..20).map(|i| 0.3 * f64::from(i).cos()).collect::<Vec<_>>());
    let distances = (0..60).map(|steps| {
        let method = NewtonCg::new().forcing(forcing).gradient_tolerance(1e-14).max_iterations(steps);
        let found = method.minimize(&start, |x| (f.value(x), f.gradient(x)), |x, v| f.hvp(x, v)).unwrap();
        f.y(&found.x).map(|y| y - 1.0).norm()
    });
    distances.take_while(|&distance| distance > 1e-13).collect()
}

/// The largest `C` of `e_{k+1} = C e_kᵖ`.
fn largest_constant(errors: &[f64], p: f64) -> f64 {
    errors.windows(2).map(|e| e[1] / e[0].powf(p)).fold(0.0, f64::max)
}

#[test]
fn the_forcing_sequence_sets_the_order_of_convergence() {
    // The errors run over ten orders of magnitude, so that a constant that is bounded leaves no smaller exponent.
    let quadratic = errors(Forcing::Quadratic);
    assert!(largest_constant(&quadratic, 2.0) < 5.0, "{quadratic:?}");
    assert!(quadratic.last().is_some_and(|&error| error < 1e-6), "{quadratic:?}");

    let superlinear = errors(Forcing::Superlinear);
    assert!(largest_constant(&superlinear, 1.5) < 5.0, "{superlinear:?}");
    assert!(superlinear.last().is_some_and(|&error| error < 1e-8), "{superlinear:?}");

    // Linear at best the rate 0.4 and not faster than conjugate gradients happen to be.
    let linear = errors(Forcing::Constant(0.4));
    assert!(largest_constant(&linear, 1.0) < 0.8, "{linear:?}");
    assert!(largest_constant(&linear, 1.5) > 1e3, "{linear:?}");
}

#[test]
fn a_thousand_variables() {
    // Rosenbrock's function of 500 pairs of variables.
    let value_and_grad = |x: &Vec<f64>| {
        let parts = x.chunks(2).map(|pair| rosenbrock([pair[0], pair[1]]));
        let mut value = 0.0;
        let mut gradient = Vec::with_capacity(x.len());
        for (part, part_gradient, _) in parts {
            value += part;
            gradient.extend(part_gradient);
        }
        (value, gradient)
    };
    let hvp = |x: &Vec<f64>, v: &Vec<f64>| {
        let pairs = x.chunks(2).zip(v.chunks(2));
        pairs.flat_map(|(x, v)| rosenbrock([x[0], x[1]]).2.map(|row| row[0] * v[0] + row[1] * v[1])).collect()
    };
    let start = [-1.2, 1.0].repeat(500);
    let found = NewtonCg::new().minimize(&start, value_and_grad, hvp).unwrap();
    assert_eq!(found.stopped, StopReason::SmallGradient);
    assert!(found.x.iter().all(|x| (x - 1.0).abs() < 1e-7));
    // All pairs are alike, so that the Hessian has two distinct eigenvalues, and conjugate gradients end after two
    // products (three with rounding).
    assert!(found.evaluations.hessian_products <= 3 * found.iterations.len() as u64);
}

#[test]
fn wrong_input_is_an_error() {
    let value_and_grad = |x: &Vec<f64>| (x[0] * x[0], vec![2.0 * x[0]]);
    let short = |_: &Vec<f64>, _: &Vec<f64>| vec![];
    let error = NewtonCg::new().minimize(&vec![1.0], value_and_grad, short).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "hessian-vector product", expected: 1, got: 0 });
    let forcing = NewtonCg::new().forcing(Forcing::Constant(1.0));
    let error = forcing.minimize(&vec![1.0], value_and_grad, short).unwrap_err();
    assert_eq!(error.to_string(), "forcing = 1, but it must be greater than 0 and less than 1");
}

#[test]
fn a_product_that_is_not_finite_ends_the_run() {
    let value_and_grad = |x: &f64| (x * x, 2.0 * x);
    let found = NewtonCg::new().minimize(&1.0, value_and_grad, |_, _| f64::NAN).unwrap();
    assert_eq!((found.stopped, found.x), (StopReason::NonFinite, 1.0));
}
