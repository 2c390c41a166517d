//! Memory that is kept as a whole, for the reverse sweep, and what tells its type.
//!
//! The result of a call has a type that only rustc knows. On a stack of the function itself it needs no name; on the tape,
//! where values of all types lie, the half that takes it back has to say what it takes. It says so with an expression of
//! the same type that is never evaluated: `tape.pop_as(|| g(&w, never()))`.

use proc_macro2::{Ident, TokenStream};

use super::{Mem, Place, StackId, Ty};

/// A memory object that comes back from a stack of whole values.
#[derive(Clone, Debug)]
pub(crate) struct Popped {
    pub(crate) stack: StackId,
    /// What has its type.
    pub(crate) like: Like,
}

/// An expression that is never evaluated, for its type.
#[derive(Clone, Debug)]
pub(crate) enum Like {
    /// What the context tells.
    Any,
    Scalar(Ty),
    /// A parameter of the function.
    Param(Mem),
    /// A part of another one, by value; the path is that of the place.
    Part(Box<Like>, Place),
    /// `&like`, `&mut like`.
    Ref(Box<Like>, bool),
    /// `[x; N]` and `vec![x; n]`: the length of each dimension where it is fixed, outermost first.
    Filled(Ty, Vec<Option<TokenStream>>),
    /// A struct, of placeholders that stand for its parts.
    Built(Box<syn::Expr>, Vec<(Ident, Like)>),
    /// A part of the result of a call.
    Call {
        path: syn::Path,
        /// The first argument is the receiver of a method.
        method: bool,
        args: Vec<Like>,
        part: Option<usize>,
    },
}
