//! Which statement comes next; branches and loops.

use super::{Array, FloatVal, Generator, IntVal, Range, TAME};
use crate::ir::{CmpOp, For, Int, IntOp, Op, Place, Ty};
use crate::rules::Rule;

/// How a carried value goes on.
#[derive(Copy, Clone)]
enum Carry {
    /// `p + e`.
    Sum,
    /// `p · e` with `e` around 1.
    Product,
    /// Any expression of what is in scope.
    Any,
    /// `max(p, e)`.
    Max,
    /// The next carried value.
    Shift,
    /// `p`.
    Same,
}

impl Generator {
    pub(super) fn statement(&mut self) {
        self.budget = self.budget.saturating_sub(1);
        match self.rng.below(20) {
            0..=8 => {
                let x = self.expression();
                self.floats.push(x);
            }
            9 => self.local_array(),
            10 | 11 => self.store(),
            12 => self.accumulate(),
            13 => self.update(),
            14 => self.add_arrays(),
            15 if self.callee.is_some() => self.call(),
            15 | 16 if self.depth < 3 => self.branch(),
            17 | 18 if self.depth < 3 => self.repeat(),
            19 if self.depth < 3 => self.repeat_while(),
            _ => {
                let x = self.expression();
                self.floats.push(x);
            }
        }
    }

    /// Runs `f` in a scope of its own.
    fn scoped<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let (floats, ints, bools, arrays) = (self.floats.len(), self.ints.len(), self.bools.len(), self.arrays.len());
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        self.floats.truncate(floats);
        self.ints.truncate(ints);
        self.bools.truncate(bools);
        self.arrays.truncate(arrays);
        result
    }

    fn inner_statements(&mut self) {
        for _ in 0..1 + self.rng.below(3) {
            if self.budget > 0 {
                self.statement();
            }
        }
    }

    fn branch(&mut self) {
        let cond = self.condition();
        let n = self.rng.below(3);
        let mut blocks = Vec::new();
        let mut ranges = vec![Range::of([]); n];
        for _ in 0..2 {
            self.b.open_block(Vec::new());
            let yields = self.scoped(|g| {
                if !g.rng.one_in(4) {
                    g.inner_statements();
                }
                let mut yields = Vec::new();
                for range in &mut ranges {
                    let x = g.recent();
                    *range = range.hull(x.range);
                    yields.push(x.v);
                }
                yields
            });
            blocks.push(self.b.close_block(yields));
        }
        let els = blocks.pop().unwrap_or_default();
        let then = blocks.pop().unwrap_or_default();
        let mut out = Vec::new();
        for range in ranges {
            let v = self.b.fresh(self.ty());
            self.floats.push(FloatVal { v, range });
            out.push(v);
        }
        self.b.push_stmt(Op::If { cond, then, els }, out);
    }

    /// The bounds of a loop and the greatest value of its variable; at most five iterations.
    fn bounds(&mut self) -> (IntVal, IntVal, bool, usize) {
        let n = self.rng.below(3);
        let lo = self.int(n);
        let hi = match self.rng.below(4) {
            0 => {
                let n = self.rng.below(5);
                self.int(n)
            }
            1 if self.arrays.iter().any(|a| !a.shape.is_empty()) => {
                let arrays: Vec<&Array> = self.arrays.iter().filter(|a| !a.shape.is_empty()).collect();
                let array = (*self.rng.pick(&arrays)).clone();
                let place = Place { mem: array.mem, path: array.prefix };
                IntVal { v: self.b.emit(Op::Len(place), Ty::Int(Int::Usize)), max: array.shape[0] }
            }
            _ => {
                let small: Vec<IntVal> = self.ints.iter().filter(|i| i.max <= 4).copied().collect();
                if small.is_empty() { self.int(3) } else { *self.rng.pick(&small) }
            }
        };
        let inclusive = self.rng.one_in(4);
        let last = if inclusive { hi.max } else { hi.max.saturating_sub(1) };
        (lo, hi, inclusive, last)
    }

    fn repeat(&mut self) {
        let (lo, hi, inclusive, last) = self.bounds();
        let rev = self.rng.one_in(3);
        let mut carries = Vec::new();
        let mut inits = Vec::new();
        let kinds = [
            Carry::Sum,
            Carry::Sum,
            Carry::Sum,
            Carry::Product,
            Carry::Any,
            Carry::Any,
            Carry::Max,
            Carry::Shift,
            Carry::Same,
        ];
        for _ in 0..self.rng.below(4) {
            let kind = *self.rng.pick(&kinds);
            let init = if matches!(kind, Carry::Sum) && self.rng.one_in(2) { self.constant(0.0) } else { self.any() };
            let init = self.fit(init, TAME);
            inits.push(init.v);
            let range = if matches!(kind, Carry::Sum) { Range { lo: -14.0, hi: 14.0 } } else { TAME };
            carries.push((kind, range));
        }
        // A value that is shifted into another must fit there.
        if carries.iter().any(|(kind, _)| matches!(kind, Carry::Shift)) {
            for (kind, range) in &mut carries {
                *range = TAME;
                if matches!(kind, Carry::Sum) {
                    *kind = Carry::Any;
                }
            }
        }
        // Sometimes the state includes an integer.
        let counter = self.rng.one_in(5);
        if counter {
            let start = self.int(1);
            inits.push(start.v);
        }

        let var = self.b.fresh(Ty::Int(Int::Usize));
        let mut params = vec![var];
        let states: Vec<FloatVal> =
            carries.iter().map(|&(_, range)| FloatVal { v: self.b.fresh(self.ty()), range }).collect();
        params.extend(states.iter().map(|s| s.v));
        let count = self.b.fresh(Ty::Int(Int::Usize));
        if counter {
            params.push(count);
        }
        self.b.open_block(params);
        let yields = self.scoped(|g| {
            g.ints.push(IntVal { v: var, max: last });
            if counter {
                g.ints.push(IntVal { v: count, max: 6 });
            }
            g.floats.extend(&states);
            g.inner_statements();
            let mut yields = Vec::new();
            for (j, (&(kind, range), &p)) in carries.iter().zip(&states).enumerate() {
                yields.push(g.next_state(kind, range, p, states[(j + 1) % states.len()]).v);
            }
            if counter {
                let two = g.int(2);
                let seven = g.int(7);
                let next = g.b.int_op(IntOp::Mul, &[count, two.v]);
                yields.push(g.b.int_op(IntOp::Rem, &[next, seven.v]));
            }
            yields
        });
        let body = self.b.close_block(yields);
        let mut out = Vec::new();
        for s in &states {
            let v = self.b.fresh(self.ty());
            self.floats.push(FloatVal { v, range: s.range });
            out.push(v);
        }
        if counter {
            let v = self.b.fresh(Ty::Int(Int::Usize));
            self.ints.push(IntVal { v, max: 6 });
            out.push(v);
        }
        let looped =
            crate::ir::For { range: Some(crate::ir::Range { lo: lo.v, hi: hi.v, inclusive, rev }), inits, body };
        self.b.push_stmt(Op::For(Box::new(looped)), out);
    }

    /// A `while`: a counter, and sometimes a float, says how long.
    fn repeat_while(&mut self) {
        let bound = self.rng.below(5);
        let (start, bound) = (self.int(0), self.int(bound));
        let go_on = self.b.cmp(CmpOp::Lt, start.v, bound.v);
        let init = self.any();
        let init = self.fit(init, TAME);
        let (usize_ty, float_ty) = (Ty::Int(Int::Usize), self.ty());
        let trip = self.b.fresh(usize_ty);
        let params = [Ty::Bool, usize_ty, float_ty].map(|ty| self.b.fresh(ty));
        let [_, count, p] = params;
        self.b.open_block([&[trip][..], &params].concat());
        let yields = self.scoped(|g| {
            let p = FloatVal { v: p, range: TAME };
            g.ints.push(IntVal { v: count, max: 4 });
            g.floats.push(p);
            g.inner_statements();
            let kind = *g.rng.pick(&[Carry::Any, Carry::Product, Carry::Max]);
            let next = g.next_state(kind, TAME, p, p);
            let one = g.int(1);
            let counted = g.b.int_op(IntOp::Add, &[count, one.v]);
            let mut go_on = g.b.cmp(CmpOp::Lt, counted, bound.v);
            if g.rng.one_in(3) {
                let limit = g.constant(0.9);
                let small = g.b.cmp(CmpOp::Lt, next.v, limit.v);
                go_on = g.b.int_op(IntOp::BitAnd, &[go_on, small]);
            }
            vec![go_on, counted, next.v]
        });
        let body = self.b.close_block(yields);
        let out = [Ty::Bool, usize_ty, float_ty].map(|ty| self.b.fresh(ty));
        self.bools.push(out[0]);
        self.ints.push(IntVal { v: out[1], max: 4 });
        self.floats.push(FloatVal { v: out[2], range: TAME });
        let looped = For { range: None, inits: vec![go_on, start.v, init.v], body };
        self.b.push_stmt(Op::For(Box::new(looped)), out.to_vec());
    }

    fn next_state(&mut self, kind: Carry, range: Range, p: FloatVal, other: FloatVal) -> FloatVal {
        match kind {
            Carry::Sum => {
                let e = self.expression();
                let e = self.fit(e, TAME);
                self.sum(p, e)
            }
            Carry::Product => {
                let e = self.expression();
                let e = self.fit(e, Range { lo: 0.6, hi: 1.1 });
                let next = self.product(p, e);
                self.fit(next, Range { lo: range.lo * 1.2, hi: range.hi * 1.2 })
            }
            Carry::Any => {
                let e = self.expression();
                self.fit(e, range)
            }
            Carry::Max => {
                let e = self.expression();
                let e = self.fit(e, range);
                FloatVal { v: self.b.node(Rule::Max, &[p.v, e.v]), range }
            }
            Carry::Shift => other,
            Carry::Same => p,
        }
    }
}
