//! Conditions with `let` in them, `if let Some(a) = x && a > 0`.
//!
//! What one part binds is there for the parts behind it, and what is done otherwise is done whichever fails. Both come out
//! of nested `if`s in a block that is left where all of them hold:
//!
//! ```text
//! 'all: { if let Some(a) = x { if a > 0 { break 'all then } } otherwise }
//! ```

use quote::quote_spanned;
use syn::spanned::Spanned;

use super::Lower;
use super::expr::Want;
use super::value::Value;

impl Lower<'_> {
    /// `if a && let pat = value && b { then } else { otherwise }`. `None`: the condition is no such chain.
    pub(super) fn if_chain(&mut self, branch: &syn::ExprIf, want: Want) -> Option<Value> {
        if !is_chain(&branch.cond) {
            return None;
        }
        let span = branch.cond.span();
        let mut parts = Vec::new();
        parts_of(&branch.cond, &mut parts);
        let then = &branch.then_branch;
        let takes = want != Want::Nothing && branch.else_branch.is_some();
        let all = syn::Lifetime::new("'all_conditions_hold", proc_macro2::Span::mixed_site());
        let mut inner = match takes {
            true => quote_spanned!(span=> { let value_where_all_hold = #then; break #all value_where_all_hold; }),
            false => quote_spanned!(span=> { #then; break #all; }),
        };
        for part in parts.iter().rev() {
            inner = quote_spanned!(span=> { if #part #inner });
        }
        let otherwise = branch.else_branch.as_ref().map(|(_, otherwise)| otherwise);
        let block = quote_spanned!(span=> #all: { #inner #otherwise });
        match syn::parse2::<syn::Expr>(block) {
            Ok(block) => Some(self.expr(&block, want)),
            Err(error) => {
                self.diag.push(error);
                Some(Value::Poison)
            }
        }
    }
}

/// Whether a condition has several parts, of which one binds.
pub(super) fn is_chain(cond: &syn::Expr) -> bool {
    matches!(cond, syn::Expr::Binary(_)) && has_let(cond)
}

/// Whether a condition, or one of its parts, binds.
pub(super) fn has_let(cond: &syn::Expr) -> bool {
    match cond {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(syn::ExprBinary { op: syn::BinOp::And(_), left, right, .. }) => {
            has_let(left) || has_let(right)
        }
        _ => false,
    }
}

/// The parts, in the order in which they are tested: those that bind nothing together.
fn parts_of(cond: &syn::Expr, parts: &mut Vec<syn::Expr>) {
    match cond {
        syn::Expr::Binary(syn::ExprBinary { op: syn::BinOp::And(_), left, right, .. }) if has_let(cond) => {
            parts_of(left, parts);
            parts_of(right, parts);
        }
        cond => parts.push(cond.clone()),
    }
}
