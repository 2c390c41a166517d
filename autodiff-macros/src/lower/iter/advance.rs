//! Iterators in variables: `next` and its like, and the ends of chains.
//!
//! An iterator that is bound to a variable with `let mut` is the chain and its front, the number of elements that were
//! taken from it. `it.next()` is the element at the front, if the chain is longer than that, and moves the front by one;
//! what runs the chain afterwards begins there. The front is carried by loops and branches as any number is.

use syn::visit::{self, Visit};

use super::super::closure::Callable;
use super::super::optional::{Later, Optional};
use super::super::value::Value;
use super::super::{Lower, USIZE};
use super::reduce::comparison;
use super::{Length, Stage, State, Stream};
use crate::ir::{CmpOp, IntOp, Op, Val};

/// Methods that take elements from the front of an iterator in a variable.
const ADVANCES: [&str; 2] = ["next", "nth"];

impl Lower<'_> {
    /// Whether a method of a chain gives an `Option` that is modelled.
    pub(super) fn ends_in_option(&self, call: &syn::ExprMethodCall) -> bool {
        let known = match (&*call.method.to_string(), call.args.len()) {
            ("next" | "last" | "peek", 0) | ("nth" | "find" | "find_map" | "reduce", 1) => true,
            ("max_by" | "min_by", 1) => call.args.first().is_some_and(|f| comparison(f).is_some()),
            _ => false,
        };
        known && self.is_chain(&call.receiver) && self.mentions_active_in(call)
    }

    /// The element that a method of a chain gives, if there is one. `None`: another method.
    pub(in super::super) fn end_of_chain(&mut self, call: &syn::ExprMethodCall) -> Option<Optional> {
        let name = call.method.to_string();
        if matches!(name.as_str(), "reduce" | "max_by" | "min_by") {
            return self.reduced(call);
        }
        if !self.ends_in_option(call) {
            return None;
        }
        if let syn::Expr::Path(path) = &*call.receiver
            && matches!(name.as_str(), "next" | "nth" | "peek")
        {
            let name = path.path.get_ident()?.to_string();
            let index = self.env.position(&name)?;
            return self.taken_from(index, call);
        }
        let stream = self.stream(&call.receiver)?;
        let mut stream = self.rest_of(stream);
        let arg = call.args.first();
        match &*name {
            "next" => self.first_of(stream, call),
            "find" => {
                let f = self.callable(arg?)?;
                stream.stages.push(Stage::Filter(f));
                self.first_of(stream, call)
            }
            "find_map" => {
                let f = self.callable(arg?)?;
                stream.stages.push(Stage::FilterMap(f));
                self.first_of(stream, call)
            }
            "nth" => {
                let n = self.scalar_expr(arg?);
                self.narrow_val(arg?, n, USIZE);
                if stream.is_sequential() {
                    let zero = self.count(0);
                    stream.stages.push(Stage::SkipFirst(n, State::new("skipped", Value::Scalar(zero))));
                    return self.first_of(stream, call);
                }
                self.at_position(stream, n, call)
            }
            "last" => {
                let second = syn::parse_quote!(|_, last| last);
                let f = self.callable(&second)?;
                if stream.is_sequential() || !stream.assigned().is_empty() {
                    return Some(self.reduction(stream, f, call));
                }
                let len = self.length(&mut stream)?;
                let last = self.last_of(len);
                let present = self.is_not_empty(len);
                Some(Optional { present, value: Later::Element(Box::new(stream), last), checked: false })
            }
            _ => None,
        }
    }

    /// The first element of a chain.
    fn first_of(&mut self, mut stream: Stream, call: &syn::ExprMethodCall) -> Option<Optional> {
        if !stream.is_sequential() {
            let zero = self.count(0);
            return self.at_position(stream, zero, call);
        }
        let (one, zero) = (self.count(1), self.count(0));
        stream.stages.push(Stage::TakeFirst(one, State::new("taken", Value::Scalar(zero))));
        let f: syn::Expr = syn::parse_quote!(|_, next| next);
        let f = self.callable(&f)?;
        Some(self.reduction(stream, f, call))
    }

    fn reduction(&mut self, stream: Stream, f: Callable, call: &syn::ExprMethodCall) -> Optional {
        self.reduce(stream, super::reduce::Step::Apply(f), call)
    }

    fn at_position(&mut self, mut stream: Stream, position: Val, call: &syn::ExprMethodCall) -> Option<Optional> {
        if !stream.assigned().is_empty() {
            self.unsupported(
                &call.method,
                "taking single elements of a chain whose closures assign variables",
                "write a `for` loop with the assignments in its body",
            );
            return Some(Optional { present: self.poison(), value: Later::Made(Value::Poison), checked: true });
        }
        let present = match (self.length(&mut stream), stream.length) {
            (Some(len), _) | (None, Length::Cycle(len)) => self.compare_vals(CmpOp::Lt, position, len),
            (None, _) => self.truth(true),
        };
        Some(Optional { present, value: Later::Element(Box::new(stream), position), checked: false })
    }

    /// `it.next()`, `it.nth(k)`, `it.peek()` of a variable.
    fn taken_from(&mut self, index: usize, call: &syn::ExprMethodCall) -> Option<Optional> {
        let Some(Value::Stream(stream)) = self.env.bindings.get(index)?.value.clone() else { return None };
        let stream = *stream;
        if stream.is_sequential() {
            self.unsupported(
                call,
                "taking single elements of a chain in which they depend on those before",
                "run it with a `for` loop, or collect it into a `Vec` first",
            );
            return Some(Optional { present: self.poison(), value: Later::Made(Value::Poison), checked: true });
        }
        // rustc says that it is not `mut`.
        let front = stream.front?;
        let chain = Stream { front: None, ..stream.clone() };
        let position = match call.args.first() {
            Some(n) => {
                let n_val = self.scalar_expr(n);
                self.narrow_val(n, n_val, USIZE);
                self.count_op(IntOp::Add, front, n_val)
            }
            None => front,
        };
        let optional = self.at_position(chain, position, call)?;
        if call.method == "peek" {
            return Some(Optional { value: Later::Ref(Box::new(optional.value)), ..optional });
        }
        let one = self.count(1);
        let after = self.count_op(IntOp::Add, position, one);
        let after = match self.truths.get(&optional.present) {
            Some(true) => after,
            _ => {
                // Past the end, nothing is left.
                let behind = match call.args.is_empty() {
                    true => front,
                    false => self.moved_to_end(&stream, front),
                };
                let ty = self.fresh_ty(USIZE);
                self.emit(Op::Select { cond: optional.present, a: after, b: behind }, ty)
            }
        };
        let moved = Stream { front: Some(after), ..stream };
        if let Some(binding) = self.env.bindings.get_mut(index) {
            binding.value = Some(Value::Stream(Box::new(moved)));
        }
        Some(optional)
    }

    fn moved_to_end(&mut self, stream: &Stream, front: Val) -> Val {
        match stream.length {
            Length::Known(len) => {
                let shorter = self.compare_vals(CmpOp::Lt, front, len);
                let ty = self.fresh_ty(USIZE);
                self.emit(Op::Select { cond: shorter, a: len, b: front }, ty)
            }
            _ => front,
        }
    }

    /// A chain that is bound to a variable that is `mut`.
    pub(in super::super) fn held_stream(&mut self, mut stream: Stream) -> Stream {
        if stream.front.is_none() {
            // Known before anything is taken.
            self.length(&mut stream);
            stream.front = Some(self.count(0));
        }
        self.streams += 1;
        Stream { id: self.streams, ..stream }
    }

    /// The variables of iterators that a piece of syntax takes elements from.
    pub(in super::super) fn advanced(&self, visit: impl FnOnce(&mut Advances)) -> Vec<String> {
        let mut advances = Advances(Vec::new());
        visit(&mut advances);
        let is_iterator = |name: &String| {
            let value = self.env.get(name).and_then(|binding| binding.value.as_ref());
            matches!(value, Some(Value::Stream(stream)) if stream.front.is_some())
        };
        advances.0.into_iter().filter(is_iterator).collect()
    }
}

/// Finds the variables whose iterators are advanced, whatever they are.
pub(in super::super) struct Advances(Vec<String>);

impl<'ast> Visit<'ast> for Advances {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if ADVANCES.iter().any(|name| call.method == name)
            && let syn::Expr::Path(path) = &*call.receiver
        {
            self.0.extend(path.path.get_ident().map(|ident| ident.to_string()));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for argument in super::super::format::expressions(mac) {
            Visit::visit_expr(self, &argument);
        }
    }
}
