//! Type parameters: what a float of a generic function must be in its derivatives.
//!
//! A function over `T: num_traits::Float` says nothing of constants other than 0 and 1, of `+=`, of shapes or of a tape.
//! Its derivatives need all of these, so they ask for [`Generic`] besides the user's own bounds, which are met by `f32`
//! and `f64` and by nothing else. The methods have names that no bound of the user's can have, so that a call in the
//! user's code (`T::from_f64(x)`) stays unambiguous.

use num_traits::NumAssign;

use super::tape::Tape;
use crate::differentiable::Scalar;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`, for a type parameter.
#[diagnostic::on_unimplemented(
    message = "derivatives of a generic function exist for `f32` and `f64`, and not for `{Self}`",
    label = "neither `f32` nor `f64`",
    note = "in a generic function of your own that calls them, write `#[differentiate]` on it, or choose the type: `f::grad::<f64>(..)`"
)]
pub trait Generic: Scalar + NumAssign + sealed::Sealed {
    /// The nearest value to `x`.
    fn __from_f64(x: f64) -> Self;

    /// The same number as `f64`; exact.
    fn __to_f64(self) -> f64;

    /// Pushes the value, as it is, on the stack of its type.
    fn __push(self, tape: &mut Tape);

    /// Pops a value from the stack of its type.
    fn __pop(tape: &mut Tape) -> Self;
}

macro_rules! generic {
    ($float:ident, $push:ident, $pop:ident) => {
        impl Generic for $float {
            #[inline(always)]
            fn __from_f64(x: f64) -> Self {
                x as $float
            }

            #[inline(always)]
            fn __to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn __push(self, tape: &mut Tape) {
                tape.$push(self);
            }

            #[inline(always)]
            fn __pop(tape: &mut Tape) -> Self {
                tape.$pop()
            }
        }
    };
}

generic!(f32, push_f32, pop_f32);
generic!(f64, push_f64, pop_f64);

/// `x` in the type of a type parameter: a constant of a derivative, or a cast.
#[inline(always)]
pub fn float<T: Generic>(x: f64) -> T {
    T::__from_f64(x)
}

/// A value of the type of a type parameter as `f64`; exact.
#[inline(always)]
pub fn double<T: Generic>(x: T) -> f64 {
    x.__to_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Constants, `+=` and the tape, for any float.
    fn third<T: Generic>(tape: &mut Tape) -> T {
        let mut x = float::<T>(1.0);
        x += float(2.0);
        x.__push(tape);
        T::one() / T::__pop(tape)
    }

    #[test]
    fn bits_are_those_of_the_type() {
        let mut tape = Tape::new();
        assert_eq!(third::<f32>(&mut tape), 1.0_f32 / 3.0);
        assert_eq!(third::<f64>(&mut tape), 1.0_f64 / 3.0);
        assert_eq!(double(third::<f32>(&mut tape)), f64::from(1.0_f32 / 3.0));
        assert!(tape.is_empty());
    }
}
