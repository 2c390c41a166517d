//! `let r = &mut x;`, where `x` is a number.
//!
//! While `r` lives, nothing else may name `x`: in the statements that follow, `*r` is `x`, and `r` where it is passed on is
//! `&mut x`. They are lowered so. (A reference to an element of an array is an alias of its place and needs nothing.)

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};

use super::value::Value;
use super::{Lower, pattern};

impl Lower<'_> {
    /// What follows `let r = &mut x;`, in terms of `x`. `None`: it is another statement.
    pub(super) fn after_borrow(&mut self, local: &syn::Local, rest: &[syn::Stmt]) -> Option<Vec<syn::Stmt>> {
        let pat = match &local.pat {
            syn::Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        let (syn::Pat::Ident(name), Some(init)) = (pat, &local.init) else { return None };
        let syn::Expr::Reference(reference) = bare(&init.expr) else { return None };
        let target = bare(&reference.expr);
        if reference.mutability.is_none() || name.mutability.is_some() || !self.is_number_variable(target) {
            return None;
        }
        let root = pattern_root(target)?;
        let (name, root) = (name.ident.to_string(), root.to_string());
        let mut bound = Bound { names: [&name, &root], found: false };
        rest.iter().for_each(|stmt| bound.visit_stmt(stmt));
        if bound.found {
            self.unsupported(
                &reference.expr,
                "a `&mut` borrow of a number where its name, or that of the reference, is used again for another variable",
                "give the variables names of their own",
            );
        }
        let mut behind = Behind { name, target };
        let mut rest = rest.to_vec();
        rest.iter_mut().for_each(|stmt| behind.visit_stmt_mut(stmt));
        Some(rest)
    }

    /// A variable of the trace, or a part of one: no memory, and nothing that is passed through.
    fn is_number_variable(&mut self, target: &syn::Expr) -> bool {
        let Some(root) = pattern_root(target) else { return false };
        let Some(binding) = self.env.get(&root.to_string()).filter(|binding| binding.mutable) else { return false };
        let of_trace = matches!(binding.value, Some(Value::Scalar(_) | Value::Tuple(_) | Value::Struct(..)));
        of_trace && matches!(self.place_of(target), Value::Scalar(val) if !self.is_passed_through(val))
    }
}

fn bare(expr: &syn::Expr) -> &syn::Expr {
    match expr {
        syn::Expr::Paren(inner) => bare(&inner.expr),
        syn::Expr::Group(inner) => bare(&inner.expr),
        expr => expr,
    }
}

/// `x` of `x`, `x.a` and `x.0`.
fn pattern_root(expr: &syn::Expr) -> Option<&syn::Ident> {
    match expr {
        syn::Expr::Path(path) => path.path.get_ident(),
        syn::Expr::Field(field) => pattern_root(bare(&field.base)),
        _ => None,
    }
}

/// Whether one of the names is bound.
struct Bound<'n> {
    names: [&'n str; 2],
    found: bool,
}

impl<'ast> Visit<'ast> for Bound<'_> {
    fn visit_pat(&mut self, pat: &'ast syn::Pat) {
        self.found |= pattern::names(pat).iter().any(|(name, _)| self.names.contains(&name.as_str()));
        visit::visit_pat(self, pat);
    }
}

/// Writes the variable in place of the reference.
struct Behind<'t> {
    name: String,
    target: &'t syn::Expr,
}

impl Behind<'_> {
    fn is_reference(&self, expr: &syn::Expr) -> bool {
        matches!(bare(expr), syn::Expr::Path(path) if path.path.is_ident(&self.name))
    }
}

impl VisitMut for Behind<'_> {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        let target = self.target;
        match expr {
            syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) && self.is_reference(&unary.expr) => {
                *expr = target.clone();
            }
            syn::Expr::MethodCall(call) if self.is_reference(&call.receiver) => {
                *call.receiver = target.clone();
                call.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            }
            path if self.is_reference(path) => *path = syn::parse_quote!(&mut #target),
            expr => visit_mut::visit_expr_mut(self, expr),
        }
    }
}
