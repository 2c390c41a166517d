//! Reverse mode: value and adjoint.
//!
//! The function runs forward, then its statements are visited backwards and each hands its adjoint on to its arguments:
//! `āᵢ += z̄ · ∂z/∂aᵢ`. Adjoints of scalars are SSA values like all others: the current sum for a value is replaced by the
//! next one when a further contribution comes, and regions carry the sums that they contribute to. Adjoints of memory
//! are shadows of the same shape; a store takes its adjoint out of the shadow and clears it.
//!
//! What the reverse sweep needs of the forward sweep is decided beforehand ([`plan`]); loops whose adjoints are known in
//! advance do both at once ([`fuse`]). The statements' own rules are in [`sweep`], the loops in [`loops`]; this module
//! has what they share: the emitted names of the user's values, and the layers in which adjoints are summed.

mod copies;
mod forth;
mod fuse;
mod lengths;
mod loops;
mod nested;
pub(crate) mod plan;
mod sweep;
mod trips;

use std::collections::BTreeMap;

use self::plan::Plan;
use super::Unsupported;
use crate::analysis::sites::{BlockId, Def, Site};
use crate::bug::{self, Bug};
use crate::ir::build::Builder;
use crate::ir::{Access, Func, Init, Mark, Mem, Op, Param, Place, Role, Slotted, StackId, Stmt, Ty, Val};
use crate::maps::{Hashed, Map, Set};

/// The fused reverse derivative of `f`: seeds for its float results and shadows for its active memory parameters behind
/// the parameters, the adjoints of its active scalar parameters behind the results.
pub(crate) fn reverse(f: &Func) -> Result<Func, Unsupported> {
    let f = trips::counted(f);
    let f = &*copies::separated(&f, true);
    let plan = Plan::new(f, true);
    let mut em = Emit::new(&plan, Builder::extending(f), false)?;
    let mut params = f.params.clone();
    em.seeds_and_shadows(&mut params);
    em.forth(BlockId(0))?;
    em.seed_returned(&mut params);
    em.back(BlockId(0))?;
    let mut results: Vec<(Role, Val)> =
        f.results.iter().cloned().zip(f.body.yields.iter().map(|&y| em.get(y))).collect();
    em.scalar_adjoints(&mut results);
    let returned = f.returned.iter().map(|(role, m)| (role.clone(), em.get_mem(*m))).collect();
    let reversed = em.finish(f.name.clone(), params, results);
    Ok(Func { returned, ..reversed })
}

/// The reverse derivative in two functions, for callers whose own reverse sweep comes in between: `__forward` computes
/// the value and leaves what the reverse needs on the tape, `__reverse` takes it from there.
pub(crate) fn split(f: &Func) -> Result<(Func, Func), Unsupported> {
    let f = trips::counted(f);
    let f = &*copies::separated(&f, false);
    let plan = Plan::new(f, false);
    let mut em = Emit::new(&plan, Builder::extending(f), true)?;
    em.forth(BlockId(0))?;
    em.push_kept(BlockId(0));
    let results: Vec<(Role, Val)> = f.results.iter().cloned().zip(f.body.yields.iter().map(|&y| em.get(y))).collect();
    let (carry, forward) = em.hand_over(f.name.clone(), f.params.clone(), results);

    let forward = Func { returned: f.returned.clone(), ..forward };
    let mut em = Emit::resume(&plan, Builder::extending(&forward), carry);
    // What is behind `&mut` has been written since and is not given again; its shadow has its shape.
    let mut params: Vec<Param> = f.params.iter().filter(|p| !p.by_mut).cloned().collect();
    em.seeds_and_shadows(&mut params);
    for p in f.params.iter().filter(|p| p.by_mut) {
        if let Slotted::Mem(m) = p.held
            && let Some(&shadow) = em.shadows.get(&m)
        {
            em.env_mem.insert(m, shadow);
        }
    }
    em.restore(BlockId(0));
    em.seed_returned(&mut params);
    em.back(BlockId(0))?;
    let mut results = Vec::new();
    em.scalar_adjoints(&mut results);
    let reverse = em.finish(f.name.clone(), params, results);
    Ok((forward, reverse))
}

/// A scope of the reverse sweep in which adjoints are summed.
struct Layer {
    /// The block of the original whose statements are reversed here.
    block: BlockId,
    /// A loop carries the sums of outer values; a branch sees them through its scope.
    is_loop: bool,
    sums: BTreeMap<Val, Val>,
    /// Outer values whose sums this loop carries, with the block parameter of each.
    carried: Vec<(Val, Val)>,
}

/// What the forward function of a split hands to the reverse one.
#[derive(Default)]
struct Carry {
    stacks: Map<Val, StackId>,
    mem_stacks: Map<Mem, StackId>,
    state_stacks: Hashed<(Site, usize), StackId>,
}

/// The emission of one derivative.
struct Emit<'p, 'f> {
    plan: &'p Plan<'f>,
    b: Builder,
    /// Values are kept on the caller's tape instead of on stacks of this function.
    on_tape: bool,
    /// The emitted value that stands for a value of the original here and now.
    env: Map<Val, Val>,
    env_mem: Map<Mem, Mem>,
    /// Which values and memory objects of the original have been defined under their own number.
    defined: Set<Val>,
    defined_mem: Set<Mem>,
    /// The shadow of each memory object, in terms of the original.
    shadows: Map<Mem, Mem>,
    layers: Vec<Layer>,
    /// Loop results whose adjoints have been used ahead of time.
    ahead: Map<Val, Option<Val>>,
    consumed: Set<Val>,
    /// Calls that have computed their adjoints with their values: the adjoints of their scalar arguments.
    called_ahead: Hashed<Site, Vec<(Val, Val)>>,
    /// The adjoints of a joint block's yields.
    yield_bars: Hashed<BlockId, Vec<Option<Val>>>,
    stacks: Map<Val, StackId>,
    mem_stacks: Map<Mem, StackId>,
    state_stacks: Hashed<(Site, usize), StackId>,
    /// Where arguments of calls are kept.
    /// Arrays in which indexed loops keep values.
    kept_arrays: Map<Val, Mem>,
    /// Adjoint stacks of the original's own stacks (when a derivative is differentiated).
    bar_stacks: Map<StackId, StackId>,
    /// Copies of call arguments that are overwritten later, and where split blocks keep them.
    copies: Hashed<(Site, usize), Mem>,
    /// Stacks to be brought into being at the top of the function.
    new_stacks: Vec<StackId>,
}

impl<'p, 'f> Emit<'p, 'f> {
    fn new(plan: &'p Plan<'f>, b: Builder, on_tape: bool) -> Result<Self, Unsupported> {
        if let Some(error) = plan.errors.first() {
            return Err(error.clone());
        }
        let carry = Carry::default();
        Ok(Emit { on_tape, ..Emit::resume(plan, b, carry) })
    }

    fn resume(plan: &'p Plan<'f>, b: Builder, carry: Carry) -> Self {
        let mut em = Emit {
            plan,
            b,
            on_tape: true,
            env: Map::default(),
            env_mem: Map::default(),
            defined: Set::default(),
            defined_mem: Set::default(),
            shadows: Map::default(),
            layers: vec![Layer { block: BlockId(0), is_loop: false, sums: BTreeMap::new(), carried: Vec::new() }],
            ahead: Map::default(),
            consumed: Set::default(),
            called_ahead: Hashed::default(),
            yield_bars: Hashed::default(),
            stacks: carry.stacks,
            mem_stacks: carry.mem_stacks,
            state_stacks: carry.state_stacks,
            kept_arrays: Map::default(),
            bar_stacks: Map::default(),
            copies: Hashed::default(),
            new_stacks: Vec::new(),
        };
        for p in &plan.f.params {
            match p.held {
                Slotted::Val(v) => {
                    em.env.insert(v, v);
                    em.defined.insert(v);
                }
                Slotted::Mem(m) => {
                    em.env_mem.insert(m, m);
                    em.defined_mem.insert(m);
                }
            }
        }
        em
    }

    /// Adds a parameter for the adjoint of each float result and for the shadow of each active memory parameter.
    fn seeds_and_shadows(&mut self, params: &mut Vec<Param>) {
        let f = self.plan.f;
        let mut bars = Vec::new();
        for (role, &y) in f.results.iter().zip(&f.body.yields) {
            let mut bar = None;
            if f.ty(y).float().is_some() {
                let seed = self.b.fresh(f.ty(y));
                self.b.set_name(seed, "seed");
                params.push(Param {
                    role: role.marked(Mark::Bar),
                    held: Slotted::Val(seed),
                    active: true,
                    by_mut: false,
                });
                bar = Some(seed);
            }
            bars.push(bar);
        }
        for p in &f.params {
            if let (Slotted::Mem(m), true) = (p.held, p.active) {
                let shadow = self.new_shadow(m);
                params.push(Param {
                    role: p.role.marked(Mark::Bar),
                    held: Slotted::Mem(shadow),
                    active: true,
                    by_mut: false,
                });
            }
        }
        for (&y, &bar) in f.body.yields.iter().zip(&bars) {
            if let Some(bar) = bar {
                self.add(y, bar);
            }
        }
        self.yield_bars.insert(BlockId(0), bars);
    }

    /// Adds a parameter for the cotangent of each returned memory object, and adds it to the shadow.
    fn seed_returned(&mut self, params: &mut Vec<Param>) {
        for (role, m) in &self.plan.f.returned {
            let seed = self.b.fresh_mem(self.plan.f.mem(*m).elem, Some("seed".to_owned()));
            params.push(Param { role: role.marked(Mark::Bar), held: Slotted::Mem(seed), active: true, by_mut: false });
            if self.plan.live_mem(*m) {
                let dst = self.shadow(&Place::whole(*m));
                self.b.effect(Op::AddMem { dst, src: Place::whole(seed) });
            }
        }
    }

    fn scalar_adjoints(&mut self, results: &mut Vec<(Role, Val)>) {
        for p in &self.plan.f.params {
            if let (Slotted::Val(v), true) = (p.held, p.active)
                && self.plan.f.ty(v).float().is_some()
            {
                let bar = match self.sum(v) {
                    Some(bar) => bar,
                    None => self.b.like(0.0, v),
                };
                results.push((p.role.marked(Mark::Bar), bar));
            }
        }
    }

    fn finish(mut self, name: String, params: Vec<Param>, results: Vec<(Role, Val)>) -> Func {
        let stacks = std::mem::take(&mut self.new_stacks);
        let mut f = self.b.finish(name, params, results);
        let span = proc_macro2::Span::call_site();
        let first = stacks.into_iter().map(|s| Stmt { op: Op::NewStack(s), out: Vec::new(), span });
        f.body.stmts = first.chain(std::mem::take(&mut f.body.stmts)).collect();
        f
    }

    fn hand_over(mut self, name: String, params: Vec<Param>, results: Vec<(Role, Val)>) -> (Carry, Func) {
        let carry = Carry {
            stacks: std::mem::take(&mut self.stacks),
            mem_stacks: std::mem::take(&mut self.mem_stacks),
            state_stacks: std::mem::take(&mut self.state_stacks),
        };
        (carry, self.finish(name, params, results))
    }

    // ---- names --------------------------------------------------------------------------------------------------

    /// The emitted value for `v` here.
    fn get(&self, v: Val) -> Val {
        self.env.get(&v).copied().unwrap_or(v)
    }

    fn all(&self, vals: &[Val]) -> Vec<Val> {
        vals.iter().map(|&v| self.get(v)).collect()
    }

    /// A definition of `v`: under its own number the first time, under a new one where it is defined again.
    fn define(&mut self, v: Val) -> Val {
        let new = if self.defined.insert(v) {
            v
        } else {
            let data = self.b.vals[v.0 as usize].clone();
            self.b.vals.push(data);
            Val(self.b.vals.len() as u32 - 1)
        };
        self.env.insert(v, new);
        new
    }

    fn define_mem(&mut self, m: Mem) -> Mem {
        let new = if self.defined_mem.insert(m) {
            m
        } else {
            let data = self.b.mems[m.0 as usize].clone();
            self.b.mems.push(data);
            Mem(self.b.mems.len() as u32 - 1)
        };
        self.env_mem.insert(m, new);
        new
    }

    fn get_mem(&self, m: Mem) -> Mem {
        self.env_mem.get(&m).copied().unwrap_or(m)
    }

    fn path(&self, path: &[Access]) -> Vec<Access> {
        path.iter().map(|access| access.map(|v| self.get(v))).collect()
    }

    fn place(&self, place: &Place) -> Place {
        Place { mem: self.get_mem(place.mem), path: self.path(&place.path) }
    }

    /// The place of the shadow that corresponds to a place of the original.
    fn shadow(&mut self, place: &Place) -> Place {
        let mem = match self.shadows.get(&place.mem) {
            Some(&mem) => mem,
            None => self.new_shadow(place.mem),
        };
        Place { mem, path: self.path(&place.path) }
    }

    fn new_shadow(&mut self, m: Mem) -> Mem {
        let data = &self.plan.f.mems[m.0 as usize];
        let name = data.name.as_ref().map(|n| format!("{n}_bar"));
        let element_sides = data.element_sides.clone();
        let shadow = self.b.mem_like(m, name);
        self.b.mems[shadow.0 as usize].element_sides = element_sides;
        self.shadows.insert(m, shadow);
        shadow
    }

    /// Brings the shadow of `m` into being, zero, in the shape of `init`.
    fn alloc_shadow(&mut self, m: Mem, init: Init) {
        let mem = self.new_shadow(m);
        self.b.effect(Op::Alloc { mem, init });
    }

    fn new_stack(&mut self, ty: Ty, name: Option<String>) -> StackId {
        let s = self.b.fresh_stack(ty, self.on_tape, name);
        if !self.on_tape {
            self.new_stacks.push(s);
        }
        s
    }

    // ---- sums of adjoints ---------------------------------------------------------------------------------------

    /// The sum so far of `v`'s adjoint; `None` where it is structurally zero.
    fn sum(&mut self, v: Val) -> Option<Val> {
        self.sum_at(v, self.layers.len() - 1)
    }

    fn sum_at(&mut self, v: Val, level: usize) -> Option<Val> {
        let layer = &self.layers[level];
        if let Some(&sum) = layer.sums.get(&v) {
            return Some(sum);
        }
        let here =
            level == 0 || self.plan.sites.def(v).is_none_or(|d: Def| self.plan.sites.within(d.block(), layer.block));
        if here {
            return None;
        }
        if !layer.is_loop {
            return self.sum_at(v, level - 1);
        }
        // An outer value: the loop carries its sum from now on.
        let ty = self.b.ty(v);
        let param = self.b.fresh(ty);
        self.name_bar(v, param);
        self.layers[level].sums.insert(v, param);
        self.layers[level].carried.push((v, param));
        Some(param)
    }

    fn set_sum(&mut self, v: Val, sum: Val) {
        self.name_bar(v, sum);
        let top = self.layers.len() - 1;
        self.layers[top].sums.insert(v, sum);
    }

    fn name_bar(&mut self, v: Val, bar: Val) {
        if self.b.name(bar).is_none()
            && let Some(name) = self.b.name(v).map(|n| format!("{n}_bar"))
        {
            self.b.set_name(bar, name);
        }
    }

    fn wants(&self, v: Val) -> bool {
        self.plan.live(v) && !self.consumed.contains(&v)
    }

    /// `v̄ += term`.
    fn add(&mut self, v: Val, term: Val) {
        if !self.wants(v) {
            return;
        }
        let sum = match self.sum(v) {
            Some(sum) if !bug::seeded(Bug::AccumulationLost) => self.b.add(sum, term),
            _ => term,
        };
        self.set_sum(v, sum);
    }

    /// `v̄ −= term`.
    fn subtract(&mut self, v: Val, term: Val) {
        if bug::seeded(Bug::WrongSign) {
            return self.add(v, term);
        }
        if !self.wants(v) {
            return;
        }
        let sum = match self.sum(v) {
            Some(sum) => self.b.sub(sum, term),
            None => self.b.neg(term),
        };
        self.set_sum(v, sum);
    }

    // ---- joint blocks -------------------------------------------------------------------------------------------

    /// A joint block: forward, then backward, in one scope. The adjoints of its yields are in [`Self::yield_bars`].
    fn joint(&mut self, block: BlockId) -> Result<(), Unsupported> {
        self.forth(block)?;
        self.back(block)
    }
}
