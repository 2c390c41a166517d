//! Newton's method.

use super::functions::{Logarithms, himmelblau, rosenbrock, wood};
use super::orders;
use crate::second_order::{Newton, Regularization, SolveError, StopReason};

/// `½ xᵀ H x − bᵀ x` with an indefinite `H` of determinant −22; the critical point is (1, 1, 1).
fn quadratic(x: &[f64; 3]) -> (f64, [f64; 3], [[f64; 3]; 3]) {
    let h = [[4.0, 1.0, 0.0], [1.0, -2.0, 1.0], [0.0, 1.0, 2.0]];
    let b = [5.0, 0.0, 3.0];
    let product: [f64; 3] = core::array::from_fn(|i| (0..3).map(|j| h[i][j] * x[j]).sum());
    let value = (0..3).map(|i| (0.5 * product[i] - b[i]) * x[i]).sum();
    (value, core::array::from_fn(|i| product[i] - b[i]), h)
}

#[test]
fn one_step_on_a_quadratic() {
    let found = Newton::plain(1.0).find(&[-7.0, 11.0, 0.3], quadratic).unwrap();
    assert_eq!((found.stopped, found.iterations.len()), (StopReason::SmallGradient, 1));
    assert!(found.x.iter().all(|x| (x - 1.0).abs() < 1e-14), "{:?}", found.x);
}

#[test]
fn a_step_size_below_one_converges_at_its_rate() {
    // On a quadratic the error is exactly (1 − α)ᵏ times the first one.
    for steps in [1, 5, 20] {
        let found = Newton::plain(0.25).max_iterations(steps).find(&[2.0, 0.0, 5.0], quadratic).unwrap();
        let rate = 0.75_f64.powi(steps as i32);
        let expected = [1.0 + rate, 1.0 - rate, 1.0 + 4.0 * rate];
        assert_eq!(found.stopped, StopReason::MaxIterations);
        assert!(found.x.iter().zip(expected).all(|(x, e)| (x - e).abs() < 1e-13), "{:?} {expected:?}", found.x);
    }
}

#[test]
fn convergence_is_quadratic() {
    let f = Logarithms::new(6);
    let start = f.at_errors(&[0.5, -0.4, 0.3, 0.45, -0.2, 0.1]);
    let mut errors = Vec::new();
    for steps in 0..6 {
        let newton = Newton::plain(1.0).gradient_tolerance(0.0).max_iterations(steps);
        let found = newton.find(&start, |x| (f.value(x), f.gradient(x), f.hessian(x))).unwrap();
        errors.push(f.y(&found.x).map(|y| (y - 1.0).abs()).max());
    }
    // 1 − y is squared in every step.
    for (k, error) in errors.iter().enumerate() {
        let expected = 0.5_f64.powi(1 << k);
        assert!((error - expected).abs() < 1e-6 * expected + 1e-14, "after {k} steps: {error}, not {expected}");
    }
    assert!(orders(&errors[..5]).iter().all(|p| (p - 2.0).abs() < 1e-3), "{:?}", orders(&errors));
}

#[test]
fn a_multiple_root_of_the_gradient_is_approached_linearly() {
    // f = x⁴: x ← x − 4x³ / 12x² = ⅔ x.
    let newton = Newton::plain(1.0).max_iterations(10);
    let found = newton.find(&1.0, |x: &f64| (x.powi(4), 4.0 * x.powi(3), 12.0 * x * x)).unwrap();
    assert!((found.x - (2.0_f64 / 3.0).powi(10)).abs() < 1e-15);
}

/// `√(1 + x²)`: the plain step is `x ← −x³`.
fn hyperbola(x: &f64) -> (f64, f64, f64) {
    let root = 1.0_f64.hypot(*x);
    (root, x / root, root.powi(-3))
}

#[test]
fn the_line_search_converges_where_the_plain_step_diverges() {
    let plain = Newton::plain(1.0).find(&1.1, hyperbola).unwrap();
    assert!(matches!(plain.stopped, StopReason::NonFinite | StopReason::Singular), "{}", plain.stopped);
    assert!(plain.x.is_finite() && plain.x.abs() > 1e3);

    let searched = Newton::new().minimize(&1.1, |x| hyperbola(x).0, hyperbola).unwrap();
    assert_eq!(searched.stopped, StopReason::SmallGradient);
    assert!(searched.x.abs() < 1e-8);
}

#[test]
fn an_infinite_value_is_stepped_back_from() {
    // The minimum of x − ln x is 1; the full step from 3 is −3, where the logarithm is NaN.
    let f = |x: &f64| (x - x.ln(), 1.0 - 1.0 / x, 1.0 / (x * x));
    let plain = Newton::plain(1.0).find(&3.0, f).unwrap();
    assert_eq!((plain.stopped, plain.x), (StopReason::NonFinite, 3.0));

    let searched = Newton::new().minimize(&3.0, |x| f(x).0, f).unwrap();
    assert!(searched.stopped.converged() && (searched.x - 1.0).abs() < 1e-8);
}

#[test]
fn classical_minima_are_found() {
    for regularization in [Regularization::Shift, Regularization::AbsoluteEigenvalues] {
        let newton = Newton::new().regularization(regularization);
        // The starting points of Moré, Garbow and Hillstrom.
        let found = newton.minimize(&[-1.2, 1.0], |x| rosenbrock(*x).0, |x| rosenbrock(*x)).unwrap();
        assert_eq!(found.stopped, StopReason::SmallGradient);
        assert!(found.x.iter().all(|x| (x - 1.0).abs() < 1e-8), "{:?}", found.x);

        let found = newton.minimize(&[-3.0, -1.0, -3.0, -1.0], |x| wood(*x).0, |x| wood(*x)).unwrap();
        assert_eq!(found.stopped, StopReason::SmallGradient);
        assert!(found.x.iter().all(|x| (x - 1.0).abs() < 1e-8), "{:?}", found.x);

        // All minima of Himmelblau's function have the value 0; its maximum is at about (−0.27, −0.92), and the Hessian
        // is indefinite on much of the way.
        for start in [[0.0, 0.0], [-0.2, -1.0], [0.1, 2.9], [-3.0, 0.1]] {
            let found = newton.minimize(&start, |x| himmelblau(*x).0, |x| himmelblau(*x)).unwrap();
            assert_eq!(found.stopped, StopReason::SmallGradient);
            assert!(found.value < 1e-15, "from {start:?}: {} at {:?}", found.value, found.x);
        }
    }
}

#[test]
fn the_objective_never_increases() {
    let found = Newton::new().minimize(&[-1.2, 1.0], |x| rosenbrock(*x).0, |x| rosenbrock(*x)).unwrap();
    assert!(found.iterations.windows(2).all(|pair| pair[1].value < pair[0].value));
    // Both the trials of the line search and the derivatives are counted.
    assert_eq!(found.evaluations.hessians, found.iterations.len() as u64 + 1);
    assert!(found.evaluations.values >= found.iterations.len() as u64);
}

#[test]
fn saddles_attract_the_plain_method_and_not_the_other() {
    // x² − y² + y⁴/2 has a saddle at the origin and minima at (0, ±1).
    let f = |[x, y]: &[f64; 2]| {
        let hessian = [[2.0, 0.0], [0.0, -2.0 + 6.0 * y * y]];
        (x * x - y * y + y.powi(4) / 2.0, [2.0 * x, -2.0 * y + 2.0 * y.powi(3)], hessian)
    };
    let plain = Newton::plain(1.0).find(&[1.0, 0.1], f).unwrap();
    assert!(plain.stopped.converged() && plain.x[1].abs() < 1e-8);
    for regularization in [Regularization::Shift, Regularization::AbsoluteEigenvalues] {
        let newton = Newton::new().regularization(regularization);
        let found = newton.minimize(&[1.0, 0.1], |x| f(x).0, f).unwrap();
        assert!(found.stopped.converged() && (found.x[1] - 1.0).abs() < 1e-8, "{:?}", found.x);
    }
}

#[test]
fn a_singular_hessian_stops_the_plain_method() {
    let found = Newton::plain(1.0).find(&[1.0, 2.0], |_| (0.0, [1.0, 1.0], [[1.0, 1.0], [1.0, 1.0]])).unwrap();
    assert_eq!((found.stopped, found.x), (StopReason::Singular, [1.0, 2.0]));
}

#[test]
fn wrong_input_is_an_error() {
    let f = |x: &Vec<f64>| (0.0, x.clone(), vec![1.0]);
    let newton = Newton::plain(1.0);
    assert_eq!(newton.find(&vec![], f).unwrap_err(), SolveError::Empty);
    assert_eq!(
        newton.find(&vec![1.0, 2.0], f).unwrap_err().to_string(),
        "the hessian holds 1 floats, but 4 were expected"
    );
    assert_eq!(newton.find(&vec![f64::NAN], f).unwrap_err(), SolveError::NonFiniteStart { what: "start" });
    let infinite = |x: &Vec<f64>| (f64::INFINITY, x.clone(), vec![1.0]);
    assert_eq!(newton.find(&vec![1.0], infinite).unwrap_err(), SolveError::NonFiniteStart { what: "value" });
    assert_eq!(
        Newton::plain(0.0).find(&vec![1.0], f).unwrap_err().to_string(),
        "step_size = 0, but it must be finite and greater than 0"
    );
    assert_eq!(
        newton.gradient_tolerance(f64::NAN).find(&vec![1.0], f).unwrap_err().to_string(),
        "gradient_tolerance = NaN, but it must be finite and at least 0"
    );
}

#[test]
fn a_gradient_of_rounding_errors_is_an_end() {
    // The gradient near π is a multiple of 2e8 times the distance between two floats, 4e-16, and never below 1e-8.
    let f = |x: &f64| {
        let t = (0.5 * x).cos();
        (1e8 + 1e8 * t * t, -1e8 * t * (0.5 * x).sin(), 0.5e8)
    };
    let found = Newton::new().gradient_tolerance(0.0).step_tolerance(0.0).minimize(&3.0, |x| f(x).0, f).unwrap();
    assert_eq!(found.stopped, StopReason::Stalled);
    assert!(found.iterations.len() < 20 && (found.x - core::f64::consts::PI).abs() < 1e-14, "{found:?}");
}
