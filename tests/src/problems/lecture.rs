//! The lecture's function of two variables, `(sin(2π w1/w2) + 3 w1/w2 − exp(2 w2)) · (3 w1/w2 − exp(2 w2))`.

use autodiff_runtime::differentiate;

use std::f64::consts::PI;

/// A point away from the pole at `w2 = 0`.
pub const POINT: (f64, f64) = (1.3, 0.7);

/// `n` points of [-2, 2) × [0.5, 1.5).
pub fn points(n: usize) -> Vec<(f64, f64)> {
    let numbers = super::uniform(2 * n, 10);
    let pairs = numbers.as_chunks::<2>().0.iter();
    pairs.map(|[a, b]| (2.0 * a, 1.0 + 0.5 * b)).collect()
}

/// The function.
#[differentiate]
pub fn plain(w1: f64, w2: f64) -> f64 {
    let r = w1 / w2;
    let u = 3.0 * r - (2.0 * w2).exp();
    ((2.0 * PI * r).sin() + u) * u
}

/// Value and gradient.
///
/// With `s = sin(2π r)` the function is `(s + u) u`, hence `∂/∂u = s + 2u` and `∂/∂s = u`.
pub fn by_hand(w1: f64, w2: f64) -> (f64, (f64, f64)) {
    let r = w1 / w2;
    let e = (2.0 * w2).exp();
    let u = 3.0 * r - e;
    let (s, c) = (2.0 * PI * r).sin_cos();
    let t = s + u;

    let u_bar = t + u;
    let r_bar = 3.0 * u_bar + 2.0 * PI * c * u;
    let w1_bar = r_bar / w2;
    (t * u, (w1_bar, -w1_bar * r - 2.0 * e * u_bar))
}
