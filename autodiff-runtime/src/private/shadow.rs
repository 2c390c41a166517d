//! Making shadows, checking their shapes and adding to them, for types that the macro knows only by name.

use alloc::vec::Vec;

use crate::Constant;
use crate::differentiable::{
    Argument, Differentiable, Shape, accumulate_constants_of_slice, accumulate_slice, same_shape_of_slices,
    set_constants_of_slice, shape_of_slice,
};

/// A gradient of the shape of `x`, all zero: a `Vec` for a slice, else of the type of `x`.
#[inline]
pub fn zeros<X: Argument + ?Sized>(x: &X) -> X::Gradient {
    x.zero_gradient()
}

/// A value that can be compared with, and added to, one of type `S`: the same type, or a list of the same elements.
pub trait Shadow<S: ?Sized> {
    /// Whether every list has the same length.
    fn fits(&self, other: &S) -> bool;
    /// Both shapes, for the message.
    fn shapes(&self, other: &S) -> (Shape, Shape);
    /// Adds every float of `source`, which fits.
    fn add(&mut self, source: &S);
    /// Adds the floats in constant fields.
    fn add_constants(&mut self, source: &S);
    /// Copies the constant fields of `source`, which fits.
    fn copy_constants(&mut self, source: &S);
}

impl<A: Differentiable> Shadow<A> for A {
    #[inline(always)]
    fn fits(&self, other: &A) -> bool {
        A::STATIC_SHAPE || self.same_shape(other)
    }

    fn shapes(&self, other: &A) -> (Shape, Shape) {
        (self.shape(), other.shape())
    }

    #[inline]
    fn add(&mut self, source: &A) {
        self.accumulate(source);
    }

    fn add_constants(&mut self, source: &A) {
        self.accumulate_constants(source);
    }

    #[inline]
    fn copy_constants(&mut self, source: &A) {
        self.set_constants(Some(source));
    }
}

macro_rules! lists {
    ($([$($generics:tt)*] $this:ty, $other:ty;)+) => { $(
        impl<A: Differentiable $($generics)*> Shadow<$other> for $this {
            #[inline(always)]
            fn fits(&self, other: &$other) -> bool {
                same_shape_of_slices::<A>(self, other)
            }

            fn shapes(&self, other: &$other) -> (Shape, Shape) {
                (shape_of_slice::<A>(self), shape_of_slice::<A>(other))
            }

            #[inline]
            fn add(&mut self, source: &$other) {
                accumulate_slice::<A>(self, source);
            }

            fn add_constants(&mut self, source: &$other) {
                accumulate_constants_of_slice::<A>(self, source);
            }

            #[inline]
            fn copy_constants(&mut self, source: &$other) {
                set_constants_of_slice::<A>(self, Some(source));
            }
        }
    )+ };
}

lists! {
    [] [A], [A];
    [] [A], Vec<A>;
    [] Vec<A>, [A];
    [, const N: usize] [A], [A; N];
    [, const N: usize] [A; N], [A];
    [, const N: usize] Vec<A>, [A; N];
    [, const N: usize] [A; N], Vec<A>;
}

/// Adds every float of `source` to that of `target` in the same place.
///
/// # Panics
///
/// When the shapes differ.
#[inline]
#[track_caller]
pub fn add_assign<T: Shadow<S> + ?Sized, S: ?Sized>(target: &mut T, source: &S) {
    target.add(source);
}

/// A field of a shadow and what is added to it: [`add_assign`] of one with floats is its inherent method, else that of
/// [`AddConstant`].
pub struct Add<'a, T: ?Sized, S: ?Sized>(pub &'a mut T, pub &'a S);

impl<T: Shadow<S> + ?Sized, S: ?Sized> Add<'_, T, S> {
    /// Adds every float of the source.
    #[track_caller]
    pub fn add(self) {
        self.0.add(self.1);
    }

    /// Adds every float of the source, those in constant fields included ([`add_constants`]).
    #[track_caller]
    pub fn add_all(self) {
        self.0.add(self.1);
        self.0.add_constants(self.1);
    }
}

/// What has no floats stays.
pub trait AddConstant: Sized {
    /// Does nothing.
    fn add(self) {}

    /// Does nothing.
    fn add_all(self) {}
}

impl<T: Constant + ?Sized, S: ?Sized> AddConstant for Add<'_, T, S> {}

/// What is not `Differentiable` and only handed on, from one constant field to another, stays.
pub trait AddNothing: Sized {
    /// Does nothing.
    fn add(self) {}

    /// Does nothing.
    fn add_all(self) {}
}

impl<T: ?Sized, S: ?Sized> AddNothing for &Add<'_, T, S> {}

/// Adds what is in constant fields to what is there in the same place, for the derivative of a function that sets such a
/// field of a struct of its own.
#[inline]
pub fn add_constants<T: Shadow<S> + ?Sized, S: ?Sized>(target: &mut T, source: &S) {
    target.add_constants(source);
}

/// Checks on entry that the shadow, tangent or direction of parameter `name` has its shape.
///
/// Costs one comparison of lengths, and a loop over the elements only where these have `Vec`s inside.
///
/// # Panics
///
/// When the shapes differ, naming both.
#[inline]
#[track_caller]
pub fn check_shape<X: Shadow<S> + ?Sized, S: ?Sized>(name: &str, value: &X, shadow: &S) {
    if !value.fits(shadow) {
        let (value, shadow) = value.shapes(shadow);
        shapes_differ(name, &value, &shadow);
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn shapes_differ(name: &str, value: &Shape, shadow: &Shape) -> ! {
    panic!("shape mismatch: `{name}` has shape {value}, but its shadow, tangent or direction has shape {shadow}");
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn zeros_own_what_a_slice_borrows() {
        let rows: &[[f64; 2]] = &[[1.0, 2.0], [3.0, 4.0]];
        assert_eq!(zeros(rows), vec![[0.0; 2]; 2]);
        assert_eq!(zeros(&(1.0_f32, [2.0_f64; 3])), (0.0, [0.0; 3]));
        assert_eq!(zeros(&vec![vec![1.0_f64], vec![]]), vec![vec![0.0], vec![]]);
    }

    #[test]
    fn add_assign_mixes_lists_of_one_element_type() {
        let mut sum = [1.0, 2.0];
        add_assign(&mut sum, &vec![10.0, 20.0]);
        add_assign(&mut sum[..], &[100.0, 200.0]);
        assert_eq!(sum, [111.0, 222.0]);
    }

    #[test]
    fn fields_without_floats_stay() {
        let (mut w, mut n) = ([1.0, 2.0], 3_usize);
        Add(&mut w, &[10.0, 20.0]).add();
        Add(&mut n, &4_usize).add();
        assert_eq!((w, n), ([11.0, 22.0], 3));
    }

    #[test]
    fn equal_shapes_pass() {
        check_shape("x", &[1.0, 2.0][..], &vec![0.0; 2]);
        check_shape("x", &1.0, &2.0);
        check_shape("x", &[vec![1.0], vec![]], &[vec![0.0], vec![]]);
    }

    #[test]
    #[should_panic(expected = "`x` has shape [3], but its shadow, tangent or direction has shape [2]")]
    fn different_lengths_are_named() {
        check_shape("x", &[1.0, 2.0, 3.0][..], &[0.0, 0.0][..]);
    }

    #[test]
    #[should_panic(expected = "`w` has shape [[1], [2]], but its shadow, tangent or direction has shape [2, 2]")]
    fn nested_lengths_are_named() {
        check_shape("w", &vec![vec![1.0], vec![1.0, 2.0]], &vec![vec![0.0; 2]; 2]);
    }
}
