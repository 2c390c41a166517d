//! The product of a partial derivative and a tangent or an adjoint.

use num_traits::Float;

/// `partial · by`, but 0 where `by` is 0, however large the partial: nothing moves in that direction.
///
/// Generated code uses it for partials that can be infinite or NaN where the function is finite (`sqrt` at 0,
/// `x.powf(p)` in `p` for negative `x`); elsewhere it multiplies.
#[inline(always)]
pub fn times<T: Float>(partial: T, by: T) -> T {
    if by.is_zero() { T::zero() } else { partial * by }
}

#[cfg(test)]
mod tests {
    use super::times;

    #[test]
    fn an_adjoint_of_zero_wins_over_an_infinite_partial() {
        assert_eq!(times(f64::INFINITY, 0.0), 0.0);
        assert_eq!(times(f64::NAN, -0.0), 0.0);
        assert_eq!(times(3.0_f32, 2.0), 6.0);
        assert_eq!(times(f64::INFINITY, -1e-300), f64::NEG_INFINITY);
    }
}
