//! Branches and loops: regions with their carried values.

use quote::ToTokens;

use super::expr::Want;
use super::extent::Extent;
use super::value::{Form, Seq, Spot, Value};
use super::{Lower, Note, exit, grown, optional};
use crate::ir::{Block, Op, Val};

/// The regions of a branch under construction, and the values that they give.
pub(super) struct Merge<'a> {
    cond: Val,
    pub(super) then: Block,
    pub(super) els: Block,
    out: Vec<Val>,
    /// The code that is branched in, which is printed only where there is something to say.
    pub(super) at: &'a dyn ToTokens,
    extent: Extent,
}

/// How control leaves one side of a branch.
#[derive(Copy, Clone)]
enum End {
    /// At its end.
    Falls,
    /// By a jump: what it assigned is read where the jump goes.
    Jumps,
    /// Not at all.
    Never,
}

impl End {
    fn of(value: &Value) -> End {
        match value {
            Value::Never => End::Never,
            Value::Exit => End::Jumps,
            _ => End::Falls,
        }
    }

    /// The value of a variable on this side, for the merge with the other one.
    fn of_variable(self, value: Option<Value>, name: &str) -> Option<Value> {
        match self {
            End::Never => Some(Value::Never),
            _ if exit::is_flag(name) => value,
            // Not yet given a value, which is not read where the jump goes; or taken along on the other side only.
            End::Jumps => value.or(Some(Value::Never)),
            End::Falls if exit::is_value(name).is_some() => value.or(Some(Value::Never)),
            End::Falls => value,
        }
    }
}

impl Lower<'_> {
    pub(super) fn if_expr(&mut self, branch: &syn::ExprIf, want: Want) -> Value {
        if let Some(value) = self.if_chain(branch, want) {
            return value;
        }
        let position = std::mem::take(&mut self.position);
        let test = self.test(&branch.cond);
        let mut names = self.changed_by_stmts(&branch.then_branch.stmts);
        names.retain(|name| !test.binds(name));
        if let Some((_, els)) = &branch.else_branch {
            names.extend(self.changed_by_expr(els));
        }
        let want = if branch.else_branch.is_none() { Want::Nothing } else { want };
        self.branch_at(
            test.cond,
            &names,
            usize::MAX,
            |lower| {
                let depth = lower.env.bindings.len();
                lower.bind_test(&test);
                lower.position = position;
                let value = lower.block(&branch.then_branch, want);
                lower.env.bindings.truncate(depth);
                value
            },
            |lower| match &branch.else_branch {
                Some((_, els)) => {
                    lower.position = position;
                    lower.expr(els, want)
                }
                None => Value::Unit,
            },
            (branch, Extent::of_if(branch)),
        )
    }

    /// `if cond { then } else { els }`, where the branches assign the outer variables `names`, of which the first `below`
    /// are read afterwards.
    pub(super) fn branch(
        &mut self,
        cond: Val,
        names: &[String],
        below: usize,
        then: impl FnOnce(&mut Self) -> Value,
        els: impl FnOnce(&mut Self) -> Value,
        at: impl ToTokens,
    ) -> Value {
        let extent = Extent::of_tokens(&at);
        self.branch_at(cond, names, below, then, els, (&at, extent))
    }

    /// As [`Lower::branch`], at code whose extent is known.
    pub(super) fn branch_at(
        &mut self,
        cond: Val,
        names: &[String],
        below: usize,
        then: impl FnOnce(&mut Self) -> Value,
        els: impl FnOnce(&mut Self) -> Value,
        (at, extent): (&dyn ToTokens, Extent),
    ) -> Value {
        let carried = self.carried(names, at);
        let before = self.values(&carried);
        let (then, then_value, after_then) = self.region(&carried, then, at);
        self.restore(&carried, &before);
        let (els, els_value, after_els) = self.region(&carried, els, at);
        let mut merge = Merge { cond, then, els, out: Vec::new(), at, extent };
        let sides = [End::of(&then_value), End::of(&els_value)];
        let result = self.merge(then_value, els_value, &mut merge);
        let mut after = Vec::new();
        for (index, (a, b)) in carried.iter().zip(after_then.into_iter().zip(after_els)) {
            let name = self.env.bindings.get(*index).map(|b| b.name.clone()).unwrap_or_default();
            let value = match (sides[0].of_variable(a, &name), sides[1].of_variable(b, &name)) {
                _ if *index >= below => None,
                (a, b) if exit::is_flag(&name) => match self.merged_flag(cond, side(&a), side(&b)) {
                    Ok(known) => known.map(Value::Scalar),
                    // Without a value it is false, as the value is that never comes to be read.
                    Err(()) => Some(self.merge(a.unwrap_or(Value::Never), b.unwrap_or(Value::Never), &mut merge)),
                },
                (Some(Value::Never), Some(Value::Never)) => None,
                (Some(a), Some(b)) => Some(self.merge(a, b, &mut merge)),
                // Given a value on one side only: rustc sees to it that it is not read.
                _ => None,
            };
            if let Some(value) = value.as_ref().filter(|_| !exit::is_flag(&name)) {
                self.name(value, exit::hint(&name));
            }
            after.push(value);
        }
        self.restore(&carried, &after);
        let Merge { then, els, out, .. } = merge;
        self.b.push_stmt(Op::If { cond, then, els }, out);
        result
    }

    /// The outer variables that a region assigns, by position; memory is not carried.
    pub(super) fn carried(&mut self, names: &[String], at: &dyn ToTokens) -> Vec<usize> {
        let mut carried: Vec<usize> = Vec::new();
        for name in names {
            let Some(index) = self.env.position(name) else {
                continue;
            };
            let rebound = self.env.bindings.get(index).is_some_and(|b| b.mutable);
            match self.env.bindings.get(index).and_then(|b| b.value.as_ref()) {
                Some(Value::Place(_)) => {}
                // What is assigned is behind the reference: `*y = ..`, `self.bias = ..`.
                Some(value) if value.is_place() && !rebound => {}
                Some(value) if value.is_place() => {
                    self.diag.unsupported(
                        at,
                        format_args!("changing which array `{name}` refers to in a loop or branch"),
                        "keep the index in a variable, and write `x[k]`",
                    );
                }
                _ if carried.contains(&index) => {}
                _ => carried.push(index),
            }
        }
        carried
    }

    pub(super) fn values(&self, carried: &[usize]) -> Vec<Option<Value>> {
        carried.iter().map(|i| self.env.bindings.get(*i).and_then(|b| b.value.clone())).collect()
    }

    pub(super) fn restore(&mut self, carried: &[usize], values: &[Option<Value>]) {
        for (index, value) in carried.iter().zip(values) {
            if let Some(binding) = self.env.bindings.get_mut(*index) {
                binding.value = value.clone();
            }
        }
    }

    /// Lowers one branch: its region, its value, and the carried variables at its end.
    fn region(
        &mut self,
        carried: &[usize],
        body: impl FnOnce(&mut Self) -> Value,
        at: &dyn ToTokens,
    ) -> (Block, Value, Vec<Option<Value>>) {
        self.b.open_block(Vec::new());
        let value = body(self);
        let value = self.number(value, at);
        let after = self.values(carried);
        (self.b.close_block(Vec::new()), value, after)
    }

    /// A value that leaves a region: what may be a number is read inside.
    pub(super) fn number(&mut self, value: Value, at: &dyn ToTokens) -> Value {
        match value {
            Value::Place(spot) if self.is_struct(&spot) => Value::Place(spot),
            Value::Place(spot) if self.chooses_memory && matches!(spot.form, super::value::Form::Unknown(_)) => {
                Value::Place(spot)
            }
            Value::Place(ref spot)
                if matches!(spot.form, super::value::Form::Scalar(_) | super::value::Form::Unknown(_))
                    && !self.is_result(spot) =>
            {
                Value::Scalar(self.scalar(value, at))
            }
            // It may be the side of an `Option` that is modelled.
            Value::Frag(frag) if optional::is_none(&frag) => Value::Frag(frag),
            // As this may be of a vector that is modelled.
            Value::Frag(frag) if grown::is_empty_of_composites(&frag.expr) => Value::Frag(frag),
            Value::Frag(frag) => Value::Scalar(self.emit_frag(frag, at.to_token_stream(), false)),
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().map(|part| self.number(part, at)).collect()),
            Value::Struct(maker, parts) => {
                Value::Struct(maker, parts.into_iter().map(|part| self.number(part, at)).collect())
            }
            Value::Ref(inner) => match *inner {
                Value::Frag(frag) => {
                    Value::Ref(Box::new(Value::Scalar(self.emit_frag(frag, at.to_token_stream(), false))))
                }
                inner => Value::Ref(Box::new(inner)),
            },
            value => value,
        }
    }

    /// The value after a branch.
    pub(super) fn merge(&mut self, a: Value, b: Value, merge: &mut Merge) -> Value {
        match (a, b) {
            (Value::Never, Value::Never) => Value::Never,
            (Value::Exit, Value::Never | Value::Exit) | (Value::Never, Value::Exit) => Value::Exit,
            // What the other side gives is used where it is come to.
            (a, Value::Exit) => self.merge(a, Value::Never, merge),
            (Value::Exit, b) => self.merge(Value::Never, b, merge),
            (Value::Scalar(a), Value::Scalar(b)) if a == b => Value::Scalar(a),
            (Value::Scalar(a), Value::Scalar(b)) => {
                self.agree_vals(merge.at, a, b);
                let Some(ty) = self.ty(a) else {
                    return Value::Poison;
                };
                let out = self.fresh(ty);
                self.notes.insert(out, Note::Scalar { at: merge.extent });
                if self.is_inert(a) && self.is_inert(b) && self.inert.contains(&a) && self.inert.contains(&b) {
                    // The condition chooses, and derivatives do not flow through it.
                    self.inert.insert(out);
                }
                merge.then.yields.push(a);
                merge.els.yields.push(b);
                merge.out.push(out);
                Value::Scalar(out)
            }
            (Value::Scalar(a), Value::Never) => {
                let dummy = self.dummy_in(&mut merge.els.stmts);
                self.merge(Value::Scalar(a), Value::Scalar(dummy), merge)
            }
            (Value::Never, Value::Scalar(b)) => {
                let dummy = self.dummy_in(&mut merge.then.stmts);
                self.merge(Value::Scalar(dummy), Value::Scalar(b), merge)
            }
            (Value::Tuple(a), Value::Tuple(b)) if a.len() == b.len() => {
                Value::Tuple(a.into_iter().zip(b).map(|(a, b)| self.merge(a, b, merge)).collect())
            }
            (Value::Struct(maker, a), Value::Struct(other, b)) if maker == other => {
                let parts = a.into_iter().zip(b).map(|(a, b)| self.merge(a, b, merge)).collect();
                Value::Struct(maker, parts)
            }
            (Value::Struct(maker, a), Value::Never) => {
                let parts = a.into_iter().map(|a| self.merge(a, Value::Never, merge)).collect();
                Value::Struct(maker, parts)
            }
            (Value::Never, Value::Struct(maker, b)) => {
                let parts = b.into_iter().map(|b| self.merge(Value::Never, b, merge)).collect();
                Value::Struct(maker, parts)
            }
            (Value::Tuple(a), Value::Never) => {
                Value::Tuple(a.into_iter().map(|a| self.merge(a, Value::Never, merge)).collect())
            }
            (Value::Never, Value::Tuple(b)) => {
                Value::Tuple(b.into_iter().map(|b| self.merge(Value::Never, b, merge)).collect())
            }
            (Value::Ref(a), Value::Ref(b)) if is_memory(&a) && is_memory(&b) => {
                let spots = [a, b].map(|value| self.spot_of(*value));
                Value::Ref(Box::new(self.chosen(spots, true, merge)))
            }
            (Value::Ref(a), Value::Never) if is_memory(&a) => {
                let spot = self.spot_of(*a);
                Value::Ref(Box::new(self.chosen([spot, None], true, merge)))
            }
            (Value::Never, Value::Ref(b)) if is_memory(&b) => {
                let spot = self.spot_of(*b);
                Value::Ref(Box::new(self.chosen([None, spot], true, merge)))
            }
            (
                a @ (Value::Optional(..) | Value::Frag(_) | Value::Never),
                b @ (Value::Optional(..) | Value::Frag(_) | Value::Never),
            ) if self.one_is_optional(&a, &b) => self.merge_options(a, b, merge),
            // The other is passed through.
            (Value::Optional(present, value), b) => {
                let a = self.embed_option(present, *value);
                self.merge(Value::Frag(a), b, merge)
            }
            (a, Value::Optional(present, value)) => {
                let b = self.embed_option(present, *value);
                self.merge(a, Value::Frag(b), merge)
            }
            (Value::Stream(a), Value::Stream(b)) if a.id == b.id && a.id != 0 => {
                let fronts = a.front.zip(b.front).map(|(a, b)| self.merge(Value::Scalar(a), Value::Scalar(b), merge));
                let front = match fronts {
                    Some(Value::Scalar(front)) => Some(front),
                    _ => None,
                };
                let mut stream = a;
                stream.front = front;
                Value::Stream(stream)
            }
            (Value::Ref(a), Value::Ref(b)) => Value::Ref(Box::new(self.merge(*a, *b, merge))),
            (Value::Ref(a), Value::Never) => Value::Ref(Box::new(self.merge(*a, Value::Never, merge))),
            (Value::Never, Value::Ref(b)) => Value::Ref(Box::new(self.merge(Value::Never, *b, merge))),
            (Value::Unit, Value::Unit) | (Value::Unit, Value::Never) | (Value::Never, Value::Unit) => Value::Unit,
            // A statement: the value of one side, if it has one, is not used.
            (Value::Unit, _) | (_, Value::Unit) => Value::Unit,
            (Value::Poison, _) | (_, Value::Poison) => Value::Poison,
            (Value::Place(a), Value::Place(b)) => self.chosen([Some(a), Some(b)], false, merge),
            (Value::Place(spot), like @ Value::Struct(..)) => {
                self.b.open_block(Vec::new());
                let apart = self.apart_like(&spot, &like, merge);
                merge.then.stmts.extend(self.b.close_block(Vec::new()).stmts);
                self.merge_apart(apart, like, merge, false)
            }
            (like @ Value::Struct(..), Value::Place(spot)) => {
                self.b.open_block(Vec::new());
                let apart = self.apart_like(&spot, &like, merge);
                merge.els.stmts.extend(self.b.close_block(Vec::new()).stmts);
                self.merge_apart(apart, like, merge, true)
            }
            (Value::Place(a), Value::Never) => self.chosen([Some(a), None], false, merge),
            (Value::Never, Value::Place(b)) => self.chosen([None, Some(b)], false, merge),
            (Value::Frag(a), Value::Place(b)) if grown::is_empty_of_composites(&a.expr) => {
                self.b.open_block(Vec::new());
                let empty = self.empty_like(&b);
                merge.then.stmts.extend(self.b.close_block(Vec::new()).stmts);
                self.merge_apart(empty, Value::Place(b), merge, false)
            }
            (Value::Place(a), Value::Frag(b)) if grown::is_empty_of_composites(&b.expr) => {
                self.b.open_block(Vec::new());
                let empty = self.empty_like(&a);
                merge.els.stmts.extend(self.b.close_block(Vec::new()).stmts);
                self.merge_apart(empty, Value::Place(a), merge, true)
            }
            // A constant on one side at least: it is evaluated there.
            (Value::Frag(a), b) => {
                let a = self.frag_in(&mut merge.then.stmts, a, merge.at);
                self.merge(Value::Scalar(a), b, merge)
            }
            (a, Value::Frag(b)) => {
                let b = self.frag_in(&mut merge.els.stmts, b, merge.at);
                self.merge(a, Value::Scalar(b), merge)
            }
            _ => self.not_chosen(merge),
        }
    }

    fn merge_apart(&mut self, apart: Option<Value>, other: Value, merge: &mut Merge, swapped: bool) -> Value {
        match (apart, swapped) {
            (Some(apart), false) => self.merge(apart, other, merge),
            (Some(apart), true) => self.merge(other, apart, merge),
            (None, _) => self.not_chosen(merge),
        }
    }

    /// Memory, or a part of it that is a place.
    fn spot_of(&mut self, value: Value) -> Option<Spot> {
        match value {
            Value::Place(spot) => Some(spot),
            Value::View(view) => {
                let form = match &view.seq.form {
                    Form::Seq(elem, _) => Form::Seq(elem.clone(), Seq::Slice),
                    form => form.clone(),
                };
                Some(Spot { place: self.place_of_view(*view), form })
            }
            _ => None,
        }
    }

    /// Whether two values are `Option`s that are modelled.
    fn one_is_optional(&mut self, a: &Value, b: &Value) -> bool {
        let fits = |value: &Value| match value {
            Value::Frag(frag) => optional::is_none(frag),
            _ => true,
        };
        fits(a) && fits(b) && [a, b].iter().any(|value| matches!(value, Value::Optional(..)))
    }

    /// What may be missing on either side.
    fn merge_options(&mut self, a: Value, b: Value, merge: &mut Merge) -> Value {
        let side = |value: Value| match value {
            Value::Optional(present, value) => (exit::Side::Falls(Some(present)), *value),
            Value::Never => (exit::Side::Never, Value::Never),
            // `None`
            _ => (exit::Side::Falls(None), Value::Never),
        };
        let ((there, a), (here, b)) = (side(a), side(b));
        let present = match self.merged_flag(merge.cond, there, here) {
            Ok(Some(present)) => present,
            Ok(None) => self.truth(false),
            Err(()) => {
                let [there, here] = [there, here].map(|side| match side {
                    exit::Side::Falls(Some(present)) => Value::Scalar(present),
                    _ => Value::Never,
                });
                match self.merge(there, here, merge) {
                    Value::Scalar(present) => present,
                    _ => return Value::Poison,
                }
            }
        };
        match self.merge(a, b, merge) {
            Value::Poison => Value::Poison,
            value => Value::Optional(present, Box::new(value)),
        }
    }

    fn frag_in(&mut self, stmts: &mut Vec<crate::ir::Stmt>, frag: super::value::Frag, at: &dyn ToTokens) -> Val {
        self.b.open_block(Vec::new());
        let val = self.emit_frag(frag, at.to_token_stream(), false);
        stmts.extend(self.b.close_block(Vec::new()).stmts);
        val
    }

    fn dummy_in(&mut self, stmts: &mut Vec<crate::ir::Stmt>) -> Val {
        self.b.open_block(Vec::new());
        let val = self.dummy();
        stmts.extend(self.b.close_block(Vec::new()).stmts);
        val
    }
}

fn is_memory(value: &Value) -> bool {
    matches!(value, Value::Place(_) | Value::View(_))
}

/// A flag at the end of one side of a branch.
fn side(value: &Option<Value>) -> exit::Side {
    match value {
        Some(Value::Scalar(flag)) => exit::Side::Falls(Some(*flag)),
        Some(_) => exit::Side::Never,
        None => exit::Side::Falls(None),
    }
}
