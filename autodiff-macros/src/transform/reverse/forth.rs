//! The forward sweep: the original's statements in their order, and what the reverse sweep will need.

use super::super::Unsupported;
use super::Emit;
use super::plan::{Mode, ShapeOf};
use crate::analysis::sites::{BlockId, Site};
use crate::ir::{
    Access, Arg, Block, Call, CallForm, Const, Dim, For, Init, Like, Made, Mem, Op, Place, Popped, Range, Ty, Val,
};

impl Emit<'_, '_> {
    /// The statements of a block, forward.
    pub(super) fn forth(&mut self, block: BlockId) -> Result<(), Unsupported> {
        for i in 0..self.plan.sites.block(block).stmts.len() {
            let site = Site { block, stmt: i };
            self.b.span = self.plan.sites.stmt(site).span;
            self.forth_stmt(site)?;
        }
        Ok(())
    }

    fn forth_stmt(&mut self, site: Site) -> Result<(), Unsupported> {
        let stmt = self.plan.sites.stmt(site);
        match &stmt.op {
            Op::If { cond, .. } => self.forth_if(site, *cond)?,
            Op::For(l) => match self.plan.mode(site) {
                Mode::Plain | Mode::Rerun => self.forth_plain_loop(site, l)?,
                Mode::Keep => self.forth_keep_loop(site, l)?,
                Mode::Fused => self.fused_loop(site, l)?,
            },
            Op::Call(call) if self.plan.fused_calls.contains(&site) => self.call_with_adjoint(site, call),
            Op::Call(call) if self.plan.live_stmt(site) => {
                for &k in self.plan.snapshots.get(&site).into_iter().flatten() {
                    if let Some(&place) = call.places_read().get(k) {
                        let copy = self.b.mem_like(place.mem, Some("copy".to_owned()));
                        let place = self.place(place);
                        self.b.effect(Op::Alloc { mem: copy, init: Init::Copy(place) });
                        self.copies.insert((site, k), copy);
                    }
                }
                if !matches!(call.form, CallForm::Primal) {
                    return self.forth_nested(site, call);
                }
                let op = Op::Call(Box::new(Call { form: CallForm::Forward, ..self.renamed_call(call) }));
                self.emit_as(op, &stmt.out);
                self.shadows_of_made(site);
            }
            Op::Alloc { mem, .. } => {
                self.emit_copy(site);
                if self.plan.joint(site.block) && self.plan.live_mem(*mem) {
                    let like = Init::ZerosLike(Place::whole(self.get_mem(*mem)));
                    self.alloc_shadow(*mem, like);
                }
            }
            Op::Swap { a, b } => {
                self.emit_copy(site);
                // Still zero here; but what is exchanged may have different lengths, and its shadow with it.
                if self.plan.live_mem(a.mem) && (self.plan.moves(a.mem) || self.plan.moves(b.mem)) {
                    self.forth_shapes(a, b);
                }
            }
            Op::Resize { mem, from, to, zeros } => {
                self.emit_copy(site);
                // The shadow has the length of the vector at all times. Where it is made in the reverse sweep, that is the
                // length at the end.
                if self.plan.live_mem(*mem) && self.plan.visible(*mem) {
                    let shadow = self.shadow(&Place::whole(*mem)).mem;
                    let (from, to, zeros) = (self.get(*from), self.get(*to), zeros.map(|like| self.place(like)));
                    self.b.effect(Op::Resize { mem: shadow, from, to, zeros });
                }
            }
            _ => self.emit_copy(site),
        }
        Ok(())
    }

    /// Shadows for the memory that a statement of a joint block has made.
    fn shadows_of_made(&mut self, site: Site) {
        if !self.plan.joint(site.block) {
            return;
        }
        for m in self.plan.sites.stmt(site).op.defined() {
            if self.plan.live_mem(m) {
                let like = Init::ZerosLike(Place::whole(self.get_mem(m)));
                self.alloc_shadow(m, like);
            }
        }
    }

    /// The shadows of two places that were exchanged, in their new shapes. Those of parameters, and those that are made in
    /// the reverse sweep, begin in the shape at the end.
    fn forth_shapes(&mut self, a: &Place, b: &Place) {
        let follows = |place: &Place| self.plan.visible(place.mem) && !self.plan.is_parameter(place.mem);
        match [a, b].map(follows) {
            [true, true] => {
                let (a, b) = (self.shadow(a), self.shadow(b));
                self.b.effect(Op::Swap { a, b });
            }
            [false, false] => {}
            [here, _] => {
                let place = if here { a } else { b };
                let zeros = self.b.mem_like(place.mem, None);
                // A part may be of the type of what it is exchanged with, which is not known to have zeros.
                let parts = [a, b].map(|place| self.plan.f.mem(place.mem).part);
                self.b.mems[zeros.0 as usize].part = parts[0].max(parts[1]);
                let like = Init::ZerosLike(self.place(place));
                self.b.effect(Op::Alloc { mem: zeros, init: like });
                let shadow = self.shadow(place);
                self.b.effect(Op::Swap { a: shadow, b: Place::whole(zeros) });
            }
        }
    }

    fn emit_as(&mut self, op: Op, out: &[Val]) {
        let out = out.iter().map(|&o| self.define(o)).collect();
        self.b.push_stmt(op, out);
    }

    /// The statement as it is, in terms of the values emitted so far. Not for regions.
    pub(super) fn emit_copy(&mut self, site: Site) {
        let stmt = self.plan.sites.stmt(site);
        let op = self.rename(&stmt.op);
        self.emit_as(op, &stmt.out);
    }

    pub(super) fn args(&self, args: &[Arg]) -> Vec<Arg> {
        args.iter()
            .map(|a| match a {
                Arg::Val(v) => Arg::Val(self.get(*v)),
                Arg::Place { place, by } => Arg::Place { place: self.place(place), by: *by },
                Arg::Gone => Arg::Gone,
            })
            .collect()
    }

    /// The call, in terms of the values emitted so far, making new memory.
    pub(super) fn renamed_call(&mut self, call: &Call) -> Call {
        let renamed = self.given_call(call);
        let made = call.made.iter().map(|made| {
            let layers = made.layers.iter().map(|&m| self.define_mem(m)).collect();
            Made { part: made.part, layers }
        });
        let made = made.collect();
        Call { made, ..renamed }
    }

    /// What the call is given, in terms of the values emitted so far.
    pub(super) fn given_call(&self, call: &Call) -> Call {
        let mut form = call.form.clone();
        form.operands_mut(&mut |v| *v = self.get(*v), &mut |place| *place = self.place(place));
        Call { args: self.args(&call.args), form, ..call.clone() }
    }

    fn dims(&self, dims: &[Dim]) -> Vec<Dim> {
        dims.iter()
            .map(|d| match d {
                Dim::Heap(n) => Dim::Heap(self.get(*n)),
                fixed @ Dim::Fixed { .. } => fixed.clone(),
            })
            .collect()
    }

    fn rename(&mut self, op: &Op) -> Op {
        match op {
            Op::Node { rule, args } => Op::Node { rule: *rule, args: self.all(args) },
            Op::Int { op, args } => Op::Int { op: *op, args: self.all(args) },
            Op::Cmp { op, a, b } => Op::Cmp { op: *op, a: self.get(*a), b: self.get(*b) },
            Op::Cast(v) => Op::Cast(self.get(*v)),
            Op::Select { cond, a, b } => Op::Select { cond: self.get(*cond), a: self.get(*a), b: self.get(*b) },
            Op::Len(place) => Op::Len(self.place(place)),
            Op::Load(place) => Op::Load(self.place(place)),
            Op::Clear(place) => Op::Clear(self.place(place)),
            Op::Store { place, value } => Op::Store { place: self.place(place), value: self.get(*value) },
            Op::Accum { place, value } => Op::Accum { place: self.place(place), value: self.get(*value) },
            Op::AddMem { dst, src } => Op::AddMem { dst: self.place(dst), src: self.place(src) },
            Op::Swap { a, b } => Op::Swap { a: self.place(a), b: self.place(b) },
            Op::Resize { mem, from, to, zeros } => {
                let zeros = zeros.map(|like| self.place(like));
                Op::Resize { mem: self.get_mem(*mem), from: self.get(*from), to: self.get(*to), zeros }
            }
            Op::Push { stack, value } => Op::Push { stack: *stack, value: self.get(*value) },
            Op::Save { stack, mem } => Op::Save { stack: *stack, mem: self.get_mem(*mem) },
            Op::Restore { stack, mem } => Op::Restore { stack: *stack, mem: self.get_mem(*mem) },
            Op::Alloc { mem, init } => {
                let init = match init {
                    Init::Fill { value, dims } => Init::Fill { value: self.get(*value), dims: self.dims(dims) },
                    Init::List { items, shape } => Init::List { items: self.all(items), shape: shape.clone() },
                    Init::Copy(place) => Init::Copy(self.place(place)),
                    Init::ZerosLike(place) => Init::ZerosLike(self.place(place)),
                    Init::Build(build) => Init::Build(Box::new(build.map(|v| self.get(v), |place| self.place(place)))),
                    Init::Popped(popped) => Init::Popped(popped.clone()),
                };
                Op::Alloc { mem: self.define_mem(*mem), init }
            }
            Op::Call(c) => Op::Call(Box::new(self.renamed_call(c))),
            Op::Opaque(o) => Op::Opaque(Box::new(o.map(|v| self.get(v), |place| self.place(place)))),
            Op::Const(_) | Op::NewStack(_) | Op::Pop(_) | Op::If { .. } | Op::For(_) | Op::Record(_) => op.clone(),
        }
    }

    // ---- regions ------------------------------------------------------------------------------------------------

    fn forth_if(&mut self, site: Site, cond: Val) -> Result<(), Unsupported> {
        let cond = self.get(cond);
        let escapes = self.plan.escapes_of(site);
        let mut blocks = Vec::new();
        for (k, &child) in self.plan.sites.children(site).iter().enumerate() {
            self.b.open_block(Vec::new());
            self.forth(child)?;
            self.push_kept(child);
            let mut yields = self.all(&self.plan.sites.block(child).yields);
            for e in escapes {
                let value = if k == 0 { e.then } else { e.els };
                yields.push(match value {
                    Some(v) => self.get(v),
                    None => self.dummy(e.ty),
                });
            }
            blocks.push(self.b.close_block(yields));
        }
        let mut out: Vec<Val> = self.plan.sites.stmt(site).out.iter().map(|&o| self.define(o)).collect();
        for e in escapes {
            let v = self.b.fresh(e.ty);
            if let Some(name) = self.b.name(e.leader).map(str::to_owned) {
                self.b.set_name(v, name);
            }
            for member in self.plan.kept_as(e.leader) {
                self.env.insert(member, v);
            }
            out.push(v);
        }
        let els = blocks.pop().unwrap_or_default();
        let then = blocks.pop().unwrap_or_default();
        self.b.push_stmt(Op::If { cond, then, els }, out);
        Ok(())
    }

    /// A value that is never looked at.
    pub(super) fn dummy(&mut self, ty: Ty) -> Val {
        match ty {
            Ty::Float(f) => self.b.float(0.0, f),
            Ty::Int(_) | Ty::Opaque => self.b.emit(Op::Const(Const::Int(0)), ty),
            Ty::Bool => self.b.bool(false),
        }
    }

    fn range(&self, l: &For) -> Option<Range> {
        l.range.map(|r| Range { lo: self.get(r.lo), hi: self.get(r.hi), ..r })
    }

    /// Opens the body of a loop with its variable and carried values defined.
    fn open_loop(&mut self, body: &Block) -> Vec<Val> {
        let params: Vec<Val> = body.params.iter().map(|&p| self.define(p)).collect();
        self.b.open_block(params.clone());
        params
    }

    fn close_loop(&mut self, site: Site, l: &For, range: Option<Range>, inits: Vec<Val>) {
        let yields = self.all(&l.body.yields);
        let body = self.b.close_block(yields);
        let out = self.plan.sites.stmt(site).out.iter().map(|&o| self.define(o)).collect();
        self.b.push_stmt(Op::For(Box::new(For { range, inits, body })), out);
    }

    /// The loop as it is; with the state at the start of each iteration kept where the reverse runs the body again.
    fn forth_plain_loop(&mut self, site: Site, l: &For) -> Result<(), Unsupported> {
        let range = self.range(l);
        let inits = self.all(&l.inits);
        self.open_loop(&l.body);
        if self.plan.mode(site) == Mode::Rerun {
            for j in self.plan.rerun_state(site) {
                let p = self.get(l.body.params[j + 1]);
                let stack = self.state_stack(site, j, p);
                self.b.effect(Op::Push { stack, value: p });
            }
        }
        self.plain(self.plan.sites.children(site)[0])?;
        self.close_loop(site, l, range, inits);
        Ok(())
    }

    pub(super) fn state_stack(&mut self, site: Site, j: usize, p: Val) -> crate::ir::StackId {
        if let Some(&s) = self.state_stacks.get(&(site, j)) {
            return s;
        }
        let (ty, name) = (self.b.ty(p), self.b.name(p).map(|n| format!("{n}_kept")));
        let s = self.new_stack(ty, name);
        self.state_stacks.insert((site, j), s);
        s
    }

    /// A block without any preparation for a reverse sweep.
    fn plain(&mut self, block: BlockId) -> Result<(), Unsupported> {
        for i in 0..self.plan.sites.block(block).stmts.len() {
            let site = Site { block, stmt: i };
            let stmt = self.plan.sites.stmt(site);
            self.b.span = stmt.span;
            match &stmt.op {
                Op::If { cond, .. } => {
                    let cond = self.get(*cond);
                    let mut blocks = Vec::new();
                    for &child in self.plan.sites.children(site) {
                        self.b.open_block(Vec::new());
                        self.plain(child)?;
                        let yields = self.all(&self.plan.sites.block(child).yields);
                        blocks.push(self.b.close_block(yields));
                    }
                    let els = blocks.pop().unwrap_or_default();
                    let then = blocks.pop().unwrap_or_default();
                    self.emit_as(Op::If { cond, then, els }, &stmt.out);
                }
                Op::For(l) => {
                    let range = self.range(l);
                    let inits = self.all(&l.inits);
                    self.open_loop(&l.body);
                    self.plain(self.plan.sites.children(site)[0])?;
                    self.close_loop(site, l, range, inits);
                }
                _ => self.emit_copy(site),
            }
        }
        Ok(())
    }

    fn forth_keep_loop(&mut self, site: Site, l: &For) -> Result<(), Unsupported> {
        let range = self.range(l);
        let inits = self.all(&l.inits);
        let body = self.plan.sites.children(site)[0];
        if let Some(range) = range.filter(|_| self.plan.indexed(site)) {
            self.alloc_kept(body, range.hi);
        }
        self.open_loop(&l.body);
        self.forth(body)?;
        self.push_kept(body);
        self.close_loop(site, l, range, inits);
        Ok(())
    }

    fn fused_loop(&mut self, site: Site, l: &For) -> Result<(), Unsupported> {
        let stmt = self.plan.sites.stmt(site);
        let bars: Vec<Option<Val>> =
            stmt.out.iter().map(|&r| if self.plan.live(r) { self.adjoint_ahead(r, site) } else { None }).collect();
        self.consumed.extend(stmt.out.iter().copied().filter(|&r| self.plan.live(r)));
        let range = self.range(l);
        let inits = self.all(&l.inits);
        let params = self.open_loop(&l.body);
        let body = self.plan.sites.children(site)[0];
        self.enter_layer(body, true);
        self.seed_yields(body, &bars);
        self.joint(body)?;
        let yields = self.all(&l.body.yields);
        let out: Vec<Val> = stmt.out.iter().map(|&o| self.define(o)).collect();
        let looped = For { range, inits, body: Block::default() };
        self.close_layered_loop(looped, params, yields, out);
        Ok(())
    }

    // ---- keeping ------------------------------------------------------------------------------------------------

    /// Keeps what the reverse of a split block needs.
    pub(super) fn push_kept(&mut self, block: BlockId) {
        let plan = &self.plan.blocks[block.0];
        for (at, stmt) in self.plan.sites.block(block).stmts.iter().enumerate().rev() {
            let saved =
                |m: &Mem| plan.results.contains(m) || (matches!(stmt.op, Op::Alloc { .. }) && plan.saved.contains(&at));
            for m in stmt.op.defined().into_iter().rev().filter(saved) {
                let stack = self.mem_stack(m);
                let mem = self.get_mem(m);
                self.b.effect(Op::Save { stack, mem });
            }
        }
        for &v in &plan.kept {
            let value = self.get(v);
            match self.kept_place(block, v) {
                Some(place) => self.b.effect(Op::Store { place, value }),
                None => {
                    let stack = self.stack_of(v);
                    self.b.effect(Op::Push { stack, value });
                }
            }
        }
    }

    /// Arrays for what an indexed loop keeps, as long as the loop's upper bound.
    fn alloc_kept(&mut self, body: BlockId, len: Val) {
        for &v in &self.plan.blocks[body.0].kept {
            if let Ty::Float(float) = self.plan.f.ty(v) {
                let name = self.b.name(v).map(|n| format!("{n}_kept"));
                let mem = self.b.fresh_mem(Some(Ty::Float(float)), name);
                let value = self.b.float(0.0, float);
                self.b.effect(Op::Alloc { mem, init: Init::Fill { value, dims: vec![Dim::Heap(len)] } });
                self.kept_arrays.insert(v, mem);
            }
        }
    }

    /// Where an indexed loop keeps `v` in the iteration at hand.
    fn kept_place(&self, body: BlockId, v: Val) -> Option<Place> {
        let &mem = self.kept_arrays.get(&v)?;
        let &var = self.plan.sites.block(body).params.first()?;
        Some(Place { mem, path: vec![Access::Index(self.get(var))] })
    }

    fn mem_stack(&mut self, m: Mem) -> crate::ir::StackId {
        if let Some(&s) = self.mem_stacks.get(&m) {
            return s;
        }
        let data = self.plan.f.mem(m);
        let whole = self.plan.is_result(m) || self.plan.kept_whole(m).is_some();
        let ty = data.elem.filter(|_| !whole).unwrap_or(Ty::Opaque);
        let s = self.new_stack(ty, data.name.as_ref().map(|n| format!("{n}_kept")));
        self.mem_stacks.insert(m, s);
        s
    }

    fn stack_of(&mut self, v: Val) -> crate::ir::StackId {
        if let Some(&s) = self.stacks.get(&v) {
            return s;
        }
        let (ty, name) = (self.plan.f.ty(v), self.plan.f.vals[v.0 as usize].name.as_ref().map(|n| format!("{n}_kept")));
        let s = self.new_stack(ty, name);
        self.stacks.insert(v, s);
        s
    }

    /// Makes available to the reverse statements of a split block what they need of its forward statements.
    pub(super) fn restore(&mut self, block: BlockId) {
        let plan = &self.plan.blocks[block.0];
        let swapped: Vec<Val> = if crate::bug::seeded(crate::bug::Bug::KeptOrder) {
            plan.kept.iter().rev().copied().collect()
        } else {
            plan.kept.clone()
        };
        for (&v, &source) in plan.kept.iter().zip(&swapped).rev() {
            let ty = self.plan.f.ty(v);
            let popped = match self.kept_place(block, source) {
                Some(place) => self.b.load(place, ty),
                None => {
                    let stack = self.stack_of(source);
                    self.b.emit(Op::Pop(stack), ty)
                }
            };
            if let Some(name) = self.b.name(v).map(str::to_owned) {
                self.b.set_name(popped, name);
            }
            for member in self.plan.kept_as(v) {
                self.env.insert(member, popped);
            }
        }
        for (i, stmt) in self.plan.sites.block(block).stmts.iter().enumerate() {
            let site = Site { block, stmt: i };
            self.b.span = stmt.span;
            if plan.again.contains(&i) {
                self.emit_copy(site);
            }
            for m in stmt.op.defined().into_iter().filter(|m| plan.results.contains(m)) {
                let (stack, new) = (self.mem_stack(m), self.define_mem(m));
                let like = if self.on_tape { self.plan.like(m) } else { Like::Any };
                let init = Init::Popped(Box::new(Popped { stack, like }));
                self.b.effect(Op::Alloc { mem: new, init });
                if self.plan.live_mem(m) {
                    self.alloc_shadow(m, Init::ZerosLike(Place::whole(new)));
                }
            }
            if let Op::Alloc { mem, .. } = &stmt.op
                && !plan.results.contains(mem)
            {
                if self.plan.kept_whole(*mem).is_some() {
                    let whole = Place::whole(self.get_mem(*mem));
                    if plan.saved.contains(&i) {
                        let stack = self.mem_stack(*mem);
                        self.b.effect(Op::Restore { stack, mem: whole.mem });
                    }
                    if self.plan.live_mem(*mem) {
                        self.alloc_shadow(*mem, Init::ZerosLike(whole));
                    }
                    continue;
                }
                if plan.saved.contains(&i)
                    && let Some(init) = self.zeros_of(&Place::whole(*mem))
                {
                    let (stack, new) = (self.mem_stack(*mem), self.define_mem(*mem));
                    self.b.effect(Op::Alloc { mem: new, init });
                    self.b.effect(Op::Restore { stack, mem: new });
                }
                if self.plan.live_mem(*mem)
                    && let Some(init) = self.zeros_of(&Place::whole(*mem))
                {
                    self.alloc_shadow(*mem, init);
                }
            }
        }
    }

    fn zeros_of(&mut self, place: &Place) -> Option<Init> {
        match self.plan.shape_at(place)? {
            ShapeOf::Like(place) => Some(Init::ZerosLike(self.place(&place))),
            ShapeOf::LikeShadow(place) => Some(Init::ZerosLike(self.shadow(&place))),
            ShapeOf::Dims(dims) => {
                let dims = self.dims(&dims);
                let value = self.dummy(self.plan.f.mem(place.mem).elem?);
                Some(Init::Fill { value, dims })
            }
        }
    }

    /// The shadow place of an element by its position in an array of this shape.
    pub(super) fn element(shadow: Mem, shape: &[usize], k: usize) -> Place {
        let mut path = Vec::new();
        let mut rest = k;
        for d in (0..shape.len()).rev() {
            path.push(Access::Const(rest % shape[d].max(1)));
            rest /= shape[d].max(1);
        }
        path.reverse();
        Place { mem: shadow, path }
    }
}
