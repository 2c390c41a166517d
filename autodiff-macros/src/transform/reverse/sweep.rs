//! The reverse sweep: what each statement hands on to its arguments.

use std::collections::BTreeSet;

use super::super::Unsupported;
use super::super::scaled::scaled;
use super::Emit;
use crate::analysis::sites::{BlockId, Site};
use crate::bug::{self, Bug};
use crate::ir::{Arg, By, Call, CallForm, Init, Mem, Op, Operand, Place, Slot, StackId, Tangent, Ty, Val, Zeros};
use crate::rules::{self, Partial, Rule, Step};

/// What a reverse call passes.
#[derive(Default)]
pub(super) struct Slots {
    pub(super) args: Vec<Arg>,
    pub(super) slots: Vec<Slot>,
    /// The active scalar arguments, in the order of their slots.
    pub(super) scalars: Vec<Val>,
    /// Shadows that are added afterwards: where parts of one memory object are passed, all but the first have one of their
    /// own, since two borrows of one shadow would overlap.
    pub(super) later: Vec<(Place, Mem)>,
    /// The shadows that are passed.
    pub(super) seen: BTreeSet<Mem>,
    /// Those of which a part is passed.
    pub(super) parts: BTreeSet<Mem>,
    /// Whether a list that is passed twice shares its shadow: not between the directions of a nested derivative.
    pub(super) shares: bool,
}

impl Emit<'_, '_> {
    /// The statements of a block, backwards.
    pub(super) fn back(&mut self, block: BlockId) -> Result<(), Unsupported> {
        for i in (0..self.plan.sites.block(block).stmts.len()).rev() {
            let site = Site { block, stmt: i };
            if self.plan.live_stmt(site) {
                self.b.span = self.plan.sites.stmt(site).span;
                self.back_stmt(site)?;
            }
        }
        Ok(())
    }

    fn back_stmt(&mut self, site: Site) -> Result<(), Unsupported> {
        let stmt = self.plan.sites.stmt(site);
        match &stmt.op {
            Op::Node { rule, args } => {
                if let Some(bar) = self.sum(stmt.out[0]) {
                    self.back_node(*rule, args, stmt.out[0], bar);
                }
            }
            Op::Cast(v) => {
                if let Some(bar) = self.sum(stmt.out[0]).filter(|_| self.wants(*v)) {
                    let ty = self.plan.f.ty(*v);
                    let bar = self.b.cast(bar, ty);
                    self.add(*v, bar);
                }
            }
            Op::Select { cond, a, b } => {
                if let Some(bar) = self.sum(stmt.out[0]) {
                    let cond = self.get(*cond);
                    let zero = self.b.like(0.0, bar);
                    if self.wants(*a) {
                        let term = self.b.select(cond, bar, zero);
                        self.add(*a, term);
                    }
                    if self.wants(*b) {
                        let term = self.b.select(cond, zero, bar);
                        self.add(*b, term);
                    }
                }
            }
            Op::Load(place) => {
                if let Some(value) = self.sum(stmt.out[0]) {
                    let place = self.shadow(place);
                    self.b.effect(Op::Accum { place, value });
                }
            }
            // A field that is no float has no adjoint.
            // A constant of a type that only rustc knows.
            Op::Store { place, value } if self.plan.f.ty(*value) == Ty::Opaque => {
                let place = self.shadow(place);
                self.b.effect(Op::Clear(place));
            }
            Op::Store { value, .. } if self.plan.f.ty(*value).float().is_none() => {}
            Op::Clear(place) => {
                let place = self.shadow(place);
                self.b.effect(Op::Clear(place));
            }
            Op::Store { place, value } => {
                let place = self.shadow(place);
                if self.wants(*value) {
                    let bar = self.b.load(place.clone(), self.plan.f.ty(*value));
                    self.add(*value, bar);
                }
                if !bug::seeded(Bug::StoreNotCleared) {
                    let value = self.b.like(0.0, *value);
                    self.b.effect(Op::Store { place, value });
                }
            }
            Op::Accum { place, value } => {
                if self.wants(*value) {
                    let place = self.shadow(place);
                    let bar = self.b.load(place, self.plan.f.ty(*value));
                    self.add(*value, bar);
                }
            }
            Op::Alloc { mem, init } => match init {
                // One number in memory of its own.
                Init::Fill { value, dims } if dims.is_empty() => {
                    if self.wants(*value) {
                        let shadow = self.shadow(&Place::whole(*mem));
                        let bar = self.b.load(shadow, self.plan.f.ty(*value));
                        self.add(*value, bar);
                    }
                }
                Init::Popped(popped) => {
                    let (stack, mem) = (self.bar_stack(popped.stack), self.shadow(&Place::whole(*mem)).mem);
                    self.b.effect(Op::Save { stack, mem });
                }
                Init::Fill { value, .. } if self.wants(*value) => {
                    return Err(Unsupported {
                        span: stmt.span,
                        message: "an array filled with one active value: write a loop that stores it".to_owned(),
                    });
                }
                Init::List { items, shape } => {
                    let shadow = self.shadow(&Place::whole(*mem)).mem;
                    for (k, &item) in items.iter().enumerate() {
                        if self.wants(item) {
                            let bar = self.b.load(Self::element(shadow, shape, k), self.plan.f.ty(item));
                            self.add(item, bar);
                        }
                    }
                }
                Init::Copy(from) if self.plan.live_mem(from.mem) => {
                    let (dst, src) = (self.shadow(from), self.shadow(&Place::whole(*mem)));
                    self.b.effect(Op::AddMem { dst, src });
                }
                Init::Build(build) => {
                    let shadow = self.shadow(&Place::whole(*mem)).mem;
                    if let Some(part) = build.each.as_ref().filter(|part| self.plan.live_mem(part.mem)) {
                        let dst = self.shadow(part);
                        self.b.each_element(shadow, |b, src| b.effect(Op::AddMem { dst, src }));
                    }
                    for (field, operand) in build.parts(shadow) {
                        match operand {
                            Operand::Val(v) if self.wants(*v) => {
                                let bar = self.b.load(field, self.plan.f.ty(*v));
                                self.add(*v, bar);
                            }
                            Operand::Place(place) if self.plan.live_mem(place.mem) => {
                                let dst = self.shadow(place);
                                self.b.effect(Op::AddMem { dst, src: field });
                            }
                            Operand::Val(_) | Operand::Place(_) | Operand::Constant(_) => {}
                        }
                    }
                }
                Init::Fill { .. } | Init::Copy(_) | Init::ZerosLike(_) => {}
            },
            Op::AddMem { dst, src } => {
                let (dst, src) = (self.shadow(dst), self.shadow(src));
                self.b.effect(Op::AddMem { dst: src, src: dst });
            }
            Op::Swap { a, b } => {
                let (a, b) = (self.shadow(a), self.shadow(b));
                self.b.effect(Op::Swap { a, b });
            }
            Op::Resize { mem, from, to, zeros } => {
                let (mem, from, to) = (self.shadow(&Place::whole(*mem)).mem, self.get(*from), self.get(*to));
                let zeros = match zeros {
                    Zeros::Numbers => Zeros::Numbers,
                    // It came before what took it off reads it.
                    Zeros::Last(like) => Zeros::Like(self.shadow(like)),
                    // Of these, none have gone before.
                    Zeros::Like(_) | Zeros::None => Zeros::None,
                };
                self.b.effect(Op::Resize { mem, from: to, to: from, zeros });
            }
            Op::Push { stack, value } => {
                let (stack, ty) = (self.bar_stack(*stack), self.plan.f.ty(*value));
                let bar = self.b.emit(Op::Pop(stack), ty);
                self.add(*value, bar);
            }
            Op::Pop(stack) => {
                let stack = self.bar_stack(*stack);
                let value = match self.sum(stmt.out[0]) {
                    Some(bar) => bar,
                    None => self.b.like(0.0, stmt.out[0]),
                };
                self.b.effect(Op::Push { stack, value });
            }
            Op::Save { stack, mem } => {
                let stack = self.bar_stack(*stack);
                let copy = self.zeros_like(*mem);
                self.b.effect(Op::Restore { stack, mem: copy });
                if self.plan.live_mem(*mem) {
                    let dst = self.shadow(&Place::whole(*mem));
                    self.b.effect(Op::AddMem { dst, src: Place::whole(copy) });
                }
            }
            Op::Restore { stack, mem } => {
                let stack = self.bar_stack(*stack);
                let mem = match self.plan.live_mem(*mem) {
                    true => self.shadow(&Place::whole(*mem)).mem,
                    false => self.zeros_like(*mem),
                };
                self.b.effect(Op::Save { stack, mem });
            }
            Op::If { cond, .. } => self.back_if(site, *cond)?,
            Op::For(l) => self.back_loop(site, l)?,
            Op::Call(call) => self.back_call(site, call),
            Op::Const(_)
            | Op::Int { .. }
            | Op::Cmp { .. }
            | Op::Len(_)
            | Op::NewStack(_)
            | Op::Opaque(_)
            | Op::Record(_) => {}
        }
        Ok(())
    }

    /// A zero memory object of the shape of `m`.
    fn zeros_like(&mut self, m: Mem) -> Mem {
        let zeros = self.b.mem_like(m, None);
        let like = Init::ZerosLike(self.place(&Place::whole(m)));
        self.b.effect(Op::Alloc { mem: zeros, init: like });
        zeros
    }

    /// The stack on which the adjoints of a stack's values travel back.
    fn bar_stack(&mut self, s: StackId) -> StackId {
        if let Some(&bar) = self.bar_stacks.get(&s) {
            return bar;
        }
        let data = self.plan.f.stacks[s.0 as usize].clone();
        let bar = self.new_stack(data.ty, data.name.map(|n| format!("{n}_bar")));
        self.bar_stacks.insert(s, bar);
        bar
    }

    fn back_node(&mut self, rule: Rule, args: &[Val], out: Val, bar: Val) {
        let active = self.plan.act.of(args);
        let mapped = self.all(args);
        let step = Step { args: &mapped, active: &active, out: self.get(out) };
        for (i, (&a, partial)) in args.iter().zip(rules::row(rule).partials).enumerate() {
            if !self.wants(a) || (i == 1 && bug::seeded(Bug::SecondPartialDropped)) {
                continue;
            }
            match partial {
                Partial::Zero => {}
                Partial::One => self.add(a, bar),
                Partial::MinusOne => self.subtract(a, bar),
                Partial::Expr(expr) => {
                    let p = expr(&mut self.b, &step);
                    let term = scaled(&mut self.b, rule, p, bar);
                    self.add(a, term);
                }
            }
        }
    }

    /// The callee's reverse, with a slot for each argument.
    fn back_call(&mut self, site: Site, call: &Call) {
        let stmt = self.plan.sites.stmt(site);
        if let Some(adjoints) = self.called_ahead.remove(&site) {
            for (v, bar) in adjoints {
                self.add(v, bar);
            }
            return;
        }
        if call.form.is_nested() {
            return self.back_nested(site, call);
        }
        // Even if no result has an adjoint: what the forward half has left on the tape is to be taken back.
        let bars: Vec<Option<Val>> =
            stmt.out.iter().map(|&o| if self.plan.live(o) { self.sum(o) } else { None }).collect();
        let Slots { args, slots, scalars, later, .. } = self.slots(site, call);
        let args = args.into_iter().map(|arg| match arg {
            Arg::Place { by: By::Mut, .. } => Arg::Gone,
            arg => arg,
        });
        let args = args.collect();
        let seeds = self.seeds(call, &stmt.out, &bars);
        let out: Vec<Val> = scalars.iter().map(|&v| self.fresh_bar(v)).collect();
        let form = CallForm::Reverse { seeds, slots };
        self.b.push_stmt(Op::Call(Box::new(Call { form, args, made: Vec::new(), ..call.clone() })), out.clone());
        self.add_later(later);
        for (&v, &bar) in scalars.iter().zip(&out) {
            self.add(v, bar);
        }
    }

    /// A call whose adjoint is known: value and adjoint at once. The adjoints of its scalar arguments are handed on
    /// when the reverse sweep comes by.
    pub(super) fn call_with_adjoint(&mut self, site: Site, call: &Call) {
        let stmt = self.plan.sites.stmt(site);
        let bars: Vec<Option<Val>> =
            stmt.out.iter().map(|&o| if self.plan.live(o) { self.adjoint_ahead(o, site) } else { None }).collect();
        self.consumed.extend(stmt.out.iter().copied().filter(|&o| self.plan.live(o)));
        let Slots { args, slots, scalars, later, .. } = self.slots(site, call);
        let seeds = self.seeds(call, &stmt.out, &bars);
        let mut out: Vec<Val> = stmt.out.iter().map(|&o| self.define(o)).collect();
        let adjoints: Vec<(Val, Val)> = scalars.iter().map(|&v| (v, self.fresh_bar(v))).collect();
        out.extend(adjoints.iter().map(|&(_, bar)| bar));
        let form = CallForm::Vjp { seeds, slots };
        // Nobody asks for their adjoints.
        let made = self.renamed_call(call).made;
        self.b.push_stmt(Op::Call(Box::new(Call { form, args, made, ..call.clone() })), out);
        self.add_later(later);
        self.called_ahead.insert(site, adjoints);
    }

    pub(super) fn fresh_bar(&mut self, v: Val) -> Val {
        let ty = self.plan.f.ty(v);
        let bar = self.b.fresh(ty);
        self.name_bar(v, bar);
        bar
    }

    /// The seeds of the parts of the result: `out` are those that are numbers, `bars` their adjoints.
    fn seeds(&mut self, call: &Call, out: &[Val], bars: &[Option<Val>]) -> Vec<Tangent> {
        let mut numbers = out.iter().zip(bars);
        let mut seeds = Vec::new();
        for part in 0..call.parts() {
            let made = call.made(part).and_then(|made| made.layers.first().copied());
            seeds.push(match made {
                Some(m) if self.plan.live_mem(m) => Tangent::Mem(self.shadow(&Place::whole(m))),
                Some(_) => Tangent::Zero,
                None => match numbers.next().map(|(&o, &bar)| (o, self.plan.f.ty(o), bar)) {
                    Some((_, Ty::Float(_), Some(bar))) => Tangent::Val(bar),
                    Some((o, Ty::Float(_), None)) => Tangent::Val(self.b.like(0.0, o)),
                    _ => Tangent::Zero,
                },
            });
        }
        seeds
    }

    /// What a reverse call of `call` passes.
    fn slots(&mut self, site: Site, call: &Call) -> Slots {
        let mut slots = Slots { args: self.inputs_of(site, call).args, shares: true, ..Slots::default() };
        slots.slots = self.slots_of_args(&call.args, &mut slots);
        slots
    }

    pub(super) fn slots_of_args(&mut self, args: &[Arg], slots: &mut Slots) -> Vec<Slot> {
        args.iter().map(|arg| self.slot_of(arg, slots)).collect()
    }

    /// The slot for the adjoint of an argument of the original.
    pub(super) fn slot_of(&mut self, arg: &Arg, slots: &mut Slots) -> Slot {
        match arg {
            Arg::Val(v) if self.wants(*v) => {
                slots.scalars.push(*v);
                Slot::Scalar
            }
            // One shadow for what goes in and what comes out; the lowering sees to it that nothing else is in it.
            Arg::Place { place, by: By::Mut } => Slot::Mem(self.shadow(place)),
            Arg::Place { place, .. } if self.plan.live_mem(place.mem) => {
                let shadow = self.shadow(place);
                // One list that is passed twice has one shadow, which is shared; what is within a list, an array, a
                // struct, gets a copy.
                let whole = place.path.is_empty();
                let shared =
                    slots.shares && whole && self.plan.f.mem(place.mem).list && !slots.parts.contains(&shadow.mem);
                if !whole {
                    slots.parts.insert(shadow.mem);
                }
                if slots.seen.insert(shadow.mem) || shared {
                    return Slot::Mem(shadow);
                }
                let own = self.b.mem_like(place.mem, None);
                // A vector that has grown since is longer than its shadow here.
                let like = if self.plan.keeps_length(place.mem) { self.place(place) } else { shadow.clone() };
                self.b.effect(Op::Alloc { mem: own, init: Init::ZerosLike(like) });
                slots.later.push((shadow, own));
                Slot::Mem(Place::whole(own))
            }
            Arg::Val(_) | Arg::Place { .. } | Arg::Gone => Slot::Off,
        }
    }

    pub(super) fn add_later(&mut self, later: Vec<(Place, Mem)>) {
        for (dst, own) in later {
            self.b.effect(Op::AddMem { dst, src: Place::whole(own) });
        }
    }
}
