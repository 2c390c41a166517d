//! What a caller gives for a parameter or a part of the result: a tangent, a seed, or nothing.
//!
//! A caller cannot see which of the callee's parameters are active, so it passes [`Off`] where it has no tangent, and the
//! callee takes that for zero.

use alloc::{borrow::ToOwned, vec::Vec};

use num_traits::Zero;

use super::generic::Generic;
use super::slot::Off;

/// A tangent, a seed or node numbers for a value of type `S`, or [`Off`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tangent of the called function's parameter, which has the type `{S}`",
    label = "of another type than the parameter"
)]
pub trait Given<S: ?Sized> {
    /// What was given, if anything was.
    fn given(&self) -> Option<&S>;
}

impl<S: ?Sized> Given<S> for Off {
    #[inline(always)]
    fn given(&self) -> Option<&S> {
        None
    }
}

impl<S: ?Sized> Given<S> for &S {
    #[inline(always)]
    fn given(&self) -> Option<&S> {
        Some(self)
    }
}

impl<A, const N: usize> Given<[A]> for &[A; N] {
    #[inline(always)]
    fn given(&self) -> Option<&[A]> {
        Some(&self[..])
    }
}

impl<A> Given<[A]> for &Vec<A> {
    #[inline(always)]
    fn given(&self) -> Option<&[A]> {
        Some(&self[..])
    }
}

impl<T: Generic> Given<T> for T {
    #[inline(always)]
    fn given(&self) -> Option<&T> {
        Some(self)
    }
}

/// The number that was given, or zero.
#[inline(always)]
pub fn or_zero<T: Copy + Zero, G: Given<T>>(given: G) -> T {
    given.given().copied().unwrap_or_else(T::zero)
}

/// The seed that was given, or zero, as a value of its own.
pub fn seed<S: ?Sized + ToOwned, G: Given<S>>(given: &G, zero: impl FnOnce() -> S::Owned) -> S::Owned {
    given.given().map_or_else(zero, ToOwned::to_owned)
}

/// What a caller may leave unused: a number, or nothing.
#[diagnostic::on_unimplemented(
    message = "the result of this call is neither a number nor `()`, and it is not used",
    label = "a `{Self}`",
    note = "give it a name and its type: `let _y: {Self} = ..;`"
)]
pub trait Ignored {}

impl Ignored for () {}

impl<T: Generic> Ignored for T {}

macro_rules! ignored {
    ($($number:ty)+) => { $(impl Ignored for $number {})+ };
}

ignored!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool);

/// Drops the result of a call.
#[inline(always)]
pub fn ignored<R: Ignored>(_: R) {}

/// The seed of a result that is not used.
pub trait Unused {
    /// Its seed.
    fn no_seed() -> Self;
}

impl Unused for () {
    #[inline(always)]
    fn no_seed() {}
}

impl<T: Generic> Unused for T {
    #[inline(always)]
    fn no_seed() -> T {
        T::zero()
    }
}

/// A seed for a call whose result is not used.
#[inline(always)]
pub fn no_seed<S: Unused>() -> S {
    S::no_seed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_is_zero() {
        assert_eq!(or_zero::<f64, _>(2.5), 2.5);
        assert_eq!(or_zero::<f32, _>(&2.5), 2.5);
        assert_eq!(or_zero::<f64, _>(Off), 0.0);
        assert_eq!(seed::<[f64], _>(&Off, || alloc::vec![0.0]), [0.0]);
        assert_eq!(seed::<[f64], _>(&&[1.0, 2.0], || unreachable!()), [1.0, 2.0]);
    }

    #[test]
    fn lists_are_given_as_slices() {
        fn first(tangent: impl Given<[f64]>) -> Option<f64> {
            tangent.given().map(|t| t[0])
        }
        assert_eq!(first(&[1.0, 2.0]), Some(1.0));
        assert_eq!(first(&alloc::vec![3.0]), Some(3.0));
        assert_eq!(first(&[4.0][..]), Some(4.0));
        assert_eq!(first(Off), None);
    }
}
