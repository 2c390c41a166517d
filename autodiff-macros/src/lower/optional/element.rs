//! What makes an `Option`: elements of arrays and vectors, ends of chains, and `cond.then(|| e)`.

use quote::ToTokens;

use super::super::call::is_simple;
use super::super::expr::Want;
use super::super::extent::Extent;
use super::super::infer::Class;
use super::super::value::{Spot, Value, View};
use super::super::{BOOL, Lower, USIZE};
use super::{Later, Optional};
use crate::ir::{Access, CmpOp, Ty, Val};
use crate::signature::generics;

impl Lower<'_> {
    /// What may be missing, as the tokens show. `None`: it is something else.
    pub(in crate::lower) fn optional(&mut self, expr: &syn::Expr) -> Option<Optional> {
        match expr {
            syn::Expr::Paren(inner) => self.optional(&inner.expr),
            syn::Expr::Path(path) => {
                let name = path.path.get_ident()?.to_string();
                match self.env.get(&name)?.value.clone()?.peel() {
                    value @ Value::Optional(..) => self.as_option(value),
                    _ => None,
                }
            }
            syn::Expr::MethodCall(call) => match self.made_optional(call) {
                Some(optional) => Some(optional),
                None => self.changed_optional(call),
            },
            _ => None,
        }
    }

    /// A method call that makes an `Option`.
    fn made_optional(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        let name = call.method.to_string();
        match (&*name, call.args.first()) {
            _ if is_element(&name, call) && is_place(&call.receiver) => self.element_if_any(call),
            ("split_first" | "split_last", None) if is_place(&call.receiver) => self.parts_if_any(call),
            ("pop", None) if is_place(&call.receiver) => self.last_taken(call),
            ("then", Some(syn::Expr::Closure(f))) if f.inputs.is_empty() && self.mentions_active_in(call) => {
                let present = self.condition(&call.receiver);
                let f = self.callable(call.args.first()?)?;
                Some(Optional { present, value: Later::Call(f), checked: false })
            }
            ("then_some", Some(value)) if self.mentions_active_in(call) => {
                let present = self.condition(&call.receiver);
                let made = self.expr(value, Want::Any);
                let value = self.settle(made, value);
                Some(Optional { present, value: Later::Made(value), checked: false })
            }
            (name, None) if name.starts_with("to_") => self.converted(call),
            _ => self.end_of_chain(call),
        }
    }

    /// `v.to_f64()`, which is there for every float.
    fn converted(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        let to = generics::converted(&call.method.to_string(), "to_").filter(|to| matches!(to, Ty::Float(_)))?;
        if !self.mentions_active_in(call) {
            return None;
        }
        let value = self.expr(&call.receiver, Want::Any);
        let Value::Scalar(val) = self.read(value.peel()) else { return None };
        if !matches!(self.class(val), Class::SomeFloat | Class::Known(Ty::Float(_))) {
            return None;
        }
        let ty = self.known(to);
        let value = Later::Made(Value::Scalar(self.convert(val, ty, Extent::of_method_call(call))));
        Some(Optional { present: self.truth(true), value, checked: true })
    }

    /// `None`: there is nothing active in it, so that it is passed through.
    pub(in crate::lower) fn mentions_active_in(&self, call: &syn::ExprMethodCall) -> bool {
        self.models_options > 0 || self.mentions_active(&syn::Expr::MethodCall(call.clone()))
    }

    /// A method call that gives an `Option`, as a value. `None`: it is another one, or passed through.
    pub(in crate::lower) fn optional_value(&mut self, call: &syn::ExprMethodCall) -> Option<Value> {
        let name = call.method.to_string();
        let makes = is_element(&name, call) || matches!(&*name, "split_first" | "split_last" | "pop");
        // What asks for nothing is not in the way of what is passed through.
        if makes && is_place(&call.receiver) && !self.mentions_active_in(call) {
            return None;
        }
        let optional = self.optional(&syn::Expr::MethodCall(call.clone()))?;
        Some(self.option_value(optional, &call.to_token_stream()))
    }

    fn element_if_any(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        if let Some(syn::Expr::Range(_)) = call.args.first() {
            return None;
        }
        let receiver = self.place_of(&call.receiver);
        let view = self.whole_or_part(receiver)?;
        let (position, present) = match call.args.first() {
            Some(index) => {
                let index_val = self.scalar_expr(index);
                self.narrow_val(index, index_val, USIZE);
                (index_val, self.compare_vals(CmpOp::Lt, index_val, view.len))
            }
            None => {
                let present = self.is_not_empty(view.len);
                let position = match call.method.to_string().starts_with("last") {
                    true => self.last_of(view.len),
                    false => self.count(0),
                };
                (position, present)
            }
        };
        // A whole array has no element behind its end.
        let checked = view.lo.is_none();
        let value = Later::Made(self.element_at(view, position)?);
        Some(Optional { present, value, checked })
    }

    /// A reference to an element that may be missing: it is read where it is known to be there.
    fn element_at(&mut self, view: View, position: Val) -> Option<Value> {
        let mut place = view.seq.place;
        let form = super::super::iter::inner(&view.seq.form)?;
        place.path.push(Access::Index(self.plus_offset(view.lo, position)));
        Some(Value::Ref(Box::new(Value::Place(Spot { place, form }))))
    }

    /// `x.split_first()`: an element and the part without it.
    fn parts_if_any(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        let receiver = self.place_of(&call.receiver);
        let view = self.whole_or_part(receiver)?;
        let present = self.is_not_empty(view.len);
        let rest = self.last_of(view.len);
        let (position, lo) = match call.method == "split_first" {
            true => {
                let one = self.count(1);
                (self.count(0), Some(self.plus_offset(view.lo, one)))
            }
            false => (rest, view.lo),
        };
        let element = self.element_at(view.clone(), position)?;
        let rest = Value::View(Box::new(View { lo, len: rest, literal: None, ..view }));
        let value = Value::Tuple(vec![element, Value::Ref(Box::new(rest))]);
        Some(Optional { present, value: Later::Made(value), checked: false })
    }

    /// `v.pop()`
    fn last_taken(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        let vector = self.place_of(&call.receiver);
        let (place, _) = self.vector_place(&vector)?;
        let len = self.len(place);
        let present = self.is_not_empty(len);
        Some(Optional { present, value: Later::Pop(vector, Box::new(call.clone())), checked: true })
    }

    pub(in crate::lower) fn is_zero(&mut self, n: Val) -> Val {
        let zero = self.count(0);
        self.compare_vals(CmpOp::Eq, n, zero)
    }

    pub(in crate::lower) fn is_not_empty(&mut self, len: Val) -> Val {
        let zero = self.count(0);
        self.compare_vals(CmpOp::Lt, zero, len)
    }

    /// `len - 1`, or 0.
    pub(in crate::lower) fn last_of(&mut self, len: Val) -> Val {
        let one = self.count(1);
        self.minus(len, one)
    }

    pub(super) fn truth_of(&mut self, value: Value, at: impl ToTokens) -> Val {
        let val = self.scalar(value, &at);
        self.narrow_val(&at, val, BOOL);
        val
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
pub(super) fn is_optional(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::MethodCall(call) => match call.method.to_string().as_str() {
            "copied" | "cloned" => is_optional(&call.receiver),
            name => is_element(name, call) && is_place(&call.receiver),
        },
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
