//! Running a chain: one loop, with the consumer in the middle.

use proc_macro2::TokenStream;

use super::super::Lower;
use super::super::loops::Head;
use super::super::value::Value;
use super::position::Header;
use super::{Stage, Stream};
use crate::ir::Val;

/// What is done with an element: called once, where the code for it belongs.
type Body<'b, 'd> = &'b mut dyn FnMut(&mut Lower<'d>, Value);

/// What the elements of a chain are made of in one iteration.
struct Step<'s> {
    stages: &'s [Stage],
    /// What the `enumerate`s that are still to come show, the next one last.
    shown: Vec<Val>,
    /// The variables that a branch around the rest may assign.
    names: &'s [String],
    at: &'s TokenStream,
}

impl<'d> Lower<'d> {
    /// Runs `body` for every element. `names` are the outer variables that it assigns.
    pub(in super::super) fn each(
        &mut self,
        mut stream: Stream,
        mut names: Vec<String>,
        at: &TokenStream,
        body: Body<'_, 'd>,
    ) {
        names.extend(stream.assigned());
        let Some(header) = self.header(&mut stream, at) else {
            return;
        };
        let Some(ty) = self.ty(header.range.lo) else {
            return;
        };
        self.iterate(Head::Range(header.range, ty), &names, at, |lower, var| {
            lower.element_of(&stream, &header, var, &names, at, body);
            None
        });
    }

    /// Hands the element of one iteration, if the filters let it pass, to `body`.
    pub(in super::super) fn element_of(
        &mut self,
        stream: &Stream,
        header: &Header,
        var: Val,
        names: &[String],
        at: &TokenStream,
        body: Body<'_, 'd>,
    ) {
        let stages = &stream.stages;
        let (value, shown) = if header.direct {
            (Value::Scalar(var), Vec::new())
        } else {
            let (position, shown) = self.positions(stages, header.reversed_from, var);
            (self.source_element(&stream.source, position), shown)
        };
        self.climb(value, Step { stages, shown, names, at }, body);
    }

    /// The element at a position of a chain without filters.
    pub(super) fn value_at(&mut self, stream: &Stream, position: Val) -> Value {
        let (position, shown) = self.positions(&stream.stages, stream.stages.len(), position);
        let value = self.source_element(&stream.source, position);
        let mut found = Value::Poison;
        let at = TokenStream::new();
        let step = Step { stages: &stream.stages, shown, names: &[], at: &at };
        self.climb(value, step, &mut |_, value| found = value);
        found
    }

    /// Takes an element up the stages, and hands it to `body`.
    fn climb(&mut self, mut value: Value, mut step: Step<'_>, body: Body<'_, 'd>) {
        while let Some((stage, rest)) = step.stages.split_first() {
            step.stages = rest;
            match stage {
                Stage::Map(f) => value = self.apply(f, vec![value]),
                Stage::Deref => {
                    let inner = self.deref(value);
                    value = self.read(inner);
                }
                Stage::Enumerate => {
                    let Some(shown) = step.shown.pop() else {
                        continue;
                    };
                    value = Value::Tuple(vec![Value::Scalar(shown), value]);
                }
                Stage::Filter(f) => {
                    let seen = Value::Ref(Box::new(value.clone()));
                    let keep = self.apply(f, vec![seen]);
                    let keep = self.scalar(keep, step.at);
                    self.narrow_val(step.at, keep, super::super::BOOL);
                    let (names, at) = (step.names, step.at);
                    self.branch(
                        keep,
                        names,
                        usize::MAX,
                        |lower| {
                            lower.climb(value, step, body);
                            Value::Unit
                        },
                        |_| Value::Unit,
                        at,
                    );
                    return;
                }
                Stage::Rev(_) | Stage::Skip(_) | Stage::Take | Stage::StepBy(_) => {}
            }
        }
        body(self, value);
    }
}
