//! Stages behind which the elements depend on those before: what follows is in a branch or a loop of its own, or the loop
//! is left.

use super::super::exit::{Exit, Gone};
use super::super::value::Value;
use super::super::{BOOL, Lower};
use super::drive::{Body, Run, Step};
use super::{By, Stage, State, Stream};
use crate::ir::{CmpOp, IntOp, Op, Val};

impl<'d> Lower<'d> {
    /// Takes an element past such a stage, and up the others.
    pub(super) fn climb_on(&mut self, stage: &Stage, value: Value, step: Step<'_>, run: &Run<'_>, body: Body<'_, 'd>) {
        match stage {
            Stage::Filter(f) => {
                let seen = Value::Ref(Box::new(value.clone()));
                let keep = self.apply(f, vec![seen]);
                let keep = self.truth_of_stage(keep, run);
                self.when(keep, value, step, run, body, |_| {});
            }
            Stage::FilterMap(f) => {
                let found = self.apply_for_option(f, vec![value]);
                self.when_some(found, step, run, body, |_| {});
            }
            Stage::TakeWhile(f) => {
                let seen = Value::Ref(Box::new(value.clone()));
                let keep = self.apply(f, vec![seen]);
                let keep = self.truth_of_stage(keep, run);
                self.when(keep, value, step, run, body, |lower| lower.end(run));
            }
            Stage::MapWhile(f) => {
                let found = self.apply_for_option(f, vec![value]);
                self.when_some(found, step, run, body, |lower| lower.end(run));
            }
            Stage::Scan(f, state) => {
                let before = self.state(state);
                let (found, after) = self.modelled(|lower| lower.apply_to_state(f, before, value));
                self.set_state(state, after);
                let found = self.certain_option(found, f.syntax());
                self.when_some(found, step, run, body, |lower| lower.end(run));
            }
            Stage::SkipWhile(f, state) => {
                let Value::Scalar(skipping) = self.state(state) else { return };
                let seen = Value::Ref(Box::new(value.clone()));
                let names = f.assigned();
                let still = self.branch(
                    skipping,
                    &names,
                    usize::MAX,
                    |lower| {
                        let skip = lower.apply(f, vec![seen]);
                        Value::Scalar(lower.truth_of_stage(skip, run))
                    },
                    |lower| Value::Scalar(lower.truth(false)),
                    run.at,
                );
                let Value::Scalar(still) = still else { return };
                self.set_state(state, Value::Scalar(still));
                let keep = self.not(still);
                self.when(keep, value, step, run, body, |_| {});
            }
            Stage::Count(state) => {
                let Value::Scalar(count) = self.state(state) else { return };
                self.set_count_after(state, count);
                self.climb(Value::Tuple(vec![Value::Scalar(count), value]), step, run, body);
            }
            Stage::SkipFirst(n, state) => {
                let Value::Scalar(count) = self.state(state) else { return };
                let keep = self.compare_vals(CmpOp::Le, *n, count);
                self.set_count_after(state, count);
                self.when(keep, value, step, run, body, |_| {});
            }
            Stage::TakeFirst(n, state) => {
                let Value::Scalar(count) = self.state(state) else { return };
                let keep = self.compare_vals(CmpOp::Lt, count, *n);
                let after = self.set_count_after(state, count);
                self.when(keep, value, step, run, body, |_| {});
                // The last one ends the loop: nothing behind it is asked for. Only now: while it is dealt with, the flag
                // says that the body was left.
                self.end_after(*n, after, run);
            }
            Stage::EveryNth(n, state) => {
                let Value::Scalar(count) = self.state(state) else { return };
                let rest = self.count_op(IntOp::Rem, count, *n);
                let keep = self.is_zero(rest);
                self.set_count_after(state, count);
                self.when(keep, value, step, run, body, |_| {});
            }
            Stage::Flat(f) => self.climb_each(f.as_ref(), value, step, run, body),
            // The others do not come here.
            _ => {}
        }
    }

    /// The stages that follow, for each element of an element.
    fn climb_each(
        &mut self,
        f: Option<&super::Callable>,
        value: Value,
        step: Step<'_>,
        run: &Run<'_>,
        body: Body<'_, 'd>,
    ) {
        let parts = match f {
            Some(f) => self.apply(f, vec![value]),
            None => value,
        };
        let Some(inner) = self.stream_of(parts, By::Value) else {
            self.unsupported(
                run.at,
                "flattening what is no array, slice, vector or known iterator",
                "write a `for` loop inside of a `for` loop",
            );
            return;
        };
        let within = Run { names: run.names.clone(), leaves: run.leaves.clone(), end: None, at: run.at };
        self.each_within(inner, within, &mut |lower, value| lower.climb(value, step.clone(), run, body));
    }

    /// The stages that follow, if `keep`.
    fn when(
        &mut self,
        keep: Val,
        value: Value,
        step: Step<'_>,
        run: &Run<'_>,
        body: Body<'_, 'd>,
        otherwise: impl FnOnce(&mut Self),
    ) {
        self.branch(
            keep,
            &run.names,
            usize::MAX,
            |lower| {
                lower.climb(value, step, run, body);
                Value::Unit
            },
            |lower| {
                otherwise(lower);
                Value::Unit
            },
            run.at,
        );
    }

    /// The stages that follow, if there is a value.
    fn when_some(
        &mut self,
        found: super::super::optional::Optional,
        step: Step<'_>,
        run: &Run<'_>,
        body: Body<'_, 'd>,
        otherwise: impl FnOnce(&mut Self),
    ) {
        self.either(
            found,
            &run.names,
            |lower, value| {
                lower.climb(value, step, run, body);
                Value::Unit
            },
            |lower| {
                otherwise(lower);
                Value::Unit
            },
            run.at,
        );
    }

    /// Ends the chain.
    fn end(&mut self, run: &Run<'_>) {
        if let Some(end) = run.end {
            let set = self.truth(true);
            self.set_flag(end, set);
        }
    }

    /// Ends the chain if `count` elements of `n` were dealt with, or if the body has ended it.
    fn end_after(&mut self, n: Val, count: Val, run: &Run<'_>) {
        let Some(end) = run.end else { return };
        let full = self.compare_vals(CmpOp::Le, n, count);
        match self.gone(&[end]) {
            Gone::Always => {}
            Gone::Never => self.set_flag(end, full),
            Gone::If(left) => {
                let ty = self.fresh_ty(BOOL);
                let either = self.emit(Op::Int { op: IntOp::BitOr, args: vec![left, full] }, ty);
                self.set_flag(end, either);
            }
        }
    }

    fn set_flag(&mut self, flag: Exit, value: Val) {
        self.assign_hidden(&flag.flag(), Some(Value::Scalar(value)));
    }

    fn truth_of_stage(&mut self, value: Value, run: &Run<'_>) -> Val {
        let val = self.scalar(value, run.at);
        self.narrow_val(run.at, val, BOOL);
        val
    }

    // ---- states ---------------------------------------------------------------------------------------------------

    fn state(&self, state: &State) -> Value {
        self.env.get(&state.name).and_then(|binding| binding.value.clone()).unwrap_or(Value::Poison)
    }

    fn set_state(&mut self, state: &State, value: Value) {
        self.assign_hidden(&state.name, Some(value));
    }

    fn set_count_after(&mut self, state: &State, count: Val) -> Val {
        let one = self.count(1);
        let after = self.count_op(IntOp::Add, count, one);
        self.set_state(state, Value::Scalar(after));
        after
    }

    /// A chain that was bound to a variable, as one that can be run: without what was taken from it.
    pub(super) fn rest_of(&mut self, stream: Stream) -> Stream {
        let Some(front) = stream.front else { return stream };
        let mut rest = Stream { front: None, ..stream };
        if self.is_zero_literal(front) {
            return rest;
        }
        if let Some(len) = self.length(&mut rest) {
            rest.length = super::Length::Known(self.minus(len, front));
        }
        rest.stages.push(Stage::Skip(front));
        rest
    }

    fn is_zero_literal(&mut self, val: Val) -> bool {
        self.int_literal(val) == Some(0)
    }
}
