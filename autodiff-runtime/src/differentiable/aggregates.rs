//! `Differentiable` for arrays, vectors, boxes and tuples.

use alloc::{boxed::Box, vec, vec::Vec};

use super::visit::Accumulate;
use super::{Differentiable, Scalar, Shape, Step, Visitor, VisitorMut, ZipVisitor};

pub(super) fn zeros_of_slice<A: Differentiable>(items: &[A]) -> Vec<A> {
    items.iter().map(A::zeros_like).collect()
}

#[inline(always)]
pub(super) fn visit_slice<A: Differentiable, V: Visitor>(items: &[A], visitor: &mut V) {
    for (i, item) in items.iter().enumerate() {
        visitor.enter(Step::Index(i));
        item.visit(visitor);
        visitor.leave();
    }
}

#[inline(always)]
fn visit_slice_mut<A: Differentiable, V: VisitorMut>(items: &mut [A], visitor: &mut V) {
    for item in items {
        item.visit_mut(visitor);
    }
}

/// Walks two slices in step.
///
/// # Panics
///
/// When the lengths differ.
#[inline(always)]
#[track_caller]
fn zip_slice_mut<A: Differentiable, V: ZipVisitor>(items: &mut [A], others: &[A], visitor: &mut V) {
    assert!(
        items.len() == others.len(),
        "shape mismatch: a list of {} against a list of {}",
        items.len(),
        others.len()
    );
    for (item, other) in items.iter_mut().zip(others) {
        item.zip_mut(other, visitor);
    }
}

/// Adds the floats of `others` to those of `items`.
///
/// # Panics
///
/// When the shapes differ.
#[inline]
#[track_caller]
pub(crate) fn accumulate_slice<A: Differentiable>(items: &mut [A], others: &[A]) {
    zip_slice_mut(items, others, &mut Accumulate);
}

#[inline(always)]
pub(crate) fn same_shape_of_slices<A: Differentiable>(items: &[A], others: &[A]) -> bool {
    items.len() == others.len()
        && (A::STATIC_SHAPE || items.iter().zip(others).all(|(item, other)| item.same_shape(other)))
}

pub(crate) fn shape_of_slice<A: Differentiable>(items: &[A]) -> Shape {
    let Some((first, rest)) = items.split_first() else {
        return Shape::List(0, None);
    };
    if A::STATIC_SHAPE || rest.iter().all(|item| first.same_shape(item)) {
        Shape::List(items.len(), Some(Box::new(first.shape())))
    } else {
        Shape::Ragged(items.iter().map(A::shape).collect())
    }
}

#[inline]
pub(crate) fn set_constants_of_slice<A: Differentiable>(items: &mut [A], others: Option<&[A]>) {
    if !A::CONSTANT_FLOATS {
        return;
    }
    match others {
        Some(others) => items.iter_mut().zip(others).for_each(|(item, other)| item.set_constants(Some(other))),
        None => items.iter_mut().for_each(|item| item.set_constants(None)),
    }
}

impl<A: Differentiable, const N: usize> Differentiable for [A; N] {
    type Scalar = A::Scalar;

    const STATIC_SHAPE: bool = A::STATIC_SHAPE;

    const CONSTANT_FLOATS: bool = A::CONSTANT_FLOATS;

    fn set_constants(&mut self, other: Option<&Self>) {
        set_constants_of_slice(self, other.map(|other| &other[..]));
    }

    #[inline]
    fn zeros_like(&self) -> Self {
        core::array::from_fn(|i| self[i].zeros_like())
    }

    #[inline]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visit_slice(self, visitor);
    }

    #[inline]
    fn visit_mut<V: VisitorMut>(&mut self, visitor: &mut V) {
        visit_slice_mut(self, visitor);
    }

    #[inline]
    fn zip_mut<V: ZipVisitor>(&mut self, other: &Self, visitor: &mut V) {
        zip_slice_mut(self, other, visitor);
    }

    #[inline]
    fn same_shape(&self, other: &Self) -> bool {
        same_shape_of_slices(self, other)
    }

    fn shape(&self) -> Shape {
        shape_of_slice(self)
    }
}

impl<A: Differentiable> Differentiable for Vec<A> {
    type Scalar = A::Scalar;

    const STATIC_SHAPE: bool = false;

    const CONSTANT_FLOATS: bool = A::CONSTANT_FLOATS;

    fn set_constants(&mut self, other: Option<&Self>) {
        set_constants_of_slice(self, other.map(|other| &other[..]));
    }

    #[inline]
    fn zeros_like(&self) -> Self {
        zeros_of_slice(self)
    }

    #[inline]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visit_slice(self, visitor);
    }

    #[inline]
    fn visit_mut<V: VisitorMut>(&mut self, visitor: &mut V) {
        visit_slice_mut(self, visitor);
    }

    #[inline]
    #[track_caller]
    fn zip_mut<V: ZipVisitor>(&mut self, other: &Self, visitor: &mut V) {
        zip_slice_mut(self, other, visitor);
    }

    #[inline]
    fn same_shape(&self, other: &Self) -> bool {
        same_shape_of_slices(self, other)
    }

    fn shape(&self) -> Shape {
        shape_of_slice(self)
    }
}

impl<A: Differentiable> Differentiable for Box<A> {
    type Scalar = A::Scalar;

    const STATIC_SHAPE: bool = A::STATIC_SHAPE;

    const CONSTANT_FLOATS: bool = A::CONSTANT_FLOATS;

    fn set_constants(&mut self, other: Option<&Self>) {
        (**self).set_constants(other.map(|other| &**other));
    }

    fn zeros_like(&self) -> Self {
        Box::new((**self).zeros_like())
    }

    #[inline]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        (**self).visit(visitor);
    }

    #[inline]
    fn visit_mut<V: VisitorMut>(&mut self, visitor: &mut V) {
        (**self).visit_mut(visitor);
    }

    #[inline]
    fn zip_mut<V: ZipVisitor>(&mut self, other: &Self, visitor: &mut V) {
        (**self).zip_mut(other, visitor);
    }

    #[inline]
    fn same_shape(&self, other: &Self) -> bool {
        (**self).same_shape(other)
    }

    fn shape(&self) -> Shape {
        (**self).shape()
    }
}

/// The seed, tangent and gradient of a part without floats.
impl Differentiable for () {
    // The neutral element of `Widen`.
    type Scalar = f32;

    const STATIC_SHAPE: bool = true;

    #[inline(always)]
    fn zeros_like(&self) -> Self {}

    #[inline(always)]
    fn visit<V: Visitor>(&self, _: &mut V) {}

    #[inline(always)]
    fn visit_mut<V: VisitorMut>(&mut self, _: &mut V) {}

    #[inline(always)]
    fn zip_mut<V: ZipVisitor>(&mut self, (): &Self, _: &mut V) {}

    #[inline(always)]
    fn same_shape(&self, (): &Self) -> bool {
        true
    }

    fn shape(&self) -> Shape {
        Shape::Tuple(Vec::new())
    }
}

macro_rules! widest {
    ($only:ident) => { $only::Scalar };
    ($first:ident $($rest:ident)+) => { <$first::Scalar as Scalar>::Widen<widest!($($rest)+)> };
}

macro_rules! tuple {
    ($($part:ident $index:tt),+) => {
        impl<$($part: Differentiable),+> Differentiable for ($($part,)+) {
            type Scalar = widest!($($part)+);

            const STATIC_SHAPE: bool = $($part::STATIC_SHAPE)&&+;

            const CONSTANT_FLOATS: bool = $($part::CONSTANT_FLOATS)||+;

            fn set_constants(&mut self, other: Option<&Self>) {
                $(self.$index.set_constants(other.map(|other| &other.$index));)+
            }

            #[inline]
            fn zeros_like(&self) -> Self {
                ($(self.$index.zeros_like(),)+)
            }

            #[inline]
            fn visit<V: Visitor>(&self, visitor: &mut V) {
                $(
                    visitor.enter(Step::Field(stringify!($index)));
                    self.$index.visit(visitor);
                    visitor.leave();
                )+
            }

            #[inline]
            fn visit_mut<V: VisitorMut>(&mut self, visitor: &mut V) {
                $(self.$index.visit_mut(visitor);)+
            }

            #[inline]
            fn zip_mut<V: ZipVisitor>(&mut self, other: &Self, visitor: &mut V) {
                $(self.$index.zip_mut(&other.$index, visitor);)+
            }

            #[inline]
            fn same_shape(&self, other: &Self) -> bool {
                $(self.$index.same_shape(&other.$index))&&+
            }

            fn shape(&self) -> Shape {
                Shape::Tuple(vec![$(self.$index.shape()),+])
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
