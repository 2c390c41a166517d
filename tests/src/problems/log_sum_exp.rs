//! `ln Σ exp x_i`, shifted by the largest `x_i` so that nothing overflows.

use autodiff_runtime::differentiate;

/// `n` scores, spread over [-5, 5).
pub fn scores(n: usize) -> Vec<f64> {
    super::uniform(n, 5).iter().map(|x| 5.0 * x).collect()
}

/// The function; −∞ for no scores.
#[expect(clippy::needless_range_loop, reason = "loops over indices are what is measured")]
#[differentiate(order = 2)]
pub fn plain(x: &[f64]) -> f64 {
    let mut top = f64::NEG_INFINITY;
    for i in 0..x.len() {
        top = top.max(x[i]);
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += (x[i] - top).exp();
    }
    top + sum.ln()
}

/// Value and gradient, the softmax. The exponentials wait in the gradient for their sum, and the shift needs no
/// adjoint: the function does not depend on it.
pub fn by_hand(x: &[f64]) -> (f64, Vec<f64>) {
    let top = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    let mut grad: Vec<f64> = x
        .iter()
        .map(|x| {
            let e = (x - top).exp();
            sum += e;
            e
        })
        .collect();
    let scale = 1.0 / sum;
    for x_bar in &mut grad {
        *x_bar *= scale;
    }
    (top + sum.ln(), grad)
}
