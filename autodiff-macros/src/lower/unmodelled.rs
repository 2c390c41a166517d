//! Operations on values of which only rustc knows the type: a field of a struct, what an option holds, the state of a state
//! machine.
//!
//! They are constants, and are passed through as the user wrote them: `k + k`, `n.max(m)`, `phase == Phase::Growing`. None of
//! them has an effect, whatever it is computed of.

use proc_macro2::{Ident, Span};

use super::value::Frag;
use super::{Lower, call};
use crate::ir::{CmpOp, IntOp, Op, Opaque, Val};
use crate::rules::Rule;

impl Lower<'_> {
    /// A count in the type of the ends of a range that rustc alone knows.
    pub(super) fn count_of_ends(&mut self, count: Val, ends: &[Val]) -> Op {
        let all: Vec<Frag> = ends.iter().chain([&count]).map(|val| self.frag_of_val(*val)).collect();
        let (exprs, count) = (all.iter().take(ends.len()).map(|end| &end.expr), all.last().map(|count| &count.expr));
        let last = ends.len();
        // The elements of an array are of one type.
        let expr = syn::parse_quote!([#(#exprs,)* #count as _][#last]);
        passed_through(expr, all)
    }

    /// `k + k`, `k.max(n)`.
    pub(super) fn unmodelled_step(&mut self, rule: Rule, args: &[Val]) -> Option<Op> {
        let Some(op) = call::integer_op(rule) else {
            return Some(self.unmodelled_method(call::integer_method(rule)?, args));
        };
        let frags: Vec<Frag> = args.iter().map(|arg| self.frag_of_val(*arg)).collect();
        let exprs: Vec<_> = frags.iter().map(|frag| &frag.expr).collect();
        let expr = match (op, &exprs[..]) {
            (IntOp::Add, [a, b]) => syn::parse_quote!(#a + #b),
            (IntOp::Sub, [a, b]) => syn::parse_quote!(#a - #b),
            (IntOp::Mul, [a, b]) => syn::parse_quote!(#a * #b),
            (IntOp::Div, [a, b]) => syn::parse_quote!(#a / #b),
            (IntOp::Rem, [a, b]) => syn::parse_quote!(#a % #b),
            (IntOp::Neg, [a]) => syn::parse_quote!(-#a),
            _ => return None,
        };
        Some(passed_through(expr, frags))
    }

    /// `n.max(m)`, of integers too.
    pub(super) fn unmodelled_method(&mut self, method: &str, args: &[Val]) -> Op {
        let method = Ident::new(method, Span::call_site());
        let frags: Vec<Frag> = args.iter().map(|arg| self.frag_of_val(*arg)).collect();
        let exprs: Vec<_> = frags.iter().map(|frag| &frag.expr).collect();
        let expr = match &exprs[..] {
            [receiver, rest @ ..] => syn::parse_quote!(#receiver.#method(#(#rest),*)),
            [] => syn::parse_quote!(()),
        };
        passed_through(expr, frags)
    }

    /// `phase == Phase::Growing`.
    pub(super) fn unmodelled_comparison(&mut self, op: CmpOp, a: Val, b: Val) -> Op {
        let [a, b] = [a, b].map(|val| self.frag_of_val(val));
        let (x, y) = (&a.expr, &b.expr);
        let expr = match op {
            CmpOp::Lt => syn::parse_quote!(#x < #y),
            CmpOp::Le => syn::parse_quote!(#x <= #y),
            CmpOp::Gt => syn::parse_quote!(#x > #y),
            CmpOp::Ge => syn::parse_quote!(#x >= #y),
            CmpOp::Eq => syn::parse_quote!(#x == #y),
            CmpOp::Ne => syn::parse_quote!(#x != #y),
        };
        passed_through(expr, vec![a, b])
    }
}

/// An expression of values, which may be evaluated again where they all may.
fn passed_through(expr: syn::Expr, of: Vec<Frag>) -> Op {
    let pure_ = of.iter().all(|frag| frag.pure_);
    let binds = of.into_iter().flat_map(|frag| frag.binds).collect();
    Op::Opaque(Box::new(Opaque { expr, binds, pure_, mutable: false, effects: false }))
}
