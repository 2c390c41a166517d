//! The methods of second order fed by `#[differentiate]`: its functions have the shapes that the methods take.

use autodiff_runtime::second_order::{Kind, LevenbergMarquardt, NewtonCg, Structure, TaylorModel, classify};
use autodiff_runtime::{Differentiable, differentiate};

/// Rosenbrock's function of a chain of variables, with its minimum at (1, …, 1).
#[differentiate]
fn chain(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let t = x[i + 1] - x[i] * x[i];
        sum += (1.0 - x[i]) * (1.0 - x[i]) + 100.0 * t * t;
    }
    sum
}

fn chain_hvp(x: &[f64], v: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; x.len()];
    for i in 0..x.len() - 1 {
        product[i] += (2.0 + 1200.0 * x[i] * x[i] - 400.0 * x[i + 1]) * v[i] - 400.0 * x[i] * v[i + 1];
        product[i + 1] += 200.0 * v[i + 1] - 400.0 * x[i] * v[i];
    }
    product
}

#[test]
fn newton_cg_takes_value_and_grad_as_it_is() {
    let start = vec![0.0; 60];
    let found = NewtonCg::new().minimize(&start, |x| chain::value_and_grad(x), |x, v| chain_hvp(x, v)).unwrap();
    assert!(found.stopped.converged() && found.x.iter().all(|x| (x - 1.0).abs() < 1e-8), "{}", found.stopped);

    // A tridiagonal Hessian: three products tell that it is a minimum.
    let structure = Structure::banded(60, 1);
    assert!(structure.check(&found.x, |x, v| chain_hvp(x, v), 3).unwrap().is_confirmed());
    let hessian = structure.hessian(&found.x, |x, v| chain_hvp(x, v)).unwrap();
    assert_eq!(classify(&hessian.to_dense(), 1e-8).unwrap().kind, Kind::Minimum);
}

#[test]
fn the_taylor_model_of_a_gradient_step() {
    let x = vec![0.3, -0.2, 0.5];
    let (value, gradient) = chain::value_and_grad(&x);
    let step: Vec<f64> = gradient.iter().map(|g| -1e-4 * g).collect();
    let model = TaylorModel::new(&step, value, &gradient, &chain_hvp(&x, &step)).unwrap();
    let moved: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + s).collect();
    assert!((model.gain_ratio(1.0, chain(&moved)) - 1.0).abs() < 1e-3);
}

/// A damped oscillation. The name takes no part in derivatives.
#[derive(Debug, Clone, PartialEq, Differentiable)]
struct Oscillation {
    amplitude: f64,
    decay: f64,
    frequency: f64,
    name: String,
}

#[differentiate]
fn displacement(o: &Oscillation, #[constant] t: f64) -> f64 {
    o.amplitude * (-o.decay * t).exp() * (o.frequency * t).cos()
}

#[test]
fn parameters_may_be_a_struct() {
    let of = |amplitude, decay, frequency| Oscillation { amplitude, decay, frequency, name: "spring".into() };
    let truth = of(2.0, 0.3, 1.7);
    let times: Vec<f64> = (0..40).map(|i| 0.2 * f64::from(i)).collect();
    let residuals =
        |o: &Oscillation| -> Vec<f64> { times.iter().map(|&t| displacement(o, t) - displacement(&truth, t)).collect() };
    let jacobian = |o: &Oscillation| -> Vec<Oscillation> { times.iter().map(|&t| displacement::grad(o, t)).collect() };
    let fit = LevenbergMarquardt::new().fit(&of(1.0, 0.1, 1.5), residuals, jacobian).unwrap();
    assert!(fit.stopped.converged() && fit.x.name == "spring");
    let errors = [fit.x.amplitude - 2.0, fit.x.decay - 0.3, fit.x.frequency - 1.7];
    assert!(errors.iter().all(|error| error.abs() < 1e-10), "{errors:?}");

    // The same without a matrix.
    let jvp = |o: &Oscillation, v: &Oscillation| -> (Vec<f64>, Vec<f64>) {
        times.iter().map(|&t| displacement::jvp(o, t, v)).unzip()
    };
    let vjp = |o: &Oscillation, w: &Vec<f64>| {
        let mut shadow = o.zeros_like();
        let values = times.iter().zip(w).map(|(&t, w)| displacement::vjp_into(o, t, *w, &mut shadow)).collect();
        (values, shadow)
    };
    let fit = LevenbergMarquardt::new().fit_products(&of(1.0, 0.1, 1.5), residuals, jvp, vjp).unwrap();
    let errors = [fit.x.amplitude - 2.0, fit.x.decay - 0.3, fit.x.frequency - 1.7];
    assert!(fit.stopped.converged() && errors.iter().all(|error| error.abs() < 1e-8), "{}: {errors:?}", fit.stopped);
}

/// A circle and a line, which meet at (1, 1).
#[differentiate]
fn circle_and_line(x: &[f64; 2]) -> (f64, f64) {
    (x[0] * x[0] + x[1] * x[1] - 2.0, x[0] - x[1])
}

#[test]
fn residuals_may_be_one_function() {
    let fit = LevenbergMarquardt::new()
        .fit_products(&[2.0, 0.5], circle_and_line, circle_and_line::jvp, |x, w| circle_and_line::vjp(x, *w))
        .unwrap();
    assert!(fit.stopped.converged() && fit.x.iter().all(|x| (x - 1.0).abs() < 1e-9), "{fit:?}");
}
