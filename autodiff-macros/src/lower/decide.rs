//! Methods that decide: whether any element is negative, where the first one above a threshold is.
//!
//! Their results are truth values and positions, piecewise constant in every float, so that their derivatives are zero by
//! mathematics and they are passed through as they are written, active values or not. What they run must do nothing but
//! compare: a value that was stored somewhere on the way would come back as a constant.

use quote::ToTokens;
use syn::visit::{self, Visit};

use super::call::{is_float_query, primitive};
use super::infer::Class;
use super::value::Value;
use super::{BOOL, Lower, OPAQUE, USIZE};
use crate::rules;

/// The type of the result of such a method.
fn result(name: &str) -> Option<Class> {
    Some(match name {
        "any" | "all" | "contains" | "is_sorted" => BOOL,
        "partition_point" => USIZE,
        // An `Option` or a `Result` of positions.
        "position" | "rposition" | "binary_search_by" => OPAQUE,
        _ => return None,
    })
}

impl Lower<'_> {
    /// `x.iter().any(|v| *v < 0.0)`. `None`: another method, or one that may do more than compare.
    pub(super) fn decision(&mut self, call: &syn::ExprMethodCall) -> Option<Value> {
        let class = result(&call.method.to_string())?;
        let mut compares = Compares(true);
        compares.visit_expr(&call.receiver);
        call.args.iter().for_each(|arg| compares.visit_expr(arg));
        if !compares.0 {
            return None;
        }
        let mut frag = self.pass_through(&syn::Expr::MethodCall(call.clone()));
        frag.ty = self.fresh_ty(class);
        Some(Value::Scalar(self.emit_opaque(frag, call.to_token_stream(), None, false)))
    }
}

/// Whether an expression, closures in it included, does nothing but look at values.
struct Compares(bool);

impl<'ast> Visit<'ast> for Compares {
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        match expr {
            syn::Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let known = [
                    "iter",
                    "copied",
                    "cloned",
                    "enumerate",
                    "zip",
                    "rev",
                    "skip",
                    "take",
                    "step_by",
                    "windows",
                    "chunks",
                    "map",
                    "len",
                    "is_empty",
                    "abs",
                    "total_cmp",
                    "partial_cmp",
                    "unwrap",
                    "expect",
                    "is_some",
                    "is_none",
                    "is_gt",
                    "is_lt",
                    "is_ge",
                    "is_le",
                    "is_eq",
                    "reverse",
                    "then",
                    "as_slice",
                ];
                self.0 &= known.contains(&name.as_str()) || is_float_query(&name) || rules::by_method(&name).is_some();
                visit::visit_expr(self, expr);
            }
            syn::Expr::Call(call) => {
                self.0 &= primitive(&call.func).is_some();
                visit::visit_expr(self, expr);
            }
            syn::Expr::Closure(_)
            | syn::Expr::Lit(_)
            | syn::Expr::Path(_)
            | syn::Expr::Paren(_)
            | syn::Expr::Group(_)
            | syn::Expr::Field(_)
            | syn::Expr::Index(_)
            | syn::Expr::Cast(_)
            | syn::Expr::Tuple(_)
            | syn::Expr::Array(_)
            | syn::Expr::Range(_) => visit::visit_expr(self, expr),
            syn::Expr::Unary(_) => visit::visit_expr(self, expr),
            syn::Expr::Binary(binary) => {
                self.0 &= super::assigned::compound(&binary.op).is_none();
                visit::visit_expr(self, expr);
            }
            syn::Expr::Reference(reference) => {
                self.0 &= reference.mutability.is_none();
                visit::visit_expr(self, expr);
            }
            _ => self.0 = false,
        }
    }
}
