//! Witnesses that the macro, which sees no types, knows the methods that are called, and the macros.

use alloc::{boxed::Box, collections::VecDeque, vec::Vec};

/// What has its elements by index and by iterator in one order: `p.rows.iter()` is lowered to a loop over the indices.
#[diagnostic::on_unimplemented(
    message = "the methods and the iterators of `{Self}` are not known: it is no array, slice or vector",
    label = "a type with methods of its own",
    note = "write a loop over the indices, `for i in 0..n {{ .. x[i] .. }}`, or hand out the slice that it holds, as a field: `x.values.iter()`"
)]
pub trait Sequence {}

impl<T> Sequence for [T] {}
impl<T, const N: usize> Sequence for [T; N] {}
impl<T> Sequence for Vec<T> {}
impl<T> Sequence for VecDeque<T> {}
impl<S: Sequence + ?Sized> Sequence for &S {}
impl<S: Sequence + ?Sized> Sequence for &mut S {}
impl<S: Sequence + ?Sized> Sequence for Box<S> {}

/// Compiles for sequences of the standard library only.
///
/// ```
/// autodiff_runtime::__private::sequence(&vec![1.0]);
/// ```
///
/// ```compile_fail,E0277
/// struct Doubled(Vec<f64>);
///
/// autodiff_runtime::__private::sequence(&Doubled(vec![1.0]));
/// ```
#[inline(always)]
pub fn sequence<S: Sequence + ?Sized>(_: &S) {}

/// A value of which nothing is known: a macro that compiles for it can do no more than hand it on.
#[derive(Clone, Debug)]
pub struct Anything(());
