//! Stand-in until the runtime's core is merged.

use alloc::vec::Vec;
use num_traits::Float;

/// f32 or f64.
pub trait Scalar: Float {
    /// Widened.
    fn as_f64(self) -> f64;
    /// Nearest.
    fn from_f64(x: f64) -> Self;
}

/// A value made of numbers.
pub trait Differentiable: Sized {
    /// f32 or f64.
    type Scalar: Scalar;
    /// Zeros of the same shape.
    fn zeros_like(&self) -> Self;
    /// Same shape.
    fn same_shape(&self, other: &Self) -> bool;
    /// Visits.
    fn for_each(&self, f: impl FnMut(Self::Scalar)) {
        let mut f = f;
        self.walk(&mut f);
    }
    /// Visits.
    fn for_each_mut(&mut self, f: impl FnMut(&mut Self::Scalar)) {
        let mut f = f;
        self.walk_mut(&mut f);
    }
    /// Visits.
    fn walk(&self, f: &mut dyn FnMut(Self::Scalar));
    /// Visits.
    fn walk_mut(&mut self, f: &mut dyn FnMut(&mut Self::Scalar));
    /// How many numbers.
    fn flat_len(&self) -> usize {
        let mut n = 0;
        self.for_each(|_| n += 1);
        n
    }
    /// Zero.
    fn set_zero(&mut self) {
        self.for_each_mut(|x| *x = <Self::Scalar as num_traits::Zero>::zero());
    }
    /// Writes.
    fn write_flat(&self, flat: &mut [Self::Scalar]) {
        let mut places = flat.iter_mut();
        self.for_each(|x| {
            if let Some(place) = places.next() {
                *place = x;
            }
        });
    }
}

macro_rules! scalar {
    ($t:ty) => {
        impl Scalar for $t {
            fn as_f64(self) -> f64 {
                self.into()
            }
            fn from_f64(x: f64) -> Self {
                x as $t
            }
        }
        impl Differentiable for $t {
            type Scalar = $t;
            fn zeros_like(&self) -> Self {
                0.0
            }
            fn same_shape(&self, _: &Self) -> bool {
                true
            }
            fn walk(&self, f: &mut dyn FnMut(Self::Scalar)) {
                f(*self)
            }
            fn walk_mut(&mut self, f: &mut dyn FnMut(&mut Self::Scalar)) {
                f(self)
            }
        }
    };
}
scalar!(f32);
scalar!(f64);

impl<A: Differentiable, const N: usize> Differentiable for [A; N] {
    type Scalar = A::Scalar;
    fn zeros_like(&self) -> Self {
        core::array::from_fn(|i| self[i].zeros_like())
    }
    fn same_shape(&self, other: &Self) -> bool {
        self.iter().zip(other).all(|(a, b)| a.same_shape(b))
    }
    fn walk(&self, f: &mut dyn FnMut(Self::Scalar)) {
        self.iter().for_each(|a| a.walk(f));
    }
    fn walk_mut(&mut self, f: &mut dyn FnMut(&mut Self::Scalar)) {
        self.iter_mut().for_each(|a| a.walk_mut(f));
    }
}

impl<A: Differentiable> Differentiable for Vec<A> {
    type Scalar = A::Scalar;
    fn zeros_like(&self) -> Self {
        self.iter().map(A::zeros_like).collect()
    }
    fn same_shape(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same_shape(b))
    }
    fn walk(&self, f: &mut dyn FnMut(Self::Scalar)) {
        self.iter().for_each(|a| a.walk(f));
    }
    fn walk_mut(&mut self, f: &mut dyn FnMut(&mut Self::Scalar)) {
        self.iter_mut().for_each(|a| a.walk_mut(f));
    }
}
