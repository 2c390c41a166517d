//! Walks over the floats of a value, and the visitors that the provided methods of `Differentiable` are made of.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, marker::PhantomData};

use super::Scalar;

/// One step from a value into a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a named field, or into field `"0"`, `"1"`, … of a tuple.
    Field(&'static str),
    /// Into an element of an array or vector.
    Index(usize),
}

/// As it is written behind a value: `.bias`, `.0`, `[3]`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Field(field) => write!(f, ".{field}"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// Sees every float of a value; see [`Differentiable::visit`](super::Differentiable::visit).
pub trait Visitor {
    /// Called with every float.
    fn scalar<S: Scalar>(&mut self, x: &S);

    /// Called before a part is walked.
    #[inline(always)]
    fn enter(&mut self, _step: Step) {}

    /// Called after a part was walked.
    #[inline(always)]
    fn leave(&mut self) {}
}

/// Sees every float of a value mutably; see [`Differentiable::visit_mut`](super::Differentiable::visit_mut).
pub trait VisitorMut {
    /// Called with every float.
    fn scalar_mut<S: Scalar>(&mut self, x: &mut S);
}

/// Sees the floats of two values of one shape; see [`Differentiable::zip_mut`](super::Differentiable::zip_mut).
pub trait ZipVisitor {
    /// Called with every pair.
    fn pair<S: Scalar>(&mut self, x: &mut S, y: &S);
}

pub(super) struct Accumulate;

impl ZipVisitor for Accumulate {
    #[inline(always)]
    fn pair<S: Scalar>(&mut self, x: &mut S, y: &S) {
        *x = *x + *y;
    }
}

pub(super) struct Assign;

impl ZipVisitor for Assign {
    #[inline(always)]
    fn pair<S: Scalar>(&mut self, x: &mut S, y: &S) {
        *x = *y;
    }
}

pub(super) struct Count(pub(super) usize);

impl Visitor for Count {
    #[inline(always)]
    fn scalar<S: Scalar>(&mut self, _: &S) {
        self.0 += 1;
    }
}

/// A closure over the flat view's scalar `T` as a visitor. A narrower float is widened for the call and rounded back;
/// for `S = T` both conversions are the identity and fold away.
pub(super) struct Each<T, F> {
    call: F,
    scalar: PhantomData<fn(T)>,
}

impl<T, F> Each<T, F> {
    #[inline(always)]
    pub(super) fn new(call: F) -> Self {
        Self { call, scalar: PhantomData }
    }
}

#[inline(always)]
fn convert<S: Scalar, T: Scalar>(x: S) -> T {
    T::from_double(x.to_double())
}

impl<T: Scalar, F: FnMut(T)> Visitor for Each<T, F> {
    #[inline(always)]
    fn scalar<S: Scalar>(&mut self, x: &S) {
        (self.call)(convert(*x));
    }
}

impl<T: Scalar, F: FnMut(&mut T)> VisitorMut for Each<T, F> {
    #[inline(always)]
    fn scalar_mut<S: Scalar>(&mut self, x: &mut S) {
        let mut wide = convert(*x);
        (self.call)(&mut wide);
        *x = convert(wide);
    }
}

impl<T: Scalar, F: FnMut(&mut T, T)> ZipVisitor for Each<T, F> {
    #[inline(always)]
    fn pair<S: Scalar>(&mut self, x: &mut S, y: &S) {
        let mut wide = convert(*x);
        (self.call)(&mut wide, convert(*y));
        *x = convert(wide);
    }
}

/// Collects the path of every float.
pub(super) struct Paths {
    current: String,
    /// Lengths of `current` before each step that was entered.
    lengths: Vec<usize>,
    pub(super) found: Vec<String>,
}

impl Paths {
    pub(super) fn new(name: &str) -> Self {
        Self { current: name.into(), lengths: Vec::new(), found: Vec::new() }
    }
}

impl Visitor for Paths {
    fn scalar<S: Scalar>(&mut self, _: &S) {
        self.found.push(self.current.clone());
    }

    fn enter(&mut self, step: Step) {
        self.lengths.push(self.current.len());
        self.current.push_str(&step.to_string());
    }

    fn leave(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.current.truncate(length);
        }
    }
}

#[track_caller]
pub(super) fn check_flat_len(expected: usize, got: usize) {
    assert!(expected == got, "the value holds {expected} floats, but the flat slice has length {got}");
}
