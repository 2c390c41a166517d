//! Branches and loops: regions with their carried values.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::expr::Want;
use super::infer::Class;
use super::value::Value;
use super::{Lower, Note, USIZE, assigned};
use crate::ir::{Block, Const, For, Op, Range, Val};

/// The regions of a branch under construction, and the values that they give.
struct Merge {
    then: Block,
    els: Block,
    out: Vec<Val>,
    at: TokenStream,
}

impl Lower<'_> {
    pub(super) fn if_expr(&mut self, branch: &syn::ExprIf, want: Want) -> Value {
        let cond = self.condition(&branch.cond);
        let mut names = assigned::in_block(&branch.then_branch);
        if let Some((_, els)) = &branch.else_branch {
            names.extend(assigned::in_expr(els));
        }
        let want = if branch.else_branch.is_none() { Want::Nothing } else { want };
        self.branch(
            cond,
            names,
            |lower| lower.block(&branch.then_branch, want),
            |lower| match &branch.else_branch {
                Some((_, els)) => lower.expr(els, want),
                None => Value::Unit,
            },
            branch,
        )
    }

    /// `if cond { then } else { els }`, where the branches assign the outer variables `names`.
    pub(super) fn branch(
        &mut self,
        cond: Val,
        names: Vec<String>,
        then: impl FnOnce(&mut Self) -> Value,
        els: impl FnOnce(&mut Self) -> Value,
        at: impl ToTokens,
    ) -> Value {
        let at = at.to_token_stream();
        let carried = self.carried(&names, &at);
        let before = self.values(&carried);
        let (then, then_value, after_then) = self.region(&carried, then, &at);
        self.restore(&carried, &before);
        let (els, els_value, after_els) = self.region(&carried, els, &at);
        let mut merge = Merge { then, els, out: Vec::new(), at };
        let then_never = matches!(then_value, Value::Never);
        let els_never = matches!(els_value, Value::Never);
        let result = self.merge(then_value, els_value, &mut merge);
        let mut after = Vec::new();
        for (a, b) in after_then.into_iter().zip(after_els) {
            let a = if then_never { Some(Value::Never) } else { a };
            let b = if els_never { Some(Value::Never) } else { b };
            after.push(match (a, b) {
                (Some(Value::Never), Some(Value::Never)) => None,
                (Some(a), Some(b)) => Some(self.merge(a, b, &mut merge)),
                // Given a value on one side only: rustc sees to it that it is not read.
                _ => None,
            });
        }
        self.restore(&carried, &after);
        for (index, value) in carried.iter().zip(&after) {
            if let (Some(name), Some(value)) = (self.env.bindings.get(*index).map(|b| b.name.clone()), value) {
                self.name(value, &name);
            }
        }
        let Merge { then, els, out, .. } = merge;
        self.b.push_stmt(Op::If { cond, then, els }, out);
        result
    }

    /// The outer variables that a region assigns, by position; memory is not carried.
    fn carried(&mut self, names: &[String], at: &TokenStream) -> Vec<usize> {
        let mut carried: Vec<usize> = Vec::new();
        for name in names {
            let Some(index) = self.env.position(name) else {
                continue;
            };
            match self.env.bindings.get(index).and_then(|b| b.value.as_ref()) {
                Some(Value::Place(_)) => {}
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

    fn values(&self, carried: &[usize]) -> Vec<Option<Value>> {
        carried.iter().map(|i| self.env.bindings.get(*i).and_then(|b| b.value.clone())).collect()
    }

    fn restore(&mut self, carried: &[usize], values: &[Option<Value>]) {
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
        at: &TokenStream,
    ) -> (Block, Value, Vec<Option<Value>>) {
        self.b.open_block(Vec::new());
        let value = body(self);
        let value = self.number(value, at);
        let after = self.values(carried);
        (self.b.close_block(Vec::new()), value, after)
    }

    /// A value that leaves a region: what may be a number is read inside.
    pub(super) fn number(&mut self, value: Value, at: &TokenStream) -> Value {
        match value {
            Value::Place(ref spot)
                if matches!(spot.form, super::value::Form::Scalar(_) | super::value::Form::Unknown(_)) =>
            {
                Value::Scalar(self.scalar(value, at))
            }
            Value::Frag(frag) => Value::Scalar(self.emit_frag(frag, at.clone(), false)),
            Value::Tuple(parts) => Value::Tuple(parts.into_iter().map(|part| self.number(part, at)).collect()),
            Value::Ref(inner) => match *inner {
                Value::Frag(frag) => Value::Ref(Box::new(Value::Scalar(self.emit_frag(frag, at.clone(), false)))),
                inner => Value::Ref(Box::new(inner)),
            },
            value => value,
        }
    }

    /// The value after a branch.
    fn merge(&mut self, a: Value, b: Value, merge: &mut Merge) -> Value {
        match (a, b) {
            (Value::Never, Value::Never) => Value::Never,
            (Value::Scalar(a), Value::Scalar(b)) if a == b => Value::Scalar(a),
            (Value::Scalar(a), Value::Scalar(b)) => {
                let at = merge.at.clone();
                self.agree_vals(&at, a, b);
                let Some(ty) = self.ty(a) else {
                    return Value::Poison;
                };
                let out = self.fresh(ty);
                self.notes.insert(out, Note::Scalar { at });
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
            (Value::Tuple(a), Value::Never) => {
                Value::Tuple(a.into_iter().map(|a| self.merge(a, Value::Never, merge)).collect())
            }
            (Value::Never, Value::Tuple(b)) => {
                Value::Tuple(b.into_iter().map(|b| self.merge(Value::Never, b, merge)).collect())
            }
            (Value::Ref(a), Value::Ref(b)) => Value::Ref(Box::new(self.merge(*a, *b, merge))),
            (Value::Unit, Value::Unit) | (Value::Unit, Value::Never) | (Value::Never, Value::Unit) => Value::Unit,
            // A statement: the value of one side, if it has one, is not used.
            (Value::Unit, _) | (_, Value::Unit) => Value::Unit,
            (Value::Poison, _) | (_, Value::Poison) => Value::Poison,
            (Value::Place(a), Value::Place(b)) if a.place == b.place => Value::Place(a),
            _ => {
                let at = merge.at.clone();
                self.unsupported(
                    at,
                    "choosing between arrays",
                    "keep the index in a variable, or assign the elements in the branches",
                )
            }
        }
    }

    fn dummy_in(&mut self, stmts: &mut Vec<crate::ir::Stmt>) -> Val {
        self.b.open_block(Vec::new());
        let val = self.dummy();
        stmts.extend(self.b.close_block(Vec::new()).stmts);
        val
    }

    // ---- loops ----------------------------------------------------------------------------------------------------

    pub(super) fn for_loop(&mut self, loop_: &syn::ExprForLoop) -> Value {
        if let Some(label) = &loop_.label {
            return self.unsupported(label, "loop labels", "leave it out");
        }
        let Some(stream) = self.stream(&loop_.expr) else {
            return self.unsupported(
                &loop_.expr,
                "loops over this iterator",
                "write `for i in 0..x.len() { let v = x[i]; .. }`, or iterate over ranges, arrays, slices and vectors",
            );
        };
        let names = assigned::in_expr(&syn::Expr::ForLoop(loop_.clone()));
        self.each(stream, names, &loop_.expr.to_token_stream(), &mut |lower, element| {
            let depth = lower.env.bindings.len();
            lower.bind(&loop_.pat, element, None);
            lower.block(&loop_.body, Want::Nothing);
            lower.env.bindings.truncate(depth);
        });
        Value::Unit
    }

    /// A loop over a range, where `body` gets the loop variable and assigns the outer variables `names`.
    pub(super) fn loop_over(
        &mut self,
        range: Range,
        names: &[String],
        at: &TokenStream,
        body: impl FnOnce(&mut Self, Val),
    ) {
        let carried = self.carried(names, at);
        let before = self.values(&carried);
        let mut inits = Vec::new();
        let mut params = Vec::new();
        let Some(ty) = self.ty(range.lo) else {
            return;
        };
        let var = self.fresh(ty);
        for (index, value) in carried.iter().zip(&before) {
            let name = self.env.bindings.get(*index).map(|b| b.name.clone()).unwrap_or_default();
            if let Some(value) = value {
                let inner = self.carry(value, &name, &mut inits, &mut params);
                self.restore(&[*index], &[Some(inner)]);
            }
        }

        let mut all = vec![var];
        all.extend(&params);
        self.b.open_block(all);
        let depth = self.env.bindings.len();
        body(self, var);
        self.env.bindings.truncate(depth);

        let mut yields = Vec::new();
        for value in self.values(&carried).into_iter().zip(&before) {
            if let (Some(after), Some(before)) = value {
                flatten(&after, before, &mut yields);
            }
        }
        // A refused assignment leaves no value of the right make.
        if yields.len() != params.len() {
            yields = params.clone();
        }
        for (param, next) in params.iter().zip(&yields) {
            self.agree_vals(at, *param, *next);
        }
        let body = self.b.close_block(yields);
        let mut out = Vec::new();
        let after: Vec<Option<Value>> = before
            .iter()
            .zip(&carried)
            .map(|(value, index)| {
                let name = self.env.bindings.get(*index).map(|b| b.name.clone()).unwrap_or_default();
                value.as_ref().map(|value| self.carry(value, &name, &mut Vec::new(), &mut out))
            })
            .collect();
        self.restore(&carried, &after);
        for val in params.iter().chain(&out).chain([&var]) {
            self.notes.insert(*val, Note::Scalar { at: at.clone() });
        }
        self.b.push_stmt(Op::For(Box::new(For { range: Some(range), inits, body })), out);
    }

    /// A value of the make and types of `value`, of new scalars.
    fn carry(&mut self, value: &Value, name: &str, olds: &mut Vec<Val>, news: &mut Vec<Val>) -> Value {
        match value {
            Value::Scalar(old) => {
                let ty = match self.ty(*old) {
                    Some(ty) => ty,
                    None => self.fresh_ty(Class::Error),
                };
                let new = self.fresh(ty);
                if super::is_written(name) {
                    self.b.set_name(new, name);
                }
                olds.push(*old);
                news.push(new);
                Value::Scalar(new)
            }
            Value::Tuple(parts) => Value::Tuple(parts.iter().map(|part| self.carry(part, name, olds, news)).collect()),
            Value::Ref(inner) => Value::Ref(Box::new(self.carry(inner, name, olds, news))),
            value => value.clone(),
        }
    }

    /// A loop of our own over `0..n`.
    pub(super) fn counted(&mut self, n: Val, body: impl FnOnce(&mut Self, Val)) {
        let ty = self.fresh_ty(USIZE);
        let lo = self.emit(Op::Const(Const::Int(0)), ty);
        let var = self.fresh(ty);
        self.b.open_block(vec![var]);
        body(self, var);
        let body = self.b.close_block(Vec::new());
        self.b.effect(Op::For(Box::new(For {
            range: Some(Range { lo, hi: n, inclusive: false, rev: false }),
            inits: Vec::new(),
            body,
        })));
    }
}

/// The scalars of `after`, as far as it is made like `before`.
fn flatten(after: &Value, before: &Value, out: &mut Vec<Val>) {
    match (after, before) {
        (Value::Scalar(val), Value::Scalar(_)) => out.push(*val),
        (Value::Tuple(after), Value::Tuple(before)) => {
            for (after, before) in after.iter().zip(before) {
                flatten(after, before, out);
            }
        }
        (Value::Ref(after), Value::Ref(before)) => flatten(after, before, out),
        _ => {}
    }
}
