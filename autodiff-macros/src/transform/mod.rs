//! Derivatives as functions from IR to IR.
//!
//! - [`forward`](mod@forward): value and tangent (jvp);
//! - [`reverse`](mod@reverse): value and adjoint in one function (vjp), or split in two where a caller comes in between;
//! - [`partials`]: derivatives of a function whose partials are given by hand;
//! - [`second`]: second derivatives, the first applied to the second;
//! - [`trace`](mod@trace): the evaluation trace, recorded at run time: the forward transform with node numbers for tangents.
//!
//! Every one of them emits the same closed IR that it reads, so they compose to higher orders.

pub(crate) mod forward;
pub(crate) mod partials;
pub(crate) mod reverse;
mod scaled;
pub(crate) mod second;
pub(crate) mod trace;

#[cfg(test)]
mod tests;

use proc_macro2::Span;

/// A construct that a transform cannot differentiate, with what the user can do about it.
#[derive(Clone, Debug)]
pub(crate) struct Unsupported {
    pub(crate) span: Span,
    pub(crate) message: String,
}

pub(crate) use forward::forward;
pub(crate) use reverse::{reverse, split};
pub(crate) use trace::trace;
