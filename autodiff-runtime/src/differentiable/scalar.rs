//! The floats at the leaves.

use core::fmt::{Debug, Display, LowerExp};

use super::{Differentiable, Shape, Visitor, VisitorMut, ZipVisitor};
use crate::real::Real;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`: the scalar of a flat view.
///
/// Sealed: other number types reach a flat view through these two.
pub trait Scalar:
    Real + Differentiable<Scalar = Self> + Default + Debug + Display + LowerExp + Send + Sync + sealed::Sealed + 'static
{
    /// The wider one of `Self` and `Other`.
    type Widen<Other: Scalar>: Scalar;

    /// The type's name, `"f32"` or `"f64"`.
    const SCALAR_NAME: &'static str;

    /// The nearest value to `x`.
    fn from_double(x: f64) -> Self;

    /// The same number as `f64`; exact.
    fn to_double(self) -> f64;
}

macro_rules! scalar {
    ($float:ident, $other:ident => $widen:ty) => {
        impl Scalar for $float {
            type Widen<$other: Scalar> = $widen;

            const SCALAR_NAME: &'static str = stringify!($float);

            #[inline(always)]
            fn from_double(x: f64) -> Self {
                x as $float
            }

            #[inline(always)]
            fn to_double(self) -> f64 {
                f64::from(self)
            }
        }

        impl Differentiable for $float {
            type Scalar = $float;

            const STATIC_SHAPE: bool = true;

            #[inline(always)]
            fn zeros_like(&self) -> Self {
                0.0
            }

            #[inline(always)]
            fn visit<V: Visitor>(&self, visitor: &mut V) {
                visitor.scalar(self);
            }

            #[inline(always)]
            fn visit_mut<V: VisitorMut>(&mut self, visitor: &mut V) {
                visitor.scalar_mut(self);
            }

            #[inline(always)]
            fn zip_mut<V: ZipVisitor>(&mut self, other: &Self, visitor: &mut V) {
                visitor.pair(self, other);
            }

            #[inline(always)]
            fn same_shape(&self, _: &Self) -> bool {
                true
            }

            fn shape(&self) -> Shape {
                Shape::Scalar(<$float as Scalar>::SCALAR_NAME)
            }
        }
    };
}

scalar!(f32, Other => Other);
scalar!(f64, Other => f64);
