//! Exact derivatives of ordinary Rust functions, at compile time, and the optimizers and training loops that use them.
//!
//! [`#[differentiate]`](macro@differentiate) turns a function into that same function plus its derivatives. What it writes
//! is plain safe Rust, which rustc type-checks, borrow-checks and optimises: no tape, no number type in your signatures, no
//! nightly compiler.
//!
//! ```
//! use autodiff_runtime::differentiate;
//!
//! #[differentiate]
//! fn f(x1: f64, x2: f64) -> f64 {
//!     x1.ln() + x1 * x2 - x2.sin()
//! }
//!
//! let (y, (x1_bar, x2_bar)) = f::value_and_grad(2.0, 5.0);
//! assert_eq!(y, f(2.0, 5.0));
//! assert_eq!(x1_bar, 1.0 / 2.0 + 5.0);
//! assert!((x2_bar - (2.0 - 5f64.cos())).abs() < 1e-15);
//! ```
//!
//! # The calls
//!
//! The companion of `f` is a type of the same name, so one `use path::f;` imports both. Every call takes the arguments of
//! `f`; then the seed, if any; then one shadow or tangent per active parameter, in their order.
//!
//! | call | gives |
//! |---|---|
//! | `f(args)` | the value, untouched |
//! | `f::value_and_grad(args) -> (Y, G)` | value and gradient in one pass |
//! | `f::grad(args) -> G` | the gradient |
//! | `f::grad_into(args, shadows) -> Y` | value; adds the gradient to the shadows |
//! | `f::vjp(args, seed) -> (Y, G)` | value and `seedᵀ · J`: reverse mode |
//! | `f::vjp_into(args, seed, shadows) -> Y` | value; adds `seedᵀ · J` to the shadows |
//! | `f::pullback(args) -> (Y, impl FnOnce(seed) -> G)` | value, and `seedᵀ · J` later: the forward sweep now, the reverse sweep then |
//! | `f::jvp(args, tangents) -> (Y, Ẏ)` | value and `J · tangent`: forward mode |
//! | `f::jacobian(args) -> J` | for tuples, arrays, `Vec`s and structs: the result with `G` in the place of every float |
//! | `f::trace(args) -> Trace` | the evaluation trace, with every value and adjoint |
//!
//! `value_and_grad`, `grad` and `grad_into` exist where `Y` is a float. The `_into` forms add, so that a mini-batch sums its
//! gradient with no temporary. `Y` always has the bits of `f(args)`.
//!
//! # Active and constant
//!
//! Parameters of type `bool`, integer, `char`, `&str` and `String`, and references, slices, arrays and `Option`s of them, are
//! constants. Every other parameter is active, unless it carries `#[constant]`. With `T` a float:
//!
//! | parameter | gradient `G` | shadow | tangent |
//! |---|---|---|---|
//! | `T` | `T` | `&mut T` | `T` |
//! | `[A; N]`, `&[A; N]` | `[G; N]` | `&mut [G; N]` | as the argument |
//! | `&[A]`, `Vec<A>`, `&Vec<A>` | `Vec<G>` | `&mut [G]` | as the argument |
//! | `(A, B)` | `(G, G)` | `&mut (G, G)` | as the argument |
//! | `P`, `&P` with [`#[derive(Differentiable)]`](derive@Differentiable) | `P` | `&mut P` | as the argument |
//!
//! One active parameter gives `G` itself, several give a tuple in their order. Shapes that do not match panic on entry, with
//! both shapes.
//!
//! # The evaluation trace
//!
//! A function is an evaluation trace z₁ … z_T, and each step is affine (Type 1), a product of powers (Type 2) or a function
//! from a fixed set (Type 3): the computation model of Baur and Strassen (The complexity of partial derivatives, 1983) and
//! Griewank (On automatic differentiation, 1989). Reverse mode visits it backwards, `z̄_t = Σ z̄_c ∂z_c/∂z_t` over the
//! children c, at a small multiple of the cost of the function, whatever the number of inputs. [`f::trace`](Trace) shows it:
//!
//! ```
//! use autodiff_runtime::differentiate;
//!
//! #[differentiate]
//! fn f(x1: f64, x2: f64) -> f64 {
//!     let v1 = x1.ln();
//!     let v2 = x1 * x2;
//!     let v3 = x2.sin();
//!     let v4 = v1 + v2;
//!     let v5 = v4 - v3;
//!     v5
//! }
//!
//! let trace = f::trace(2.0, 5.0);
//! println!("{trace}");
//! assert_eq!(format!("{:.3}", trace.value()), "11.652");
//! let adjoint = |name: &str| trace.label(name).unwrap().adjoint;
//! assert_eq!(["v5", "v4", "v1", "v2", "v3"].map(adjoint), [1.0, 1.0, 1.0, 1.0, -1.0]);
//! let gradient: Vec<String> = trace.gradient().iter().map(|g| format!("{g:.3}")).collect();
//! assert_eq!(gradient, ["5.500", "1.716"]);
//! ```
//!
//! A constant factor, sign or offset folds into its only consumer of Type 1 or 3, so this function has six steps, as on
//! paper:
//!
//! ```
//! use std::f64::consts::PI;
//!
//! use autodiff_runtime::differentiate;
//!
//! #[differentiate]
//! fn f(w1: f64, w2: f64) -> f64 {
//!     let r = w1 / w2;
//!     let u = 3.0 * r - (2.0 * w2).exp();
//!     ((2.0 * PI * r).sin() + u) * u
//! }
//!
//! let trace = f::trace(1.3, 0.7);
//! let steps: Vec<String> = ["z1", "z2", "z3", "z4", "z5", "z6"]
//!     .map(|z| trace.node(z).unwrap())
//!     .map(|z| format!("{} = {} ({})", z.name, z.expression, z.kind))
//!     .to_vec();
//! assert_eq!(
//!     steps,
//!     [
//!         "z1 = w1 / w2 (Type 2)",
//!         "z2 = sin(2.0 * PI * z1) (Type 3)",
//!         "z3 = exp(2.0 * w2) (Type 3)",
//!         "z4 = 3.0 * z1 - z3 (Type 1)",
//!         "z5 = z2 + z4 (Type 1)",
//!         "z6 = z5 * z4 (Type 2)",
//!     ]
//! );
//! ```
//!
//! # Further
//!
//! [`guide`] has the language, the primitives with their kinks, and how to print the generated code; [`check`] tests a gradient
//! against differences; [`optim`] has optimizers, and `train` the mini-batch loop.
//!
//! # Features
//!
//! Without `std` the crate is `no_std` (with `alloc`) in all that generated code needs. `train` adds the training loop, `progress` its
//! progress bar.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
extern crate self as autodiff_runtime;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
pub mod check;
mod constant;
mod differentiable;
pub mod guide;
pub mod optim;
mod real;
#[cfg(feature = "second-order")]
pub mod second_order;
mod special;
pub mod trace;
#[cfg(feature = "train")]
pub mod train;

pub use autodiff_macros::{Constant, Differentiable, differentiate};
pub use constant::Constant;
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
