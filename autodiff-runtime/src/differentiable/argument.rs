//! From the type of a parameter to the type of its gradient.

use alloc::vec::Vec;

use super::aggregates::{visit_slice, zeros_of_slice};
use super::{Differentiable, Visitor};

/// What stands behind an active parameter `x: &Self` or `x: Self`, and the owned type of its gradient.
///
/// | parameter | `Self` | [`Gradient`](Self::Gradient) |
/// |---|---|---|
/// | `&[A]` | `[A]` | `Vec<A>` |
/// | `A`, `&A` (floats, arrays, `Vec`s, tuples, derived structs) | `A` | `A` |
///
/// The pair is that of `ToOwned`: a slice borrows, its gradient owns.
///
/// ```
/// use autodiff_runtime::Argument;
///
/// let x: &[f64] = &[1.0, 2.0];
/// assert_eq!(x.zero_gradient(), vec![0.0, 0.0]);
/// assert_eq!([[1.0f32; 2]; 3].zero_gradient(), [[0.0; 2]; 3]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be differentiated with respect to",
    label = "`{Self}` is not `Differentiable`",
    note = "for a struct of your own, write `#[derive(autodiff_runtime::Differentiable)]` above it",
    note = "for a value that carries no derivative, write `#[constant]` before the parameter"
)]
pub trait Argument {
    /// The type of the gradient.
    type Gradient: Differentiable;

    /// A gradient of the shape of `self`, all zero.
    fn zero_gradient(&self) -> Self::Gradient;

    /// Shows every float to `visitor`, in the order of the gradient's flat view.
    fn visit_floats<V: Visitor>(&self, visitor: &mut V);
}

impl<A: Differentiable> Argument for A {
    type Gradient = A;

    #[inline(always)]
    fn zero_gradient(&self) -> A {
        self.zeros_like()
    }

    #[inline(always)]
    fn visit_floats<V: Visitor>(&self, visitor: &mut V) {
        self.visit(visitor);
    }
}

impl<A: Differentiable> Argument for [A] {
    type Gradient = Vec<A>;

    #[inline]
    fn zero_gradient(&self) -> Vec<A> {
        zeros_of_slice(self)
    }

    #[inline]
    fn visit_floats<V: Visitor>(&self, visitor: &mut V) {
        visit_slice(self, visitor);
    }
}
