//! How each loop is reversed, and which calls give value and adjoint in one pass.

use super::super::fuse;
use super::{Mode, Plan};
use crate::analysis::sites::{BlockId, Def, Site, read, written};
use crate::ir::{Const, For, Init, Int, Mem, Op, Ty, Val};
use crate::rules;

impl Plan<'_> {
    /// Decides the modes of the loops in a block, outer ones first, and which of its calls are made in one pass.
    pub(super) fn choose(&mut self, block: BlockId) {
        for i in 0..self.sites.block(block).stmts.len() {
            let site = Site { block, stmt: i };
            if let Op::For(l) = &self.sites.stmt(site).op {
                let mode = self.choose_loop(site, l);
                self.modes.insert(site, mode);
                let body = self.sites.children(site)[0];
                self.blocks[body.0].joint = matches!(mode, Mode::Fused | Mode::Rerun);
            }
            if self.joint(block) && fuse::fusible_call(self, site) {
                self.fused_calls.insert(site);
            }
            for child in self.sites.children(site).to_vec() {
                self.choose(child);
            }
        }
    }

    fn choose_loop(&self, site: Site, l: &For) -> Mode {
        if !self.live_stmt(site) {
            Mode::Plain
        } else if self.joint(site.block) && fuse::fusible(self, site, l) {
            Mode::Fused
        } else if self.worth_rerunning(site) && self.can_rerun(site) {
            Mode::Rerun
        } else {
            Mode::Keep
        }
    }

    /// An inner loop has values to keep: for all its iterations in every iteration of this one, unless they run again.
    fn worth_rerunning(&self, site: Site) -> bool {
        let body = self.sites.children(site)[0];
        self.inner_sites(body).iter().any(|&(s, in_loop)| {
            let stmt = self.sites.stmt(s);
            let live = stmt.out.iter().any(|&o| self.live(o));
            in_loop
                && live
                && match &stmt.op {
                    Op::Node { rule, .. } => !rules::row(*rule).cheap,
                    Op::Load(place) => {
                        matches!(self.mem_def(place.mem), Some(d) if self.sites.within(d.block(), body))
                    }
                    Op::For(l) => (0..l.inits.len()).any(|j| self.live(stmt.out[j]) && !fuse::accumulates(self, s, j)),
                    _ => false,
                }
        })
    }

    /// Every statement within a block, with whether it lies in a loop within the block.
    pub(super) fn inner_sites(&self, block: BlockId) -> Vec<(Site, bool)> {
        let mut all = Vec::new();
        let mut work = vec![(block, false)];
        while let Some((b, in_loop)) = work.pop() {
            for i in 0..self.sites.block(b).stmts.len() {
                let site = Site { block: b, stmt: i };
                all.push((site, in_loop));
                let inner = in_loop || matches!(self.sites.stmt(site).op, Op::For(_));
                work.extend(self.sites.children(site).iter().map(|&c| (c, inner)));
            }
        }
        all
    }

    /// Whether running the body again gives the same values and no effects.
    fn can_rerun(&self, site: Site) -> bool {
        let body = self.sites.children(site)[0];
        let state_ok = self.rerun_state(site).iter().all(|&j| {
            let p = self.sites.block(body).params[j + 1];
            !matches!(self.f.ty(p), Ty::Opaque)
        });
        state_ok
            && self.inner_sites(body).iter().all(|&(s, _)| {
                let op = &self.sites.stmt(s).op;
                let effects = match op {
                    Op::Call(_) | Op::Push { .. } | Op::Pop(_) | Op::Save { .. } | Op::Restore { .. } => true,
                    Op::Opaque(o) => !o.pure_,
                    _ => false,
                };
                let local = |m: Mem| matches!(self.mem_def(m), Some(d) if self.sites.within(d.block(), body));
                !effects
                    && written(op).into_iter().all(local)
                    && measured(op).is_none_or(|m| local(m) || (self.has_shape(m) && self.keeps_length(m)))
                    && read(op).into_iter().all(|m| local(m) || (self.stable(m, site) && self.visible(m)))
            })
    }

    /// The bounds of the reverse loop: those of the loop, or the number of its iterations.
    pub(crate) fn bounds(&self, site: Site) -> Vec<Val> {
        let stmt = self.sites.stmt(site);
        match &stmt.op {
            Op::For(l) => match l.range {
                Some(range) => vec![range.lo, range.hi],
                None => stmt.out.last().copied().into_iter().collect(),
            },
            _ => Vec::new(),
        }
    }

    /// The carried values of a loop that its body reads: its state. An accumulator's value is read by nobody.
    pub(crate) fn rerun_state(&self, site: Site) -> Vec<usize> {
        let body = self.sites.children(site)[0];
        let mut carried = self.sites.block(body).params.len() - 1;
        if matches!(&self.sites.stmt(site).op, Op::For(l) if l.range.is_none()) {
            // The count of the iterations, which is read by itself only.
            carried -= 1;
        }
        (0..carried)
            .filter(|&j| {
                let p = self.sites.block(body).params[j + 1];
                !self.sites.uses[p.0 as usize].is_empty() && !fuse::accumulates(self, site, j)
            })
            .collect()
    }

    /// Whether what the loop keeps can lie in arrays indexed by the loop variable instead of on stacks: it runs once in
    /// a call, from a literal bound over `usize`. Arrays are sized once, and reading them needs no particular order.
    pub(crate) fn indexed(&self, site: Site) -> bool {
        let Op::For(l) = &self.sites.stmt(site).op else { return false };
        let Some(range) = l.range else { return false };
        let literal = matches!(self.sites.def(range.lo), Some(Def::Stmt(s))
            if matches!(self.sites.stmt(s).op, Op::Const(Const::Int(k)) if k >= 0));
        site.block == BlockId(0)
            && self.joint(site.block)
            && self.mode(site) == Mode::Keep
            && literal
            && !range.inclusive
            && self.f.ty(range.hi) == Ty::Int(Int::Usize)
    }
}

/// The memory object that an operation looks at for its shape only.
fn measured(op: &Op) -> Option<Mem> {
    match op {
        Op::Len(place) | Op::Alloc { init: Init::ZerosLike(place), .. } => Some(place.mem),
        _ => None,
    }
}
