//! Consumers that give a number, and those that give nothing: accumulators are carried like the user's variables.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::super::Lower;
use super::super::expr::Want;
use super::super::extent::Extent;
use super::super::infer::{Class, TyVar};
use super::super::value::{Binding, Value};
use super::Stream;
use crate::ir::{Const, IntOp, Op};
use crate::rules::Rule;

impl<'d> Lower<'d> {
    /// `stream.consumer(..)`.
    pub(super) fn consume(
        &mut self,
        mut stream: Stream,
        call: &syn::ExprMethodCall,
        expected: Option<&syn::Type>,
    ) -> Value {
        let at = call.to_token_stream();
        stream = self.rest_of(stream);
        match (&*call.method.to_string(), call.args.first(), call.args.iter().nth(1)) {
            // The standard library's sum of floats starts at -0.0, the neutral element of addition.
            ("sum", None, _) => self.total(stream, -0.0, Rule::Add, call, &at),
            ("product", None, _) => self.total(stream, 1.0, Rule::Mul, call, &at),
            ("fold", Some(init), Some(f)) => {
                let init = self.expr(init, Want::Any);
                let init = self.settle(init, call);
                let init = self.number(init, &at);
                if !is_of_scalars(&init) {
                    return self.unsupported(call, "folding into anything but numbers", "assign it in a `for` loop");
                }
                let Some(f) = self.callable(f) else {
                    return self.unsupported(f, "folding with this", "write a closure: `|acc, x| acc + x`");
                };
                let names = f.assigned();
                self.accumulate(stream, ("fold", init), names, &at.clone(), &mut |lower, acc, value| {
                    let value = lower.apply(&f, vec![acc, value]);
                    lower.number(value, &at)
                })
            }
            ("for_each", Some(f), _) => {
                let Some(f) = self.callable(f) else {
                    return self.unsupported(f, "calling this for each element", "write a closure: `|x| ..`");
                };
                self.each(stream, f.assigned(), &at, &mut |lower, value| {
                    if let Value::Frag(frag) = lower.apply(&f, vec![value]) {
                        lower.drop_frag(frag, TokenStream::new());
                    }
                });
                Value::Unit
            }
            ("count", None, _) => {
                if !stream.is_sequential() {
                    return match self.length(&mut stream) {
                        Some(len) => Value::Scalar(len),
                        None => Value::Poison,
                    };
                }
                let zero = self.count(0);
                self.accumulate(stream, ("count", Value::Scalar(zero)), Vec::new(), &at, &mut |lower, acc, _| {
                    let Value::Scalar(acc) = acc else {
                        return Value::Poison;
                    };
                    let one = lower.count(1);
                    Value::Scalar(lower.count_op(IntOp::Add, acc, one))
                })
            }
            ("collect", None, _) => self.collect(stream, call, expected),
            ("unzip", None, _) => self.unzip(stream, call, expected),
            // rustc says how many arguments it takes.
            _ => Value::Poison,
        }
    }

    /// `sum` and `product`.
    fn total(&mut self, stream: Stream, init: f64, rule: Rule, call: &syn::ExprMethodCall, at: &TokenStream) -> Value {
        let ty = self.turbofish(call);
        let start = self.emit(Op::Const(Const::Float { value: init, text: None }), ty);
        self.inert.insert(start);
        let label = if rule == Rule::Add { "sum" } else { "product" };
        self.accumulate(stream, (label, Value::Scalar(start)), Vec::new(), at, &mut |lower, acc, value| {
            let acc = lower.scalar(acc, call);
            let value = lower.scalar(value, call);
            lower.agree_vals(call, acc, value);
            Value::Scalar(lower.node(rule, vec![acc, value], Extent::of_method_call(call)))
        })
    }

    /// The type between `::<` and `>`.
    fn turbofish(&mut self, call: &syn::ExprMethodCall) -> TyVar {
        let written = call.turbofish.as_ref().and_then(|turbofish| turbofish.args.first());
        let class = match written {
            Some(syn::GenericArgument::Type(ty)) => crate::signature::scalar(ty).map_or(Class::Unknown, Class::Known),
            _ => Class::Unknown,
        };
        self.fresh_ty(class)
    }

    /// The last value of an accumulator that starts at `init` and goes through `step` with every element.
    pub(super) fn accumulate(
        &mut self,
        stream: Stream,
        (label, init): (&str, Value),
        mut names: Vec<String>,
        at: &TokenStream,
        step: &mut dyn FnMut(&mut Lower<'d>, Value, Value) -> Value,
    ) -> Value {
        // The space keeps it apart from the names that can be written.
        let name = format!("{label} {}", self.env.bindings.len());
        let index = self.env.bindings.len();
        self.env.bindings.push(Binding { name: name.clone(), value: Some(init), mutable: true });
        names.push(name);
        self.each(stream, names, at, &mut |lower, value| {
            let acc = lower.env.bindings.get(index).and_then(|binding| binding.value.clone());
            let next = step(lower, acc.unwrap_or(Value::Poison), value);
            if let Some(binding) = lower.env.bindings.get_mut(index) {
                binding.value = Some(next);
            }
        });
        let value = self.env.bindings.pop().and_then(|binding| binding.value).unwrap_or(Value::Poison);
        self.forget_names(&value);
        value
    }

    /// The user's name for a result comes before ours.
    fn forget_names(&mut self, value: &Value) {
        match value {
            Value::Scalar(val) => {
                if let Some(data) = self.b.vals.get_mut(val.0 as usize) {
                    data.name = None;
                }
            }
            Value::Tuple(parts) | Value::Struct(_, parts) => parts.iter().for_each(|part| self.forget_names(part)),
            Value::Optional(_, value) => self.forget_names(value),
            _ => {}
        }
    }
}

/// A number, or a tuple of such.
pub(super) fn is_of_scalars(value: &Value) -> bool {
    match value {
        Value::Scalar(_) | Value::Poison => true,
        Value::Tuple(parts) | Value::Struct(_, parts) => parts.iter().all(is_of_scalars),
        Value::Ref(inner) => is_of_scalars(inner),
        _ => false,
    }
}
