//! Code generation: verified IR in, tokens out. It cannot fail, since everything that can be wrong was refused before.
//!
//! | module | writes |
//! |---|---|
//! | [`companion`](mod@companion) | the user's function, its companion type and the public functions |
//! | [`by_hand`] | the hidden functions of a function whose `vjp` and `jvp` are given by hand |
//! | [`jacobian`] | Jacobians, one product with a unit vector a row or a column |
//! | [`written`] | those of functions that write behind `&mut` |
//! | [`hessian`] | Hessians, one product with a unit vector a row |
//! | [`signature`] | the signatures of both, public and hidden |
//! | [`entry`] | the hidden functions: what stands between their parameters and a body |
//! | [`body`], [`loops`], [`call`], [`opaque`], [`expr`] | statements, loops, calls, inactive Rust, expressions |
//! | [`method`] | methods of other values than `self` |
//! | [`parts`] | the witness that parts of structs may have tangents |
//! | [`like`] | expressions for their types alone |
//! | [`inline`] | which scalars need no variable |
//! | [`code`] | lists of tokens |
//! | [`names`] | names that meet nobody else's |
//! | [`docs`] | what rustdoc says |
//! | [`stub`](mod@stub) | what stands in for a function with errors |

mod body;
mod by_hand;
mod call;
mod code;
mod companion;
mod docs;
mod entry;
mod expr;
mod hessian;
mod inline;
mod jacobian;
mod like;
mod loops;
mod method;
mod names;
mod opaque;
mod parts;
mod signature;
mod stub;
#[cfg(test)]
mod tests;
mod written;

pub(crate) use companion::{companion, siblings};
pub(crate) use stub::{sibling_stubs, stub};

use proc_macro2::TokenStream;

use crate::ir::{Float, Func, Ty};

/// A float type, by a path that the user cannot shadow.
pub(crate) fn float_type(float: Float) -> TokenStream {
    expr::ty_tokens(Ty::Float(float))
}

pub(crate) fn scalar_type(ty: Ty) -> TokenStream {
    expr::ty_tokens(ty)
}

/// Where the derivatives of a function come from.
#[derive(Clone, Debug)]
pub(crate) enum Derived {
    /// From its body, or its partials.
    Compiled(Box<Compiled>),
    /// From functions with the signatures of `vjp_into` and `jvp`.
    ByHand { vjp: syn::Path, jvp: syn::Path },
}

impl Derived {
    /// With statements for the compiler alone.
    pub(crate) fn with_witnesses(mut self, witnesses: Vec<TokenStream>) -> Derived {
        if let Derived::Compiled(compiled) = &mut self {
            compiled.witnesses = witnesses;
        }
        self
    }
}

/// The derivatives of a function.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    /// Value and adjoint in one pass.
    pub(crate) vjp: Func,
    /// Value and tangent.
    pub(crate) jvp: Func,
    /// Value, recording every step; none for a function that computes with derivatives of others.
    pub(crate) trace: Option<Func>,
    /// The forward sweep, which leaves on the tape what the reverse sweep takes from it; none for a function that is
    /// cheap to evaluate twice.
    pub(crate) split: Option<(Func, Func)>,
    /// From the second order on, the tangent of the gradient alone, for a function whose result is one float.
    pub(crate) hvp: Option<Func>,
    /// The derivatives with tangents in one direction, in two, and so on: one less than the order.
    pub(crate) dotted: Vec<Dotted>,
    /// Statements that are never run and compile only if names of the user's mean what they were taken for.
    pub(crate) witnesses: Vec<TokenStream>,
}

/// First derivatives with tangents in some directions.
#[derive(Clone, Debug)]
pub(crate) struct Dotted {
    pub(crate) vjp: Func,
    pub(crate) split: Option<(Func, Func)>,
    /// In one direction more.
    pub(crate) jvp: Func,
}
