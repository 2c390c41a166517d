//! `reduce`, `max_by` and `min_by`, the last element and the first one.
//!
//! The first element starts the accumulator, so that the loop begins at the second one and tests nothing; where it depends
//! on the elements whether there is one, behind a `filter`, a flag is carried that says so. The comparisons of `max_by` and
//! `min_by` choose and have no derivative: `total_cmp` and `partial_cmp` are called as they are written.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::super::closure::Callable;
use super::super::optional::{Later, Optional};
use super::super::value::{Form, Value, View};
use super::super::{BOOL, Lower};
use super::consume::is_of_scalars;
use super::{Length, Source, Stage, Stream, inner};
use crate::ir::{Const, Op};

/// A chain that is not empty, and what is done with its elements.
#[derive(Clone, Debug)]
pub(in super::super) struct Reduction {
    stream: Stream,
    step: Step,
}

impl Reduction {
    /// The variables outside that it assigns.
    pub(in super::super) fn assigned(&self) -> Vec<String> {
        [self.step.assigned(), self.stream.assigned()].concat()
    }
}

/// What gives the next accumulator.
#[derive(Clone, Debug)]
pub(super) enum Step {
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
#[derive(Clone, Debug)]
pub(super) enum Comparison {
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
    /// `chain.reduce(f)` and the like. `None`: it is something else.
    pub(super) fn reduced(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        let [f] = call.args.iter().collect::<Vec<_>>()[..] else { return None };
        if !self.is_chain(&call.receiver) {
            return None;
        }
        let comparison = if call.method == "reduce" { None } else { Some(comparison(f)?) };
        let stream = self.stream(&call.receiver)?;
        let stream = self.rest_of(stream);
        if stream.is_unmodelled() && !self.mentions_active(&syn::Expr::MethodCall(call.clone())) {
            return None;
        }
        let step = match comparison {
            None => self.callable(f).map(Step::Apply),
            Some((operands, comparison)) => self.callable(&operands).map(|operands| {
                let largest = call.method == "max_by";
                Step::Choose { operands, comparison, largest }
            }),
        };
        Some(match step {
            Some(step) => self.reduce(stream, step, call),
            None => {
                let value = self.unsupported(f, "reducing with this", "write a closure: `|a, b| a + b`");
                self.refused(value)
            }
        })
    }

    fn refused(&mut self, value: Value) -> Optional {
        Optional { present: self.poison(), value: Later::Made(value), checked: true }
    }

    pub(super) fn reduce(&mut self, mut stream: Stream, step: Step, call: &syn::ExprMethodCall) -> Optional {
        if stream.is_poison() {
            return self.refused(Value::Poison);
        }
        if stream.is_sequential() {
            return self.reduce_sequential(stream, &step, &call.to_token_stream());
        }
        let Some(len) = self.length(&mut stream) else {
            let value = self.unsupported(call, "iterators without an end", "end the chain with `take(n)`");
            return self.refused(value);
        };
        let present = self.is_not_empty(len);
        let checked = fails_when_empty(&stream);
        Optional { present, value: Later::Reduce(Box::new(Reduction { stream, step })), checked }
    }

    /// Of a chain that is not empty.
    pub(in super::super) fn reduce_some(&mut self, reduction: Reduction, at: &TokenStream) -> Value {
        let Reduction { mut stream, step } = reduction;
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
        let names = step.assigned();
        self.accumulate(stream, ("reduce", first), names, at, &mut |lower, acc, value| {
            lower.step(&step, acc, value, at)
        })
    }

    /// Where it depends on the elements whether there is one: that is carried along.
    fn reduce_sequential(&mut self, stream: Stream, step: &Step, at: &TokenStream) -> Optional {
        let ty = self.fresh_ty(BOOL);
        let none = self.emit(Op::Const(Const::Bool(false)), ty);
        let blank = self.blank_element(&stream, at);
        if let Value::Poison = blank {
            return self.refused(blank);
        }
        let start = Value::Tuple(vec![Value::Scalar(none), blank]);
        let inner = step.assigned();
        let result = self.accumulate(stream, ("reduce", start), inner.clone(), at, &mut |lower, acc, value| {
            let Value::Tuple(parts) = acc else { return Value::Poison };
            let [Value::Scalar(any), acc] = &parts[..] else { return Value::Poison };
            let (any, acc) = (*any, acc.clone());
            let value = lower.number(value.peel(), at);
            if !is_of_scalars(&value) {
                return lower.unsupported(at, "reducing to anything but numbers", "write a `for` loop");
            }
            let first = value.clone();
            let next = lower.branch(any, &inner, usize::MAX, |lower| lower.step(step, acc, value, at), |_| first, at);
            let ty = lower.fresh_ty(BOOL);
            let some = lower.emit(Op::Const(Const::Bool(true)), ty);
            Value::Tuple(vec![Value::Scalar(some), next])
        });
        let Value::Tuple(parts) = result else { return self.refused(Value::Poison) };
        let [Value::Scalar(present), result] = &parts[..] else { return self.refused(Value::Poison) };
        Optional { present: *present, value: Later::Made(result.clone()), checked: false }
    }

    /// A value made like the elements of a chain, where there is none yet.
    fn blank_element(&mut self, stream: &Stream, at: &TokenStream) -> Value {
        if gives_numbers(stream) {
            return Value::Scalar(self.dummy());
        }
        // What they are made of shows when one is lowered, for nothing else.
        let (reported, before) = (self.diag.count(), self.env.bindings.clone());
        let mut made = Value::Poison;
        self.b.open_block(Vec::new());
        self.each(stream.clone(), Vec::new(), at, &mut |lower, value| made = lower.number(value.peel(), at));
        self.b.close_block(Vec::new());
        self.env.bindings = before;
        match self.diag.count() == reported {
            true => self.blank_like(&made),
            false => Value::Poison,
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

/// Whether the elements are numbers for certain.
fn gives_numbers(stream: &Stream) -> bool {
    let numbers = match &stream.source {
        Source::Seq { spot, .. } | Source::View { view: View { seq: spot, .. }, .. } => {
            matches!(inner(&spot.form), Some(Form::Scalar(_)))
        }
        _ => false,
    };
    let keeps = |stage: &Stage| {
        stage.callable().is_none() && !matches!(stage, Stage::Enumerate | Stage::Count(_) | Stage::Join { .. })
            || matches!(stage, Stage::Filter(_) | Stage::TakeWhile(_) | Stage::SkipWhile(..))
    };
    numbers && stream.stages.iter().all(keeps)
}

/// Whether reading the first element panics where there is none.
fn fails_when_empty(stream: &Stream) -> bool {
    matches!(stream.source, Source::Seq { .. })
        && stream.stages.iter().all(|stage| matches!(stage, Stage::Map(_) | Stage::Deref | Stage::Enumerate))
}

/// `|x, y| x.total_cmp(y)` and `|x, y| x.partial_cmp(y).unwrap()`, `f64::total_cmp`: a closure that gives both operands, and
/// how they are compared.
pub(super) fn comparison(f: &syn::Expr) -> Option<(syn::Expr, Comparison)> {
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
                && matches!(outer.method.to_string().as_str(), "unwrap" | "expect" | "unwrap_or")
                && outer.args.iter().all(|arg| matches!(arg, syn::Expr::Lit(_) | syn::Expr::Path(_)))
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
