//! Types that cannot carry a derivative.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{
    cmp::Ordering,
    marker::PhantomData,
    ops::{Range, RangeInclusive},
};

/// Types that hold no float, and so nothing that could carry a derivative.
///
/// `#[differentiate]` sees no types. What it takes for a constant must be of one of these, or the function does not compile:
/// an integer field of a struct that is differentiated, a choice that a `match` looks at. Integers, truth values, text and
/// whatever is made of them are; an enum or struct of your own says so by `#[derive(Constant)]`, which refuses floats inside.
///
/// ```
/// use autodiff_runtime::{Constant, Differentiable, differentiate};
///
/// #[derive(Clone, Copy, Constant)]
/// enum Activation {
///     Tanh,
///     Power(i32),
/// }
///
/// #[derive(Clone, Differentiable)]
/// struct Neuron {
///     weight: f64,
///     #[constant]
///     activation: Activation,
/// }
///
/// #[differentiate]
/// fn fire(neuron: &Neuron, x: f64) -> f64 {
///     let z = neuron.weight * x;
///     match neuron.activation {
///         Activation::Tanh => z.tanh(),
///         Activation::Power(n) => z.powi(n),
///     }
/// }
///
/// let neuron = Neuron { weight: 3.0, activation: Activation::Power(2) };
/// let (gradient, of_x) = fire::grad(&neuron, 0.5);
/// assert_eq!((gradient.weight, of_x), (2.0 * 1.5 * 0.5, 2.0 * 1.5 * 3.0));
/// let neuron = Neuron { activation: Activation::Tanh, ..neuron };
/// assert_eq!(fire::grad(&neuron, 0.0).1, 3.0);
/// ```
///
/// Do not implement it by hand for a type with floats: their derivatives would be lost without a word.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` would be treated as a constant, but it may carry a derivative",
    label = "may carry a derivative",
    note = "if it is a number or an array to differentiate, bind it with its type first: `let x: f64 = ..;`",
    note = "if it is an enum or struct of your own that holds no float, write `#[derive(autodiff_runtime::Constant)]` above it",
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
