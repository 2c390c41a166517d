//! The witness that a call is differentiated as the function that it calls.
//!
//! A function and its companion type live in different namespaces. A local, un-annotated `fn g` shadows the function of
//! a glob import of a differentiated `g`, but not the companion: without the check, the value would be that of one
//! function and the derivative that of the other.

use core::any::TypeId;

/// Panics unless both are the same function. Function items have types of their own, so the comparison is one of
/// constants and folds away.
#[inline(always)]
#[track_caller]
pub fn same_function<A: 'static, B: 'static>(_called: &A, _differentiated: &B, name: &'static str) {
    if TypeId::of::<A>() != TypeId::of::<B>() {
        different_functions(name);
    }
}

/// `stop_gradient(x)` by the function that the user's code names so, which must be ours.
#[inline(always)]
#[track_caller]
pub fn stopped<T: 'static, F: FnOnce(T) -> T + 'static>(function: F, x: T) -> T {
    if TypeId::of::<F>() != id(&crate::stop_gradient::<T>) {
        panic!("`stop_gradient` here is not that of autodiff_runtime: rename it, or import ours");
    }
    function(x)
}

fn id<A: 'static>(_: &A) -> TypeId {
    TypeId::of::<A>()
}

/// A function of the user's code, which must be the one of the rule table: each function has a type of its own.
///
/// ```
/// use autodiff_runtime::{__private::is_rule, Real};
///
/// is_rule(<f64 as Real>::relu, Real::relu);
/// ```
///
/// ```compile_fail,E0277
/// trait Real {
///     fn relu(self) -> Self;
/// }
///
/// impl Real for f64 {
///     fn relu(self) -> f64 {
///         self + 1.0
///     }
/// }
///
/// autodiff_runtime::__private::is_rule(<f64 as autodiff_runtime::Real>::relu, Real::relu);
/// ```
#[inline(always)]
pub fn is_rule<F, G: Meant<F>>(_meant: F, _written: G) {}

/// Is the very same function.
#[diagnostic::on_unimplemented(
    message = "this function is not the one that is known by its name",
    label = "another function of this name",
    note = "to call your own function, give it another name, and `#[differentiate]`",
    note = "to call the known one, write its whole path: `std::iter::repeat(x)`"
)]
pub trait Meant<F> {}

impl<F> Meant<F> for F {}

/// Two references to values of one type.
///
/// ```compile_fail,E0308
/// autodiff_runtime::__private::same_type(&Box::new(1.0), &1.0);
/// ```
#[inline(always)]
pub fn same_type<T: ?Sized>(_a: &T, _b: &T) {}

#[cold]
#[inline(never)]
#[track_caller]
fn different_functions(name: &'static str) -> ! {
    panic!(
        "`{name}` here is a function without `#[differentiate]`, while the derivative in scope belongs to another function of \
         that name (an un-annotated function shadows one from a glob import): put `#[differentiate]` on the function that is \
         called, or rename it"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn g(x: f64) -> f64 {
        x
    }

    mod other {
        pub(super) fn g(x: f64) -> f64 {
            2.0 * x
        }
    }

    fn item() -> impl Copy + 'static {
        g
    }

    #[test]
    fn an_opaque_copy_is_the_same_function() {
        same_function(&g, &item(), "g");
    }

    #[test]
    #[should_panic(expected = "`g` here is a function without `#[differentiate]`")]
    fn another_function_of_that_name_is_not() {
        same_function(&other::g, &item(), "g");
    }
}
