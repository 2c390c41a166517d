//! Adaptors: what continues a chain.

use super::super::expr::Want;
use super::super::place::literal_index;
use super::super::{Lower, USIZE};
use super::{Length, Source, Stage, Stream};
use crate::ir::Val;

impl Lower<'_> {
    /// `stream.adaptor(..)`. `None`: an argument is not modelled.
    pub(super) fn adapt(&mut self, mut stream: Stream, call: &syn::ExprMethodCall) -> Option<Stream> {
        let name = call.method.to_string();
        let arg = call.args.first();
        let positional = matches!(&*name, "enumerate" | "zip" | "skip" | "take" | "step_by");
        if positional && stream.is_filtered() {
            self.unsupported(&call.method, "positions after `filter`", "count in a `for` loop: `if keep { k += 1; }`");
            return Some(Stream::poison());
        }
        // What these leave out, or read in vain, the closure of a `map` before them would see or not see.
        if matches!(&*name, "zip" | "skip" | "step_by") && !stream.assigned().is_empty() {
            return Some(self.refuse_effects(call));
        }
        match (&*name, arg) {
            ("map", Some(f)) => {
                let f = self.callable(f)?;
                stream.stages.push(Stage::Map(f));
            }
            ("filter", Some(f)) => {
                let f = self.callable(f)?;
                stream.stages.push(Stage::Filter(f));
            }
            ("copied" | "cloned", None) => stream.stages.push(Stage::Deref),
            ("rev", None) => {
                if let Length::Endless = stream.length
                    && !matches!(stream.source, Source::Poison)
                {
                    self.diag.unsupported(call, "ranges without an end", "write both ends: `0..n`");
                }
                let len = match stream.length {
                    Length::Known(len) => Some(len),
                    Length::Range | Length::Endless => None,
                };
                stream.stages.push(Stage::Rev(len));
            }
            ("enumerate", None) => {
                self.length(&mut stream);
                stream.stages.push(Stage::Enumerate);
            }
            ("skip", Some(n)) => {
                let n = self.number_of(n);
                if let Some(len) = self.length(&mut stream) {
                    stream.length = Length::Known(self.minus(len, n));
                }
                stream.stages.push(Stage::Skip(n));
            }
            ("take", Some(n)) => {
                let n = self.number_of(n);
                let len = match self.length(&mut stream) {
                    Some(len) => self.smaller(len, n),
                    None => n,
                };
                stream.length = Length::Known(len);
                stream.stages.push(Stage::Take);
            }
            ("step_by", Some(step)) => {
                let literal = literal_index(step);
                let step = self.number_of(step);
                if let Some(len) = self.length(&mut stream) {
                    stream.length = Length::Known(self.divide_up(len, step, literal));
                }
                stream.stages.push(Stage::StepBy(step));
            }
            ("zip", Some(other)) => {
                let mut other_stream = self.stream(other)?;
                if other_stream.is_filtered() {
                    self.unsupported(other, "positions after `filter`", "count in a `for` loop: `if keep { k += 1; }`");
                    return Some(Stream::poison());
                }
                if !other_stream.assigned().is_empty() {
                    return Some(self.refuse_effects(call));
                }
                if matches!(stream.source, Source::Poison) || matches!(other_stream.source, Source::Poison) {
                    return Some(Stream::poison());
                }
                let length = match (self.length(&mut stream), self.length(&mut other_stream)) {
                    (Some(a), Some(b)) => Length::Known(self.smaller(a, b)),
                    (Some(len), None) | (None, Some(len)) => Length::Known(len),
                    (None, None) => Length::Endless,
                };
                return Some(Stream::new(Source::Zip(Box::new(stream), Box::new(other_stream)), length));
            }
            // rustc says how many arguments it takes.
            _ => return Some(Stream::poison()),
        }
        Some(stream)
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
