//! Special functions in double precision: what [`Real`](crate::Real) evaluates and `libm` does not have.
//!
//! References: NIST Digital Library of Mathematical Functions (DLMF), chapters 5 (gamma), 7 (erf) and 25 (zeta).

use core::f64::consts::PI;

#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// `B_{2j}` for `j = 1, 2, …` (DLMF table 24.2.1).
const BERNOULLI: [f64; 12] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
    -174611.0 / 330.0,
    854513.0 / 138.0,
    -236364091.0 / 2730.0,
];

/// The digamma function `ψ(x) = Γ'(x)/Γ(x)`.
///
/// Recurrence `ψ(x) = ψ(x+1) − 1/x` (DLMF 5.5.2) up to `x ≥ 10`, then the asymptotic series (DLMF 5.11.2); reflection
/// `ψ(x) = ψ(1−x) − π cot πx` (DLMF 5.5.4) for negative arguments. NaN at the negative integers, where the limits
/// from the two sides differ; `∓∞` at `±0`.
pub(crate) fn digamma(x: f64) -> f64 {
    if x == 0.0 {
        return -x.recip();
    }
    if x < 0.0 {
        // The cotangent has period 1: the distance to the nearest integer is exact, π x is not.
        let distance = x - x.round();
        if distance == 0.0 || x.is_infinite() {
            return f64::NAN;
        }
        return digamma(1.0 - x) - PI / (PI * distance).tan();
    }
    let mut shifted = x;
    let mut below = 0.0;
    while shifted < 10.0 {
        below += shifted.recip();
        shifted += 1.0;
    }
    // ln x − 1/(2x) − Σ B_{2j} / (2j x^{2j})
    let inverse_square = (shifted * shifted).recip();
    let mut series = 0.0;
    for (j, bernoulli) in BERNOULLI[..9].iter().enumerate().rev() {
        series = inverse_square * (bernoulli / (2 * (j + 1)) as f64 + series);
    }
    shifted.ln() - 0.5 / shifted - series - below
}

/// The polygamma function `ψ^{(n)}(x)`, the n-th derivative of [`digamma`]; `n = 0` is digamma itself.
///
/// `ψ^{(n)}(x) = (−1)^{n+1} n! ζ(n+1, x)` (DLMF 25.11.12). The poles are `+∞` for odd `n`; for even `n` they are NaN at
/// the negative integers and `∓∞` at `±0`.
pub(crate) fn polygamma(n: u32, x: f64) -> f64 {
    if n == 0 {
        return digamma(x);
    }
    let factorial = (1..=n).fold(1.0, |product, k| product * f64::from(k));
    let zeta = hurwitz_zeta(n + 1, x);
    if n.is_multiple_of(2) { -factorial * zeta } else { factorial * zeta }
}

/// The trigamma function `ψ'(x)`.
pub(crate) fn trigamma(x: f64) -> f64 {
    polygamma(1, x)
}

/// `Σ_{k≥0} (x+k)^{−s}` for integers `s ≥ 2` and any real `x`, poles at `0, −1, −2, …`.
fn hurwitz_zeta(s: u32, x: f64) -> f64 {
    let power = |base: f64| base.powi(-i32::try_from(s).unwrap_or(i32::MAX));
    if x > 0.0 || x.is_nan() {
        return hurwitz_zeta_positive(s, x);
    }
    if x == 0.0 {
        return power(x);
    }
    // The sum over all integers k, positive and negative, has period 1 in x. With the exact distance d of x to the
    // nearest integer it is d^{−s} + ζ(s, 1+d) + (−1)^s ζ(s, 1−d), and what it has too much is (−1)^s ζ(s, 1−x).
    let distance = x - x.round();
    let sign = if s.is_multiple_of(2) { 1.0 } else { -1.0 };
    if x.is_infinite() || (distance == 0.0 && !s.is_multiple_of(2)) {
        return f64::NAN;
    }
    power(distance)
        + hurwitz_zeta_positive(s, 1.0 + distance)
        + sign * (hurwitz_zeta_positive(s, 1.0 - distance) - hurwitz_zeta_positive(s, 1.0 - x))
}

/// [`hurwitz_zeta`] for `x > 0`: the first terms, and the Euler–Maclaurin formula for the rest (DLMF 25.11.5).
fn hurwitz_zeta_positive(s: u32, x: f64) -> f64 {
    if x == f64::INFINITY {
        return 0.0;
    }
    let s_float = f64::from(s);
    let exponent = -i32::try_from(s).unwrap_or(i32::MAX);
    // The series needs x well above s to converge to double precision in twelve terms.
    let enough = 10.0 + s_float;
    let mut shifted = x;
    let mut sum = 0.0;
    while shifted < enough {
        sum += shifted.powi(exponent);
        shifted += 1.0;
    }
    // x^{1−s}/(s−1) + x^{−s}/2 + Σ B_{2j}/(2j)! s(s+1)…(s+2j−2) x^{−s−2j+1}
    let last = shifted.powi(exponent);
    let mut tail = last * shifted / (s_float - 1.0) + 0.5 * last;
    let mut factor = last * s_float / shifted; // s(s+1)…(s+2j−2) x^{−s−2j+1} / (2j)! after the division below
    for (j, bernoulli) in (1u32..).zip(BERNOULLI) {
        let two_j = f64::from(2 * j);
        factor /= two_j * (two_j - 1.0);
        let term = factor * bernoulli;
        tail += term;
        factor *= (s_float + two_j - 1.0) * (s_float + two_j) / (shifted * shifted);
        if term.abs() <= f64::EPSILON * 1e-3 * tail.abs() {
            break;
        }
    }
    sum + tail
}
