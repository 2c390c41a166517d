//! The type that is written for a variable, where its value is made.
//!
//! A vector that a `collect` or a `Vec::new()` makes in a branch, `let rows: Vec<Vec<f64>> = if c { a.collect() } else { .. };`,
//! has nothing about it that tells what is in it. The type is written into the ends of the branches, as a turbofish, and
//! rustc checks it there.

use syn::spanned::Spanned;

use super::Lower;
use super::growing::element_type;
use super::grown::empty;
use super::infer::Class;
use super::value::{Form, Seq, Spot, Value};
use crate::codegen::scalar_type;
use crate::ir::Ty;
use crate::signature;

struct Tails<'l, 'd, 't> {
    lower: &'l mut Lower<'d>,
    ty: &'t syn::Type,
    elem: &'t syn::Type,
}

impl Tails<'_, '_, '_> {
    /// Whether it was written anywhere.
    fn write(&mut self, expr: &mut syn::Expr) -> bool {
        match expr {
            syn::Expr::Paren(inner) => self.write(&mut inner.expr),
            syn::Expr::Group(inner) => self.write(&mut inner.expr),
            syn::Expr::Block(block) => self.write_last(&mut block.block),
            syn::Expr::If(branch) => {
                let then = self.write_last(&mut branch.then_branch);
                branch.else_branch.as_mut().is_some_and(|(_, els)| self.write(els)) || then
            }
            syn::Expr::Match(choice) => {
                let written: Vec<bool> = choice.arms.iter_mut().map(|arm| self.write(&mut arm.body)).collect();
                written.contains(&true)
            }
            syn::Expr::MethodCall(call) => self.write_collect(call),
            expr => self.write_empty(expr),
        }
    }

    fn write_last(&mut self, block: &mut syn::Block) -> bool {
        match block.stmts.last_mut() {
            Some(syn::Stmt::Expr(last, None)) => self.write(last),
            // A macro with parentheses or brackets at the end of a block.
            Some(syn::Stmt::Macro(last)) if last.semi_token.is_none() => {
                let mut value = syn::Expr::Macro(syn::ExprMacro { attrs: last.attrs.clone(), mac: last.mac.clone() });
                let written = self.write(&mut value);
                if written && let Some(last) = block.stmts.last_mut() {
                    *last = syn::Stmt::Expr(value, None);
                }
                written
            }
            _ => false,
        }
    }

    /// `chain.collect()`. A chain of numbers tells what they are.
    fn write_collect(&self, call: &mut syn::ExprMethodCall) -> bool {
        let open = call.method == "collect" && call.args.is_empty() && call.turbofish.is_none();
        if !open || signature::scalar(self.elem).is_some() {
            return false;
        }
        let ty = self.ty;
        call.turbofish = Some(syn::parse_quote!(::<#ty>));
        true
    }

    /// `Vec::new()`, of which what is passed through has the type nowhere else, and `vec![]`.
    fn write_empty(&mut self, expr: &mut syn::Expr) -> bool {
        let elem = self.elem;
        match expr {
            expr if empty(expr).is_none_or(|empty| empty.elem.is_some()) => false,
            syn::Expr::Macro(_) if signature::scalar(elem).is_some() => false,
            syn::Expr::Macro(mac) => {
                self.lower.means_macro(&mac.mac.path);
                *expr = syn::parse_quote_spanned!(mac.mac.path.span()=> Vec::<#elem>::new());
                true
            }
            syn::Expr::Call(call) => {
                if let syn::Expr::Path(func) = &mut *call.func
                    && let Some(of) = func.path.segments.iter_mut().rev().nth(1)
                {
                    of.arguments = syn::PathArguments::AngleBracketed(syn::parse_quote!(::<#elem>));
                }
                true
            }
            _ => false,
        }
    }
}

impl Lower<'_> {
    /// The expression with the type in all its ends. `None`: none of them makes a vector, or it shows by itself what is in it.
    pub(super) fn typed(&mut self, expr: &syn::Expr, ty: &syn::Type) -> Option<syn::Expr> {
        let elem = element_type(ty).filter(|elem| !matches!(elem, syn::Type::Infer(_)))?;
        let mut typed = expr.clone();
        Tails { lower: self, ty, elem }.write(&mut typed).then_some(typed)
    }

    /// What is assigned to `left`, with the type of the variable.
    pub(super) fn typed_for(&mut self, left: &syn::Expr, right: &syn::Expr) -> Option<syn::Expr> {
        let syn::Expr::Path(path) = left else { return None };
        let name = path.path.get_ident()?.to_string();
        let index = self.env.position(&name)?;
        let ty = match (self.declared.get(&(index, name)), &self.env.bindings.get(index)?.value) {
            (Some(ty), _) => ty.clone(),
            (None, Some(Value::Place(spot))) => {
                let elem = self.element_type_of(spot)?;
                syn::parse_quote!(Vec<#elem>)
            }
            _ => return None,
        };
        self.typed(right, &ty)
    }

    /// The type of the elements of a vector of what is no number, with `_` for what is not known yet. `None`: of something
    /// else, or it does not show.
    pub(super) fn element_type_of(&self, spot: &Spot) -> Option<syn::Type> {
        let Form::Seq(elem, Seq::Vec) = &spot.form else { return None };
        let written = self.elements.get(&spot.place.mem).filter(|_| spot.place.path.is_empty());
        match **elem {
            Form::Scalar(_) => None,
            _ => written.cloned().or_else(|| self.type_of_form(elem)),
        }
    }

    fn type_of_form(&self, form: &Form) -> Option<syn::Type> {
        match form {
            Form::Scalar(ty) => match self.types.class(*ty) {
                Class::Known(ty @ Ty::Float(_)) => Some(syn::Type::Verbatim(scalar_type(ty))),
                _ => Some(syn::parse_quote!(_)),
            },
            Form::Seq(elem, Seq::Vec) => {
                let elem = self.type_of_form(elem)?;
                Some(syn::parse_quote!(Vec<#elem>))
            }
            Form::Tuple(parts) => {
                let parts: Vec<syn::Type> = parts.iter().map(|part| self.type_of_form(part)).collect::<Option<_>>()?;
                Some(syn::parse_quote!((#(#parts,)*)))
            }
            Form::Seq(..) | Form::Unknown(_) => None,
        }
    }

    /// A vector without elements beside another one.
    pub(super) fn empty_like(&mut self, other: &Spot) -> Option<Value> {
        let elem = self.element_type_of(other)?;
        self.empty_vector_of(&elem).map(|(spot, _)| Value::Place(spot))
    }
}
