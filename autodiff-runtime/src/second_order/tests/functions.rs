//! Functions with derivatives written by hand.

use nalgebra::{DMatrix, DVector};

/// `Σ (yᵢ − ln yᵢ)` at `y = A x`: the minimum is where all `yᵢ` are 1, and a Newton step takes each `1 − yᵢ` exactly to
/// its square.
pub(super) struct Logarithms {
    pub(super) a: DMatrix<f64>,
}

impl Logarithms {
    /// Of `n` variables, with a matrix that couples all of them.
    pub(super) fn new(n: usize) -> Self {
        let coupling = |i: usize, j: usize| if i == j { 2.0 } else { ((3 * i + 5 * j) as f64).sin() / n as f64 };
        Self { a: DMatrix::from_fn(n, n, coupling) }
    }

    pub(super) fn y(&self, x: &[f64]) -> DVector<f64> {
        &self.a * DVector::from_column_slice(x)
    }

    /// The `x` with all errors `1 − yᵢ` as given.
    pub(super) fn at_errors(&self, errors: &[f64]) -> Vec<f64> {
        let y = DVector::from_iterator(errors.len(), errors.iter().map(|e| 1.0 - e));
        self.a.clone().lu().solve(&y).unwrap().as_slice().to_vec()
    }

    pub(super) fn value(&self, x: &[f64]) -> f64 {
        self.y(x).iter().map(|y| y - y.ln()).sum()
    }

    pub(super) fn gradient(&self, x: &[f64]) -> Vec<f64> {
        self.a.tr_mul(&self.y(x).map(|y| 1.0 - 1.0 / y)).as_slice().to_vec()
    }

    pub(super) fn hvp(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let curvature = self.y(x).map(|y| 1.0 / (y * y));
        self.a.tr_mul(&curvature.component_mul(&self.y(v))).as_slice().to_vec()
    }

    pub(super) fn hessian(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let unit = |j: usize| -> Vec<f64> { (0..x.len()).map(|i| f64::from(u8::from(i == j))).collect() };
        (0..x.len()).map(|j| self.hvp(x, &unit(j))).collect()
    }
}

/// `(1 − x)² + 100 (y − x²)²`.
pub(super) fn rosenbrock([x, y]: [f64; 2]) -> (f64, [f64; 2], [[f64; 2]; 2]) {
    let t = y - x * x;
    let value = (1.0 - x).powi(2) + 100.0 * t * t;
    let gradient = [-2.0 * (1.0 - x) - 400.0 * x * t, 200.0 * t];
    (value, gradient, [[2.0 - 400.0 * t + 800.0 * x * x, -400.0 * x], [-400.0 * x, 200.0]])
}

/// `(x² + y − 11)² + (x + y² − 7)²`.
pub(super) fn himmelblau([x, y]: [f64; 2]) -> (f64, [f64; 2], [[f64; 2]; 2]) {
    let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
    let gradient = [4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b];
    let mixed = 4.0 * (x + y);
    let hessian = [[12.0 * x * x + 4.0 * y - 42.0, mixed], [mixed, 12.0 * y * y + 4.0 * x - 26.0]];
    (a * a + b * b, gradient, hessian)
}

/// Wood's function (Moré, Garbow and Hillstrom 1981, number 14): two valleys of Rosenbrock, coupled.
pub(super) fn wood([a, b, c, d]: [f64; 4]) -> (f64, [f64; 4], [[f64; 4]; 4]) {
    let (t, u, v, w) = (b - a * a, d - c * c, b + d - 2.0, b - d);
    let value = 100.0 * t * t + (1.0 - a).powi(2) + 90.0 * u * u + (1.0 - c).powi(2) + 10.0 * v * v + 0.1 * w * w;
    let gradient = [
        -400.0 * a * t - 2.0 * (1.0 - a),
        200.0 * t + 20.0 * v + 0.2 * w,
        -360.0 * c * u - 2.0 * (1.0 - c),
        180.0 * u + 20.0 * v - 0.2 * w,
    ];
    let hessian = [
        [800.0 * a * a - 400.0 * t + 2.0, -400.0 * a, 0.0, 0.0],
        [-400.0 * a, 220.2, 0.0, 19.8],
        [0.0, 0.0, 720.0 * c * c - 360.0 * u + 2.0, -360.0 * c],
        [0.0, 19.8, -360.0 * c, 200.2],
    ];
    (value, gradient, hessian)
}
