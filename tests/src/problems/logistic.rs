//! Logistic regression with an L2 penalty: the mean of `ln(1 + exp z_i) − y_i z_i` over the rows, `z = X w`, plus
//! `λ/2 |w|²`.

use autodiff_runtime::differentiate;

/// Columns of the design matrix.
pub const FEATURES: usize = 50;
/// The weight λ of the penalty.
pub const PENALTY: f64 = 1e-2;

/// Weights, rows and labels (0 or 1), where the labels follow another set of weights, so that the two sides of the
/// loss are about equally likely.
pub fn data(rows: usize) -> (Vec<f64>, Vec<[f64; FEATURES]>, Vec<f64>) {
    let flat = super::uniform(rows * FEATURES, 2);
    let x: Vec<[f64; FEATURES]> = flat.as_chunks().0.to_vec();
    let truth = super::uniform(FEATURES, 3);
    let y = x.iter().map(|row| f64::from(dot(&truth, row) > 0.0)).collect();
    (super::uniform(FEATURES, 4), x, y)
}

/// The loss. The exponential never overflows: its argument is negative on both branches.
#[expect(clippy::needless_range_loop, reason = "loops over indices are what is measured")]
#[differentiate(order = 2)]
pub fn plain(w: &[f64], #[constant] x: &[[f64; FEATURES]], #[constant] y: &[f64]) -> f64 {
    let mut loss = 0.0;
    for i in 0..x.len() {
        let mut z = 0.0;
        for j in 0..w.len() {
            z += w[j] * x[i][j];
        }
        let softplus = if z > 0.0 { z + (-z).exp().ln_1p() } else { z.exp().ln_1p() };
        loss += softplus - y[i] * z;
    }
    let mut norm = 0.0;
    for j in 0..w.len() {
        norm += w[j] * w[j];
    }
    loss / x.len() as f64 + 0.5 * PENALTY * norm
}

/// Value and gradient with respect to `w`.
///
/// # Panics
///
/// If `w` does not hold [`FEATURES`] numbers.
pub fn by_hand(w: &[f64], x: &[[f64; FEATURES]], y: &[f64]) -> (f64, Vec<f64>) {
    let mut grad = vec![0.0; w.len()];
    let value = by_hand_into(w, x, y, &mut grad);
    (value, grad)
}

/// The value; adds the gradient with respect to `w` to `grad`. One pass over the rows: the adjoint of `z` is known as
/// soon as `z` is, and the logistic function reuses the exponential of the loss.
///
/// # Panics
///
/// If `w` or `grad` does not hold [`FEATURES`] numbers.
pub fn by_hand_into(w: &[f64], x: &[[f64; FEATURES]], y: &[f64], grad: &mut [f64]) -> f64 {
    let w: &[f64; FEATURES] = w.try_into().expect("one weight per feature");
    let grad: &mut [f64; FEATURES] = grad.try_into().expect("one derivative per feature");
    let n = x.len() as f64;
    let seed = 1.0 / n;
    let mut loss = 0.0;
    for (row, y) in x.iter().zip(y) {
        let z = dot(w, row);
        let (softplus, logistic) = if z > 0.0 {
            let e = (-z).exp();
            (z + e.ln_1p(), 1.0 / (1.0 + e))
        } else {
            let e = z.exp();
            (e.ln_1p(), e / (1.0 + e))
        };
        loss += softplus - y * z;
        let z_bar = seed * (logistic - y);
        for (w_bar, x) in grad.iter_mut().zip(row) {
            *w_bar += z_bar * x;
        }
    }
    let mut norm = 0.0;
    for (w_bar, w) in grad.iter_mut().zip(w) {
        norm += w * w;
        *w_bar += PENALTY * w;
    }
    loss / n + 0.5 * PENALTY * norm
}

/// The inner product, summed from the left.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}
