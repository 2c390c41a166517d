//! Tangents and gradients of structs with constant fields.
//!
//! Generated code reads `p.decay` without knowing whether the field is constant. So the fields of a tangent that are
//! must be zero, whatever the caller has there (a direction made by `zeros_like` has a copy); and those of a gradient are
//! set to what the contract says, a copy, when all is added up.

use core::borrow::Borrow;

use super::given::Given;
use super::shadow::Shadow;
use crate::differentiable::{Argument, Differentiable};

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

/// The constant fields of `x`, where there are any that may hold floats.
#[inline]
pub fn constants<X: Argument + ?Sized>(x: &X) -> Option<X::Gradient> {
    X::Gradient::CONSTANT_FLOATS.then(|| x.zero_gradient())
}

/// Sets the constant fields of a gradient.
#[inline]
pub fn keep_constants<G: Differentiable>(gradient: &mut G, constants: Option<G>) {
    if constants.is_some() {
        gradient.set_constants(constants.as_ref());
    }
}

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
        assert_eq!(blank(&LAYER), Layer { w: 0.0, table: [0.0; 2], ..LAYER });
    }
}
