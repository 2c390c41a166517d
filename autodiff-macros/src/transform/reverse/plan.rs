//! What the reverse sweep needs of the forward sweep, and how it gets it.
//!
//! A block is *joint* where its forward and its reverse statements stand in one scope, so that every value is simply
//! there: the body of the function, and the bodies of loops that are fused or run again. It is *split* where the reverse
//! statements stand in a scope of their own: branches, and the bodies of loops whose reverse is a loop of its own. What a
//! split block's reverse needs is either *kept* (pushed on a stack at the end of the forward block; in a branch, yielded
//! to the enclosing block) or *computed again* from what is available. Memory is never restored in place: a load is only
//! repeated where nothing has been written since, otherwise the loaded value is kept; arrays that live in a split
//! block are saved as a whole.
//!
//! The three ways through a loop (design, section 5):
//!
//! - [`Mode::Fused`]: the adjoints of its results are known before it starts, because the results reach the outcome
//!   through affine steps only. Forward and reverse of an iteration run together, once. Nothing is kept.
//! - [`Mode::Rerun`]: the forward loop runs plainly, keeping the carried state that the body reads; the reverse loop runs
//!   each body forward again and then backward. Inner loops keep what they need for one iteration only.
//! - [`Mode::Keep`]: the forward loop keeps what its reverse needs, the reverse loop computes the cheap rest again.

use std::collections::{BTreeSet, HashMap};

use super::super::Unsupported;
use super::fuse;
use crate::analysis::activity::{self, Activity};
use crate::analysis::sites::{BlockId, Def, Region, Site, Sites, read, written};
use crate::analysis::useful::{self, Useful};
use crate::bug::{self, Bug};
use crate::ir::{Access, Arg, Const, Dim, For, Func, Init, Int, Mem, Op, Place, StackId, Ty, Val};
use crate::rules;

/// How a loop is reversed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It carries no derivative: it runs once, in the forward sweep.
    Plain,
    Fused,
    Rerun,
    Keep,
}

/// What becomes of a value of a split block that its reverse needs.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Decision {
    Available,
    Kept,
    Again,
}

/// A value of a branch that leaves the branch so that the reverse can see it: one more result of the `if`.
#[derive(Clone, Debug)]
pub(crate) struct Escape {
    /// Under whose name the enclosing blocks keep it.
    pub(crate) leader: Val,
    pub(crate) ty: Ty,
    pub(crate) then: Option<Val>,
    pub(crate) els: Option<Val>,
}

/// The plan for one block.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockPlan {
    pub(crate) joint: bool,
    /// Pushed at the end of the forward block, in this order. Empty for branches.
    pub(crate) kept: Vec<Val>,
    /// Statements that the reverse block runs again, by position.
    pub(crate) again: BTreeSet<usize>,
    /// Local memory that is saved as a whole, by the position of its allocation.
    pub(crate) saved: BTreeSet<usize>,
}

/// The plan.
pub(crate) struct Plan<'f> {
    pub(crate) f: &'f Func,
    pub(crate) sites: Sites<'f>,
    pub(crate) act: Activity,
    pub(crate) useful: Useful,
    modes: HashMap<Site, Mode>,
    pub(crate) blocks: Vec<BlockPlan>,
    /// The escapes of each `if`, in order.
    escapes: HashMap<Site, Vec<Escape>>,
    /// Values that joined another value's escape: where that is kept, they are.
    followers: HashMap<Val, Vec<Val>>,
    decisions: HashMap<Val, Decision>,
    pub(crate) errors: Vec<Unsupported>,
    /// Calls whose adjoints are known when they are made: value and adjoint come from one pass of the callee.
    pub(crate) fused_calls: BTreeSet<Site>,
    /// Calls in joint blocks whose memory arguments are overwritten later: a copy is taken for the reverse sweep.
    pub(crate) snapshots: HashMap<Site, BTreeSet<usize>>,
    /// The same of calls in split blocks: the copies are kept on a stack.
    pub(crate) kept_args: HashMap<Site, BTreeSet<usize>>,
}

impl<'f> Plan<'f> {
    pub(crate) fn new(f: &'f Func, root_joint: bool) -> Plan<'f> {
        let sites = Sites::new(f);
        let n = sites.blocks.len();
        let mut plan = Plan {
            f,
            act: activity::analyze(f),
            useful: useful::analyze(f),
            sites,
            modes: HashMap::new(),
            blocks: vec![BlockPlan::default(); n],
            escapes: HashMap::new(),
            followers: HashMap::new(),
            decisions: HashMap::new(),
            errors: Vec::new(),
            snapshots: HashMap::new(),
            kept_args: HashMap::new(),
            fused_calls: BTreeSet::new(),
        };
        plan.blocks[0].joint = root_joint;
        plan.choose(BlockId(0));
        plan.collect(BlockId(0));
        plan
    }

    /// Whether an adjoint of `v` exists: it depends on an active parameter, and a result depends on it.
    pub(crate) fn live(&self, v: Val) -> bool {
        self.act.val(v) && self.useful.val(v)
    }

    pub(crate) fn live_mem(&self, m: Mem) -> bool {
        self.act.mem(m) && self.useful.mem(m)
    }

    pub(crate) fn live_stack(&self, s: StackId) -> bool {
        self.act.stack(s) && self.useful.stack(s)
    }

    /// Whether an adjoint travels through carried value `j` of a loop: a value that the body does not read still hands
    /// its adjoint on where the loop does not run.
    pub(crate) fn live_carried(&self, site: Site, j: usize) -> bool {
        let body = self.sites.children(site)[0];
        self.live(self.sites.block(body).params[j + 1]) || self.live(self.sites.stmt(site).out[j])
    }

    pub(crate) fn mode(&self, site: Site) -> Mode {
        self.modes.get(&site).copied().unwrap_or(Mode::Plain)
    }

    pub(crate) fn joint(&self, block: BlockId) -> bool {
        self.blocks[block.0].joint
    }

    /// Whether the statement takes part in the reverse sweep.
    pub(crate) fn live_stmt(&self, site: Site) -> bool {
        let stmt = self.sites.stmt(site);
        stmt.out.iter().any(|&o| self.live(o))
            || match &stmt.op {
                Op::Store { place, .. } | Op::Accum { place, .. } => self.live_mem(place.mem),
                Op::AddMem { dst, src } => self.live_mem(dst.mem) && self.live_mem(src.mem),
                Op::Swap { a, .. } => self.live_mem(a.mem),
                Op::Alloc { mem, .. } | Op::Resize { mem, .. } => self.live_mem(*mem),
                Op::Restore { stack, mem } => self.live_stack(*stack) || self.live_mem(*mem),
                Op::Push { stack, .. } | Op::Pop(stack) | Op::Save { stack, .. } => self.live_stack(*stack),
                Op::Call(_) => written(&stmt.op).into_iter().any(|m| self.live_mem(m)),
                Op::If { .. } | Op::For(_) => {
                    self.sites.children(site).iter().any(|&b| {
                        (0..self.sites.block(b).stmts.len()).any(|i| self.live_stmt(Site { block: b, stmt: i }))
                    })
                }
                _ => false,
            }
    }

    // ---- modes --------------------------------------------------------------------------------------------------

    fn choose(&mut self, block: BlockId) {
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
    fn inner_sites(&self, block: BlockId) -> Vec<(Site, bool)> {
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
                    && measured(op).is_none_or(|m| local(m) || (self.visible(m) && !self.resized(m)))
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

    // ---- memory -------------------------------------------------------------------------------------------------

    pub(crate) fn mem_def(&self, m: Mem) -> Option<Def> {
        self.sites.mem_defs.get(m.0 as usize).copied().flatten()
    }

    /// Whether the memory object is there in the reverse sweep of any block that can see it, without being saved.
    fn visible(&self, m: Mem) -> bool {
        match self.mem_def(m) {
            Some(Def::Param(_)) => true,
            Some(Def::Stmt(s)) => self.joint(s.block),
            None => false,
        }
    }

    /// Whether what `site` reads of `m` can be read again when the reverse sweep gets there.
    pub(crate) fn stable(&self, m: Mem, site: Site) -> bool {
        if bug::seeded(Bug::StaleLoad) {
            return true;
        }
        let home = self.mem_def(m).map_or(BlockId(0), Def::block);
        self.sites.writes[m.0 as usize].iter().all(|&w| {
            let common = self.sites.common(site.block, w.block);
            let (Some(at), Some(written)) = (self.sites.lifted(site, common), self.sites.lifted(w, common)) else {
                return false;
            };
            if written > at || w == site {
                return false;
            }
            // An earlier write of the text comes later in time where a loop around both comes round again before the
            // reverse sweep begins.
            self.sites.ancestors(common).take_while(|&b| b != home).all(|b| {
                let looped = self.sites.blocks[b.0].region == Region::Loop;
                !looped || self.joint(b)
            })
        })
    }

    /// The (zero) beginning of a memory object of the same shape as `m`, from values that the reverse sweep has.
    pub(crate) fn shape_of(&self, m: Mem) -> Option<ShapeOf> {
        self.shape_at(&Place::whole(m))
    }

    fn shape_at(&self, place: &Place) -> Option<ShapeOf> {
        if self.resized(place.mem) || self.moves(place.mem) {
            // It has had other lengths.
            return None;
        }
        if self.visible(place.mem) || self.remade(place.mem).is_some() {
            return Some(ShapeOf::Like(place.clone()));
        }
        let Some(Def::Stmt(site)) = self.mem_def(place.mem) else { return None };
        let Op::Alloc { init, .. } = &self.sites.stmt(site).op else { return None };
        let skip = place.path.len();
        if place.path.iter().any(|access| matches!(access, Access::Range { .. })) {
            return None;
        }
        match init {
            Init::Fill { dims, .. } => Some(ShapeOf::Dims(dims.get(skip..)?.to_vec())),
            Init::List { shape, .. } => Some(ShapeOf::Dims(shape.get(skip..)?.iter().map(|&n| fixed(n)).collect())),
            Init::Copy(from) | Init::ZerosLike(from) => {
                let mut path = from.path.clone();
                path.extend(place.path.iter().cloned());
                self.shape_at(&Place { mem: from.mem, path })
            }
            Init::Build(_) => None,
        }
    }

    fn need_shape(&mut self, m: Mem) -> bool {
        match self.shape_of(m) {
            Some(ShapeOf::Like(place)) => {
                self.need_path(&place);
                self.visible(place.mem) || self.remake(place.mem)
            }
            Some(ShapeOf::Dims(dims)) => {
                for d in &dims {
                    if let Dim::Heap(n) = d {
                        self.need(*n);
                    }
                }
                true
            }
            None => false,
        }
    }

    /// Makes the memory object visible to the reverse sweep, saving it if that is what it takes.
    fn need_mem(&mut self, m: Mem) -> bool {
        if self.visible(m) {
            return true;
        }
        if self.remake(m) {
            return true;
        }
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return false };
        if !self.saveable(m) {
            return false;
        }
        self.blocks[site.block.0].saved.insert(site.stmt);
        self.need_shape(m)
    }

    /// A struct that nothing changes after it is made: it can be made again from its parts.
    fn remade(&self, m: Mem) -> Option<Site> {
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return None };
        let op = &self.sites.stmt(site).op;
        let fixed = matches!(op, Op::Alloc { init: Init::Build(_), .. }) && self.sites.writes[m.0 as usize].is_empty();
        let parts = |m: Mem| self.visible(m) || self.remade(m).is_some() || self.saveable(m);
        (fixed && read(op).into_iter().all(|m| self.stable(m, site) && parts(m))).then_some(site)
    }

    /// Makes the struct again in the reverse block.
    fn remake(&mut self, m: Mem) -> bool {
        let Some(site) = self.remade(m) else { return false };
        if self.blocks[site.block.0].again.insert(site.stmt) {
            let op = &self.sites.stmt(site).op;
            for v in op.reads() {
                self.need(v);
            }
            for part in read(op) {
                self.need_mem(part);
            }
        }
        true
    }

    /// Whether copies of the memory can be kept on a stack: its shape is the same in the reverse sweep.
    fn keepable(&self, m: Mem) -> bool {
        let floats = matches!(self.f.mem(m).elem, Some(Ty::Float(_)));
        floats && self.visible(m) && !self.resized(m) && !self.moves(m)
    }

    fn saveable(&self, m: Mem) -> bool {
        matches!(self.f.mem(m).elem, Some(Ty::Float(_))) && self.shape_of(m).is_some()
    }

    // ---- needs --------------------------------------------------------------------------------------------------

    fn collect(&mut self, block: BlockId) {
        let joint = self.joint(block);
        for i in 0..self.sites.block(block).stmts.len() {
            let site = Site { block, stmt: i };
            if self.live_stmt(site) {
                self.collect_stmt(site, joint);
            }
        }
    }

    fn collect_stmt(&mut self, site: Site, joint: bool) {
        let stmt = self.sites.stmt(site);
        match &stmt.op {
            Op::Node { rule, args } => {
                let active = self.act.of(args);
                for (i, &a) in args.iter().enumerate() {
                    if self.live(a) {
                        let reads = rules::partial_reads(*rule, &active, i);
                        for (&read, &v) in reads.args.iter().zip(args) {
                            if read {
                                self.need(v);
                            }
                        }
                        if reads.out {
                            self.need(stmt.out[0]);
                        }
                    }
                }
            }
            Op::Select { cond, .. } => self.need(*cond),
            Op::Load(place) | Op::Store { place, .. } | Op::Accum { place, .. } => self.need_path(place),
            Op::Alloc { mem, init } => {
                match init {
                    Init::Copy(place) => self.need_path(place),
                    Init::Build(build) => build.made.places().into_iter().for_each(|place| self.need_path(place)),
                    _ => {}
                }
                if !joint && !self.need_shape(*mem) {
                    self.refuse(site, "an array of this shape cannot be differentiated here yet: declare it outside the loop or branch");
                }
            }
            Op::AddMem { dst, src } => {
                self.need_path(dst);
                self.need_path(src);
            }
            Op::Swap { a, b } => {
                if self.moves(a.mem) && !(self.visible(a.mem) && self.visible(b.mem)) {
                    self.refuse(site, "vectors that are swapped in the loop or branch that they are declared in: declare them outside");
                }
                self.need_path(a);
                self.need_path(b);
            }
            Op::Resize { mem, from, to } => {
                if !self.visible(*mem) {
                    self.refuse(site, "a vector that grows or shrinks in the loop or branch that it is declared in: declare it outside");
                }
                self.need(*from);
                self.need(*to);
            }
            Op::If { cond, .. } => {
                self.need(*cond);
                for b in self.sites.children(site).to_vec() {
                    self.collect(b);
                }
            }
            Op::For(_) => {
                let mode = self.mode(site);
                let body = self.sites.children(site)[0];
                if matches!(mode, Mode::Keep | Mode::Rerun) {
                    for bound in self.bounds(site) {
                        self.need(bound);
                    }
                }
                if mode == Mode::Rerun {
                    for v in self.outer_reads(body) {
                        self.need(v);
                    }
                }
                self.collect(body);
            }
            Op::Call(_) if self.fused_calls.contains(&site) => {}
            Op::Call(call) => {
                for (k, arg) in call.args.iter().enumerate() {
                    match arg {
                        Arg::Val(v) => self.need(*v),
                        Arg::Place { place, .. } => {
                            self.need_path(place);
                            if !self.stable(place.mem, site) {
                                if joint {
                                    self.snapshots.entry(site).or_default().insert(k);
                                } else if self.keepable(place.mem) {
                                    self.kept_args.entry(site).or_default().insert(k);
                                } else {
                                    self.refuse(site, "this argument is overwritten after the call: pass a copy of it that is bound with `let` in the same block");
                                }
                            } else if !self.need_mem(place.mem) {
                                self.refuse(site, "this argument does not outlive the loop or branch that it is declared in: declare it outside");
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn refuse(&mut self, site: Site, message: &str) {
        let span = self.sites.stmt(site).span;
        self.errors.push(Unsupported { span, message: message.to_owned() });
    }

    /// The values that statements within `block` read and that are defined outside.
    fn outer_reads(&self, block: BlockId) -> Vec<Val> {
        let mut outer = BTreeSet::new();
        for (site, _) in self.inner_sites(block) {
            outer.extend(self.sites.stmt(site).op.reads());
            for &child in self.sites.children(site) {
                outer.extend(&self.sites.block(child).yields);
            }
        }
        outer.extend(&self.sites.block(block).yields);
        outer.into_iter().filter(|&v| self.sites.def(v).is_some_and(|d| !self.sites.within(d.block(), block))).collect()
    }

    fn need_path(&mut self, place: &Place) {
        for access in &place.path {
            for v in access.reads() {
                self.need(v);
            }
        }
    }

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
                            "this value cannot be kept for the reverse sweep: bind it outside the loop or branch",
                        );
                    }
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, v: Val, block: BlockId) {
        if self.f.ty(v) == Ty::Opaque {
            let span = self.f.vals[v.0 as usize].span;
            self.errors.push(Unsupported {
                span,
                message: "the reverse sweep needs this value again and its type is not known: write its type, \
                          for instance `let k: usize = ..`"
                    .to_owned(),
            });
            return;
        }
        match (self.sites.blocks[block.0].region, self.sites.blocks[block.0].parent) {
            (Region::Then | Region::Else, Some(site)) => self.escape(v, block, site),
            _ => self.blocks[block.0].kept.push(v),
        }
    }

    /// Lets a value of a branch leave it: one more result of the `if`, shared with one of the other branch.
    fn escape(&mut self, v: Val, block: BlockId, site: Site) {
        let then = self.sites.blocks[block.0].region == Region::Then;
        let ty = self.f.ty(v);
        let escapes = self.escapes.entry(site).or_default();
        let free = escapes.iter_mut().find(|e| e.ty == ty && if then { e.then.is_none() } else { e.els.is_none() });
        match free {
            Some(e) => {
                if then {
                    e.then = Some(v);
                } else {
                    e.els = Some(v);
                }
                let leader = e.leader;
                self.followers.entry(leader).or_default().push(v);
            }
            None => {
                let (then, els) = if then { (Some(v), None) } else { (None, Some(v)) };
                escapes.push(Escape { leader: v, then, els, ty });
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
        if ints || self.f.ty(v) == Ty::Opaque || self.cost(v, site.block, 0) <= NEW_KEEP + 1 {
            Decision::Again
        } else {
            Decision::Kept
        }
    }

    /// Cheap, free of effects, and giving the same value when the reverse sweep repeats it.
    fn repeatable(&self, site: Site) -> bool {
        match &self.sites.stmt(site).op {
            Op::Const(_) | Op::Int { .. } | Op::Cmp { .. } | Op::Cast(_) | Op::Select { .. } => true,
            Op::Node { rule, .. } => rules::row(*rule).cheap,
            Op::Len(place) => self.visible(place.mem) && !self.resized(place.mem),
            Op::Load(place) => {
                let there = self.visible(place.mem) || self.saveable(place.mem) || self.remade(place.mem).is_some();
                self.stable(place.mem, site) && there
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
            Some(d) if d.block() != block => usize::from(!self.joint(d.block())),
            Some(Def::Param(_)) => {
                if self.sites.block(block).params.first() == Some(&v) {
                    0
                } else {
                    NEW_KEEP
                }
            }
            Some(Def::Stmt(site)) if self.repeatable(site) => {
                let op = &self.sites.stmt(site).op;
                let own = usize::from(!matches!(op, Op::Const(_)));
                own + op.reads().into_iter().map(|r| self.cost(r, block, depth + 1)).sum::<usize>()
            }
            _ => NEW_KEEP,
        }
    }

    /// The escapes of the `if` at `site`.
    pub(crate) fn escapes_of(&self, site: Site) -> &[Escape] {
        self.escapes.get(&site).map_or(&[], Vec::as_slice)
    }
}

/// What keeping one more value costs, in steps.
const NEW_KEEP: usize = 3;
/// How deep a chain of steps may be that is computed again.
const MAX_DEPTH: usize = 6;

/// The shape of a memory object, in terms of what the reverse sweep has.
pub(crate) enum ShapeOf {
    Like(Place),
    Dims(Vec<Dim>),
}

fn fixed(n: usize) -> Dim {
    let literal = proc_macro2::Literal::usize_unsuffixed(n);
    Dim::Fixed { tokens: std::iter::once(proc_macro2::TokenTree::from(literal)).collect(), value: Some(n) }
}

/// The memory object that an operation looks at for its shape only.
fn measured(op: &Op) -> Option<Mem> {
    match op {
        Op::Len(place) | Op::Alloc { init: Init::ZerosLike(place), .. } => Some(place.mem),
        _ => None,
    }
}
