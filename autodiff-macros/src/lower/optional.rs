//! Elements that may be missing: `x.first()`, `x.last()`, `x.get(i)`, `chain.reduce(f)` and what takes them out of their
//! `Option`.
//!
//! An `Option` of an active value is never a value of the IR. What makes one is understood together with what takes it
//! apart: `.unwrap()` and `.expect("..")` panic where there is nothing, `.unwrap_or(y)` chooses, and so do `if let
//! Some(v) = ..` and `let Some(v) = .. else { .. }`. An element is read where it is known to be there.

use quote::ToTokens;

use super::call::is_simple;
use super::choice::Test;
use super::exit::Position;
use super::expr::Want;
use super::value::{Spot, Value};
use super::{Lower, OPAQUE, USIZE};
use crate::ir::{CmpOp, Val};

/// What is done where there is nothing.
pub(super) enum Otherwise<'c> {
    /// `.unwrap()`, `.expect("..")`
    Panic(&'c syn::ExprMethodCall),
    /// `.unwrap_or(y)`
    Else(&'c syn::Expr),
}

impl<'c> Otherwise<'c> {
    fn of(call: &'c syn::ExprMethodCall) -> Option<Otherwise<'c>> {
        match (call.method.to_string().as_str(), call.args.first()) {
            ("unwrap", None) => Some(Otherwise::Panic(call)),
            ("expect", Some(syn::Expr::Lit(_))) => Some(Otherwise::Panic(call)),
            ("unwrap_or", Some(other)) if is_simple(other) => Some(Otherwise::Else(other)),
            _ => None,
        }
    }
}

/// An element that may be missing.
struct Optional {
    present: Val,
    /// The element, or a reference to it.
    value: Value,
    /// Reading it fails as `unwrap` does where it is missing.
    checked: bool,
}

impl Lower<'_> {
    /// `x.first().unwrap()` and the like. `None`: it is another method.
    pub(super) fn unwrapped_element(&mut self, call: &syn::ExprMethodCall) -> Option<Value> {
        let otherwise = Otherwise::of(call)?;
        if let Some(value) = self.reduced(&call.receiver, &otherwise) {
            return Some(value);
        }
        let Optional { present, value, checked } = self.optional(&call.receiver)?;
        Some(match otherwise {
            Otherwise::Panic(call) => {
                if !checked {
                    let missing = self.not(present);
                    self.panic_if(missing, call);
                }
                self.read(value)
            }
            Otherwise::Else(other) => {
                let at = call.to_token_stream();
                let found = |lower: &mut Self| lower.read(value);
                self.branch(present, &[], usize::MAX, found, |lower| lower.expr(other, Want::Any), at)
            }
        })
    }

    /// `if let Some(v) = x.get(i)`: its test, and what it binds. `None`: it is another choice.
    pub(super) fn optional_test(&mut self, pat: &syn::Pat, value: &syn::Expr) -> Option<Test> {
        if let (syn::Pat::Tuple(pats), syn::Expr::Tuple(values)) = (pat, value)
            && pats.elems.len() == values.elems.len()
            && values.elems.iter().all(is_optional)
        {
            let pairs: Vec<_> = pats.elems.iter().zip(&values.elems).collect();
            let tests = pairs.into_iter().map(|(pat, value)| self.optional_test(pat, value));
            let tests: Vec<Test> = tests.collect::<Option<_>>()?;
            return tests.into_iter().reduce(|a, b| self.both_tests(a, b));
        }
        let syn::Pat::TupleStruct(some) = pat else { return None };
        let [inner] = some.elems.iter().collect::<Vec<_>>()[..] else { return None };
        if some.path.segments.last().is_none_or(|last| last.ident != "Some") || !is_plain(inner) {
            return None;
        }
        let Optional { present, value, .. } = self.optional(value)?;
        let bound = self.pattern_test(inner, value);
        Some(Self::test_with(present, bound))
    }

    /// `match x.last() { Some(v) => .., None => .. }`. `None`: it is another choice.
    pub(super) fn optional_match(
        &mut self,
        choice: &syn::ExprMatch,
        names: &[String],
        want: Want,
        position: Position,
    ) -> Option<Value> {
        let [a, b] = &choice.arms[..] else { return None };
        let (some, none) = if is_none(&b.pat) { (a, b) } else { (b, a) };
        if !is_none(&none.pat) || some.guard.is_some() || none.guard.is_some() {
            return None;
        }
        let test = self.optional_test(&some.pat, &choice.expr)?;
        Some(self.branch(
            test.cond,
            names,
            usize::MAX,
            |lower| {
                let depth = lower.env.bindings.len();
                lower.bind_test(&test);
                lower.position = position;
                let value = lower.expr(&some.body, want);
                lower.env.bindings.truncate(depth);
                value
            },
            |lower| {
                lower.position = position;
                lower.expr(&none.body, want)
            },
            choice,
        ))
    }

    /// An element of an array that may be missing, as the tokens show. `None`: it is something else.
    fn optional(&mut self, expr: &syn::Expr) -> Option<Optional> {
        let syn::Expr::MethodCall(call) = expr else {
            return None;
        };
        match (call.method.to_string().as_str(), call.args.first()) {
            ("copied" | "cloned", None) => {
                let Optional { present, value, checked } = self.optional(&call.receiver)?;
                Some(Optional { present, value: self.deref(value), checked })
            }
            (name, _) if is_element(name, call) && is_place(&call.receiver) => self.element_if_any(call),
            _ => None,
        }
    }

    fn element_if_any(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        if let Some(syn::Expr::Range(_)) = call.args.first() {
            return None;
        }
        let receiver = self.place_of(&call.receiver);
        let view = self.whole_or_part(receiver)?;
        let zero = self.count(0);
        let (position, present) = match call.args.first() {
            Some(index) => {
                let index_val = self.scalar_expr(index);
                self.narrow_val(index, index_val, USIZE);
                (index_val, self.compare_vals(CmpOp::Lt, index_val, view.len))
            }
            None => {
                let present = self.compare_vals(CmpOp::Lt, zero, view.len);
                let position = match call.method.to_string().starts_with("last") {
                    true => {
                        let one = self.count(1);
                        self.minus(view.len, one)
                    }
                    false => zero,
                };
                (position, present)
            }
        };
        // A whole array has no element behind its end.
        let checked = view.lo.is_none();
        let mut place = view.seq.place;
        let form = super::iter::inner(&view.seq.form)?;
        place.path.push(crate::ir::Access::Index(self.plus_offset(view.lo, position)));
        let value = Value::Ref(Box::new(Value::Place(Spot { place, form })));
        Some(Optional { present, value, checked })
    }

    /// Panics as `call`, an `unwrap` or `expect`, does, if `missing`.
    pub(super) fn panic_if(&mut self, missing: Val, call: &syn::ExprMethodCall) {
        let (method, args) = (&call.method, &call.args);
        let ty = self.fresh_ty(OPAQUE);
        let frag = self
            .frag_of_val(missing)
            .wrap(|missing| syn::parse_quote!(if #missing { ::core::option::Option::<()>::None.#method(#args) }), ty);
        self.effect_opaque(frag, call.to_token_stream(), None);
    }

    pub(super) fn is_zero(&mut self, n: Val) -> Val {
        let zero = self.count(0);
        self.compare_vals(CmpOp::Eq, n, zero)
    }
}

/// `x.first()`, `x.get(i)` and the like, to read or to write.
fn is_element(name: &str, call: &syn::ExprMethodCall) -> bool {
    match name {
        "first" | "first_mut" | "last" | "last_mut" => call.args.is_empty(),
        "get" | "get_mut" => call.args.len() == 1,
        _ => false,
    }
}

/// Whether an expression may be an element that is missing, as the tokens show.
fn is_optional(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::MethodCall(call) => match call.method.to_string().as_str() {
            "copied" | "cloned" => is_optional(&call.receiver),
            name => is_element(name, call) && is_place(&call.receiver),
        },
        _ => false,
    }
}

/// `None`, or `_`.
fn is_none(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) => true,
        syn::Pat::Ident(ident) => ident.ident == "None",
        syn::Pat::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "None"),
        _ => false,
    }
}

/// A variable or a part of one, whose evaluation has no effect.
fn is_place(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Index(index) => {
            let simple = match &*index.index {
                syn::Expr::Range(range) => range.start.iter().chain(&range.end).all(|end| is_simple(end)),
                index => is_simple(index),
            };
            simple && is_place(&index.expr)
        }
        syn::Expr::Paren(inner) => is_place(&inner.expr),
        expr => is_simple(expr),
    }
}

/// A name, `_`, or a reference to such.
pub(super) fn is_plain(pat: &syn::Pat) -> bool {
    match pat {
        syn::Pat::Wild(_) | syn::Pat::Rest(_) => true,
        syn::Pat::Ident(ident) => ident.subpat.is_none() && ident.by_ref.is_none(),
        syn::Pat::Reference(inner) => is_plain(&inner.pat),
        syn::Pat::Paren(inner) => is_plain(&inner.pat),
        _ => false,
    }
}
