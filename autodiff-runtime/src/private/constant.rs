//! The witness that a value taken as constant cannot carry a derivative.
//!
//! The macro sees no types. What it takes as constant passes through [`constant`], which no float can: `p.n as f64`
//! compiles where `n` is an integer field, and is refused where it is an `f32`.

use crate::Constant;

/// `value`, of a type that cannot carry a derivative.
///
/// ```
/// let n: usize = autodiff_runtime::__private::constant(3);
/// ```
///
/// Floats are refused, wherever they are:
///
/// ```compile_fail,E0277
/// let x = autodiff_runtime::__private::constant(1.0_f32);
/// ```
///
/// ```compile_fail,E0277
/// let x = autodiff_runtime::__private::constant(Some(vec![(1, 2.0_f64)]));
/// ```
#[inline(always)]
pub fn constant<T: Constant>(value: T) -> T {
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_without_floats_passes() {
        assert_eq!(constant(3_usize), 3);
        assert_eq!(constant((Some(&[1_u8, 2][..]), 'c', "text")), (Some(&[1_u8, 2][..]), 'c', "text"));
        assert_eq!(constant(0..4), 0..4);
    }
}
