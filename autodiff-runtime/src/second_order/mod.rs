//! Methods that know the curvature: Newton's method and its relatives, nonlinear least squares, critical points, and
//! Hessians of known structure.
//!
//! # Design
//!
//! A method is a small value of settings; running it takes a start and *closures* for what it needs of the function,
//! in the shapes in which `#[differentiate]` gives it. So derivatives may come from the attribute, from a pen, or from
//! a service, and parameters may be of any [`Differentiable`](crate::Differentiable) type with `f64` inside: a
//! `Vec<f64>`, an array, a struct. Matrices are anything that holds their numbers row by row, as `[[f64; N]; N]` and
//! `Vec<Vec<f64>>` do.
//!
//! | method | needs | for |
//! |---|---|---|
//! | [`Newton::plain`] | `value_grad_hessian` | critical points of any kind, from nearby |
//! | [`Newton`] | `value`, `value_grad_hessian` | minima, up to some hundreds of parameters |
//! | [`NewtonCg`] | `value_and_grad`, `hvp` | minima, many parameters |
//! | [`GaussNewton`] | residuals, and `jacobian` or `jvp` and `vjp` | sums of squares that can be made small |
//! | [`LevenbergMarquardt`] | the same | sums of squares |
//! | [`standard_errors`] | `jacobian` | how well fitted parameters are known |
//! | [`classify`] | `hessian` | the kind of a critical point |
//! | [`directional_derivative`], [`TaylorModel`] | `grad`, `hvp` | what a step is expected to do |
//! | [`Structure`] | `hvp` | Hessians at one product per colour |
//!
//! A run ends with a [`Solution`], which says why it ended ([`StopReason`]) and what it cost ([`Evaluations`]), or with
//! a [`SolveError`] when its input cannot be worked with. Numbers that are not finite never panic and never reach `x`.
//! All is `f64`: with the 7 digits of `f32` a second derivative has hardly any use beyond what the first one has.
//!
//! # Linear algebra
//!
//! Factorisations come from [nalgebra](https://docs.rs/nalgebra), which the feature `second-order` pulls in. Against
//! [faer](https://docs.rs/faer), which is faster on matrices of several hundred rows, it brings a third of the
//! packages (16 against 48); the matrices of the dense methods here are smaller, and large problems are for the methods
//! without matrices. No type of nalgebra is in the interface. The feature is not on by default: nalgebra and what it
//! needs take about 20 s of processor time to compile, more than all the rest of this crate, and differentiation needs
//! none of it.

mod critical;
mod error;
mod flat;
mod least_squares;
mod line_search;
mod newton;
mod newton_cg;
mod regularize;
mod report;
mod structure;
mod taylor;
#[cfg(test)]
mod tests;

pub use critical::{CriticalPoint, Kind, classify};
pub use error::SolveError;
pub use least_squares::{GaussNewton, LevenbergMarquardt, PlainGaussNewton, standard_errors};
pub use newton::{Newton, PlainNewton};
pub use newton_cg::{Forcing, NewtonCg};
pub use regularize::Regularization;
pub use report::{Evaluations, Iteration, Solution, StopReason};
pub use structure::{Structure, StructureCheck, StructureError, StructuredHessian};
pub use taylor::{TaylorModel, directional_derivative};
