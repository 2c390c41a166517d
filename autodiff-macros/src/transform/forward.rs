//! Forward mode: every active value travels with its tangent.
//!
//! Statements keep their order and their values; behind each active one stands the tangent `ż = Σ ∂z/∂aᵢ · ȧᵢ` over its
//! active arguments. An inactive argument contributes nothing: structural zeros are never multiplied, so that `0 · ∞`
//! cannot arise from them. Memory gets a tangent of the same shape, regions carry the tangents of what they carry, and
//! stacks get a stack for tangents.
//!
//! The walk is generic in what a tangent *is* ([`Lift`]): the derivative here, node numbers in [`super::trace`](mod@super::trace).

use super::Unsupported;
use super::scaled::scaled;
use crate::analysis::activity::{self, Activity};
use crate::bug::{self, Bug};
use crate::ir::build::Builder;
use crate::ir::{
    Arg, Block, Build, By, Call, CallForm, Dotted, Func, Init, Layer, Made, Mark, Mem, Op, Operand, Param, Place,
    Popped, Slot, Slotted, StackId, Stmt, Tangent, Ty, Val,
};
use crate::maps::Map;
use crate::rules::{self, Partial, Rule, Step};

/// What travels beside a value: the algebra of the forward walk.
pub(crate) trait Lift {
    /// The tangent of a step that has just been emitted; `dots` has one entry an argument, `None` where it is inactive.
    fn node(&mut self, b: &mut Builder, act: &Activity, step: &Lifted<'_>) -> Option<Val>;

    /// The form of a call of another differentiated function.
    fn call(&self, tangents: Vec<Tangent>) -> CallForm;

    /// Whether a call of a derivative has such a form too.
    const OF_DERIVATIVES: bool;
}

/// A step and the tangents of its arguments.
pub(crate) struct Lifted<'a> {
    pub(crate) rule: Rule,
    pub(crate) args: &'a [Val],
    pub(crate) dots: &'a [Option<Val>],
    pub(crate) out: Val,
}

/// The derivative: `Σ partial · dot`.
struct Derivative;

impl Lift for Derivative {
    fn node(&mut self, b: &mut Builder, act: &Activity, step: &Lifted<'_>) -> Option<Val> {
        let active = act.of(step.args);
        let view = Step { args: step.args, active: &active, out: step.out };
        let mut sum: Option<Val> = None;
        for (i, (&dot, partial)) in step.dots.iter().zip(rules::row(step.rule).partials).enumerate() {
            let Some(dot) = dot else { continue };
            if i == 1 && bug::seeded(Bug::SecondPartialDropped) {
                continue;
            }
            sum = match (sum, partial) {
                (sum, Partial::Zero) => sum,
                (None, Partial::One) => Some(dot),
                (Some(s), Partial::One) => Some(b.add(s, dot)),
                (None, Partial::MinusOne) => Some(b.neg(dot)),
                (Some(s), Partial::MinusOne) => Some(b.sub(s, dot)),
                (sum, Partial::Expr(expr)) => {
                    let p = expr(b, &view);
                    let term = scaled(b, step.rule, p, dot);
                    Some(match sum {
                        None => term,
                        Some(s) => b.add(s, term),
                    })
                }
            };
        }
        sum
    }

    fn call(&self, tangents: Vec<Tangent>) -> CallForm {
        CallForm::Jvp { tangents }
    }

    const OF_DERIVATIVES: bool = true;
}

/// The forward derivative of `f`: tangents for its active parameters behind the parameters, a tangent for each float
/// result behind the results.
pub(crate) fn forward(f: &Func) -> Result<Func, Unsupported> {
    lift(f, &mut Derivative)
}

/// The forward derivatives of the two halves of a split reverse: the tape carries, behind whatever is kept, its tangent.
pub(crate) fn forward_halves((forth, back): (&Func, &Func)) -> Result<(Func, Func), Unsupported> {
    let act = activity::analyze(forth);
    let resumed = activity::analyze_resumed(back, Some(&act));
    let direction = next_direction(forth).max(next_direction(back));
    let lift = |f, act| lift_active(f, &mut Derivative, act, direction);
    Ok((lift(forth, act)?, lift(back, resumed)?))
}

/// The number of a direction that the function does not have yet.
fn next_direction(f: &Func) -> usize {
    f.params.iter().map(|p| p.role.directions()).max().unwrap_or(0) + 1
}

/// The forward walk with any algebra of tangents.
pub(crate) fn lift<L: Lift>(f: &Func, lift: &mut L) -> Result<Func, Unsupported> {
    lift_active(f, lift, activity::analyze(f), next_direction(f))
}

fn lift_active<L: Lift>(f: &Func, lift: &mut L, act: Activity, direction: usize) -> Result<Func, Unsupported> {
    let dot = Mark::Dot(direction);
    let mut walk = Walk {
        act,
        b: Builder::extending(f),
        lift,
        dots: Map::default(),
        mems: Map::default(),
        stacks: Map::default(),
    };

    let mut params = f.params.clone();
    for p in &f.params {
        if !p.active {
            continue;
        }
        let held = match p.held {
            Slotted::Val(v) if f.ty(v).float().is_some() => Slotted::Val(walk.dot_of(v)),
            Slotted::Val(_) => continue,
            Slotted::Mem(m) => Slotted::Mem(walk.dot_mem(m)),
        };
        params.push(Param { role: p.role.marked(dot), held, active: true, by_mut: false });
    }

    walk.stmts(&f.body)?;

    let mut results: Vec<_> = f.results.iter().cloned().zip(f.body.yields.iter().copied()).collect();
    for (role, &y) in f.results.iter().zip(&f.body.yields) {
        if f.ty(y).float().is_some() {
            let y_dot = walk.dot_or_zero(y);
            results.push((role.marked(dot), y_dot));
        }
    }
    let mut returned = f.returned.clone();
    for (role, m) in &f.returned {
        let of = match walk.act.mem(*m) {
            true => walk.dot_mem(*m),
            false => walk.zeros_like(*m),
        };
        returned.push((role.marked(dot), of));
    }
    let lifted = walk.b.finish(f.name.clone(), params, results);
    Ok(Func { returned, ..lifted })
}

struct Walk<'a, L> {
    act: Activity,
    b: Builder,
    lift: &'a mut L,
    dots: Map<Val, Val>,
    mems: Map<Mem, Mem>,
    stacks: Map<StackId, StackId>,
}

impl<L: Lift> Walk<'_, L> {
    /// A new tangent of `v`, to be defined by the caller.
    fn dot_of(&mut self, v: Val) -> Val {
        let ty = self.b.ty(v);
        let dot = self.b.fresh(ty);
        self.name_dot(v, dot);
        self.dots.insert(v, dot);
        dot
    }

    fn name_dot(&mut self, v: Val, dot: Val) {
        if self.b.name(dot).is_none()
            && let Some(name) = self.b.name(v).map(|n| format!("{n}_dot"))
        {
            self.b.set_name(dot, name);
        }
    }

    /// The tangent memory of an active memory object.
    fn dot_mem(&mut self, m: Mem) -> Mem {
        if let Some(&dot) = self.mems.get(&m) {
            return dot;
        }
        let name = self.b.mems[m.0 as usize].name.as_ref().map(|n| format!("{n}_dot"));
        let dot = self.b.mem_like(m, name);
        self.b.mems[dot.0 as usize].element_sides = self.b.mems[m.0 as usize].element_sides.clone();
        self.mems.insert(m, dot);
        dot
    }

    fn dot_stack(&mut self, s: StackId) -> StackId {
        if let Some(&dot) = self.stacks.get(&s) {
            return dot;
        }
        let data = self.b.stacks[s.0 as usize].clone();
        let dot = self.b.fresh_stack(data.ty, data.on_tape, data.name.map(|n| format!("{n}_dot")));
        self.stacks.insert(s, dot);
        dot
    }

    /// The tangent of a value; `None` where it is structurally zero.
    fn dot(&self, v: Val) -> Option<Val> {
        if self.act.val(v) { self.dots.get(&v).copied() } else { None }
    }

    fn dot_or_zero(&mut self, v: Val) -> Val {
        match self.dot(v) {
            Some(dot) => dot,
            None => self.b.like(0.0, v),
        }
    }

    fn dot_place(&mut self, place: &Place) -> Place {
        Place { mem: self.dot_mem(place.mem), path: place.path.clone() }
    }

    fn set(&mut self, v: Val, dot: Option<Val>) {
        let dot = match dot {
            Some(dot) => dot,
            None => self.b.like(0.0, v),
        };
        self.name_dot(v, dot);
        self.dots.insert(v, dot);
    }

    fn stmts(&mut self, block: &Block) -> Result<(), Unsupported> {
        for stmt in &block.stmts {
            self.b.span = stmt.span;
            self.stmt(stmt)?;
        }
        Ok(())
    }

    /// The statements of a region, and what it yields with the tangents of `active` positions appended.
    fn region(&mut self, block: &Block, params: Vec<Val>, active: &[bool]) -> Result<Block, Unsupported> {
        self.b.open_block(params);
        self.stmts(block)?;
        let mut yields = block.yields.clone();
        for (&y, &active) in block.yields.iter().zip(active) {
            if active {
                yields.push(self.dot_or_zero(y));
            }
        }
        Ok(self.b.close_block(yields))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<(), Unsupported> {
        let copy = |walk: &mut Self| walk.b.push_stmt(stmt.op.clone(), stmt.out.clone());
        match &stmt.op {
            Op::Const(_) | Op::Int { .. } | Op::Cmp { .. } | Op::Len(_) | Op::Opaque(_) | Op::Record(_) => copy(self),
            Op::Node { rule, args } => {
                copy(self);
                if self.act.val(stmt.out[0]) {
                    let dots: Vec<_> = args.iter().map(|&a| self.dot(a)).collect();
                    let step = Lifted { rule: *rule, args, dots: &dots, out: stmt.out[0] };
                    let dot = self.lift.node(&mut self.b, &self.act, &step);
                    self.set(stmt.out[0], dot);
                }
            }
            Op::Cast(v) => {
                copy(self);
                if let Some(dot) = self.dot(*v).filter(|_| self.act.val(stmt.out[0])) {
                    let ty = self.b.ty(stmt.out[0]);
                    let dot = self.b.cast(dot, ty);
                    self.set(stmt.out[0], Some(dot));
                }
            }
            Op::Select { cond, a, b } => {
                copy(self);
                if self.act.val(stmt.out[0]) {
                    let (da, db) = (self.dot_or_zero(*a), self.dot_or_zero(*b));
                    let dot = self.b.select(*cond, da, db);
                    self.set(stmt.out[0], Some(dot));
                }
            }
            Op::Load(place) => {
                copy(self);
                if self.act.val(stmt.out[0]) {
                    let place = self.dot_place(place);
                    let ty = self.b.ty(stmt.out[0]);
                    let dot = self.b.load(place, ty);
                    self.set(stmt.out[0], Some(dot));
                }
            }
            Op::Store { place, value } => {
                copy(self);
                if self.act.mem(place.mem) {
                    match self.b.ty(*value) {
                        Ty::Float(_) => {
                            let (place, value) = (self.dot_place(place), self.dot_or_zero(*value));
                            self.b.effect(Op::Store { place, value });
                        }
                        // A constant of a type that only rustc knows.
                        Ty::Opaque => {
                            let place = self.dot_place(place);
                            self.b.effect(Op::Clear(place));
                        }
                        // A field that is no float has no tangent.
                        Ty::Int(_) | Ty::Bool => {}
                    }
                }
            }
            Op::Clear(place) => {
                copy(self);
                if self.act.mem(place.mem) {
                    let place = self.dot_place(place);
                    self.b.effect(Op::Clear(place));
                }
            }
            Op::Accum { place, value } => {
                copy(self);
                if let Some(value) = self.dot(*value) {
                    let place = self.dot_place(place);
                    self.b.effect(Op::Accum { place, value });
                }
            }
            // As `Pop`.
            Op::Alloc { mem, init: Init::Popped(popped) } => {
                if self.act.stack(popped.stack) {
                    let stack = self.dot_stack(popped.stack);
                    let init = Init::Popped(Box::new(Popped { stack, like: popped.like.clone() }));
                    let mem = self.dot_mem(*mem);
                    self.b.effect(Op::Alloc { mem, init });
                }
                copy(self);
            }
            Op::Alloc { mem, init } => {
                copy(self);
                if let (Init::Build(build), true) = (init, self.act.mem(*mem)) {
                    self.dot_build(*mem, build);
                } else if self.act.mem(*mem) {
                    let init = self.dot_init(init);
                    let mem = self.dot_mem(*mem);
                    self.b.effect(Op::Alloc { mem, init });
                }
            }
            Op::AddMem { dst, src } => {
                copy(self);
                if self.act.mem(src.mem) {
                    let (dst, src) = (self.dot_place(dst), self.dot_place(src));
                    self.b.effect(Op::AddMem { dst, src });
                }
            }
            Op::Swap { a, b } => {
                copy(self);
                if self.act.mem(a.mem) {
                    let (a, b) = (self.dot_place(a), self.dot_place(b));
                    self.b.effect(Op::Swap { a, b });
                }
            }
            Op::Resize { mem, from, to, zeros } => {
                copy(self);
                if self.act.mem(*mem) {
                    let mem = self.dot_mem(*mem);
                    self.b.effect(Op::Resize { mem, from: *from, to: *to, zeros: zeros.clone() });
                }
            }
            Op::NewStack(s) => {
                copy(self);
                if self.act.stack(*s) {
                    let s = self.dot_stack(*s);
                    self.b.effect(Op::NewStack(s));
                }
            }
            Op::Push { stack, value } => {
                copy(self);
                if self.act.stack(*stack) {
                    let (stack, value) = (self.dot_stack(*stack), self.dot_or_zero(*value));
                    self.b.effect(Op::Push { stack, value });
                }
            }
            // What was pushed last comes first: on a tape, the two share one stack.
            Op::Pop(stack) => {
                let dot = self.act.stack(*stack).then(|| {
                    let (stack, ty) = (self.dot_stack(*stack), self.b.ty(stmt.out[0]));
                    self.b.emit(Op::Pop(stack), ty)
                });
                copy(self);
                if dot.is_some() {
                    self.set(stmt.out[0], dot);
                }
            }
            Op::Save { stack, mem } => {
                copy(self);
                if self.act.stack(*stack) {
                    let stack = self.dot_stack(*stack);
                    let mem = if self.act.mem(*mem) { self.dot_mem(*mem) } else { self.zeros_like(*mem) };
                    self.b.effect(Op::Save { stack, mem });
                }
            }
            Op::Restore { stack, mem } => {
                if self.act.stack(*stack) {
                    let (stack, mem) = (self.dot_stack(*stack), self.dot_mem(*mem));
                    self.b.effect(Op::Restore { stack, mem });
                }
                copy(self);
            }
            Op::If { cond, then, els } => {
                let active = self.act.of(&stmt.out);
                let then = self.region(then, Vec::new(), &active)?;
                let els = self.region(els, Vec::new(), &active)?;
                let mut out = stmt.out.clone();
                for (&o, &active) in stmt.out.iter().zip(&active) {
                    if active {
                        out.push(self.dot_of(o));
                    }
                }
                self.b.push_stmt(Op::If { cond: *cond, then, els }, out);
            }
            Op::For(l) => {
                let carried = &l.body.params[1..];
                let mut active = self.act.of(carried);
                if bug::seeded(Bug::CarriedTangentDropped) {
                    active.iter_mut().for_each(|a| *a = false);
                }
                let mut looped = (**l).clone();
                for (&init, &active) in l.inits.iter().zip(&active) {
                    if active {
                        looped.inits.push(self.dot_or_zero(init));
                    }
                }
                let mut params = l.body.params.clone();
                for (&p, &active) in carried.iter().zip(&active) {
                    if active {
                        params.push(self.dot_of(p));
                    }
                }
                looped.body = self.region(&l.body, params, &active)?;
                let mut out = stmt.out.clone();
                for (&o, &active) in stmt.out.iter().zip(&active) {
                    if active {
                        out.push(self.dot_of(o));
                    }
                }
                self.b.push_stmt(Op::For(Box::new(looped)), out);
            }
            Op::Call(c) => self.call(stmt, c)?,
        }
        Ok(())
    }

    /// A zero tangent of inactive memory.
    fn zeros_like(&mut self, m: Mem) -> Mem {
        let dot = self.b.mem_like(m, None);
        self.b.effect(Op::Alloc { mem: dot, init: Init::ZerosLike(Place::whole(m)) });
        dot
    }

    fn dot_init(&mut self, init: &Init) -> Init {
        match init {
            Init::Fill { value, dims } => Init::Fill { value: self.dot_or_zero(*value), dims: dims.clone() },
            Init::List { items, shape } => {
                Init::List { items: items.iter().map(|&v| self.dot_or_zero(v)).collect(), shape: shape.clone() }
            }
            Init::Copy(place) if self.act.mem(place.mem) => Init::Copy(self.dot_place(place)),
            Init::Copy(place) | Init::ZerosLike(place) => Init::ZerosLike(place.clone()),
            // Have statements of their own.
            Init::Build(_) | Init::Popped(_) => init.clone(),
        }
    }

    /// The tangent of a new struct: zero, then those of its parts.
    fn dot_build(&mut self, m: Mem, build: &Build) {
        let dot = self.dot_mem(m);
        self.b.effect(Op::Alloc { mem: dot, init: Init::ZerosLike(Place::whole(m)) });
        if let Some(part) = build.each.as_ref().filter(|part| self.act.mem(part.mem)) {
            let src = self.dot_place(part);
            self.b.each_element(dot, |b, dst| b.effect(Op::AddMem { dst, src }));
        }
        for (field, operand) in build.parts(dot) {
            match operand {
                Operand::Val(v) => {
                    if let Some(value) = self.dot(*v) {
                        self.b.effect(Op::Store { place: field, value });
                    }
                }
                Operand::Place(place) if self.act.mem(place.mem) => {
                    let src = self.dot_place(place);
                    self.b.effect(Op::AddMem { dst: field, src });
                }
                Operand::Place(_) | Operand::Constant(_) => {}
            }
        }
    }

    fn call(&mut self, stmt: &Stmt, call: &Call) -> Result<(), Unsupported> {
        let memory = call.places_written().into_iter().map(|place| place.mem).chain(call.mems());
        let active = stmt.out.iter().any(|&o| self.act.val(o)) || memory.into_iter().any(|m| self.act.mem(m));
        // The two halves of a callee's reverse agree on what they keep: both carry tangents, whatever flows in.
        if !active && !call.form.is_half() {
            self.b.push_stmt(stmt.op.clone(), stmt.out.clone());
            return Ok(());
        }
        let mut tangents = Vec::new();
        for arg in &call.args {
            tangents.push(match arg {
                Arg::Val(v) => self.dot(*v).map_or(Tangent::Zero, Tangent::Val),
                Arg::Place { place, by: By::Mut } => Tangent::Mem(self.dot_or_new(place)),
                Arg::Place { place, .. } => self.dot_of_place(place),
                Arg::Gone => Tangent::Zero,
            });
        }
        let form = match &call.form {
            CallForm::Primal => self.lift.call(tangents),
            form if L::OF_DERIVATIVES => self.dotted(form, &call.args, tangents),
            _ => {
                return Err(Unsupported {
                    span: stmt.span,
                    message: "the steps of a derivative of another function are not recorded".to_owned(),
                });
            }
        };
        let mut out = stmt.out.clone();
        for &o in &stmt.out {
            if let Ty::Float(_) = self.b.ty(o) {
                out.push(self.dot_of(o));
            }
        }
        let made = call.made.iter().map(|made| {
            let dots: Vec<Mem> = made.layers.iter().map(|&m| self.dot_mem(m)).collect();
            Made { part: made.part, layers: [&made.layers[..], &dots].concat() }
        });
        let made = made.collect();
        self.b.push_stmt(Op::Call(Box::new(Call { form, made, ..call.clone() })), out);
        Ok(())
    }

    /// The tangent of what is written behind `&mut`, or of the shadow of that: there is always one to write to.
    fn dot_or_new(&mut self, place: &Place) -> Place {
        if self.act.mem(place.mem) {
            return self.dot_place(place);
        }
        let dot = self.b.mem_like(place.mem, None);
        self.b.effect(Op::Alloc { mem: dot, init: Init::ZerosLike(place.clone()) });
        Place::whole(dot)
    }

    /// The tangents of a call of a derivative: each of its layers, once more in the new direction.
    fn dotted(&mut self, form: &CallForm, args: &[Arg], tangents: Vec<Tangent>) -> CallForm {
        let (of, layers) = form.layers();
        let mut doubled = layers.clone();
        for (k, layer) in layers.iter().enumerate() {
            let tangents = if k == 0 {
                tangents.clone()
            } else {
                let of = args.iter().zip(&layer.tangents);
                of.map(|(arg, tangent)| match (arg, tangent) {
                    (Arg::Place { by: By::Mut, .. }, Tangent::Mem(place)) => Tangent::Mem(self.dot_or_new(place)),
                    (_, tangent) => self.dot_of_tangent(tangent),
                })
                .collect()
            };
            let seeds = layer.seeds.iter().map(|seed| self.dot_of_tangent(seed)).collect();
            let slots = layer.slots.iter().zip(args).map(|(slot, arg)| match slot {
                Slot::Mem(place) if matches!(arg, Arg::Gone) => Slot::Mem(self.dot_or_new(place)),
                Slot::Mem(place) if self.act.mem(place.mem) => Slot::Mem(self.dot_place(place)),
                Slot::Mem(_) | Slot::Off => Slot::Off,
                Slot::Scalar => Slot::Scalar,
            });
            let slots = slots.collect();
            doubled.push(Layer { tangents, seeds, slots });
        }
        CallForm::Dot(Box::new(Dotted { of: of.clone(), layers: doubled.split_off(1) }))
    }

    fn dot_of_tangent(&mut self, tangent: &Tangent) -> Tangent {
        match tangent {
            Tangent::Zero => Tangent::Zero,
            Tangent::Val(v) => self.dot(*v).map_or(Tangent::Zero, Tangent::Val),
            Tangent::Mem(place) => self.dot_of_place(place),
        }
    }

    fn dot_of_place(&mut self, place: &Place) -> Tangent {
        if self.act.mem(place.mem) { Tangent::Mem(self.dot_place(place)) } else { Tangent::Zero }
    }
}
