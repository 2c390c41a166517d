//! The places into which a derivative function adds its results: one per parameter, whatever its activity. Those of lists are
//! in `list`.
//!
//! A slot is a `&mut` shadow, or [`Off`] where the caller has no use for the adjoint. Which one it is, is known at
//! compile time: `if let Some(b) = slot.on() { .. }` is either the block or nothing.

use crate::Constant;

/// The slot of an argument whose adjoint nobody asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off;

/// A place for the adjoint of a parameter whose shadow is `S`.
pub trait Slot<S: ?Sized> {
    /// The shadow to add to, if there is one.
    fn on(&mut self) -> Option<&mut S>;
}

impl<S: ?Sized> Slot<S> for &mut S {
    #[inline(always)]
    fn on(&mut self) -> Option<&mut S> {
        Some(&mut **self)
    }
}

impl<S: ?Sized> Slot<S> for Off {
    #[inline(always)]
    fn on(&mut self) -> Option<&mut S> {
        None
    }
}

/// The slot of a callee whose argument's shadow is itself behind a slot.
impl<S: ?Sized> Slot<S> for Option<&mut S> {
    #[inline(always)]
    fn on(&mut self) -> Option<&mut S> {
        self.as_deref_mut()
    }
}

/// The slot of a `#[constant]` parameter: [`Off`], or what belongs to a part of a struct without floats.
///
/// ```compile_fail,E0277
/// fn callee(_slot: impl autodiff_runtime::__private::ConstantSlot) {}
/// callee(&mut 0.0_f64);
/// ```
#[diagnostic::on_unimplemented(
    message = "an active value is passed where the called function has a `#[constant]` parameter",
    label = "the derivative with respect to this argument would be lost",
    note = "to leave it out on purpose, pass `autodiff_runtime::stop_gradient(..)` of the value",
    note = "to differentiate through it, take `#[constant]` off the parameter of the called function"
)]
pub trait ConstantSlot {}

impl ConstantSlot for Off {}

// What carries no derivative may come with the shadow or the tangent of the struct that it is a part of.
impl<T: Constant + ?Sized> ConstantSlot for &T {}
impl<T: Constant + ?Sized> ConstantSlot for &mut T {}
impl<T: Constant + ?Sized> ConstantSlot for Option<&mut T> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn add_to(mut slot: impl Slot<[f64; 2]>) -> bool {
        match slot.on() {
            Some(shadow) => {
                shadow[0] += 1.0;
                true
            }
            None => false,
        }
    }

    #[test]
    fn shadows_are_on_and_off_is_off() {
        let mut array = [0.0; 2];
        assert!(add_to(&mut array) && add_to(Some(&mut array)));
        assert_eq!(array, [2.0, 0.0]);
        assert!(!add_to(None::<&mut [f64; 2]>));
        assert!(!add_to(Off));
    }
}
