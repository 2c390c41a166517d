//! Tangents and gradients of structs with constant fields.
//!
//! Generated code reads `p.decay` without knowing whether the field is constant. So the fields of a tangent that are
//! must be zero, whatever the caller has there (a direction made by `zeros_like` has a copy); and those of a gradient or
//! shadow, to which adjoints were added, are set to what the contract says, a copy, when all is added up.
//!
//! A constant field can only be cleared if it is [`Differentiable`] itself. What lies between the struct and a float that
//! a function reads has to be, therefore ([`read_through`]): a float inside of another type is refused, never mistaken for a
//! tangent.

use core::borrow::Borrow;

use super::given::Given;
use super::shadow::Shadow;
use crate::Constant;
use crate::differentiable::{Argument, Differentiable, set_constants_of_slice};

/// A tangent of the caller's without what is in its constant fields.
pub struct Tangent<'a, X: Argument + ?Sized> {
    given: &'a X,
    /// A copy, where there are such fields.
    own: Option<X::Gradient>,
}

/// `given`, as a tangent.
pub fn tangent<X: Argument + ?Sized>(given: &X) -> Tangent<'_, X>
where
    X::Gradient: Shadow<X>,
{
    let own = X::Gradient::CONSTANT_FLOATS.then(|| {
        let mut own = blank(given);
        own.add(given);
        own
    });
    Tangent { given, own }
}

impl<S: ?Sized, X: Argument + Borrow<S> + ?Sized> Given<S> for Tangent<'_, X>
where
    X::Gradient: Borrow<S>,
{
    #[inline]
    fn given(&self) -> Option<&S> {
        Some(match &self.own {
            Some(own) => own.borrow(),
            None => self.given.borrow(),
        })
    }
}

/// Zeros in the shape of `x`, in constant fields too.
#[inline]
pub fn blank<X: Argument + ?Sized>(x: &X) -> X::Gradient {
    let mut zero = x.zero_gradient();
    zero.set_constants(None);
    zero
}

/// A field of a struct: [`blank`] of one with floats is its inherent method, else that of [`BlankConstant`].
pub struct Blank<'a, X: ?Sized>(pub &'a X);

impl<X: Argument + ?Sized> Blank<'_, X> {
    /// Zeros in the shape of the field.
    pub fn blank(self) -> X::Gradient {
        blank(self.0)
    }
}

/// What has no floats is its own tangent.
pub trait BlankConstant {
    /// The type of the field.
    type Field;

    /// A copy of the field.
    fn blank(self) -> Self::Field;
}

impl<X: Constant + Clone> BlankConstant for Blank<'_, X> {
    type Field = X;

    fn blank(self) -> X {
        self.0.clone()
    }
}

/// What is not `Differentiable` and only handed on, from one constant field to another, is not looked at in a shadow.
pub trait BlankCopy {
    /// The type of the field.
    type Field;

    /// A copy of the field.
    fn blank(self) -> Self::Field;
}

impl<X: Clone> BlankCopy for &Blank<'_, X> {
    type Field = X;

    fn blank(self) -> X {
        self.0.clone()
    }
}

/// The constant fields of `x`, where there are any that may hold floats.
#[inline]
pub fn constants<X: Argument + ?Sized>(x: &X) -> Option<X::Gradient> {
    X::Gradient::CONSTANT_FLOATS.then(|| x.zero_gradient())
}

/// Sets the constant fields of a gradient or shadow to what [`constants`] has kept of an argument that is gone.
#[inline]
pub fn keep_constants<S: Shadow<G> + ?Sized, G>(shadow: &mut S, constants: Option<G>) {
    if let Some(constants) = constants {
        shadow.copy_constants(&constants);
    }
}

/// Sets the constant fields of a gradient or shadow to copies of the argument's.
#[inline]
pub fn copy_constants<S: Shadow<X> + ?Sized, X: ?Sized>(shadow: &mut S, x: &X) {
    shadow.copy_constants(x);
}

/// Sets the floats in the constant fields of a shadow or tangent to zero, where a derivative is going to read it.
#[inline]
pub fn clear_constants<S: Clearable + ?Sized>(shadow: &mut S) {
    shadow.clear_constants();
}

/// A shadow or tangent behind `&mut`.
pub trait Clearable {
    /// Sets the floats in constant fields to zero.
    fn clear_constants(&mut self);
}

impl<A: Differentiable> Clearable for A {
    #[inline]
    fn clear_constants(&mut self) {
        self.set_constants(None);
    }
}

impl<A: Differentiable> Clearable for [A] {
    #[inline]
    fn clear_constants(&mut self) {
        set_constants_of_slice(self, None);
    }
}

/// Compiles where what is read through may hold floats that a derivative knows of.
#[inline(always)]
pub fn read_through<T: Differentiable>(_: &T) {}

/// A constant field, whose floats are to be zero; one without floats stays. `Clear(&mut field).clear()` is the inherent
/// method where it exists, else that of [`ClearNothing`].
pub struct Clear<'a, T>(pub &'a mut T);

impl<T: Differentiable> Clear<'_, T> {
    /// Sets every float to zero.
    pub fn clear(self) {
        self.0.set_zero();
        self.0.set_constants(None);
    }

    /// Adds every float, where the shapes are those of one value.
    pub fn add(self, other: &T) {
        if self.0.same_shape(other) {
            self.0.accumulate(other);
            self.0.accumulate_constants(other);
        }
    }
}

/// What is not `Differentiable` stays.
pub trait ClearNothing: Sized {
    /// Does nothing.
    fn clear(self) {}

    /// Does nothing.
    fn add<T>(self, _other: &T) {}
}

impl<T> ClearNothing for Clear<'_, T> {}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[derive(Clone, Debug, PartialEq, autodiff_macros::Differentiable)]
    struct Layer {
        w: f64,
        #[constant]
        table: [f64; 2],
        #[constant]
        label: &'static str,
        n: u32,
    }

    const LAYER: Layer = Layer { w: 2.0, table: [3.0, 4.0], label: "a", n: 5 };

    #[test]
    fn a_tangent_has_no_constants() {
        let clean = Layer { table: [0.0; 2], ..LAYER };
        assert_eq!(Given::<Layer>::given(&tangent(&LAYER)), Some(&clean));
        assert_eq!(Given::<[Layer]>::given(&tangent(&vec![LAYER])), Some(&[clean.clone()][..]));
        assert_eq!(Given::<[Layer]>::given(&tangent(&[LAYER][..])), Some(&[clean.clone()][..]));
        assert_eq!(Given::<(f64, Layer)>::given(&tangent(&(1.0, LAYER))), Some(&(1.0, clean)));
    }

    #[test]
    fn blank_fields() {
        assert_eq!(Blank(&LAYER.w).blank(), 0.0);
        assert_eq!((Blank(&LAYER.n).blank(), Blank(&LAYER.label).blank()), (5, "a"));
    }

    #[test]
    fn constants_are_added_where_that_is_asked_for() {
        let mut sum = vec![LAYER];
        crate::__private::add_constants(&mut sum[..], &vec![Layer { w: 7.0, ..LAYER }]);
        assert_eq!(sum, [Layer { table: [6.0, 8.0], ..LAYER }]);
    }

    #[test]
    fn a_gradient_has_those_of_its_argument() {
        let mut gradient = vec![Layer { w: 7.0, table: [8.0, 9.0], ..LAYER }];
        keep_constants(&mut gradient, constants(&[LAYER][..]));
        assert_eq!(gradient, [Layer { w: 7.0, ..LAYER }]);
        let mut shadow = [Layer { w: 7.0, table: [8.0, 9.0], label: "b", n: 1 }];
        copy_constants(&mut shadow[..], &vec![LAYER]);
        // What is constant by its type holds no float, and is not touched.
        assert_eq!(shadow, [Layer { w: 7.0, n: 1, ..LAYER }]);
        clear_constants(&mut shadow[..]);
        assert_eq!(shadow, [Layer { w: 7.0, n: 1, table: [0.0; 2], ..LAYER }]);
        assert_eq!(blank(&LAYER), Layer { w: 0.0, table: [0.0; 2], ..LAYER });
    }
}
