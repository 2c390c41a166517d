//! The witness that a value taken as constant cannot carry a derivative.
//!
//! The macro sees no types. What it takes as constant passes through [`constant`], which no float can: `p.n as f64`
//! compiles where `n` is an integer field, and is refused where it is an `f32`.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{
    cmp::Ordering,
    marker::PhantomData,
    ops::{Range, RangeInclusive},
};

/// Types without floats.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` would be treated as a constant, but it may carry a derivative",
    label = "may carry a derivative",
    note = "if it is a number or an array to differentiate, bind it with its type first: `let x: f64 = ..;`",
    note = "if it is constant on purpose, say so: `#[constant]` on the parameter or field that it comes from, or `autodiff_runtime::stop_gradient(..)`"
)]
pub trait Constant {}

macro_rules! constant {
    ($($type:ty),+) => { $(impl Constant for $type {})+ };
}

constant!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, bool, char, str, String, (), Ordering);

impl<T: Constant + ?Sized> Constant for &T {}
impl<T: Constant + ?Sized> Constant for &mut T {}
impl<T: Constant + ?Sized> Constant for Box<T> {}
impl<T: Constant> Constant for [T] {}
impl<T: Constant, const N: usize> Constant for [T; N] {}
impl<T: Constant> Constant for Vec<T> {}
impl<T: Constant> Constant for Option<T> {}
impl<T: Constant> Constant for Range<T> {}
impl<T: Constant> Constant for RangeInclusive<T> {}
impl<T: ?Sized> Constant for PhantomData<T> {}

macro_rules! tuple {
    ($($part:ident)+) => { impl<$($part: Constant),+> Constant for ($($part,)+) {} };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);

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
