//! Tangents and seeds as hidden functions take them: the value, or [`Off`] where it is zero.

use alloc::vec::Vec;

use super::slot::Off;

/// A tangent or seed of type `S`, which the caller may leave out.
pub trait Given<S: ?Sized> {
    /// The value, if the caller gave one; else it is zero.
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
        Some(*self)
    }
}

impl<A> Given<[A]> for &Vec<A> {
    #[inline(always)]
    fn given(&self) -> Option<&[A]> {
        Some(self)
    }
}

macro_rules! by_value {
    ($($float:ident),+) => { $(
        impl Given<$float> for $float {
            #[inline(always)]
            fn given(&self) -> Option<&$float> {
                Some(self)
            }
        }
    )+ };
}

by_value!(f32, f64);

/// The number that was given, or zero.
#[inline(always)]
pub fn or_zero<T: Copy + num_traits::Zero>(number: impl Given<T>) -> T {
    number.given().copied().unwrap_or_else(T::zero)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn total(tangent: impl Given<[f64]>) -> Option<f64> {
        tangent.given().map(|tangent| tangent.iter().sum())
    }

    #[test]
    fn what_is_left_out_is_zero() {
        assert_eq!(
            (total(&[1.0, 2.0]), total(&[3.0][..]), total(&vec![4.0]), total(Off)),
            (Some(3.0), Some(3.0), Some(4.0), None)
        );
        let numbers: [f32; 2] = [or_zero(2.5), or_zero(Off)];
        assert_eq!(numbers, [2.5, 0.0]);
    }
}
