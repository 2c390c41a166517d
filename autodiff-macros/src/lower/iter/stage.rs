//! Adaptors: what continues a chain.

use super::super::Lower;
use super::super::USIZE;
use super::super::expr::Want;
use super::super::place::literal_index;
use super::super::value::Value;
use super::consume::is_of_scalars;
use super::{Length, Source, Stage, State, Stream};
use crate::ir::{IntOp, Val};

impl Lower<'_> {
    /// `stream.adaptor(..)`. `None`: an argument is not modelled.
    pub(super) fn adapt(&mut self, stream: Stream, call: &syn::ExprMethodCall) -> Option<Stream> {
        let stream = self.rest_of(stream);
        if stream.is_poison() {
            return Some(stream);
        }
        match (&*call.method.to_string(), call.args.first(), call.args.iter().nth(1)) {
            ("copied" | "cloned", None, None) => Some(stream.with(Stage::Deref)),
            // Nothing that is seen here is asked twice for an end, and what is looked at ahead is read again.
            ("fuse" | "peekable", None, None) => Some(stream),
            ("rev", None, None) => Some(self.reversed(stream, call)),
            ("enumerate", None, None) => Some(self.numbered(stream)),
            ("cycle", None, None) => Some(self.cycled(stream, call)),
            ("flatten", None, None) => Some(stream.with(Stage::Flat(None))),
            ("skip" | "take" | "step_by", Some(n), None) => Some(self.cut(stream, call, n)),
            ("zip", Some(other), None) => {
                let other = self.stream(other)?;
                Some(self.zipped(stream, other, call))
            }
            ("chain", Some(other), None) => {
                let other = self.stream(other)?;
                Some(self.chained(stream, other))
            }
            ("scan", Some(init), Some(f)) => self.scan(stream, init, f),
            (name, Some(f), None) => {
                let f = self.callable(f)?;
                Some(stream.with(match name {
                    "map" => Stage::Map(f),
                    "inspect" => Stage::Inspect(f),
                    "filter" => Stage::Filter(f),
                    "filter_map" => Stage::FilterMap(f),
                    "take_while" => Stage::TakeWhile(f),
                    "map_while" => Stage::MapWhile(f),
                    "flat_map" => Stage::Flat(Some(f)),
                    "skip_while" => Stage::SkipWhile(f, State::new("skipping", Value::Scalar(self.truth(true)))),
                    // rustc says how many arguments it takes.
                    _ => return Some(Stream::poison()),
                }))
            }
            _ => Some(Stream::poison()),
        }
    }

    fn reversed(&mut self, stream: Stream, call: &syn::ExprMethodCall) -> Stream {
        if let Length::Endless | Length::Cycle(_) = stream.length {
            self.diag.unsupported(call, "ranges without an end", "write both ends: `0..n`");
        }
        let in_order =
            |stage: &Stage| !matches!(stage, Stage::Filter(_) | Stage::FilterMap(_)) && stage.is_sequential();
        if stream.is_flat() || stream.stages.iter().any(in_order) {
            self.unsupported(
                &call.method,
                "reversing what `flat_map` or `flatten` gives",
                "collect it into a `Vec` first, and reverse that",
            );
            return Stream::poison();
        }
        let len = match stream.length {
            Length::Known(len) => Some(len),
            _ => None,
        };
        stream.with(Stage::Rev(len))
    }

    fn numbered(&mut self, mut stream: Stream) -> Stream {
        if stream.loses_positions() {
            let state = self.counter("position");
            return stream.with(Stage::Count(state));
        }
        self.length(&mut stream);
        stream.with(Stage::Enumerate)
    }

    fn cycled(&mut self, mut stream: Stream, call: &syn::ExprMethodCall) -> Stream {
        if stream.is_sequential() {
            self.unsupported(
                &call.method,
                "repeating a chain in which the elements depend on those before",
                "collect it into a `Vec` first, and repeat that",
            );
            return Stream::poison();
        }
        if !stream.assigned().is_empty() {
            return self.refuse_effects(call);
        }
        let Some(len) = self.length(&mut stream) else {
            return stream;
        };
        stream.length = Length::Cycle(len);
        stream.with(Stage::Cycle(len))
    }

    /// `skip(n)`, `take(n)`, `step_by(n)`.
    fn cut(&mut self, mut stream: Stream, call: &syn::ExprMethodCall, n: &syn::Expr) -> Stream {
        let name = call.method.to_string();
        let literal = literal_index(n);
        // What these leave out, the closure of a `map` before them would see.
        if name != "take" && !stream.is_sequential() && !stream.assigned().is_empty() {
            return self.refuse_effects(call);
        }
        let n = self.number_of(n);
        match &*name {
            "skip" if stream.is_sequential() => {
                let state = self.counter("skipped");
                stream.with(Stage::SkipFirst(n, state))
            }
            "skip" => {
                if let Some(len) = self.length(&mut stream) {
                    stream.length = Length::Known(self.minus(len, n));
                }
                stream.with(Stage::Skip(n))
            }
            "take" if stream.loses_positions() => {
                let state = self.counter("taken");
                stream.with(Stage::TakeFirst(n, state))
            }
            "take" => {
                stream.length = Length::Known(self.at_most(&mut stream, n));
                stream.with(Stage::Take)
            }
            _ if stream.is_sequential() => {
                let state = self.counter("step");
                stream.with(Stage::EveryNth(n, state))
            }
            _ => {
                if let Some(len) = self.length(&mut stream) {
                    stream.length = Length::Known(self.divide_up(len, n, literal));
                }
                stream.with(Stage::StepBy(n))
            }
        }
    }

    fn zipped(&mut self, mut a: Stream, mut b: Stream, call: &syn::ExprMethodCall) -> Stream {
        if a.is_poison() || b.is_poison() {
            return Stream::poison();
        }
        if !(a.assigned().is_empty() && b.assigned().is_empty()) {
            return self.refuse_effects(call);
        }
        match (a.is_sequential(), b.is_sequential()) {
            (true, true) => {
                self.unsupported(
                    &call.method,
                    "`zip` of two chains in both of which the elements depend on those before",
                    "collect one of them into a `Vec` first",
                );
                Stream::poison()
            }
            (true, false) => self.joined(a, b, false),
            (false, true) => self.joined(b, a, true),
            (false, false) => {
                let length = match (self.length(&mut a), self.length(&mut b)) {
                    (Some(n), _) => Length::Known(self.at_most(&mut b, n)),
                    (None, Some(n)) => Length::Known(self.at_most(&mut a, n)),
                    (None, None) => a.length,
                };
                Stream::new(Source::Zip(Box::new(a), Box::new(b)), length)
            }
        }
    }

    /// A chain in which the elements depend on those before, with the elements of one in which they do not.
    fn joined(&mut self, mut stream: Stream, mut other: Stream, first: bool) -> Stream {
        let len = self.length(&mut other);
        let join = |other| Stage::Join { other: Box::new(other), first };
        if !stream.loses_positions() {
            if let Some(len) = len {
                stream.length = Length::Known(self.at_most(&mut stream, len));
            }
            return stream.with(Stage::Enumerate).with(join(other));
        }
        if let Some(len) = len {
            let state = self.counter("taken");
            stream = stream.with(Stage::TakeFirst(len, state));
        }
        let state = self.counter("position");
        stream.with(Stage::Count(state)).with(join(other))
    }

    fn chained(&mut self, mut a: Stream, other: Stream) -> Stream {
        let mut b = self.rest_of(other);
        if a.is_poison() || b.is_poison() {
            return Stream::poison();
        }
        let length = match (self.length(&mut a), self.length(&mut b)) {
            (Some(a), Some(b)) => Length::Known(self.count_op(IntOp::Add, a, b)),
            _ => Length::Endless,
        };
        Stream::new(Source::Chain(Box::new(a), Box::new(b)), length)
    }

    /// `scan(init, |state, v| ..)`
    fn scan(&mut self, stream: Stream, init: &syn::Expr, f: &syn::Expr) -> Option<Stream> {
        let value = self.expr(init, Want::Any);
        let value = self.settle(value, init);
        let value = self.number(value, &quote::ToTokens::to_token_stream(init));
        if !is_of_scalars(&value) {
            self.unsupported(
                init,
                "`scan` with a state that is no number",
                "write a `for` loop that changes the array",
            );
            return Some(Stream::poison());
        }
        let Some(closure) = with_state(f) else {
            self.unsupported(f, "scanning with this", "write a closure: `|state, v| { *state += v; Some(*state) }`");
            return Some(Stream::poison());
        };
        let f = self.callable(&syn::Expr::Closure(closure))?;
        Some(stream.with(Stage::Scan(f, State::new("state", value))))
    }

    fn counter(&mut self, label: &'static str) -> State {
        let zero = self.count(0);
        State::new(label, Value::Scalar(zero))
    }

    fn refuse_effects(&mut self, call: &syn::ExprMethodCall) -> Stream {
        self.unsupported(
            &call.method,
            "this adaptor after a closure that assigns variables",
            "write a `for` loop with the assignments in its body",
        );
        Stream::poison()
    }

    fn number_of(&mut self, expr: &syn::Expr) -> Val {
        let value = self.expr(expr, Want::Scalar);
        let val = self.scalar(value, expr);
        self.narrow_val(expr, val, USIZE);
        val
    }
}

impl Stream {
    fn with(mut self, stage: Stage) -> Stream {
        self.stages.push(stage);
        self
    }
}

/// `|state, v| ..` as a closure whose state is a variable of its own, `|mut state, v| ..`: `*state` is `state`. `None`: it is
/// no such closure.
fn with_state(f: &syn::Expr) -> Option<syn::ExprClosure> {
    struct Dereferences(String);

    impl syn::visit_mut::VisitMut for Dereferences {
        fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
            syn::visit_mut::visit_expr_mut(self, expr);
            if let syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr: inner, .. }) = expr
                && let syn::Expr::Path(path) = &**inner
                && path.path.is_ident(&self.0)
            {
                *expr = (**inner).clone();
            }
        }
    }

    let syn::Expr::Closure(closure) = f else { return None };
    let mut closure = closure.clone();
    let state = closure.inputs.first_mut()?;
    let (pat, ty) = match &*state {
        syn::Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
        pat => (pat, None),
    };
    let syn::Pat::Ident(ident) = pat else { return None };
    let name = ident.ident.clone();
    let ty = ty.map(|ty| match ty {
        syn::Type::Reference(reference) => (*reference.elem).clone(),
        ty => ty.clone(),
    });
    let mutable = syn::Pat::Ident(syn::PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: Some(Default::default()),
        ident: name.clone(),
        subpat: None,
    });
    *state = match ty {
        Some(ty) => syn::Pat::Type(syn::PatType {
            attrs: Vec::new(),
            pat: Box::new(mutable),
            colon_token: Default::default(),
            ty: Box::new(ty),
        }),
        None => mutable,
    };
    syn::visit_mut::VisitMut::visit_expr_mut(&mut Dereferences(name.to_string()), &mut closure.body);
    Some(closure)
}
