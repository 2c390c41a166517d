//! The Rosenbrock function of n variables, `Σ 100 (x_{i+1} − x_i²)² + (1 − x_i)²`.

use autodiff_runtime::differentiate;

/// A point of `n` coordinates on both sides of the valley.
pub fn point(n: usize) -> Vec<f64> {
    super::uniform(n, 1)
}

/// The function; 0 for fewer than two coordinates.
#[differentiate(order = 2)]
pub fn plain(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let a = x[i] - x[i - 1] * x[i - 1];
        let b = 1.0 - x[i - 1];
        sum += 100.0 * a * a + b * b;
    }
    sum
}

/// Value and gradient.
pub fn by_hand(x: &[f64]) -> (f64, Vec<f64>) {
    let mut grad = vec![0.0; x.len()];
    let value = by_hand_into(x, &mut grad);
    (value, grad)
}

/// The value; adds the gradient to `grad`. Each term reaches two neighbours, and what it owes to the second is
/// carried to the next iteration, so that every element of `grad` is touched once.
///
/// # Panics
///
/// If `grad` is shorter than `x`.
pub fn by_hand_into(x: &[f64], grad: &mut [f64]) -> f64 {
    let Some((last_bar, rest_bar)) = grad[..x.len()].split_last_mut() else {
        return 0.0;
    };
    let mut sum = 0.0;
    let mut carried = 0.0;
    for (pair, x_bar) in x.windows(2).zip(rest_bar) {
        let a = pair[1] - pair[0] * pair[0];
        let b = 1.0 - pair[0];
        sum += 100.0 * a * a + b * b;
        let a_bar = 200.0 * a;
        *x_bar += carried - 2.0 * (a_bar * pair[0] + b);
        carried = a_bar;
    }
    *last_bar += carried;
    sum
}
