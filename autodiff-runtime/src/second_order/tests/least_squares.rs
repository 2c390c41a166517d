//! Gauss–Newton and Levenberg–Marquardt.

use super::orders;
use crate::second_order::{GaussNewton, LevenbergMarquardt, SolveError, StopReason, standard_errors};

/// Rosenbrock's function as residuals.
fn valley(x: &[f64; 2]) -> [f64; 2] {
    [1.0 - x[0], 10.0 * (x[1] - x[0] * x[0])]
}

fn valley_jacobian(x: &[f64; 2]) -> [[f64; 2]; 2] {
    [[-1.0, 0.0], [-20.0 * x[0], 10.0]]
}

/// The residuals `x + 1` and `λ x² + x − 1` (K. Madsen, H. Nielsen and O. Tingleff, *Methods for Non-Linear Least
/// Squares Problems*, 2004, example 3.4, after Dennis and Schnabel): the minimum for `λ < 1` is 0, with residuals that
/// are not, and Gauss–Newton takes `x` to `λ x + O(x²)`.
fn curved(lambda: f64) -> (impl Fn(&f64) -> [f64; 2], impl Fn(&f64) -> [f64; 2]) {
    (move |x| [x + 1.0, lambda * x * x + x - 1.0], move |x| [1.0, 2.0 * lambda * x + 1.0])
}

#[test]
fn gauss_newton_is_linear_with_the_rate_of_the_curvature() {
    for lambda in [0.1, -0.4, 0.75] {
        let (residuals, jacobian) = curved(lambda);
        let method = GaussNewton::plain(1.0).gradient_tolerance(0.0);
        let at = |steps| method.max_iterations(steps).fit(&1e-3, &residuals, &jacobian).unwrap().x;
        let rate = at(3) / at(2);
        assert!((rate - lambda).abs() < 2e-3, "{rate} for λ = {lambda}");
    }
    // With λ = −2 the minimum repels the plain step.
    let (residuals, jacobian) = curved(-2.0);
    let found = GaussNewton::plain(1.0).max_iterations(3).fit(&1e-6, &residuals, &jacobian).unwrap();
    assert!((found.x.abs() / 8e-6 - 1.0).abs() < 1e-3);
}

#[test]
fn gauss_newton_is_quadratic_without_residuals() {
    let residuals = |x: &[f64; 2]| [x[0].exp() - 1.0 + x[1], x[1].sin() - x[0] * x[1], x[0] + 2.0 * x[1]];
    let jacobian = |x: &[f64; 2]| [[x[0].exp(), 1.0], [-x[1], x[1].cos() - x[0]], [1.0, 2.0]];
    let method = GaussNewton::plain(1.0).gradient_tolerance(0.0);
    let errors: Vec<f64> = (0..4)
        .map(|steps| {
            let found = method.max_iterations(steps).fit(&[0.3, -0.2], residuals, jacobian).unwrap();
            found.x[0].hypot(found.x[1])
        })
        .collect();
    assert!(orders(&errors).iter().all(|p| (p - 2.0).abs() < 0.3), "{errors:?}");
    assert!(errors[3] < 1e-7, "{errors:?}");
}

#[test]
fn the_line_search_of_gauss_newton_lowers_the_sum_of_squares() {
    let found = GaussNewton::new().fit(&[-1.2, 1.0], valley, valley_jacobian).unwrap();
    assert!(found.stopped.converged() && found.x.iter().all(|x| (x - 1.0).abs() < 1e-9), "{found:?}");
    assert!(found.iterations.windows(2).all(|pair| pair[1].value < pair[0].value));
}

#[test]
fn a_singular_jacobian_stops_gauss_newton_and_not_levenberg_marquardt() {
    // Only the sum of the parameters is determined.
    let residuals = |x: &[f64; 2]| [x[0] + x[1] - 3.0, 2.0 * (x[0] + x[1]) - 6.0, (x[0] + x[1]).powi(3) - 27.0];
    let jacobian = |x: &[f64; 2]| [1.0, 2.0, 3.0 * (x[0] + x[1]).powi(2)].map(|d| [d, d]);
    let found = GaussNewton::plain(1.0).fit(&[1.0, 0.5], residuals, jacobian).unwrap();
    assert_eq!((found.stopped, found.x), (StopReason::Singular, [1.0, 0.5]));
    let found = LevenbergMarquardt::new().fit(&[1.0, 0.5], residuals, jacobian).unwrap();
    assert!(found.stopped.converged() && (found.x[0] + found.x[1] - 3.0).abs() < 1e-10, "{found:?}");

    // Fewer residuals than parameters.
    let found = GaussNewton::plain(1.0).fit(&[1.0, 0.5], |x: &[f64; 2]| x[0] + x[1] - 3.0, |_| [1.0, 1.0]).unwrap();
    assert_eq!(found.stopped, StopReason::Singular);
    let found = LevenbergMarquardt::new().fit(&[1.0, 0.5], |x: &[f64; 2]| x[0] + x[1] - 3.0, |_| [1.0, 1.0]).unwrap();
    assert!(found.stopped.converged() && (found.x[0] + found.x[1] - 3.0).abs() < 1e-10, "{found:?}");
}

/// Powell's singular function (Moré, Garbow and Hillstrom 1981, number 13): the Jacobian at the solution 0 has rank 2.
#[test]
fn levenberg_marquardt_on_powells_singular_function() {
    let residuals = |x: &[f64; 4]| {
        let (a, b) = (x[1] - 2.0 * x[2], x[0] - x[3]);
        [x[0] + 10.0 * x[1], 5.0_f64.sqrt() * (x[2] - x[3]), a * a, 10.0_f64.sqrt() * b * b]
    };
    let jacobian = |x: &[f64; 4]| {
        let (five, ten) = (5.0_f64.sqrt(), 10.0_f64.sqrt());
        let (a, b) = (x[1] - 2.0 * x[2], x[0] - x[3]);
        [
            [1.0, 10.0, 0.0, 0.0],
            [0.0, 0.0, five, -five],
            [0.0, 2.0 * a, -4.0 * a, 0.0],
            [2.0 * ten * b, 0.0, 0.0, -2.0 * ten * b],
        ]
    };
    let found = LevenbergMarquardt::new().fit(&[3.0, -1.0, 0.0, 1.0], residuals, jacobian).unwrap();
    assert!(found.value < 1e-25 && found.x.iter().all(|x| x.abs() < 1e-6), "{found:?}");
}

#[test]
fn levenberg_marquardt_does_not_see_units() {
    // Powers of 2 change no rounding, so that the iterates must be the same to the last bit.
    let unit = [1024.0, 1.0 / 4096.0];
    let residuals = |x: &[f64; 2]| valley(&[x[0] / unit[0], x[1] / unit[1]]);
    let jacobian = |x: &[f64; 2]| {
        valley_jacobian(&[x[0] / unit[0], x[1] / unit[1]]).map(|row| [row[0] / unit[0], row[1] / unit[1]])
    };
    for acceleration in [true, false] {
        let method = LevenbergMarquardt::new().acceleration(acceleration);
        let here = method.fit(&[-1.2, 1.0], valley, valley_jacobian).unwrap();
        let there = method.fit(&[-1.2 * unit[0], unit[1]], residuals, jacobian).unwrap();
        assert!(here.stopped.converged() && here.x.iter().all(|x| (x - 1.0).abs() < 1e-10), "{here:?}");
        assert_eq!(there.x, [here.x[0] * unit[0], here.x[1] * unit[1]]);
        assert_eq!(there.iterations.len(), here.iterations.len());
    }
}

#[test]
fn products_lead_where_the_jacobian_leads() {
    let jvp = |x: &[f64; 2], v: &[f64; 2]| (valley(x), valley_jacobian(x).map(|row| row[0] * v[0] + row[1] * v[1]));
    let vjp = |x: &[f64; 2], w: &[f64; 2]| {
        let rows = valley_jacobian(x);
        (valley(x), [0, 1].map(|j| rows[0][j] * w[0] + rows[1][j] * w[1]))
    };
    let damped = LevenbergMarquardt::new().fit_products(&[-1.2, 1.0], valley, jvp, vjp).unwrap();
    let undamped = GaussNewton::new().fit_products(&[-1.2, 1.0], valley, jvp, vjp).unwrap();
    for found in [damped, undamped] {
        assert!(found.stopped.converged() && found.x.iter().all(|x| (x - 1.0).abs() < 1e-8), "{found:?}");
        assert!(found.evaluations.jacobians == 0 && found.evaluations.jacobian_products > 0);
    }
}

#[test]
fn wrong_input_is_an_error() {
    let method = LevenbergMarquardt::new();
    let error = method.fit(&[1.0, 2.0], valley, |_| [1.0, 2.0]).unwrap_err();
    assert_eq!(error.to_string(), "the jacobian holds 2 floats, but 4 were expected");
    let error = method.fit(&[1.0, 2.0], |_| [f64::NAN], |_| [1.0, 2.0]).unwrap_err();
    assert_eq!(error, SolveError::NonFiniteStart { what: "residuals" });
    let error = GaussNewton::new().fit(&[1.0, 2.0], valley, |_| [f64::INFINITY; 4]).unwrap_err();
    assert_eq!(error, SolveError::NonFiniteStart { what: "jacobian" });
    // As many residuals as at the start are expected later.
    let grows = |x: &Vec<f64>| if x[0] == 1.0 { vec![1.0] } else { vec![1.0, 1.0] };
    let error = method.fit(&vec![1.0], grows, |_| vec![1.0]).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "residuals", expected: 1, got: 2 });
    let error = method.initial_damping(-1.0).fit(&[1.0, 2.0], valley, valley_jacobian).unwrap_err();
    assert_eq!(error.to_string(), "initial_damping = -1, but it must be finite and greater than 0");
}

/// Broyden's tridiagonal function (Moré, Garbow and Hillstrom 1981, number 30) in 2000 variables, of which no matrix of
/// 2000 × 2000 is ever formed.
#[test]
fn many_parameters_without_a_matrix() {
    let n = 2000;
    let at = |x: &[f64], i: usize| x.get(i).copied().unwrap_or(0.0);
    let residuals = move |x: &Vec<f64>| -> Vec<f64> {
        let equation = |i: usize| (3.0 - 2.0 * x[i]) * x[i] - at(x, i.wrapping_sub(1)) - 2.0 * at(x, i + 1) + 1.0;
        (0..n).map(equation).collect()
    };
    let jvp = |x: &Vec<f64>, v: &Vec<f64>| {
        let row = |i: usize| (3.0 - 4.0 * x[i]) * v[i] - at(v, i.wrapping_sub(1)) - 2.0 * at(v, i + 1);
        (residuals(x), (0..n).map(row).collect())
    };
    let vjp = |x: &Vec<f64>, w: &Vec<f64>| {
        let column = |j: usize| (3.0 - 4.0 * x[j]) * w[j] - 2.0 * at(w, j.wrapping_sub(1)) - at(w, j + 1);
        (residuals(x), (0..n).map(column).collect())
    };
    let damped = LevenbergMarquardt::new().fit_products(&vec![-1.0; n], residuals, jvp, vjp).unwrap();
    let undamped = GaussNewton::new().fit_products(&vec![-1.0; n], residuals, jvp, vjp).unwrap();
    for found in [damped, undamped] {
        assert!(found.stopped.converged(), "{}", found.stopped);
        assert!(residuals(&found.x).iter().all(|r| r.abs() < 1e-9));
        assert!(found.iterations.len() < 30 && found.evaluations.jacobian_products < 2000, "{:?}", found.evaluations);
    }
}

#[test]
fn standard_errors_need_more_residuals_than_parameters() {
    let fit = LevenbergMarquardt::new().fit(&[-1.2, 1.0], valley, valley_jacobian).unwrap();
    assert_eq!(standard_errors(&fit, &valley_jacobian(&fit.x)).unwrap_err(), SolveError::Undetermined);
    let dependent = [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]];
    assert_eq!(standard_errors(&fit, &dependent).unwrap_err(), SolveError::Undetermined);
    let error = standard_errors(&fit, &[1.0; 7]).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "jacobian", expected: 6, got: 7 });
}
