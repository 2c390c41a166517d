//! `reduce`, `max_by` and `min_by`, with what takes the result out of its `Option`.
//!
//! The first element starts the accumulator, so that the loop begins at the second one and tests nothing; behind a
//! `filter`, a flag is carried that says whether there was one. The comparisons of `max_by` and `min_by` choose and have
//! no derivative: `total_cmp` and `partial_cmp` are called as they are written.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::super::closure::Callable;
use super::super::expr::Want;
use super::super::optional::Otherwise;
use super::super::value::Value;
use super::super::{BOOL, Lower};
use super::consume::is_of_scalars;
use super::{Length, Source, Stage, Stream};
use crate::ir::{Const, Op};

/// What gives the next accumulator.
enum Step {
    /// `reduce(f)`
    Apply(Callable),
    /// `max_by(|a, b| a.total_cmp(b))`
    Choose {
        /// Gives the two numbers that are compared.
        operands: Callable,
        comparison: Comparison,
        largest: bool,
    },
}

/// How two numbers are compared.
enum Comparison {
    /// `a.total_cmp(&b)`
    Total,
    /// `a.partial_cmp(&b).unwrap()`
    Partial { unwrap: TokenStream },
}

impl Comparison {
    /// Whether the first is the greater.
    fn is_greater(&self, a: &syn::Expr, b: &syn::Expr) -> syn::Expr {
        match self {
            Comparison::Total => syn::parse_quote!(#a.total_cmp(&#b) == ::core::cmp::Ordering::Greater),
            Comparison::Partial { unwrap } => syn::parse_quote! {
                ::core::cmp::PartialOrd::partial_cmp(&#a, &#b) #unwrap == ::core::cmp::Ordering::Greater
            },
        }
    }
}

impl<'d> Lower<'d> {
    /// `chain.reduce(f)` and the like, taken out of its `Option`. `None`: it is something else.
    pub(in super::super) fn reduced(&mut self, expr: &syn::Expr, otherwise: &Otherwise<'_>) -> Option<Value> {
        let syn::Expr::MethodCall(call) = expr else { return None };
        let name = call.method.to_string();
        if !matches!(name.as_str(), "reduce" | "max_by" | "min_by") || !self.is_chain(&call.receiver) {
            return None;
        }
        let [f] = call.args.iter().collect::<Vec<_>>()[..] else { return None };
        let comparison = if name == "reduce" { None } else { Some(comparison(f)?) };
        let stream = self.stream(&call.receiver)?;
        if stream.is_unmodelled() && !self.mentions_active(call) {
            return None;
        }
        let step = match comparison {
            None => self.callable(f).map(Step::Apply),
            Some((operands, comparison)) => self.callable(&operands).map(|operands| {
                let largest = name == "max_by";
                Step::Choose { operands, comparison, largest }
            }),
        };
        Some(match step {
            Some(step) => self.reduce(stream, &step, otherwise, call),
            None => self.unsupported(f, "reducing with this", "write a closure: `|a, b| a + b`"),
        })
    }

    fn reduce(
        &mut self,
        mut stream: Stream,
        step: &Step,
        otherwise: &Otherwise<'_>,
        call: &syn::ExprMethodCall,
    ) -> Value {
        let at = call.to_token_stream();
        if let Source::Poison = stream.source {
            return Value::Poison;
        }
        let mut names = step.assigned();
        if stream.is_filtered() {
            return self.reduce_filtered(stream, step, names, otherwise, &at);
        }
        let Some(len) = self.length(&mut stream) else {
            return self.unsupported(call, "iterators without an end", "end the chain with `take(n)`");
        };
        let empty = self.is_zero(len);
        match otherwise {
            Otherwise::Panic(unwrap) => {
                if !fails_when_empty(&stream) {
                    self.panic_if(empty, unwrap);
                }
                self.reduce_some(stream, step, names, &at)
            }
            Otherwise::Else(other) => {
                names.extend(stream.assigned());
                let carried = names.clone();
                let other = |lower: &mut Self| lower.expr(other, Want::Any);
                self.branch(
                    empty,
                    &carried,
                    usize::MAX,
                    other,
                    |lower| lower.reduce_some(stream, step, names, &at),
                    &at,
                )
            }
        }
    }

    /// Of a chain that is not empty.
    fn reduce_some(&mut self, mut stream: Stream, step: &Step, names: Vec<String>, at: &TokenStream) -> Value {
        let Length::Known(len) = stream.length else {
            return Value::Poison;
        };
        let first = self.count(0);
        let first = self.value_at(&stream, first);
        let first = self.settle(first, at);
        let first = self.number(first, at);
        if !is_of_scalars(&first) {
            return self.unsupported(at, "reducing to anything but numbers", "write a `for` loop");
        }
        let one = self.count(1);
        stream.length = Length::Known(self.minus(len, one));
        stream.stages.push(Stage::Skip(one));
        self.accumulate(stream, ("reduce", first), names, at, &mut |lower, acc, value| lower.step(step, acc, value, at))
    }

    /// Behind a `filter`: whether there was an element is carried along.
    fn reduce_filtered(
        &mut self,
        stream: Stream,
        step: &Step,
        names: Vec<String>,
        otherwise: &Otherwise<'_>,
        at: &TokenStream,
    ) -> Value {
        let ty = self.fresh_ty(BOOL);
        let none = self.emit(Op::Const(Const::Bool(false)), ty);
        let start = Value::Tuple(vec![Value::Scalar(none), Value::Scalar(self.dummy())]);
        let inner = names.clone();
        let result = self.accumulate(stream, ("reduce", start), names, at, &mut |lower, acc, value| {
            let Value::Tuple(parts) = acc else { return Value::Poison };
            let [Value::Scalar(any), acc] = &parts[..] else { return Value::Poison };
            let (any, acc) = (*any, acc.clone());
            let value = lower.number(value.peel(), at);
            if !matches!(value, Value::Scalar(_)) {
                return lower.unsupported(at, "reducing to anything but numbers", "write a `for` loop");
            }
            let first = value.clone();
            let next = lower.branch(any, &inner, usize::MAX, |lower| lower.step(step, acc, value, at), |_| first, at);
            let ty = lower.fresh_ty(BOOL);
            let some = lower.emit(Op::Const(Const::Bool(true)), ty);
            Value::Tuple(vec![Value::Scalar(some), next])
        });
        let Value::Tuple(parts) = result else { return Value::Poison };
        let [Value::Scalar(any), result] = &parts[..] else { return Value::Poison };
        match otherwise {
            Otherwise::Panic(unwrap) => {
                let missing = self.not(*any);
                self.panic_if(missing, unwrap);
                result.clone()
            }
            Otherwise::Else(other) => {
                let found = |_: &mut Self| result.clone();
                self.branch(*any, &[], usize::MAX, found, |lower| lower.expr(other, Want::Any), at)
            }
        }
    }

    fn step(&mut self, step: &Step, acc: Value, value: Value, at: &TokenStream) -> Value {
        match step {
            Step::Apply(f) => {
                let value = self.apply(f, vec![acc, value]);
                self.number(value, at)
            }
            Step::Choose { operands, comparison, largest } => {
                let [seen, next] = [&acc, &value].map(|value| Value::Ref(Box::new(value.clone())));
                let Value::Tuple(parts) = self.apply(operands, vec![seen, next]) else {
                    return Value::Poison;
                };
                let [a, b] = &parts[..] else { return Value::Poison };
                let [a, b] = [a, b].map(|part| {
                    let val = self.scalar(part.clone(), at);
                    self.frag_of_val(val)
                });
                let ty = self.fresh_ty(BOOL);
                let frag = a.join(b, |a, b| comparison.is_greater(&a, &b), ty);
                let greater = Value::Scalar(self.emit_opaque(frag, at.clone(), None, false));
                let greater = self.scalar(greater, at);
                let value = self.number(value, at);
                let (then, els) = if *largest { (acc, value) } else { (value, acc) };
                self.branch(greater, &[], usize::MAX, |_| then, |_| els, at)
            }
        }
    }
}

impl Step {
    /// The variables outside that it assigns.
    fn assigned(&self) -> Vec<String> {
        match self {
            Step::Apply(f) | Step::Choose { operands: f, .. } => f.assigned(),
        }
    }
}

/// Whether reading the first element panics where there is none.
fn fails_when_empty(stream: &Stream) -> bool {
    matches!(stream.source, Source::Seq { .. })
        && stream.stages.iter().all(|stage| matches!(stage, Stage::Map(_) | Stage::Deref | Stage::Enumerate))
}

/// `|x, y| x.total_cmp(y)` and `|x, y| x.partial_cmp(y).unwrap()`, `f64::total_cmp`: a closure that gives both operands, and
/// how they are compared.
fn comparison(f: &syn::Expr) -> Option<(syn::Expr, Comparison)> {
    let call = |method: &syn::Ident, unwrap: TokenStream| match method.to_string().as_str() {
        "total_cmp" if unwrap.is_empty() => Some(Comparison::Total),
        "partial_cmp" if !unwrap.is_empty() => Some(Comparison::Partial { unwrap }),
        _ => None,
    };
    match f {
        syn::Expr::Path(path) => {
            let name = &path.path.segments.last()?.ident;
            let compare = call(name, TokenStream::new())?;
            Some((syn::parse_quote!(|a, b| (*a, *b)), compare))
        }
        syn::Expr::Closure(closure) => {
            let mut body = &*closure.body;
            let mut rest = TokenStream::new();
            if let syn::Expr::MethodCall(outer) = body
                && matches!(outer.method.to_string().as_str(), "unwrap" | "expect")
                && outer.args.iter().all(|arg| matches!(arg, syn::Expr::Lit(_)))
            {
                let (method, args) = (&outer.method, &outer.args);
                rest = quote::quote!(.#method(#args));
                body = &outer.receiver;
            }
            let syn::Expr::MethodCall(inner) = body else { return None };
            let [other] = inner.args.iter().collect::<Vec<_>>()[..] else { return None };
            let compare = call(&inner.method, rest)?;
            let receiver = &inner.receiver;
            let pair = syn::parse_quote!((#receiver, #other));
            let operands = syn::ExprClosure { body: Box::new(pair), ..closure.clone() };
            Some((syn::Expr::Closure(operands), compare))
        }
        _ => None,
    }
}
