//! How the reverse sweep gets a value: it is there, is kept, or is computed again, whichever costs less.

use super::{Decision, Escape, Plan};
use crate::analysis::sites::{BlockId, Def, Region, Site, read};
use crate::ir::{Int, Op, Ty, Val};
use crate::rules;
use crate::transform::Unsupported;

/// What keeping one more value costs, in steps.
const NEW_KEEP: usize = 3;
/// How deep a chain of steps may be that is computed again.
const MAX_DEPTH: usize = 6;

impl Plan<'_> {
    /// The reverse sweep reads `v`.
    pub(crate) fn need(&mut self, v: Val) {
        if self.decisions.contains_key(&v) {
            return;
        }
        let Some(def) = self.sites.def(v) else { return };
        let block = def.block();
        let decision = if self.joint(block) {
            Decision::Available
        } else {
            match def {
                Def::Param(b) => {
                    let is_var =
                        self.sites.blocks[b.0].region == Region::Root || self.sites.block(b).params.first() == Some(&v);
                    if is_var { Decision::Available } else { Decision::Kept }
                }
                Def::Stmt(site) => self.decide(v, site),
            }
        };
        self.decisions.insert(v, decision);
        match (decision, def) {
            (Decision::Kept, _) => self.keep(v, block),
            (Decision::Again, Def::Stmt(site)) => {
                self.blocks[block.0].again.insert(site.stmt);
                let op = &self.sites.stmt(site).op;
                for read in op.reads() {
                    self.need(read);
                }
                for m in read(op) {
                    if !self.need_mem(m) {
                        self.refuse(
                            site,
                            "the reverse sweep cannot make the array again that this is read from: make it before the loop or branch, \
                             with its length, `let mut v = vec![0.0; n];`, and assign its elements there",
                        );
                    }
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, v: Val, block: BlockId) {
        // A tape has to know the type, and the other branch some value of it.
        if self.has_no_tape(v) || (self.f.ty(v) == Ty::Opaque && self.is_branch(block)) {
            let span = self.f.vals[v.0 as usize].span;
            self.errors.push(Unsupported {
                span,
                message: "the reverse sweep needs this value again and its type is not known: write its type, \
                          for instance `let k: usize = ..`, or the number that stands for it"
                    .to_owned(),
            });
            return;
        }
        match (self.sites.blocks[block.0].region, self.sites.blocks[block.0].parent) {
            (Region::Then | Region::Else, Some(site)) => self.escape(v, block, site),
            _ => self.blocks[block.0].kept.push(v),
        }
    }

    /// Lets a value of a branch leave it: one more result of the `if`, shared with one of the other branch. Both are
    /// active or neither: when the reverse is differentiated once more, a constant that shares its result with an
    /// active value would carry a tangent.
    fn escape(&mut self, v: Val, block: BlockId, site: Site) {
        let then = self.sites.blocks[block.0].region == Region::Then;
        let ty = self.f.ty(v);
        let active = self.act.val(v);
        let escapes = self.escapes.entry(site).or_default();
        let free = escapes
            .iter_mut()
            .find(|e| e.ty == ty && e.active == active && if then { e.then.is_none() } else { e.els.is_none() });
        match free {
            Some(e) => {
                if then {
                    e.then = Some(v);
                } else {
                    e.els = Some(v);
                }
                let leader = e.leader;
                self.followers.or_default(leader).push(v);
            }
            None => {
                let (then, els) = if then { (Some(v), None) } else { (None, Some(v)) };
                escapes.push(Escape { leader: v, then, els, ty, active });
                if !self.joint(site.block) {
                    self.keep(v, site.block);
                }
            }
        }
    }

    /// The values that are kept as one with `leader`, `leader` included.
    pub(crate) fn kept_as(&self, leader: Val) -> Vec<Val> {
        let mut all = vec![leader];
        let mut next = 0;
        while let Some(&v) = all.get(next) {
            next += 1;
            for &follower in self.followers.get(&v).into_iter().flatten() {
                if !all.contains(&follower) {
                    all.push(follower);
                }
            }
        }
        all
    }

    fn decide(&self, v: Val, site: Site) -> Decision {
        if !self.repeatable(site) {
            return Decision::Kept;
        }
        let ints = !matches!(self.f.ty(v), Ty::Float(_)) && self.cost(v, site.block, 0) < NEW_KEEP;
        // What no tape can hold is computed again, whatever that costs.
        let must = self.f.ty(v) == Ty::Opaque || self.has_no_tape(v);
        if ints || must || self.cost(v, site.block, 0) <= NEW_KEEP + 1 { Decision::Again } else { Decision::Kept }
    }

    /// Cheap, free of effects, and giving the same value when the reverse sweep repeats it.
    fn repeatable(&self, site: Site) -> bool {
        match &self.sites.stmt(site).op {
            Op::Const(_) | Op::Int { .. } | Op::Cmp { .. } | Op::Cast(_) | Op::Select { .. } => true,
            Op::Node { rule, .. } => rules::row(*rule).cheap,
            Op::Len(place) => self.has_shape(place.mem) && self.keeps_length(place.mem),
            Op::Load(place) => {
                // A number of a struct from elsewhere is kept without the rest, which need not be such that it can be kept.
                let apart = self.is_built(place.mem) && !self.sites.stmt(site).out.iter().any(|&v| self.has_no_tape(v));
                let whole = self.saveable(place.mem) && !apart;
                let there = self.visible(place.mem) || whole || self.remade(place.mem).is_some();
                self.stable_place(place, site) && there
            }
            Op::Opaque(o) => {
                o.pure_ && read(&self.sites.stmt(site).op).iter().all(|&m| self.stable(m, site) && self.visible(m))
            }
            _ => false,
        }
    }

    /// What computing `v` again costs, in steps; a value that would have to be kept for it counts as [`NEW_KEEP`].
    fn cost(&self, v: Val, block: BlockId, depth: usize) -> usize {
        if depth > MAX_DEPTH {
            return NEW_KEEP + 2;
        }
        if self.decisions.contains_key(&v) {
            return 0;
        }
        match self.sites.def(v) {
            Some(d) if self.joint(d.block()) && d.block() != block => 0,
            Some(d) if d.block() != block => match d {
                // It would have to be kept there, and cannot be.
                Def::Stmt(site) if !self.repeatable(site) && self.has_no_tape(v) => NEW_KEEP + 2,
                _ => 1,
            },
            Some(Def::Param(_)) => {
                if self.sites.block(block).params.first() == Some(&v) {
                    0
                } else {
                    self.cost_of_keeping(v)
                }
            }
            Some(Def::Stmt(site)) if self.repeatable(site) => {
                let op = &self.sites.stmt(site).op;
                let mut cost = usize::from(!matches!(op, Op::Const(_)));
                op.each_read(&mut |read| cost += self.cost(read, block, depth + 1));
                cost
            }
            _ => self.cost_of_keeping(v),
        }
    }

    /// What is computed of it is kept instead, where it cannot be.
    fn cost_of_keeping(&self, v: Val) -> usize {
        if self.has_no_tape(v) { NEW_KEEP + 2 } else { NEW_KEEP }
    }

    /// Whether the value would have to be on a tape, or to leave a branch of which the other has none, and its type does not
    /// show.
    fn has_no_tape(&self, v: Val) -> bool {
        let is_taped = !self.blocks[0].joint && matches!(self.f.ty(v), Ty::Opaque | Ty::Int(Int::Infer));
        let leaves = |def: Def| self.f.ty(v) == Ty::Opaque && self.is_branch(def.block());
        is_taped || self.sites.def(v).is_some_and(leaves)
    }

    fn is_branch(&self, block: BlockId) -> bool {
        matches!(self.sites.blocks[block.0].region, Region::Then | Region::Else)
    }
}
