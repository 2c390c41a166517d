//! [`Real`]: the functions of learning and statistics that `num_traits::Float` does not have.

use core::f64::consts::FRAC_1_SQRT_2;

use num_traits::Float;

use crate::special;

/// `num_traits::Float` with activation functions, the error function and the gamma family, each with a derivative rule.
///
/// Every method is careful at the ends: no overflow where the result is representable, no cancellation in a tail, NaN
/// in gives NaN out. The special functions of `f32` are evaluated in `f64` and rounded once.
///
/// The standard library reserves the names `erf`, `erfc` and `ln_gamma` for methods of its own that are not stable yet,
/// and rustc warns where they are called as methods of a float: `Real::erf(x)` is the quiet way to write them.
///
/// # Example
///
/// ```
/// use autodiff_runtime::Real;
///
/// assert_eq!(0.0_f64.sigmoid(), 0.5);
/// assert_eq!(1000.0_f64.softplus(), 1000.0);
/// assert!((-40.0_f64).softplus() > 0.0);
/// assert!((Real::erf(1.0_f64) - 0.842_700_792_949_714_9).abs() < 1e-15);
/// assert!((1.0_f64.digamma() + 0.577_215_664_901_532_9).abs() < 1e-15);
/// ```
pub trait Real: Float {
    /// The logistic function `1 / (1 + e^{−x})`. Relative accuracy in both tails.
    fn sigmoid(self) -> Self;

    /// `ln(1 + e^x)`, as `max(x, 0) + ln_1p(e^{−|x|})`.
    fn softplus(self) -> Self;

    /// `max(x, 0)`, with NaN for NaN.
    fn relu(self) -> Self;

    /// `x` where `x ≥ 0`, else `slope · x`.
    fn leaky_relu(self, slope: Self) -> Self;

    /// `x` where `x ≥ 0`, else `alpha · (e^x − 1)` (Clevert et al. 2016).
    fn elu(self, alpha: Self) -> Self;

    /// `x Φ(x)` with the normal distribution function `Φ` (Hendrycks and Gimpel 2016): the exact form by
    /// [`erfc`](Real::erfc), not its tanh approximation.
    fn gelu(self) -> Self;

    /// The error function `2/√π ∫_0^x e^{−t²} dt`.
    fn erf(self) -> Self;

    /// The complementary error function `1 − erf x`, accurate in the right tail.
    fn erfc(self) -> Self;

    /// `ln |Γ(x)|`; `+∞` at `0, −1, −2, …`.
    fn ln_gamma(self) -> Self;

    /// `ψ(x)`, the derivative of [`ln_gamma`](Real::ln_gamma). NaN at the negative integers, `∓∞` at `±0`.
    fn digamma(self) -> Self;

    /// `ψ'(x)`, the derivative of [`digamma`](Real::digamma).
    fn trigamma(self) -> Self;

    /// Says that this trait is in scope where generated code takes a method of a float for one of it.
    #[doc(hidden)]
    #[inline(always)]
    fn __method_of_autodiff_runtime_real(self) {}

    /// `ψ^{(n)}(x)`, the n-th derivative of [`digamma`](Real::digamma), for `n ≤ 170`; above, `n!` overflows.
    fn polygamma(self, n: u32) -> Self;
}

macro_rules! real {
    ($float:ident) => {
        impl Real for $float {
            #[inline]
            fn sigmoid(self) -> Self {
                // The exponential of a non-positive number: it cannot overflow, and where it underflows the result is
                // exact.
                let decay = (-Float::abs(self)).exp();
                if self < 0.0 { decay / (1.0 + decay) } else { 1.0 / (1.0 + decay) }
            }

            #[inline]
            fn softplus(self) -> Self {
                let positive_part: $float = if self > 0.0 { self } else { 0.0 };
                positive_part + (-Float::abs(self)).exp().ln_1p()
            }

            #[inline]
            fn relu(self) -> Self {
                if self <= 0.0 { 0.0 } else { self }
            }

            #[inline]
            fn leaky_relu(self, slope: Self) -> Self {
                if self >= 0.0 { self } else { slope * self }
            }

            #[inline]
            fn elu(self, alpha: Self) -> Self {
                if self >= 0.0 { self } else { alpha * self.exp_m1() }
            }

            #[inline]
            fn gelu(self) -> Self {
                let x = f64::from(self);
                let probability = 0.5 * libm::erfc(-x * FRAC_1_SQRT_2);
                // −∞ · 0 would be NaN; the limit is −0.
                (if probability == 0.0 { -0.0 } else { x * probability }) as $float
            }

            #[inline]
            fn erf(self) -> Self {
                libm::erf(f64::from(self)) as $float
            }

            #[inline]
            fn erfc(self) -> Self {
                libm::erfc(f64::from(self)) as $float
            }

            #[inline]
            fn ln_gamma(self) -> Self {
                libm::lgamma(f64::from(self)) as $float
            }

            #[inline]
            fn digamma(self) -> Self {
                special::digamma(f64::from(self)) as $float
            }

            #[inline]
            fn trigamma(self) -> Self {
                special::trigamma(f64::from(self)) as $float
            }

            #[inline]
            fn polygamma(self, n: u32) -> Self {
                special::polygamma(n, f64::from(self)) as $float
            }
        }
    };
}

real!(f32);
real!(f64);

#[cfg(test)]
mod tests;
