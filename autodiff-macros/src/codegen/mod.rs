//! Code generation: verified IR in, tokens out. It cannot fail, since everything that can be wrong was refused before.
//!
//! | module | writes |
//! |---|---|
//! | [`companion`] | the user's function, its companion type and the public functions |
//! | [`by_hand`] | the hidden functions of a function whose `vjp` and `jvp` are given by hand |
//! | [`jacobian`] | Jacobians, one product with a unit vector a row or a column |
//! | [`hessian`] | Hessians, one product with a unit vector a row |
//! | [`signature`] | the signatures of both, public and hidden |
//! | [`entry`] | the hidden functions: what stands between their parameters and a body |
//! | [`body`], [`loops`], [`call`], [`opaque`], [`expr`] | statements, loops, calls, inactive Rust, expressions |
//! | [`parts`] | the witness that parts of structs may have tangents |
//! | [`inline`] | which scalars need no variable |
//! | [`code`] | lists of tokens |
//! | [`names`] | names that meet nobody else's |
//! | [`docs`] | what rustdoc says |
//! | [`stub`] | what stands in for a function with errors |

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
mod loops;
mod names;
mod opaque;
mod parts;
mod signature;
mod stub;
#[cfg(test)]
mod tests;

pub(crate) use companion::{companion, siblings};
pub(crate) use stub::{sibling_stubs, stub};

use crate::ir::Func;

/// Where the derivatives of a function come from.
#[derive(Clone, Debug)]
pub(crate) enum Derived {
    /// From its body, or its partials.
    Compiled(Box<Compiled>),
    /// From functions with the signatures of `vjp_into` and `jvp`.
    ByHand { vjp: syn::Path, jvp: syn::Path },
}

/// The derivatives of a function.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    /// Value and adjoint in one pass.
    pub(crate) vjp: Func,
    /// Value and tangent.
    pub(crate) jvp: Func,
    /// Value, recording every step.
    pub(crate) trace: Func,
    /// The forward sweep, which leaves on the tape what the reverse sweep takes from it; none for a function that is
    /// cheap to evaluate twice.
    pub(crate) split: Option<(Func, Func)>,
    /// Second derivatives, where they are asked for.
    pub(crate) second: Option<Second>,
}

/// The second derivatives of a function: the tangents of its reverse derivatives.
#[derive(Clone, Debug)]
pub(crate) struct Second {
    /// The tangent of the gradient alone, for a function whose result is one float.
    pub(crate) hvp: Option<Func>,
    pub(crate) vjp_dot: Func,
    pub(crate) split_dot: Option<(Func, Func)>,
}
