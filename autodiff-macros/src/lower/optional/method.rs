//! What changes an `Option`, `map` and its like, and what takes the value out of it.

use quote::ToTokens;

use super::super::expr::Want;
use super::super::value::Value;
use super::super::{Lower, OPAQUE};
use super::{Later, Optional};
use crate::ir::Val;

impl Lower<'_> {
    /// `x.first().unwrap()`, `best.is_some()`: takes apart what the receiver is. `None`: it is another method, or not of
    /// what is modelled.
    pub(in crate::lower) fn option_method(&mut self, call: &syn::ExprMethodCall) -> Option<Value> {
        if !takes_apart(call) {
            return None;
        }
        let optional = self.optional(&call.receiver)?;
        self.taken_apart(optional, call)
    }

    /// As [`Self::option_method`], of a receiver that was evaluated.
    pub(in crate::lower) fn method_of_option(&mut self, receiver: &Value, call: &syn::ExprMethodCall) -> Option<Value> {
        let Value::Optional(..) = receiver.clone().peel() else { return None };
        let optional = self.as_option(receiver.clone().peel())?;
        if takes_apart(call) {
            return self.taken_apart(optional, call);
        }
        if is_take(call) {
            let value = self.option_value(optional, &call.to_token_stream());
            let nothing = self.expr(&syn::parse_quote!(::core::option::Option::None), Want::Any);
            self.assign_value(&call.receiver, nothing, &call.receiver);
            return Some(value);
        }
        match self.changed(optional, call) {
            Some(optional) => Some(self.option_value(optional, &call.to_token_stream())),
            None => Some(self.unsupported(
                &call.method,
                "this method of an `Option` of an active value",
                "take the value out: `if let Some(v) = option { .. } else { .. }`",
            )),
        }
    }

    fn taken_apart(&mut self, optional: Optional, call: &syn::ExprMethodCall) -> Option<Value> {
        let at = call.to_token_stream();
        let mut args = call.args.iter();
        Some(match (&*call.method.to_string(), args.next(), args.next()) {
            ("unwrap" | "expect", ..) => {
                if !optional.checked && self.truths.get(&optional.present) != Some(&true) {
                    let missing = self.not(optional.present);
                    self.panic_if(missing, call);
                }
                let value = self.make(optional.value, &at);
                self.read(value)
            }
            ("unwrap_or", Some(other), _) => {
                let value = self.expr(other, Want::Any);
                let other = self.settle(value, other);
                self.either(optional, &[], |lower, value| lower.read(value), |_| other, &at)
            }
            ("unwrap_or_default", ..) => {
                let zero = |lower: &mut Self| Value::Scalar(lower.dummy());
                self.either(optional, &[], |lower, value| lower.read(value), zero, &at)
            }
            ("unwrap_or_else", Some(other), _) => {
                let other = self.callable(other)?;
                let names = other.assigned();
                let none = |lower: &mut Self| lower.apply(&other, Vec::new());
                self.either(optional, &names, |lower, value| lower.read(value), none, &at)
            }
            ("map_or", Some(other), Some(f)) => {
                let value = self.expr(other, Want::Any);
                let other = self.settle(value, other);
                let f = self.callable(f)?;
                self.either(optional, &f.assigned(), |lower, value| lower.apply(&f, vec![value]), |_| other, &at)
            }
            ("map_or_else", Some(other), Some(f)) => {
                let (other, f) = (self.callable(other)?, self.callable(f)?);
                let names = [other.assigned(), f.assigned()].concat();
                let none = |lower: &mut Self| lower.apply(&other, Vec::new());
                self.either(optional, &names, |lower, value| lower.apply(&f, vec![value]), none, &at)
            }
            ("is_some", ..) => Value::Scalar(optional.present),
            ("is_none", ..) => Value::Scalar(self.not(optional.present)),
            (name @ ("is_some_and" | "is_none_or"), Some(f), _) => {
                let otherwise = name == "is_none_or";
                let f = self.callable(f)?;
                let none = |lower: &mut Self| Value::Scalar(lower.truth(otherwise));
                self.either(optional, &f.assigned(), |lower, value| lower.apply(&f, vec![value]), none, &at)
            }
            _ => return None,
        })
    }

    /// `x.get(i).copied()`, `best.map(f)`: another `Option`.
    pub(super) fn changed_optional(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        if !changes(call) {
            return None;
        }
        let optional = self.optional(&call.receiver)?;
        self.changed(optional, call)
    }

    fn changed(&mut self, optional: Optional, call: &syn::ExprMethodCall) -> Option<Optional> {
        let at = call.to_token_stream();
        let arg = call.args.first();
        Some(match (&*call.method.to_string(), arg) {
            ("copied" | "cloned", None) => Optional { value: Later::Deref(Box::new(optional.value)), ..optional },
            ("as_ref" | "as_mut" | "clone", None) => optional,
            ("map", Some(f)) => {
                let f = self.callable(f)?;
                Optional { value: Later::Map(Box::new(optional.value), f), ..optional }
            }
            ("and_then", Some(f)) => {
                let f = self.callable(f)?;
                let some = |lower: &mut Self, value| {
                    let optional = lower.apply_for_option(&f, vec![value]);
                    lower.option_value(optional, &f.syntax())
                };
                let value = self.either(optional, &f.assigned(), some, |_| Value::Never, &at);
                self.certain_option(value, call)
            }
            ("filter", Some(f)) => {
                let f = self.callable(f)?;
                let some = |lower: &mut Self, value: Value| {
                    let value = lower.read(value);
                    let keep = lower.apply(&f, vec![Value::Ref(Box::new(value.clone()))]);
                    let present = lower.truth_of(keep, call);
                    Value::Optional(present, Box::new(value))
                };
                let value = self.either(optional, &f.assigned(), some, |_| Value::Never, &at);
                self.certain_option(value, call)
            }
            ("or", Some(other)) => {
                let other = self.modelled(|lower| {
                    let value = lower.expr(other, Want::Any);
                    lower.settle(value, other)
                });
                let value = self.either(optional, &[], |lower, value| lower.found(value), |_| other, &at);
                self.certain_option(value, call)
            }
            ("or_else", Some(f)) => {
                let f = self.callable(f)?;
                let none = |lower: &mut Self| {
                    let optional = lower.apply_for_option(&f, Vec::new());
                    lower.option_value(optional, &f.syntax())
                };
                let value = self.either(optional, &f.assigned(), |lower, value| lower.found(value), none, &at);
                self.certain_option(value, call)
            }
            _ => return None,
        })
    }

    fn found(&mut self, value: Value) -> Value {
        let (present, value) = (self.truth(true), self.read(value));
        Value::Optional(present, Box::new(value))
    }

    /// Panics as `call`, an `unwrap` or `expect`, does, if `missing`.
    pub(in crate::lower) fn panic_if(&mut self, missing: Val, call: &syn::ExprMethodCall) {
        let (method, args) = (&call.method, &call.args);
        let ty = self.fresh_ty(OPAQUE);
        let frag = self
            .frag_of_val(missing)
            .wrap(|missing| syn::parse_quote!(if #missing { ::core::option::Option::<()>::None.#method(#args) }), ty);
        self.effect_opaque(frag, call.to_token_stream(), None);
    }
}

/// Whether a method takes an `Option` apart.
fn takes_apart(call: &syn::ExprMethodCall) -> bool {
    match (&*call.method.to_string(), call.args.len()) {
        ("unwrap" | "unwrap_or_default" | "is_some" | "is_none", 0) => true,
        ("expect", 1) => matches!(call.args.first(), Some(syn::Expr::Lit(_))),
        ("unwrap_or" | "unwrap_or_else" | "is_some_and" | "is_none_or", 1) | ("map_or" | "map_or_else", 2) => true,
        _ => false,
    }
}

/// Whether a method makes another `Option` of one.
fn changes(call: &syn::ExprMethodCall) -> bool {
    matches!(
        (&*call.method.to_string(), call.args.len()),
        ("copied" | "cloned" | "as_ref" | "as_mut" | "clone", 0)
            | ("map" | "and_then" | "filter" | "or" | "or_else", 1)
    )
}

/// `option.take()`
pub(in crate::lower) fn is_take(call: &syn::ExprMethodCall) -> bool {
    call.method == "take" && call.args.is_empty()
}
