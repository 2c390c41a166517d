//! Loops: their carried values, and the flags of the jumps that end them early.
//!
//! A `while` evaluates its condition before the loop and at the end of every iteration, so that it is carried as a truth
//! value; a `for` that may be left early is a `while` over the same numbers, so that nothing of the iterations after the
//! last one is run. Loops that run to their end stay what they are.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::exit::{self, Exit, Gone, Position, value_of};
use super::expr::Want;
use super::extent::Extent;
use super::infer::{Class, TyVar};
use super::iter::Run;
use super::operator::is_safe;
use super::value::Value;
use super::{BOOL, Lower, Note, USIZE};
use crate::ir::{CmpOp, Const, For, Int, IntOp, Op, Range, Ty, Val};

/// How a loop goes on.
pub(super) enum Head {
    /// Over a range, whose type is that of the loop variable.
    Range(Range, TyVar),
    /// As long as a truth value, which begins as this, is true.
    While(Val),
}

impl Lower<'_> {
    /// A loop that may change `names`. `body` gets the loop variable, or the number of the iteration, and gives for a
    /// `while` whether to go on.
    pub(super) fn iterate(
        &mut self,
        head: Head,
        names: &[String],
        at: &TokenStream,
        body: impl FnOnce(&mut Self, Val) -> Option<Val>,
    ) {
        let carried = self.carried(names, at);
        self.start_values(&carried);
        let before = self.values(&carried);
        let (range, var_ty) = match &head {
            Head::Range(range, ty) => (Some(*range), *ty),
            Head::While(_) => (None, self.fresh_ty(USIZE)),
        };
        let var = self.fresh(var_ty);
        if let Some(range) = range.filter(|range| !range.inclusive) {
            self.below.insert(var, range.hi);
        }
        let (mut inits, mut params) = (Vec::new(), Vec::new());
        if let Head::While(go) = head {
            inits.push(go);
            let ty = self.fresh_ty(BOOL);
            params.push(self.fresh(ty));
        }
        for (index, value) in carried.iter().zip(&before) {
            let name = self.variable_name(*index);
            if let Some(value) = value {
                let inner = self.carry(value, &name, &mut inits, &mut params);
                self.restore(&[*index], &[Some(inner)]);
            }
        }

        let mut all = vec![var];
        all.extend(&params);
        self.b.open_block(all);
        let depth = self.env.bindings.len();
        self.clear_flags(&carried);
        let again = body(self, var);
        self.env.bindings.truncate(depth);

        self.start_values(&carried);
        let mut yields: Vec<Val> = again.into_iter().collect();
        let after: Vec<_> =
            self.values(&carried).into_iter().map(|value| value.map(|value| self.number(value, at))).collect();
        for value in after.into_iter().zip(&before) {
            if let (Some(after), Some(before)) = &value
                && !refers_to_the_same(after, before)
            {
                self.unsupported(
                    at,
                    "changing which array a part of a variable refers to in a loop",
                    "keep the index in the variable, and write `x[k]`",
                );
            }
            if let (Some(after), Some(before)) = value {
                flatten(&after, before, &mut yields);
            }
        }
        if yields.len() != params.len() {
            if self.diag.is_clean() {
                self.unsupported(
                    at,
                    "a variable whose value is made of other parts after an iteration than before the loop",
                    "give it a value of the same parts where it is declared, or write its type: `let mut best: Option<f64> = None;`",
                );
            }
            yields = params.clone();
        }
        for (param, next) in params.iter().zip(&yields) {
            self.agree_vals(at, *param, *next);
        }
        let body = self.b.close_block(yields);
        let mut out = Vec::new();
        if range.is_none() {
            let ty = self.fresh_ty(BOOL);
            out.push(self.fresh(ty));
        }
        let after: Vec<Option<Value>> = before
            .iter()
            .zip(&carried)
            .map(|(value, index)| {
                let name = self.variable_name(*index);
                value.as_ref().map(|value| self.carry(value, &name, &mut Vec::new(), &mut out))
            })
            .collect();
        self.restore(&carried, &after);
        let extent = Extent::of_tokens(at);
        for val in params.iter().chain(&out).chain([&var]) {
            self.notes.insert(*val, Note::Scalar { at: extent });
        }
        self.b.push_stmt(Op::For(Box::new(For { range, inits, body })), out);
    }

    fn variable_name(&self, index: usize) -> String {
        self.env.bindings.get(index).map(|b| b.name.clone()).unwrap_or_default()
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
                self.b.set_name(new, exit::hint(name));
                olds.push(*old);
                news.push(new);
                Value::Scalar(new)
            }
            Value::Tuple(parts) => Value::Tuple(parts.iter().map(|part| self.carry(part, name, olds, news)).collect()),
            Value::Struct(maker, parts) => {
                let parts = parts.iter().map(|part| self.carry(part, name, olds, news)).collect();
                Value::Struct(maker.clone(), parts)
            }
            Value::Optional(present, value) => {
                let Value::Scalar(present) = self.carry(&Value::Scalar(*present), "present", olds, news) else {
                    return Value::Poison;
                };
                Value::Optional(present, Box::new(self.carry(value, name, olds, news)))
            }
            Value::Stream(stream) => {
                let mut stream = stream.clone();
                if let Some(front) = stream.front.map(|front| self.carry(&Value::Scalar(front), name, olds, news))
                    && let Value::Scalar(front) = front
                {
                    stream.front = Some(front);
                }
                Value::Stream(stream)
            }
            Value::Ref(inner) => Value::Ref(Box::new(self.carry(inner, name, olds, news))),
            value => value.clone(),
        }
    }

    /// `for pat in stream { body }`
    pub(super) fn for_loop(&mut self, loop_: &syn::ExprForLoop, whole: &syn::Expr) -> Value {
        let Some(stream) = self.loop_stream(&loop_.expr) else {
            return self.unsupported(
                &loop_.expr,
                "loops over this iterator",
                "write `for i in 0..x.len() { let v = x[i]; .. }`, or iterate over ranges, arrays, slices and vectors",
            );
        };
        let at = loop_.expr.to_token_stream();
        let mut names = self.changed_by_expr(whole);
        let frame = self.enter(true, loop_.label.as_ref(), Want::Nothing, &loop_.body);
        let end = Exit::Break(frame);
        let mut leaves = self.leaving(frame, &loop_.body);
        if stream.may_end() && !leaves.contains(&end) {
            leaves.push(end);
        }
        names.extend([end, Exit::Continue(frame)].map(Exit::flag));
        self.run(stream, Run { names, leaves, end: Some(end), at: &at }, &mut |lower, element| {
            let depth = lower.env.bindings.len();
            lower.declare_flag(Exit::Continue(frame));
            lower.bind(&loop_.pat, element, None);
            lower.position = Position::statement(Some(Exit::Continue(frame)));
            lower.block(&loop_.body, Want::Nothing);
            lower.env.bindings.truncate(depth);
        });
        self.frames.truncate(frame);
        Value::Unit
    }

    /// The element `count` of a range that has one. `start` is the number at which it starts, if that is a literal.
    pub(super) fn nth(&mut self, range: Range, ty: TyVar, count: Val, start: Option<i128>) -> Val {
        let class = self.types.class(ty);
        let narrow = matches!(class, Class::SomeInt | Class::Known(Ty::Int(Int::I8 | Int::I16 | Int::I32)));
        // From a negative start, there may be more elements than the type has numbers to count them.
        let wide = narrow && start.is_none_or(|start| start < 0);
        let steps_ty = if wide { self.known(Ty::Int(Int::I64)) } else { ty };
        let ends = [range.lo, range.hi];
        let steps = match class {
            USIZE => count,
            _ if wide => self.emit(Op::Cast(count), steps_ty),
            _ => self.count_like(count, &ends, ty),
        };
        if start == Some(0) && !range.rev {
            return steps;
        }
        let from = match range {
            Range { rev: true, inclusive: false, hi, .. } => {
                let one = self.emit(Op::Const(Const::Int(1)), ty);
                self.emit(Op::Int { op: IntOp::Sub, args: vec![hi, one] }, ty)
            }
            Range { rev: true, hi, .. } => hi,
            Range { lo, .. } => lo,
        };
        let op = if range.rev { IntOp::Sub } else { IntOp::Add };
        if !wide {
            return self.emit(Op::Int { op, args: vec![from, steps] }, ty);
        }
        let from = self.emit(Op::Cast(from), steps_ty);
        let there = self.emit(Op::Int { op, args: vec![from, steps] }, steps_ty);
        self.count_like(there, &ends, ty)
    }

    /// A count as a number of the type of the ends of a range.
    pub(super) fn count_like(&mut self, count: Val, ends: &[Val], ty: TyVar) -> Val {
        let out = self.emit(Op::Cast(count), ty);
        self.counted.insert(out, ends.to_vec());
        out
    }

    pub(super) fn int_literal(&mut self, val: Val) -> Option<i128> {
        let stmts = &self.b.block().stmts;
        match stmts.iter().rev().find(|stmt| stmt.out.first() == Some(&val))?.op {
            Op::Const(Const::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// Whether an element of a range follows on `var`.
    pub(super) fn has_next(&mut self, range: Range, var: Val) -> Val {
        if range.rev {
            return self.compare_vals(CmpOp::Lt, range.lo, var);
        }
        if range.inclusive {
            return self.compare_vals(CmpOp::Lt, var, range.hi);
        }
        let Some(ty) = self.ty(var) else {
            return self.poison();
        };
        // As it is less than the end, one more is a number.
        let one = self.emit(Op::Const(Const::Int(1)), ty);
        let next = self.emit(Op::Int { op: IntOp::Add, args: vec![var, one] }, ty);
        self.compare_vals(CmpOp::Lt, next, range.hi)
    }

    pub(super) fn compare_vals(&mut self, op: CmpOp, a: Val, b: Val) -> Val {
        let ty = self.fresh_ty(BOOL);
        self.emit(Op::Cmp { op, a, b }, ty)
    }

    /// `while cond { body }`
    pub(super) fn while_loop(&mut self, loop_: &syn::ExprWhile, whole: &syn::Expr) -> Value {
        if super::chained::has_let(&loop_.cond) {
            return self.while_let(loop_, whole);
        }
        let at = loop_.cond.to_token_stream();
        let names = self.changed_by_expr(whole);
        let reported = self.diag.count();
        let go = self.condition(&loop_.cond);
        // What is wrong with the condition is said once.
        let sound = self.diag.count() == reported;
        let frame = self.enter(true, loop_.label.as_ref(), Want::Nothing, &loop_.body);
        let leaves = self.leaving(frame, &loop_.body);
        self.iterate(Head::While(go), &names, &at, |lower, _| {
            lower.iteration(frame, &loop_.body);
            Some(if sound { lower.again_if(&leaves, &loop_.cond) } else { lower.truth(false) })
        });
        self.frames.truncate(frame);
        Value::Unit
    }

    /// `while let pat = value { body }` is `loop { if let pat = value { body } else { break } }`.
    fn while_let(&mut self, loop_: &syn::ExprWhile, whole: &syn::Expr) -> Value {
        let syn::ExprWhile { attrs, label, while_token, cond, body } = loop_.clone();
        let choice: syn::Expr = syn::parse_quote_spanned!(while_token.span=> if #cond #body else { break; });
        let stmt = syn::Stmt::Expr(choice, None);
        let body = syn::Block { brace_token: body.brace_token, stmts: vec![stmt] };
        let loop_token = syn::Token![loop](while_token.span);
        self.endless_loop(&syn::ExprLoop { attrs, label, loop_token, body }, Want::Nothing, whole)
    }

    /// `loop { body }`
    pub(super) fn endless_loop(&mut self, loop_: &syn::ExprLoop, want: Want, whole: &syn::Expr) -> Value {
        let at = loop_.loop_token.to_token_stream();
        let mut names = self.changed_by_expr(whole);
        let depth = self.env.bindings.len();
        let frame = self.enter(true, loop_.label.as_ref(), want, &loop_.body);
        self.declare(frame);
        names.push(value_of(frame));
        let leaves = self.leaving(frame, &loop_.body);
        let go = self.truth(true);
        self.iterate(Head::While(go), &names, &at, |lower, _| {
            lower.iteration(frame, &loop_.body);
            Some(lower.again(&leaves, |lower| lower.truth(true)))
        });
        let taken = self.env.get(&value_of(frame)).and_then(|binding| binding.value.clone());
        self.frames.truncate(frame);
        self.env.bindings.truncate(depth);
        match leaves.contains(&Exit::Break(frame)) {
            true => taken.unwrap_or(Value::Unit),
            // It ends by a jump to somewhere else, or not at all.
            false if leaves.is_empty() => Value::Never,
            false => Value::Exit,
        }
    }

    /// The jumps in a loop's body that end the loop.
    fn leaving(&self, frame: usize, body: &syn::Block) -> Vec<Exit> {
        self.exits_of_stmts(&body.stmts).into_iter().filter(|exit| *exit != Exit::Continue(frame)).collect()
    }

    /// The body of a loop.
    fn iteration(&mut self, frame: usize, body: &syn::Block) {
        self.declare_flags(frame);
        self.position = Position::statement(Some(Exit::Continue(frame)));
        self.block(body, Want::Nothing);
    }

    fn declare_flags(&mut self, frame: usize) {
        self.declare_flag(Exit::Break(frame));
        self.declare_flag(Exit::Continue(frame));
    }

    /// Whether a loop goes on: if no jump has left it, and if `more`, which is safe to compute whether or not.
    pub(super) fn again(&mut self, leaves: &[Exit], more: impl FnOnce(&mut Self) -> Val) -> Val {
        match self.gone(leaves) {
            Gone::Never => more(self),
            Gone::Always => self.truth(false),
            Gone::If(gone) => {
                let stays = self.not(gone);
                let more = more(self);
                if self.truths.get(&more) == Some(&true) {
                    return stays;
                }
                let ty = self.fresh_ty(BOOL);
                self.emit(Op::Int { op: IntOp::BitAnd, args: vec![stays, more] }, ty)
            }
        }
    }

    /// As [`Self::again`], where the condition is evaluated only if no jump has left the loop.
    fn again_if(&mut self, leaves: &[Exit], cond: &syn::Expr) -> Val {
        match self.gone(leaves) {
            Gone::If(gone) if !is_safe(cond) => {
                let names = self.changed_by_expr(cond);
                let again = self.branch(
                    gone,
                    &names,
                    usize::MAX,
                    |lower| Value::Scalar(lower.truth(false)),
                    |lower| Value::Scalar(lower.condition(cond)),
                    cond,
                );
                self.scalar(again, cond)
            }
            Gone::Always => self.truth(false),
            _ => self.again(leaves, |lower| lower.condition(cond)),
        }
    }

    /// A loop of our own over `0..n`.
    pub(super) fn counted(&mut self, n: Val, body: impl FnOnce(&mut Self, Val)) {
        let ty = self.fresh_ty(USIZE);
        let lo = self.emit(Op::Const(Const::Int(0)), ty);
        let var = self.fresh(ty);
        self.below.insert(var, n);
        self.b.open_block(vec![var]);
        body(self, var);
        let body = self.b.close_block(Vec::new());
        self.b.effect(Op::For(Box::new(For {
            range: Some(crate::ir::Range { lo, hi: n, inclusive: false, rev: false }),
            inits: Vec::new(),
            body,
        })));
    }
}

/// Whether the arrays in a value are where they were.
fn refers_to_the_same(after: &Value, before: &Value) -> bool {
    match (after, before) {
        (Value::Place(a), Value::Place(b)) => a.place == b.place,
        (Value::View(a), Value::View(b)) => a.seq.place == b.seq.place && a.lo == b.lo && a.len == b.len,
        (Value::Ref(a), Value::Ref(b)) => refers_to_the_same(a, b),
        (Value::Tuple(a), Value::Tuple(b)) | (Value::Struct(_, a), Value::Struct(_, b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| refers_to_the_same(a, b))
        }
        (Value::Optional(_, a), Value::Optional(_, b)) => refers_to_the_same(a, b),
        (Value::Stream(a), Value::Stream(b)) => a.id == b.id,
        (Value::Place(_) | Value::View(_), Value::Scalar(_)) | (Value::Scalar(_), Value::Place(_) | Value::View(_)) => {
            false
        }
        _ => true,
    }
}

/// The scalars of `after`, as far as it is made like `before`.
fn flatten(after: &Value, before: &Value, out: &mut Vec<Val>) {
    match (after, before) {
        (Value::Scalar(val), Value::Scalar(_)) => out.push(*val),
        (Value::Tuple(after), Value::Tuple(before)) | (Value::Struct(_, after), Value::Struct(_, before)) => {
            for (after, before) in after.iter().zip(before) {
                flatten(after, before, out);
            }
        }
        (Value::Optional(present, after), Value::Optional(_, before)) => {
            out.push(*present);
            flatten(after, before, out);
        }
        (Value::Stream(after), Value::Stream(_)) => out.extend(after.front),
        (Value::Ref(after), Value::Ref(before)) => flatten(after, before, out),
        _ => {}
    }
}
