//! Loops and branches of the reverse sweep, and the layers in which their adjoints are summed.

use std::collections::BTreeMap;

use super::super::Unsupported;
use super::plan::Mode;
use super::{Emit, Layer, fuse};
use crate::analysis::sites::{BlockId, Site, Use};
use crate::bug::{self, Bug};
use crate::ir::{Block, CmpOp, Const, For, Int, IntOp, Op, Range, Val};
use crate::rules::{self, Partial, Rule, Step};

impl Emit<'_, '_> {
    pub(super) fn enter_layer(&mut self, block: BlockId, is_loop: bool) {
        self.layers.push(Layer { block, is_loop, sums: BTreeMap::new(), carried: Vec::new() });
    }

    /// Hands the adjoints of a block's yields to the values yielded.
    pub(super) fn seed_yields(&mut self, block: BlockId, bars: &[Option<Val>]) {
        let yields = &self.plan.sites.block(block).yields;
        for (&y, &bar) in yields.iter().zip(bars) {
            if let Some(bar) = bar {
                self.add(y, bar);
            }
        }
        self.yield_bars.insert(block, bars.to_vec());
    }

    /// Closes the body of a loop that sums adjoints of outer values: they are carried along.
    pub(super) fn close_layered_loop(&mut self, mut l: For, params: Vec<Val>, yields: Vec<Val>, out: Vec<Val>) {
        let mut body = self.b.close_block(yields);
        let Some(layer) = self.layers.pop() else { return };
        body.params = params;
        let mut out = out;
        for (v, param) in layer.carried {
            let Some(&last) = layer.sums.get(&v) else { continue };
            if last == param {
                continue;
            }
            let init = match self.sum(v) {
                Some(sum) => sum,
                None => self.b.like(0.0, v),
            };
            let ty = self.b.ty(v);
            let result = self.b.fresh(ty);
            l.inits.push(init);
            body.params.push(param);
            body.yields.push(last);
            out.push(result);
            self.set_sum(v, result);
        }
        l.body = body;
        self.b.push_stmt(Op::For(Box::new(l)), out);
    }

    // ---- adjoints ahead of time ---------------------------------------------------------------------------------

    /// The adjoint of `r` from its affine consumers, before statement `at` of the block (see [`fuse`]).
    pub(super) fn adjoint_ahead(&mut self, r: Val, at: Site) -> Option<Val> {
        if let Some(&known) = self.ahead.get(&r) {
            return known;
        }
        let mut sum: Option<Val> = None;
        let mut seen = Vec::new();
        for u in self.plan.sites.uses[r.0 as usize].clone() {
            if seen.contains(&u) {
                continue;
            }
            seen.push(u);
            match u {
                Use::Yield(block, j) => {
                    let bar = self.yield_bars.get(&block).and_then(|bars| bars.get(j).copied().flatten());
                    sum = self.plus(sum, bar);
                }
                Use::Stmt(site) if self.plan.live_stmt(site) => {
                    let stmt = self.plan.sites.stmt(site);
                    match &stmt.op {
                        Op::Node { rule, args } => {
                            let Some(bar) = self.adjoint_ahead(stmt.out[0], at) else { continue };
                            for (i, _) in args.iter().enumerate().filter(|&(_, &a)| a == r) {
                                let term = self.term_ahead(*rule, args, i, bar, at);
                                sum = self.plus(sum, term);
                            }
                        }
                        Op::Cast(v) => {
                            let Some(bar) = self.adjoint_ahead(stmt.out[0], at) else { continue };
                            let ty = self.b.ty(*v);
                            let bar = self.b.cast(bar, ty);
                            sum = self.plus(sum, Some(bar));
                        }
                        Op::For(l) => {
                            for k in (0..l.inits.len()).filter(|&k| l.inits[k] == r) {
                                let bar = self.adjoint_ahead(stmt.out[k], at);
                                sum = self.plus(sum, bar);
                            }
                        }
                        _ => {}
                    }
                }
                Use::Stmt(_) => {}
            }
        }
        if let Some(sum) = sum {
            self.name_bar(r, sum);
        }
        self.ahead.insert(r, sum);
        sum
    }

    fn plus(&mut self, sum: Option<Val>, term: Option<Val>) -> Option<Val> {
        match (sum, term) {
            (Some(s), Some(t)) => Some(self.b.add(s, t)),
            (sum, term) => sum.or(term),
        }
    }

    fn term_ahead(&mut self, rule: Rule, args: &[Val], i: usize, bar: Val, at: Site) -> Option<Val> {
        match rules::row(rule).partials[i] {
            Partial::Zero => None,
            Partial::One => Some(bar),
            Partial::MinusOne => Some(self.b.neg(bar)),
            Partial::Expr(expr) => {
                let active = self.plan.act.of(args);
                let mapped: Vec<Val> =
                    args.iter().enumerate().map(|(k, &a)| if k == i { a } else { self.hoist(a, at) }).collect();
                let partial = expr(&mut self.b, &Step { args: &mapped, active: &active, out: mapped[i] });
                Some(self.b.mul(partial, bar))
            }
        }
    }

    /// An inactive value, before statement `at`: as it is, or computed there as well.
    fn hoist(&mut self, v: Val, at: Site) -> Val {
        let Some(crate::analysis::sites::Def::Stmt(site)) = self.plan.sites.def(v) else { return self.get(v) };
        if site.block != at.block || site.stmt < at.stmt {
            return self.get(v);
        }
        let stmt = self.plan.sites.stmt(site);
        let mut op = stmt.op.clone();
        match &mut op {
            Op::Node { args, .. } => args.iter_mut().for_each(|a| *a = self.hoist(*a, at)),
            Op::Cast(a) => *a = self.hoist(*a, at),
            Op::Len(place) => *place = self.place(place),
            _ => {}
        }
        let ty = self.b.ty(v);
        self.b.emit(op, ty)
    }

    // ---- loops of the reverse sweep -----------------------------------------------------------------------------

    pub(super) fn back_loop(&mut self, site: Site, l: &For) -> Result<(), Unsupported> {
        match self.plan.mode(site) {
            Mode::Plain => Ok(()),
            Mode::Fused => {
                for (&init, &r) in l.inits.iter().zip(&self.plan.sites.stmt(site).out) {
                    if let Some(bar) = self.ahead.get(&r).copied().flatten() {
                        self.add(init, bar);
                    }
                }
                Ok(())
            }
            mode => self.reverse_loop(site, l, mode),
        }
    }

    fn reverse_loop(&mut self, site: Site, l: &For, mode: Mode) -> Result<(), Unsupported> {
        let stmt = self.plan.sites.stmt(site);
        let body_id = self.plan.sites.children(site)[0];
        let mut range = match l.range {
            Some(r) => Range { lo: self.get(r.lo), hi: self.get(r.hi), ..r },
            None => {
                let lo = self.b.int(0, Int::Usize);
                let hi = self.plan.bounds(site).first().map_or(lo, |&trips| self.get(trips));
                Range { lo, hi, inclusive: false, rev: false }
            }
        };
        range.rev = range.rev == bug::seeded(Bug::LoopNotReversed);
        if bug::seeded(Bug::LastIterationSkipped) {
            let ty = self.b.ty(range.hi);
            let one = self.b.emit(Op::Const(Const::Int(1)), ty);
            range.hi = self.b.int_op(IntOp::Sub, &[range.hi, one]);
        }
        if bug::seeded(Bug::ZeroTripLoop) {
            let ty = self.b.ty(range.hi);
            let one = self.b.emit(Op::Const(Const::Int(1)), ty);
            let once = self.b.int_op(IntOp::Add, &[range.lo, one]);
            let runs = self.b.cmp(CmpOp::Gt, range.hi, once);
            range.hi = self.b.select(runs, range.hi, once);
        }

        // The adjoint of an accumulator is the same in every iteration; the others are carried backwards.
        let carried = &l.body.params[1..];
        let mut bars: Vec<Option<Val>> = vec![None; carried.len()];
        let mut params = Vec::new();
        let mut inits = Vec::new();
        let mut moving = Vec::new();
        for (j, &p) in carried.iter().enumerate() {
            if !self.plan.live_carried(site, j) {
                continue;
            }
            let bar = self.sum(stmt.out[j]);
            if fuse::accumulates(self.plan, site, j) {
                bars[j] = bar;
                continue;
            }
            inits.push(match bar {
                Some(bar) => bar,
                None => self.b.like(0.0, p),
            });
            let ty = self.b.ty(p);
            let param = self.b.fresh(ty);
            self.name_bar(p, param);
            bars[j] = Some(param);
            params.push(param);
            moving.push(j);
        }

        let var_ty = self.plan.f.ty(l.body.params[0]);
        let var = self.b.fresh(var_ty);
        if let Some(name) = self.b.name(l.body.params[0]).map(str::to_owned) {
            self.b.set_name(var, name);
        }
        params.insert(0, var);
        self.b.open_block(params.clone());
        self.env.insert(l.body.params[0], var);
        self.enter_layer(body_id, true);
        match mode {
            Mode::Rerun => {
                let state = self.plan.rerun_state(site);
                for &j in state.iter().rev() {
                    let stack = self.state_stack(site, j, carried[j]);
                    let ty = self.plan.f.ty(carried[j]);
                    let popped = self.b.emit(Op::Pop(stack), ty);
                    self.env.insert(carried[j], popped);
                }
                for (j, &p) in carried.iter().enumerate() {
                    if !state.contains(&j) {
                        let unread = self.dummy(self.plan.f.ty(p));
                        self.env.insert(p, unread);
                    }
                }
                self.seed_yields(body_id, &bars);
                self.joint(body_id)?;
            }
            _ => {
                self.restore(body_id);
                self.seed_yields(body_id, &bars);
                self.back(body_id)?;
            }
        }
        let mut yields = Vec::new();
        for &j in &moving {
            let top = self.layers.len() - 1;
            let next = self.layers[top].sums.get(&carried[j]).copied();
            yields.push(match next {
                Some(next) => next,
                None => self.b.like(0.0, carried[j]),
            });
        }
        let out: Vec<Val> = moving
            .iter()
            .map(|&j| {
                let ty = self.b.ty(carried[j]);
                let bar = self.b.fresh(ty);
                self.name_bar(l.inits[j], bar);
                bar
            })
            .collect();
        let looped = For { range: Some(range), inits, body: Block::default() };
        self.close_layered_loop(looped, params, yields, out.clone());
        if bug::seeded(Bug::InitAdjointLost) {
            return Ok(());
        }
        for (&j, &bar) in moving.iter().zip(&out) {
            self.add(l.inits[j], bar);
        }
        for (j, &bar) in bars.iter().enumerate() {
            if let (Some(bar), false) = (bar, moving.contains(&j)) {
                self.add(l.inits[j], bar);
            }
        }
        Ok(())
    }

    // ---- branches -----------------------------------------------------------------------------------------------

    pub(super) fn back_if(&mut self, site: Site, cond: Val) -> Result<(), Unsupported> {
        let stmt = self.plan.sites.stmt(site);
        let cond = self.get(cond);
        let bars: Vec<Option<Val>> = stmt.out.iter().map(|&o| self.sum(o)).collect();
        let mut branches: Vec<(Block, BTreeMap<Val, Val>)> = Vec::new();
        for &child in self.plan.sites.children(site) {
            self.b.open_block(Vec::new());
            self.enter_layer(child, false);
            self.restore(child);
            self.seed_yields(child, &bars);
            self.back(child)?;
            let layer = self.layers.pop();
            let block = self.b.close_block(Vec::new());
            let sums = layer.map(|l| l.sums).unwrap_or_default();
            let outer = sums
                .into_iter()
                .filter(|(v, _)| self.plan.sites.def(*v).is_none_or(|d| !self.plan.sites.within(d.block(), child)))
                .collect();
            branches.push((block, outer));
        }
        let Some((mut els, else_sums)) = branches.pop() else { return Ok(()) };
        let Some((mut then, then_sums)) = branches.pop() else { return Ok(()) };
        let touched: Vec<Val> = then_sums
            .keys()
            .chain(else_sums.keys())
            .copied()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut out = Vec::new();
        let mut after = Vec::new();
        for v in touched {
            let before = match (self.sum(v), then_sums.contains_key(&v) && else_sums.contains_key(&v)) {
                (Some(sum), _) => sum,
                (None, true) => v,
                (None, false) => self.b.like(0.0, v),
            };
            if bug::seeded(Bug::BranchAdjointLost) && out.is_empty() {
                continue;
            }
            then.yields.push(then_sums.get(&v).copied().unwrap_or(before));
            els.yields.push(else_sums.get(&v).copied().unwrap_or(before));
            let ty = self.b.ty(v);
            let result = self.b.fresh(ty);
            out.push(result);
            after.push((v, result));
        }
        if bug::seeded(Bug::BranchesSwapped) {
            std::mem::swap(&mut then, &mut els);
        }
        if then.stmts.is_empty() && els.stmts.is_empty() && out.is_empty() {
            return Ok(());
        }
        self.b.push_stmt(Op::If { cond, then, els }, out);
        for (v, result) in after {
            self.set_sum(v, result);
        }
        Ok(())
    }
}
