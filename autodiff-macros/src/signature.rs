//! The user's signature as the contract sees it: every parameter with its shape and activity, and the parts of the result.

mod by_hand;
pub(crate) mod generics;
mod parse;

use std::collections::HashMap;

use proc_macro2::Ident;
use syn::visit::{self, Visit};

use crate::ir::{Float, Ty};

pub(crate) use parse::{bare, is_constant_by_type, is_numeric, may_take_part, scalar, shape_of, text};

/// The shape of a parameter's type.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A float, integer or boolean by value.
    Scalar(Ty),
    /// `[A; N]`; the length as written, and its value where it is a literal.
    Array(Box<Shape>, Box<syn::Expr>),
    /// `[A]`, behind a reference.
    Slice(Box<Shape>),
    /// `Vec<A>`.
    Vec(Box<Shape>),
    Tuple(Vec<Shape>),
    /// Any other type: a derived struct where it is active, opaque where it is constant.
    Named(Box<syn::Type>),
}

impl Shape {
    /// Whether the type is made of scalars, arrays and tuples only, as the tokens say.
    pub(crate) fn is_numeric(&self) -> bool {
        match self {
            Shape::Scalar(ty) => *ty != Ty::Opaque,
            Shape::Array(inner, _) | Shape::Slice(inner) | Shape::Vec(inner) => inner.is_numeric(),
            Shape::Tuple(parts) => parts.iter().all(Shape::is_numeric),
            Shape::Named(_) => false,
        }
    }

    /// The float types in it, as far as the tokens show.
    pub(crate) fn floats(&self, found: &mut Vec<Float>) {
        match self {
            Shape::Scalar(ty) => found.extend(ty.float()),
            Shape::Array(inner, _) | Shape::Slice(inner) | Shape::Vec(inner) => inner.floats(found),
            Shape::Tuple(parts) => parts.iter().for_each(|part| part.floats(found)),
            Shape::Named(_) => {}
        }
    }

    /// Whether a scalar in it, as far as the tokens show, is no float.
    pub(crate) fn has_discrete_leaf(&self) -> bool {
        match self {
            Shape::Scalar(ty) => ty.float().is_none(),
            Shape::Array(inner, _) | Shape::Slice(inner) | Shape::Vec(inner) => inner.has_discrete_leaf(),
            Shape::Tuple(parts) => parts.iter().any(Shape::has_discrete_leaf),
            Shape::Named(_) => false,
        }
    }
}

/// A parameter of the user's function.
#[derive(Clone, Debug)]
pub(crate) struct SigParam {
    /// The user's name; one of ours where the user wrote a pattern.
    pub(crate) ident: Ident,
    /// As written.
    pub(crate) ty: syn::Type,
    /// Of the type behind the reference, if any.
    pub(crate) shape: Shape,
    /// `&P`, `&mut P`.
    pub(crate) by_ref: bool,
    /// `&mut P`: what it holds in the end is part of the result.
    pub(crate) by_mut: bool,
    pub(crate) active: bool,
    /// Constant because the user says so, not by its type.
    pub(crate) marked: bool,
    /// Held in the IR as memory (arrays, slices, vectors, tuples, active structs) rather than as a scalar.
    pub(crate) is_mem: bool,
}

/// The result.
#[derive(Clone, Debug)]
pub(crate) struct SigRet {
    pub(crate) ty: syn::Type,
    /// `(A, B)`: a tuple of parts; otherwise one part, or nothing.
    pub(crate) tuple: bool,
    /// One type a part; [`Ty::Opaque`] for memory.
    pub(crate) parts: Vec<Ty>,
    /// The shapes of the parts that are memory: arrays, vectors, structs.
    pub(crate) shapes: Vec<Option<Shape>>,
}

/// The `impl` block that a method or associated function is in.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) generics: syn::Generics,
    /// How each function of the block takes its receiver; associated functions have none.
    pub(crate) receivers: HashMap<String, Option<Receiver>>,
    /// The float type of the signatures of the block, if there is one only.
    pub(crate) float: Option<Float>,
    /// Its methods that give integers and the like, as closures over `self`.
    pub(crate) queries: HashMap<String, syn::ExprClosure>,
}

/// How a method takes `self`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Receiver {
    Value,
    Reference,
    Mutable,
}

/// The signature.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// Of a method or an associated function, whose derivatives are siblings of it.
    pub(crate) owner: Option<Owner>,
    pub(crate) vis: syn::Visibility,
    /// The function's name.
    pub(crate) ident: Ident,
    /// The companion's name; the prefix of the siblings of a method.
    pub(crate) companion: Ident,
    /// The path of the runtime: `::autodiff_runtime`, unless renamed.
    pub(crate) runtime: syn::Path,
    /// Of the derivatives: those of the function, with what the derivatives ask of its type parameters besides.
    pub(crate) generics: syn::Generics,
    pub(crate) params: Vec<SigParam>,
    pub(crate) ret: SigRet,
    /// Of the highest derivatives that are wanted: 1 for gradients, 2 for Hessians.
    pub(crate) order: usize,
    /// Called functions whose companions have other names, by their own.
    pub(crate) companions: Vec<(Ident, syn::Path)>,
    /// The derivatives, where they are given by hand.
    pub(crate) by_hand: Option<ByHand>,
}

/// Derivatives that are given by hand.
#[derive(Clone, Debug)]
pub(crate) enum ByHand {
    /// A function for each active parameter, all of which are floats, as the result is.
    Partials(Vec<syn::Path>),
    /// Functions with the signatures of `vjp_into` and `jvp`.
    Products { vjp: syn::Path, jvp: syn::Path },
}

impl SigRet {
    /// `()`: the result is what the function writes.
    pub(crate) fn is_unit(&self) -> bool {
        self.parts.is_empty()
    }

    /// The shape of a part that is memory.
    pub(crate) fn shape(&self, part: usize) -> Option<&Shape> {
        self.shapes.get(part)?.as_ref()
    }

    /// Whether some part is memory.
    pub(crate) fn has_memory(&self) -> bool {
        self.shapes.iter().any(Option::is_some)
    }
}

impl Signature {
    /// Whether the function writes to what a parameter refers to.
    pub(crate) fn writes(&self) -> bool {
        self.params.iter().any(|param| param.by_mut)
    }

    /// The float type of parameters and result if there is one only, and otherwise that of the result: what is computed of
    /// several ends there.
    pub(crate) fn float(&self) -> Option<Float> {
        only(&self.floats()).or_else(|| only(&self.floats_of_result()))
    }

    /// Whether neither parameters nor result show a float.
    pub(crate) fn is_without_floats(&self) -> bool {
        self.floats().is_empty()
    }

    fn floats(&self) -> Vec<Float> {
        let mut found = self.floats_of_result();
        self.params.iter().for_each(|param| param.shape.floats(&mut found));
        found
    }

    fn floats_of_result(&self) -> Vec<Float> {
        let mut found: Vec<Float> = self.ret.parts.iter().filter_map(|part| part.float()).collect();
        self.ret.shapes.iter().flatten().for_each(|shape| shape.floats(&mut found));
        found
    }
}

/// The float type of the types in these signatures, if there is one only.
pub(crate) fn float_of<'s>(sigs: impl Iterator<Item = &'s syn::Signature>) -> Option<Float> {
    let mut found = Vec::new();
    sigs.flat_map(types).filter_map(shape_of).for_each(|shape| shape.floats(&mut found));
    only(&found)
}

/// The float type that the types are written with, of their parts and of the structs in them, `&[Layer<T>]`, if there is one only.
pub(crate) fn float_inside<'t>(types: impl IntoIterator<Item = &'t syn::Type>) -> Option<Float> {
    struct Inside(Vec<Float>);

    impl<'ast> Visit<'ast> for Inside {
        fn visit_type(&mut self, ty: &'ast syn::Type) {
            match scalar(ty) {
                Some(ty) => self.0.extend(ty.float()),
                None => visit::visit_type(self, ty),
            }
        }
    }

    let mut inside = Inside(Vec::new());
    types.into_iter().for_each(|ty| inside.visit_type(ty));
    only(&inside.0)
}

/// The types of a signature.
pub(crate) fn types(sig: &syn::Signature) -> impl Iterator<Item = &syn::Type> {
    let inputs = sig.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(input) => Some(&*input.ty),
        syn::FnArg::Receiver(_) => None,
    });
    let output = match &sig.output {
        syn::ReturnType::Type(_, ty) => Some(&**ty),
        syn::ReturnType::Default => None,
    };
    inputs.chain(output)
}

fn only(found: &[Float]) -> Option<Float> {
    let first = found.first().copied()?;
    found.iter().all(|float| *float == first).then_some(first)
}
