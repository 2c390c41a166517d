//! The Taylor model.

use super::functions::{Logarithms, rosenbrock};
use crate::second_order::{SolveError, TaylorModel, directional_derivative};

#[test]
fn the_error_of_the_model_is_of_third_order() {
    let f = Logarithms::new(5);
    let x = f.at_errors(&[0.1, -0.2, 0.3, 0.05, -0.4]);
    let step = vec![0.3, -0.1, 0.2, 0.4, -0.3];
    let model = TaylorModel::new(&step, f.value(&x), &f.gradient(&x), &f.hvp(&x, &step)).unwrap();
    let error = |t: f64| {
        let moved: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + t * s).collect();
        f.value(&moved) - model.at(t)
    };
    for t in [0.04, 0.02, 0.01] {
        let ratio = error(t) / error(t / 2.0);
        assert!((ratio - 8.0).abs() < 0.5, "{ratio} at {t}");
    }
}

#[test]
fn the_newton_step_is_the_minimiser_of_the_model() {
    let x = [-1.2, 1.0];
    let (value, gradient, [[a, b], [_, d]]) = rosenbrock(x);
    let determinant = a * d - b * b;
    let step = [(b * gradient[1] - d * gradient[0]) / determinant, (b * gradient[0] - a * gradient[1]) / determinant];
    let product = [a * step[0] + b * step[1], b * step[0] + d * step[1]];
    let model = TaylorModel::new(&step, value, &gradient, &product).unwrap();
    assert!((model.minimizer().unwrap() - 1.0).abs() < 1e-12);
    // ½ gᵀ H⁻¹ g, and the book's ratio of what happens to it.
    let expected = -0.5 * directional_derivative(&gradient, &step).unwrap();
    assert!((model.predicted_decrease(1.0) / expected - 1.0).abs() < 1e-12);
    let actual = rosenbrock([x[0] + step[0], x[1] + step[1]]).0;
    assert!((model.gain_ratio(1.0, actual) - (value - actual) / expected).abs() < 1e-12);
}

#[test]
fn a_model_that_curves_down_has_no_minimiser() {
    assert_eq!(TaylorModel::new(&1.0, 0.0, &-1.0, &-2.0).unwrap().minimizer(), None);
}

#[test]
fn lengths_must_agree() {
    let error = directional_derivative(&vec![1.0, 2.0], &vec![1.0]).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "direction", expected: 2, got: 1 });
    let error = TaylorModel::new(&vec![1.0], 0.0, &vec![1.0], &vec![]).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "hessian-vector product", expected: 1, got: 0 });
}
