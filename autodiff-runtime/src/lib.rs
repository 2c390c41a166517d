//! Exact derivatives of ordinary Rust functions.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
extern crate self as autodiff_runtime;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
pub mod check;
mod differentiable;
pub mod optim;
mod real;
#[cfg(feature = "second-order")]
pub mod second_order;
mod special;
pub mod trace;
#[cfg(feature = "train")]
pub mod train;

pub use autodiff_macros::{Differentiable, differentiate};
pub use differentiable::{Argument, Differentiable, Scalar, Shape, Step, Visitor, VisitorMut, ZipVisitor};
pub use real::Real;
pub use trace::Trace;

/// The value of `x` as a constant: the same number, with derivative zero.
///
/// Inside a `#[differentiate]`d function the compiler ends every derivative here. It is also how an active value is
/// passed where a callee's parameter is `#[constant]`.
///
/// # Example
///
/// A target that is computed from the parameters but must not pull on them:
///
/// ```
/// use autodiff_runtime::stop_gradient;
///
/// fn td_error(value: f64, next_value: f64, reward: f64) -> f64 {
///     let target = stop_gradient(reward + 0.9 * next_value);
///     (target - value).powi(2)
/// }
/// assert_eq!(td_error(1.0, 2.0, 0.2), 1.0);
/// ```
#[inline(always)]
#[must_use]
pub fn stop_gradient<T>(x: T) -> T {
    x
}
