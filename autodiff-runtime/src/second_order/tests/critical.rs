//! Classification.

use super::functions::himmelblau;
use crate::second_order::{Kind, Newton, SolveError, classify};

#[test]
fn all_critical_points_of_himmelblaus_function() {
    // Four minima, four saddles and a maximum, to the digits that are usually printed.
    let minima = [[3.0, 2.0], [-2.805, 3.131], [-3.779, -3.283], [3.584, -1.848]];
    let saddles = [[3.385, 0.074], [0.087, 2.884], [-3.073, -0.081], [-0.128, -1.954]];
    let maximum = [[-0.271, -0.923]];
    let expected = minima.map(|x| (x, Kind::Minimum)).into_iter();
    let expected = expected.chain(saddles.map(|x| (x, Kind::Saddle { negative: 1 })));
    for (near, kind) in expected.chain(maximum.map(|x| (x, Kind::Maximum))) {
        let found = Newton::plain(1.0).find(&near, |x| himmelblau(*x)).unwrap();
        assert!(found.stopped.converged(), "{near:?}");
        assert!((0..2).all(|i| (found.x[i] - near[i]).abs() < 1e-3), "{near:?}: {:?}", found.x);
        assert_eq!(classify(&himmelblau(found.x).2, 1e-8).unwrap().kind, kind, "{near:?}");
    }
}

#[test]
fn degenerate_points() {
    // x² + y⁴, −x² − y⁴, the monkey saddle x³ − 3xy² and a constant, at the origin.
    let cases = [([2.0, 0.0], 1), ([-2.0, 0.0], 1), ([0.0, 0.0], 2)];
    for ([a, b], zero) in cases {
        assert_eq!(classify(&[[a, 0.0], [0.0, b]], 1e-8).unwrap().kind, Kind::Degenerate { zero });
    }
    // Both signs make a saddle, whatever else there is.
    let hessian = [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, -1.0]];
    assert_eq!(classify(&hessian, 1e-8).unwrap().kind, Kind::Saddle { negative: 1 });
}

#[test]
fn the_tolerance_is_relative() {
    for scale in [1e-200, 1.0, 1e200] {
        let hessian = [[scale, 0.0], [0.0, 1e-9 * scale]];
        assert_eq!(classify(&hessian, 1e-8).unwrap().kind, Kind::Degenerate { zero: 1 });
        let found = classify(&hessian, 1e-10).unwrap();
        assert_eq!(found.kind, Kind::Minimum);
        assert!((found.eigenvalues[0] / scale - 1e-9).abs() < 1e-20, "{found:?}");
    }
}

#[test]
fn eigenvalues_are_sorted_and_those_of_the_matrix() {
    // The second difference of 5 points has the eigenvalues 2 − 2 cos(kπ/6).
    let hessian: Vec<Vec<f64>> = (0..5_i32)
        .map(|i| (0..5_i32).map(|j| [2.0, -1.0, 0.0, 0.0, 0.0][(i - j).unsigned_abs() as usize]).collect())
        .collect();
    let found = classify(&hessian, 1e-8).unwrap();
    for (k, eigenvalue) in found.eigenvalues.iter().enumerate() {
        let expected = 2.0 - 2.0 * ((k + 1) as f64 * core::f64::consts::PI / 6.0).cos();
        assert!((eigenvalue - expected).abs() < 1e-14, "{eigenvalue} {expected}");
    }
}

#[test]
fn wrong_input_is_an_error() {
    assert_eq!(classify(&Vec::<f64>::new(), 1e-8).unwrap_err(), SolveError::Empty);
    let error = classify(&[1.0, 2.0, 3.0], 1e-8).unwrap_err();
    assert_eq!(error, SolveError::Length { what: "hessian", expected: 1, got: 3 });
    assert_eq!(classify(&f64::NAN, 1e-8).unwrap_err(), SolveError::NonFiniteStart { what: "hessian" });
    assert!(matches!(classify(&1.0, -1.0).unwrap_err(), SolveError::Setting(_)));
}
