//! Witnesses that a method is the one of the rule table.
//!
//! `x.relu()` is a step of the table, and so is `Real::relu(x)`; but a trait of the user's may have that name, or a method
//! of that name. For the methods that floats themselves have, rustc takes those before any trait's. For the others the
//! derivatives carry code that is never run and compiles in one case only:
//!
//! - a method is `Real`'s if that trait is in scope: a marker of the trait is called as the method is. Where another
//!   trait in scope has a method of the name too, the user's own call is ambiguous, or `Real`'s comes first;
//! - a path must name the very function that the table means.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::Visit;

use super::Lower;
use super::value::Value;
use crate::codegen::{float_type, scalar_type};
use crate::ir::{Float, Func, Int, Ty, Val};
use crate::rules::{self, Rule, Syntax};

/// How a step was written.
pub(super) struct Written {
    /// The step, or its first argument: it has the type of the float.
    val: Val,
    how: How,
}

enum How {
    /// `x.relu()`, `f64::relu(x)`
    Method(Span),
    /// `Real::relu(x)`, `<f64 as Float>::sin(x)`
    Path { path: syn::ExprPath, real: bool },
    /// `f64::sin(x)`
    Own(syn::ExprPath),
    /// `f64::from(x)`
    From(syn::ExprPath, Ty),
}

impl Lower<'_> {
    /// Notes that `value` is the step `rule`, written as a method.
    pub(super) fn method_is(&mut self, value: &Value, rule: Rule, at: Span) {
        if let (Value::Scalar(val), Syntax::Real(_)) = (value, rules::row(rule).syntax) {
            self.written.push(Written { val: *val, how: How::Method(at) });
        }
    }

    /// Notes that a step, or a method that is none, of the float `val` was written as a path.
    pub(super) fn path_is(&mut self, val: Val, rule: Option<Rule>, func: &syn::Expr) {
        let syn::Expr::Path(path) = func else { return };
        let real = rule.is_some_and(|rule| matches!(rules::row(rule).syntax, Syntax::Real(_)));
        let of = path.path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string());
        let how = match of.as_deref() {
            Some("Real" | "Float") => {
                let mut path = path.clone();
                self.resolve(&mut path.path);
                How::Path { path, real }
            }
            _ if real => How::Method(path.span()),
            _ => How::Own(path.clone()),
        };
        self.written.push(Written { val, how });
    }

    /// Notes that `val` is converted by `func`, which is to be `ty::from`.
    pub(super) fn path_is_from(&mut self, val: Val, ty: Ty, func: &syn::Expr) {
        if let syn::Expr::Path(path) = func {
            self.written.push(Written { val, how: How::From(path.clone(), ty) });
        }
    }

    /// The code for all of them, once the types are known.
    pub(super) fn witnesses(&mut self, func: &Func, body: &syn::Block) -> Vec<TokenStream> {
        let Some(runtime) = self.runtime.clone() else { return Vec::new() };
        let mut all: Vec<TokenStream> = std::mem::take(&mut self.meant);
        for Written { val, how } in std::mem::take(&mut self.written) {
            if let How::From(path, to) = &how
                && matches!(func.ty(val), Ty::Float(Float::F32 | Float::F64) | Ty::Int(_))
                && func.ty(val) != Ty::Int(Int::Infer)
            {
                let [from, to] = [func.ty(val), *to].map(scalar_type);
                let meant = quote!(<#to as ::core::convert::From<#from>>::from);
                let witness = quote_spanned!(path.span()=> let _ = || #runtime::__private::is_rule(#meant, #path););
                add(&mut all, witness);
            }
            let Ty::Float(float) = func.ty(val) else { continue };
            let ty = float_type(float);
            let witness = match how {
                // A bound says that the method is there, whatever is in scope.
                How::Method(_) if matches!(float, Float::Param(_)) => continue,
                How::Method(span) => {
                    let marker = Ident::new("__method_of_autodiff_runtime_real", Span::mixed_site().located_at(span));
                    let imports = imports_of_real(body);
                    quote_spanned!(marker.span()=> let _ = |x: #ty| { #(#imports)* x.#marker() };)
                }
                How::Own(path) if !matches!(float, Float::Param(_)) => {
                    let Some(name) = path.path.segments.last().map(|last| last.ident.clone()) else { continue };
                    quote_spanned!(path.span()=> let _ = || #runtime::__private::is_rule(<#ty>::#name, #path);)
                }
                // A type parameter shadows what else has its name.
                How::Own(_) | How::From(..) => continue,
                How::Path { path, real } => {
                    let Some(name) = path.path.segments.last().map(|last| last.ident.clone()) else { continue };
                    let of = if real { quote!(#runtime::Real) } else { quote!(#runtime::__private::num_traits::Float) };
                    quote_spanned!(path.span()=> let _ = || #runtime::__private::is_rule(<#ty as #of>::#name, #path);)
                }
            };
            add(&mut all, witness);
        }
        all
    }
}

fn add(all: &mut Vec<TokenStream>, witness: TokenStream) {
    if !all.iter().any(|seen| seen.to_string() == witness.to_string()) {
        all.push(witness);
    }
}

/// The `use` declarations of a body that bring `Real` into scope.
fn imports_of_real(body: &syn::Block) -> Vec<syn::ItemUse> {
    struct Imports(Vec<syn::ItemUse>);

    impl<'ast> Visit<'ast> for Imports {
        fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
            let names_real = item
                .tree
                .to_token_stream()
                .into_iter()
                .any(|token| matches!(token, proc_macro2::TokenTree::Ident(ident) if ident == "Real"));
            if names_real && !self.0.contains(item) {
                self.0.push(item.clone());
            }
        }
    }

    let mut imports = Imports(Vec::new());
    imports.visit_block(body);
    imports.0
}
