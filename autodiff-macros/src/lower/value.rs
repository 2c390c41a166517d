//! What an expression of the user's is, seen from the lowering.

use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::Ident;

use super::closure::Closure;
use super::infer::TyVar;
use super::iter::Stream;
use super::structs::Maker;
use crate::ir::{Mem, Operand, Place, Val};

/// The value of an expression. Scalars are SSA values; everything else is known by where it is or what it is made of.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(Val),
    /// Memory, or a part of a struct that may turn out to be a scalar: an alias, read where it is used.
    Place(Spot),
    /// `&value`. Transparent, but for passing it on.
    Ref(Box<Value>),
    Tuple(Vec<Value>),
    /// A struct that is taken apart.
    Struct(Rc<Maker>, Vec<Value>),
    /// Whether there is a value, and the value: an `Option`.
    Optional(Val, Box<Value>),
    /// A part of a sequence; always behind a reference.
    View(Box<View>),
    /// An iterator that was not run yet.
    Stream(Box<Stream>),
    Closure(Rc<Closure>),
    /// Rust that is not modelled.
    Frag(Frag),
    Unit,
    /// Of an expression that does not return.
    Never,
    /// Of an expression that is left by a jump: what follows it here is not run.
    Exit,
    /// Of an expression that was refused.
    Poison,
}

impl Value {
    /// Without references.
    pub(super) fn peel(self) -> Value {
        match self {
            Value::Ref(inner) => inner.peel(),
            value => value,
        }
    }

    pub(super) fn is_place(&self) -> bool {
        match self {
            Value::Ref(inner) => inner.is_place(),
            value => matches!(value, Value::Place(_) | Value::View(_)),
        }
    }
}

/// A place and what is known of its type.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) place: Place,
    pub(super) form: Form,
}

/// A part of a sequence: `len` elements from `lo`.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) seq: Spot,
    /// `None`: from the first.
    pub(super) lo: Option<Val>,
    pub(super) len: Val,
    /// The length, where it shows and is certain.
    pub(super) literal: Option<usize>,
}

/// What is known of the type of a place.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Scalar(TyVar),
    Seq(Box<Form>, Seq),
    Tuple(Vec<Form>),
    /// Inside a struct: a scalar or an aggregate, as the use shows. The text is the path with indices left out, so that all
    /// elements of one array share what is found out.
    Unknown(String),
}

/// The kinds of sequences.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Seq {
    Array,
    Slice,
    Vec,
}

/// An expression of unmodelled Rust, with placeholders for the values of the trace.
#[derive(Clone, Debug)]
pub(super) struct Frag {
    pub(super) expr: syn::Expr,
    pub(super) binds: Vec<(Ident, Operand)>,
    /// Evaluating it again, or not at all, changes nothing: a literal, a constant, a field of an immutable value.
    pub(super) pure_: bool,
    /// The type, if it is a scalar.
    pub(super) ty: TyVar,
    /// What to say if an active value flows in, where there are better words than the general ones.
    pub(super) why: Option<String>,
}

impl Frag {
    /// A larger expression around it, of type `ty`.
    pub(super) fn wrap(self, around: impl FnOnce(syn::Expr) -> syn::Expr, ty: TyVar) -> Frag {
        Frag { expr: around(atom(self.expr)), ty, ..self }
    }

    /// An expression of two, evaluated in this order.
    pub(super) fn join(self, other: Frag, around: impl FnOnce(syn::Expr, syn::Expr) -> syn::Expr, ty: TyVar) -> Frag {
        let mut binds = self.binds;
        for bind in other.binds {
            if !binds.iter().any(|(name, _)| *name == bind.0) {
                binds.push(bind);
            }
        }
        Frag {
            expr: around(atom(self.expr), atom(other.expr)),
            binds,
            pure_: self.pure_ && other.pure_,
            ty,
            why: self.why.or(other.why),
        }
    }
}

/// In parentheses, unless it binds as tightly as can be.
fn atom(expr: syn::Expr) -> syn::Expr {
    match expr {
        syn::Expr::Path(_)
        | syn::Expr::Lit(_)
        | syn::Expr::MethodCall(_)
        | syn::Expr::Field(_)
        | syn::Expr::Index(_)
        | syn::Expr::Call(_)
        | syn::Expr::Paren(_)
        | syn::Expr::Tuple(_)
        | syn::Expr::Array(_)
        | syn::Expr::Macro(_) => expr,
        expr => syn::Expr::Paren(syn::ExprParen {
            attrs: Vec::new(),
            paren_token: Default::default(),
            expr: Box::new(expr),
        }),
    }
}

/// A variable of the user's.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) name: String,
    /// `None` before the first assignment of `let x;`.
    pub(super) value: Option<Value>,
    pub(super) mutable: bool,
}

impl Form {
    /// The type of the leaves, where they have one type.
    pub(super) fn elem(&self) -> Option<TyVar> {
        match self {
            Form::Scalar(ty) => Some(*ty),
            Form::Seq(inner, _) => inner.elem(),
            Form::Tuple(_) | Form::Unknown(_) => None,
        }
    }
}

/// What the lowering remembers of a memory object.
#[derive(Clone, Debug)]
pub(super) struct MemInfo {
    /// The type of the leaves, where they have one type.
    pub(super) elem: Option<TyVar>,
    /// Made by this function, not passed to it.
    pub(super) local: bool,
    /// Not held by a variable yet: the first one takes it over.
    pub(super) temporary: bool,
    /// `let mut`, or a parameter behind `&mut`: an alias would see later writes.
    pub(super) mutable: bool,
    /// Of a constant parameter: certainly inactive.
    pub(super) inert: bool,
}

impl MemInfo {
    /// Of a parameter.
    pub(super) fn param(elem: Option<TyVar>, inert: bool) -> MemInfo {
        MemInfo { elem, local: false, temporary: false, mutable: false, inert }
    }

    /// Of a parameter that is written to, `&mut`.
    pub(super) fn output(elem: Option<TyVar>) -> MemInfo {
        MemInfo { mutable: true, ..MemInfo::param(elem, false) }
    }

    /// Of a new local array.
    pub(super) fn local(elem: Option<TyVar>) -> MemInfo {
        MemInfo { elem, local: true, temporary: true, mutable: false, inert: false }
    }
}

/// The types of the scalars inside structs, by memory and [`Form::Unknown`] path.
pub(super) type Leaves = HashMap<(Mem, String), TyVar>;
