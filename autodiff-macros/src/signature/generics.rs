//! Type parameters: which of them are floats.
//!
//! Tokens do not say what `T` is; its bounds and its place in the signature do. A type parameter is a float if it has a
//! bound called `Float` or `Real`, or if the function returns it. The derivatives ask of such a parameter that it be `f32`
//! or `f64` (the runtime's `Generic`) besides the user's own bounds, and methods of it are emitted as method calls, so
//! that a method of the user's that is no method of `Float` is found by rustc to be ambiguous: a wrong guess is a compile
//! error and never a number.
//!
//! Types are read in many places of the compiler, one token at a time. What the type parameters in scope are is
//! therefore kept here, for the function that is being expanded.

use std::cell::RefCell;
use std::collections::HashSet;

use proc_macro2::Ident;
use quote::ToTokens;

use crate::ir::{Float, Int, Ty};

/// A type parameter that is a float.
#[derive(Copy, Clone, Debug)]
struct FloatParam {
    name: &'static str,
    /// It has the methods of the runtime's `Real`, as its bounds show.
    real: bool,
}

/// What the generic parameters in scope are.
#[derive(Clone, Debug, Default)]
struct Known {
    floats: Vec<FloatParam>,
    /// Constant parameters with their types.
    consts: Vec<(String, Option<Ty>)>,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
    static NAMES: RefCell<HashSet<&'static str>> = RefCell::default();
}

/// The generic parameters of a function in scope, until it is dropped.
#[must_use]
pub(crate) struct Scope(Known);

impl Drop for Scope {
    fn drop(&mut self) {
        KNOWN.set(std::mem::take(&mut self.0));
    }
}

/// Brings the generic parameters of a function, and those of the `impl` around it, into scope.
pub(crate) fn enter(sig: &syn::Signature, around: Option<&syn::Generics>) -> Scope {
    let mut known = Known::default();
    for generics in around.into_iter().chain([&sig.generics]) {
        for param in &generics.params {
            match param {
                syn::GenericParam::Type(param) => {
                    let bounds = bounds(param, around.into_iter().chain([&sig.generics]));
                    let real = bounds.iter().any(|bound| bound == "Real");
                    let returned = mentions(&sig.output, &param.ident);
                    if real || returned || bounds.iter().any(|bound| bound == "Float") {
                        known.floats.push(FloatParam { name: intern(&param.ident.to_string()), real });
                    }
                }
                syn::GenericParam::Const(param) => {
                    known.consts.push((param.ident.to_string(), super::scalar(&param.ty)));
                }
                syn::GenericParam::Lifetime(_) => {}
            }
        }
    }
    Scope(KNOWN.replace(known))
}

/// The last segments of the traits that bound a parameter.
fn bounds<'a>(param: &syn::TypeParam, generics: impl Iterator<Item = &'a syn::Generics>) -> Vec<String> {
    let mut found: Vec<&syn::TypeParamBound> = Vec::new();
    let clauses: Vec<&syn::WherePredicate> =
        generics.flat_map(|g| &g.where_clause).flat_map(|clause| &clause.predicates).collect();
    for clause in clauses {
        if let syn::WherePredicate::Type(clause) = clause
            && let syn::Type::Path(path) = &clause.bounded_ty
            && path.path.is_ident(&param.ident)
        {
            found.extend(&clause.bounds);
        }
    }
    let name = |bound: &syn::TypeParamBound| match bound {
        syn::TypeParamBound::Trait(bound) => bound.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    };
    found.into_iter().chain(&param.bounds).filter_map(name).collect()
}

/// Whether a type is made of the parameter.
fn mentions(output: &syn::ReturnType, param: &Ident) -> bool {
    fn within(tokens: proc_macro2::TokenStream, param: &Ident) -> bool {
        tokens.into_iter().any(|tree| match tree {
            proc_macro2::TokenTree::Ident(ident) => ident == *param,
            proc_macro2::TokenTree::Group(group) => within(group.stream(), param),
            _ => false,
        })
    }
    within(output.to_token_stream(), param)
}

/// One copy of each name, so that a type is a plain value; there are as many as the crate has names of type parameters.
pub(crate) fn intern(name: &str) -> &'static str {
    NAMES.with_borrow_mut(|names| match names.get(name) {
        Some(name) => name,
        None => {
            let name: &'static str = Box::leak(name.into());
            names.insert(name);
            name
        }
    })
}

/// The float that a type parameter in scope is.
pub(crate) fn float(name: &Ident) -> Option<Float> {
    KNOWN
        .with_borrow(|known| known.floats.iter().find(|param| name == param.name).map(|param| Float::Param(param.name)))
}

/// Whether a float has the methods of the runtime's `Real`, as far as the tokens show.
pub(crate) fn is_real(float: Float) -> bool {
    match float {
        Float::F32 | Float::F64 => true,
        Float::Param(name) => {
            KNOWN.with_borrow(|known| known.floats.iter().any(|param| param.name == name && param.real))
        }
    }
}

/// The type of a constant parameter in scope: `None` if it is none, `Some(None)` if it has a type that is no number.
pub(crate) fn constant(name: &Ident) -> Option<Option<Ty>> {
    KNOWN.with_borrow(|known| known.consts.iter().find(|(param, _)| name == param).map(|(_, ty)| *ty))
}

/// What the derivatives ask of the type parameters besides the user's bounds.
pub(crate) fn predicates(generics: &syn::Generics, runtime: &syn::Path) -> Vec<syn::WherePredicate> {
    generics
        .type_params()
        .map(|param| {
            let name = &param.ident;
            match float(name) {
                Some(_) => syn::parse_quote!(#name: #runtime::__private::Generic),
                // Functions of it are told apart by their types, which are compared.
                None => syn::parse_quote!(#name: 'static),
            }
        })
        .collect()
}

/// Methods of `f32` and `f64` that `num_traits::Float` does not have.
pub(crate) fn lacks(float: Float, method: &str) -> bool {
    let missing = ["rem_euclid", "div_euclid", "midpoint", "round_ties_even"];
    matches!(float, Float::Param(_)) && missing.contains(&method)
}

/// The integer type that a conversion of `num_traits` names: `to_usize`, `from_i32`.
pub(crate) fn converted(method: &str, prefix: &str) -> Option<Ty> {
    let name = method.strip_prefix(prefix)?;
    match super::parse::primitive(name)? {
        ty @ (Ty::Float(_) | Ty::Int(_)) if ty != Ty::Int(Int::Infer) => Some(ty),
        _ => None,
    }
}
