//! Running a chain: one loop, with the consumer in the middle.

use proc_macro2::TokenStream;

use super::super::Lower;
use super::super::exit::{Exit, Frame};
use super::super::loops::Head;
use super::super::value::{Binding, Value};
use super::position::Header;
use super::{Source, Stage, Stream};
use crate::ir::{CmpOp, Val};

/// What is done with an element: called where the code for it belongs, once for each loop.
pub(super) type Body<'b, 'd> = &'b mut dyn FnMut(&mut Lower<'d>, Value);

/// What the loop of a chain has to do with what is around it.
#[derive(Clone)]
pub(in super::super) struct Run<'r> {
    /// The variables that an iteration may assign.
    pub(in super::super) names: Vec<String>,
    /// The jumps that end the loop.
    pub(in super::super) leaves: Vec<Exit>,
    /// Of these, the one that a stage makes which ends the chain, and that begins here.
    pub(in super::super) end: Option<Exit>,
    pub(in super::super) at: &'r TokenStream,
}

/// What the elements of a chain are made of in one iteration.
#[derive(Clone)]
pub(super) struct Step<'s> {
    pub(super) stages: &'s [Stage],
    /// What the `enumerate`s that are still to come show, the next one last.
    pub(super) shown: Vec<Val>,
}

impl<'d> Lower<'d> {
    /// Runs `body` for every element. `names` are the outer variables that it assigns.
    pub(in super::super) fn each(&mut self, stream: Stream, names: Vec<String>, at: &TokenStream, body: Body<'_, 'd>) {
        self.each_within(stream, Run { names, leaves: Vec::new(), end: None, at }, body);
    }

    /// As [`Self::each`], in a loop that one of the jumps `run.leaves` may end.
    pub(super) fn each_within(&mut self, stream: Stream, mut run: Run<'_>, body: Body<'_, 'd>) {
        let frame = self.frames.len();
        run.end = None;
        if stream.may_end() {
            let end = Exit::Break(frame);
            self.frames.push(Frame::of_chain());
            run.names.push(end.flag());
            run.leaves.push(end);
            run.end = Some(end);
        }
        self.run(stream, run, body);
        self.frames.truncate(frame);
    }

    /// Runs a chain, whose states are variables while it runs.
    pub(in super::super) fn run(&mut self, mut stream: Stream, mut run: Run<'_>, body: Body<'_, 'd>) {
        let depth = self.env.bindings.len();
        run.names.extend(stream.assigned());
        self.declare_states(&mut stream, &mut run.names);
        self.run_loops(stream, &run, body);
        self.env.bindings.truncate(depth);
    }

    fn declare_states(&mut self, stream: &mut Stream, names: &mut Vec<String>) {
        for inner in stream.inner_mut() {
            self.declare_states(inner, names);
        }
        for state in stream.stages.iter_mut().filter_map(Stage::state_mut) {
            // The space keeps it apart from the names that can be written.
            state.name = format!("{} {}", state.label, self.env.bindings.len());
            let value = Some(state.init.clone());
            self.env.bindings.push(Binding { name: state.name.clone(), value, mutable: true });
            names.push(state.name.clone());
        }
    }

    fn run_loops(&mut self, mut stream: Stream, run: &Run<'_>, body: Body<'_, 'd>) {
        if stream.is_split() && run.leaves.is_empty() {
            let reported = self.diag.count();
            for part in stream.split() {
                // What is wrong in the body is said once.
                if self.diag.count() == reported {
                    self.run_loops(part, run, body);
                }
            }
            return;
        }
        let Some(header) = self.header(&mut stream, run) else {
            return;
        };
        let range = header.range;
        if run.leaves.is_empty()
            && let Some(range) = range
            && let Some(ty) = self.ty(range.lo)
        {
            self.iterate(Head::Range(range, ty), &run.names, run.at, |lower, var| {
                lower.element_of(&stream, &header, var, run, body);
                None
            });
            return;
        }
        let Some(range) = range else {
            let go = self.truth(true);
            self.iterate(Head::While(go), &run.names, run.at, |lower, count| {
                run.end.iter().for_each(|end| lower.declare_flag(*end));
                lower.element_of(&stream, &header, count, run, body);
                Some(lower.again(&run.leaves, |lower| lower.truth(true)))
            });
            return;
        };
        let Some(ty) = self.ty(range.lo) else {
            return;
        };
        let go = self.compare_vals(if range.inclusive { CmpOp::Le } else { CmpOp::Lt }, range.lo, range.hi);
        let start = self.int_literal(range.lo);
        self.iterate(Head::While(go), &run.names, run.at, |lower, count| {
            run.end.iter().for_each(|end| lower.declare_flag(*end));
            let var = lower.nth(range, ty, count, start);
            lower.element_of(&stream, &header, var, run, body);
            Some(lower.again(&run.leaves, |lower| lower.has_next(range, var)))
        });
    }

    /// Hands the element of one iteration, if the stages let it pass, to `body`.
    fn element_of(&mut self, stream: &Stream, header: &Header, var: Val, run: &Run<'_>, body: Body<'_, 'd>) {
        let stages = &stream.stages;
        let (value, shown) = if header.direct {
            (Value::Scalar(var), Vec::new())
        } else {
            let (position, shown) = self.positions(stages, header.reversed_from, var);
            (self.source_element(&stream.source, position), shown)
        };
        self.climb(value, Step { stages, shown }, run, body);
    }

    /// The element at a position of a chain in which the elements do not depend on those before.
    pub(in super::super) fn value_at(&mut self, stream: &Stream, position: Val) -> Value {
        let (position, shown) = self.positions(&stream.stages, stream.stages.len(), position);
        let value = self.source_element(&stream.source, position);
        let mut found = Value::Poison;
        let at = TokenStream::new();
        let run = Run { names: Vec::new(), leaves: Vec::new(), end: None, at: &at };
        self.climb(value, Step { stages: &stream.stages, shown }, &run, &mut |_, value| found = value);
        found
    }

    /// Takes an element up the stages, and hands it to `body`.
    pub(super) fn climb(&mut self, mut value: Value, mut step: Step<'_>, run: &Run<'_>, body: Body<'_, 'd>) {
        while let Some((stage, rest)) = step.stages.split_first() {
            step.stages = rest;
            match stage {
                Stage::Map(f) => value = self.apply(f, vec![value]),
                Stage::Inspect(f) => {
                    let seen = Value::Ref(Box::new(value.clone()));
                    if let Value::Frag(frag) = self.apply(f, vec![seen]) {
                        self.drop_frag(frag, run.at.clone());
                    }
                }
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
                Stage::Join { other, first } => {
                    let Value::Tuple(parts) = value else { return };
                    let [Value::Scalar(position), element] = &parts[..] else { return };
                    let joined = self.value_at(other, *position);
                    let element = element.clone();
                    value = Value::Tuple(if *first { vec![joined, element] } else { vec![element, joined] });
                }
                Stage::Rev(_) | Stage::Skip(_) | Stage::Take | Stage::StepBy(_) | Stage::Cycle(_) => {}
                stage => return self.climb_on(stage, value, step, run, body),
            }
        }
        body(self, value);
    }
}

impl Stream {
    /// Whether it is run by two loops, one for each part of a `chain`.
    pub(super) fn is_split(&self) -> bool {
        matches!(self.source, Source::Chain(..))
            && !self.stages.iter().any(|stage| stage.is_positional() || matches!(stage, Stage::Join { .. }))
    }

    /// The two chains of a `chain`, each with the stages on top, in the order in which they are run.
    fn split(self) -> Vec<Stream> {
        let stages = self.stages;
        let backward = stages.iter().filter(|stage| matches!(stage, Stage::Rev(_))).count() % 2 == 1;
        let Source::Chain(a, b) = self.source else { return Vec::new() };
        let mut parts = [a, b].map(|part| {
            let mut part = *part;
            let length = part.length;
            part.stages.extend(stages.iter().cloned().map(|stage| match (stage, length) {
                (Stage::Rev(_), super::Length::Known(len)) => Stage::Rev(Some(len)),
                (Stage::Rev(_), _) => Stage::Rev(None),
                (stage, _) => stage,
            }));
            part
        });
        if backward {
            parts.reverse();
        }
        parts.into()
    }
}
