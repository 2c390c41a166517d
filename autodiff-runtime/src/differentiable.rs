//! Values that a derivative can be taken with respect to.
//!
//! A [`Differentiable`] value is a tree whose leaves are floats: a number, an array, a tuple, a `Vec`, or a struct with
//! `#[derive(Differentiable)]`, nested to any depth. Its gradient has the same type and the same shape, so one trait
//! serves parameters, gradients, tangents and the state of optimizers.
//!
//! Implementations say how to walk the tree ([`visit`](Differentiable::visit),
//! [`visit_mut`](Differentiable::visit_mut), [`zip_mut`](Differentiable::zip_mut)); everything else is built on these
//! walks. The visitors are generic, not `dyn`, so that a walk over a `Vec<f64>` compiles to the plain loop.

mod aggregates;
mod argument;
mod scalar;
mod shape;
mod visit;

use alloc::{string::String, vec::Vec};

pub(crate) use aggregates::{accumulate_slice, same_shape_of_slices, set_constants_of_slice, shape_of_slice};
pub use argument::Argument;
pub use scalar::Scalar;
pub use shape::Shape;
pub use visit::{Step, Visitor, VisitorMut, ZipVisitor};

/// A value made of floats, in a fixed order: what a function can be differentiated with respect to.
///
/// Implemented for `f32`, `f64`, `[A; N]`, `Vec<A>`, `Box<A>` and tuples of up to eight parts, nested; derive it for
/// structs with `#[derive(Differentiable)]`. Constant fields of a derived struct (integers, `bool`, strings, and
/// whatever carries `#[constant]`) are no part of the flat view; they are copied where a new value is made.
///
/// # Example
///
/// ```
/// use autodiff_runtime::Differentiable;
///
/// #[derive(Differentiable)]
/// struct Layer {
///     weights: Vec<[f64; 2]>,
///     bias: f64,
///     epoch: u32, // an integer: constant
/// }
///
/// let mut layer = Layer { weights: vec![[1.0, 2.0], [3.0, 4.0]], bias: 5.0, epoch: 7 };
/// assert_eq!(layer.to_flat(), [1.0, 2.0, 3.0, 4.0, 5.0]);
/// assert_eq!(layer.paths("layer")[3], "layer.weights[1][1]");
/// assert_eq!(layer.shape().to_string(), "Layer { weights: [2, 2], bias: f64 }");
///
/// let mut gradient = layer.zeros_like();
/// gradient.read_flat(&[1.0, 1.0, 1.0, 1.0, 2.0]);
/// layer.zip_each_mut(&gradient, |w, g| *w -= 0.5 * g);
/// assert_eq!(layer.to_flat(), [0.5, 1.5, 2.5, 3.5, 4.0]);
/// assert_eq!(gradient.epoch, 7);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be differentiated with respect to",
    label = "`{Self}` is not `Differentiable`",
    note = "for a struct of your own, write `#[derive(autodiff_runtime::Differentiable)]` above it",
    note = "for a value that carries no derivative, write `#[constant]` before the parameter or field"
)]
pub trait Differentiable: Sized {
    /// The scalar of the flat view: the widest float inside, `f64` as soon as one part is `f64`.
    type Scalar: Scalar;

    /// Whether the type alone fixes the shape. True for floats and for arrays, tuples and structs of such types, false
    /// as soon as there is a `Vec` inside. Shape checks use it to skip their loops.
    const STATIC_SHAPE: bool;

    /// Whether a constant field inside may hold floats. Only then has [`set_constants`](Self::set_constants) anything to
    /// do.
    #[doc(hidden)]
    const CONSTANT_FLOATS: bool = false;

    /// A value of the same shape with every float zero and every constant field copied.
    fn zeros_like(&self) -> Self;

    /// Shows every float to `visitor`, in the order of the flat view.
    fn visit<V: Visitor>(&self, visitor: &mut V);

    /// Shows every float to `visitor` mutably, in the order of the flat view.
    fn visit_mut<V: VisitorMut>(&mut self, visitor: &mut V);

    /// Walks two values of one shape in step, the first one mutably.
    ///
    /// # Panics
    ///
    /// When the shapes differ.
    fn zip_mut<V: ZipVisitor>(&mut self, other: &Self, visitor: &mut V);

    /// Whether `other` has the same number of floats in every place. Free where [`STATIC_SHAPE`](Self::STATIC_SHAPE).
    fn same_shape(&self, other: &Self) -> bool;

    /// The shape in a form that prints, for messages.
    fn shape(&self) -> Shape;

    /// Copies the fields with `#[constant]` from `other`, or sets their floats to zero: derivatives, which read fields
    /// without knowing which are constant, find no tangent there.
    #[doc(hidden)]
    fn set_constants(&mut self, _other: Option<&Self>) {}

    /// Sets every float to zero.
    fn set_zero(&mut self) {
        self.for_each_mut(|x| *x = <Self::Scalar as num_traits::Zero>::zero());
    }

    /// Adds the floats of `other`, in the precision of each place.
    ///
    /// # Panics
    ///
    /// When the shapes differ.
    #[inline]
    fn accumulate(&mut self, other: &Self) {
        self.zip_mut(other, &mut visit::Accumulate);
    }

    /// Copies the floats of `other`; constant fields stay as they are.
    ///
    /// # Panics
    ///
    /// When the shapes differ.
    #[inline]
    fn assign(&mut self, other: &Self) {
        self.zip_mut(other, &mut visit::Assign);
    }

    /// The number of floats.
    fn flat_len(&self) -> usize {
        let mut count = visit::Count(0);
        self.visit(&mut count);
        count.0
    }

    /// Calls `f` with every float, in order.
    #[inline]
    fn for_each(&self, f: impl FnMut(Self::Scalar)) {
        self.visit(&mut visit::Each::new(f));
    }

    /// Calls `f` with every float mutably, in order.
    #[inline]
    fn for_each_mut(&mut self, f: impl FnMut(&mut Self::Scalar)) {
        self.visit_mut(&mut visit::Each::new(f));
    }

    /// Calls `f` with every float and the float of `other` in the same place: an optimizer's step.
    ///
    /// # Panics
    ///
    /// When the shapes differ.
    #[inline]
    fn zip_each_mut(&mut self, other: &Self, f: impl FnMut(&mut Self::Scalar, Self::Scalar)) {
        self.zip_mut(other, &mut visit::Each::new(f));
    }

    /// The floats as a vector.
    fn to_flat(&self) -> Vec<Self::Scalar> {
        let mut flat = Vec::with_capacity(self.flat_len());
        self.for_each(|x| flat.push(x));
        flat
    }

    /// Writes the floats into `flat`.
    ///
    /// # Panics
    ///
    /// When `flat.len()` is not [`flat_len`](Self::flat_len).
    fn write_flat(&self, flat: &mut [Self::Scalar]) {
        visit::check_flat_len(self.flat_len(), flat.len());
        let mut places = flat.iter_mut();
        self.for_each(|x| {
            if let Some(place) = places.next() {
                *place = x;
            }
        });
    }

    /// Reads the floats from `flat`.
    ///
    /// # Panics
    ///
    /// When `flat.len()` is not [`flat_len`](Self::flat_len).
    fn read_flat(&mut self, flat: &[Self::Scalar]) {
        visit::check_flat_len(self.flat_len(), flat.len());
        let mut numbers = flat.iter();
        self.for_each_mut(|x| {
            if let Some(number) = numbers.next() {
                *x = *number;
            }
        });
    }

    /// The name of every float, in order, for a value called `name`: `name[0][1]`, `name.bias[2]`, `name.0`.
    fn paths(&self, name: &str) -> Vec<String> {
        let mut paths = visit::Paths::new(name);
        self.visit(&mut paths);
        paths.found
    }
}

#[cfg(test)]
mod tests;
