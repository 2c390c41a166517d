//! Activity: which values may depend, differentiably, on an active parameter.
//!
//! A forward dataflow over the regions, repeated until nothing changes so that values carried around loops settle. It is
//! flow-insensitive for memory: an array into which one active value is ever stored is active everywhere. The analysis
//! errs on the active side only; an active value whose tangent happens to be zero costs time, never correctness.

use crate::ir::{Arg, Block, Func, Init, Mem, Op, Slotted, StackId, Tangent, Val};
use crate::rules::{self, Partial};

/// The active scalars, memory objects and stacks of a function.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    vals: Vec<bool>,
    mems: Vec<bool>,
    stacks: Vec<bool>,
    /// Memory that is constant whatever flows in.
    stopped: Vec<bool>,
    changed: bool,
}

impl Activity {
    pub(crate) fn val(&self, v: Val) -> bool {
        self.vals.get(v.0 as usize).copied().unwrap_or(false)
    }

    pub(crate) fn mem(&self, m: Mem) -> bool {
        self.mems.get(m.0 as usize).copied().unwrap_or(false)
    }

    pub(crate) fn stack(&self, s: StackId) -> bool {
        self.stacks.get(s.0 as usize).copied().unwrap_or(false)
    }

    /// Which of `vals` are active.
    pub(crate) fn of(&self, vals: &[Val]) -> Vec<bool> {
        vals.iter().map(|&v| self.val(v)).collect()
    }

    fn mark_val(&mut self, f: &Func, v: Val, active: bool) {
        if active && f.ty(v).float().is_some() && !self.vals[v.0 as usize] {
            self.vals[v.0 as usize] = true;
            self.changed = true;
        }
    }

    fn mark_mem(&mut self, m: Mem, active: bool) {
        if active && !self.mems[m.0 as usize] && !self.stopped[m.0 as usize] {
            self.mems[m.0 as usize] = true;
            self.changed = true;
        }
    }

    fn mark_stack(&mut self, s: StackId, active: bool) {
        if active && !self.stacks[s.0 as usize] {
            self.stacks[s.0 as usize] = true;
            self.changed = true;
        }
    }

    fn arg(&self, arg: &Arg) -> bool {
        match arg {
            Arg::Val(v) => self.val(*v),
            Arg::Place { place, .. } => self.mem(place.mem),
            // What the reverse half of a call is not given is on the tape, and may be active.
            Arg::Gone => true,
        }
    }

    fn block(&mut self, f: &Func, block: &Block) {
        for stmt in &block.stmts {
            self.stmt(f, &stmt.op, &stmt.out);
        }
    }

    fn stmt(&mut self, f: &Func, op: &Op, out: &[Val]) {
        match op {
            Op::Node { rule, args } => {
                let partials = rules::row(*rule).partials;
                let active = args.iter().zip(partials).any(|(&a, p)| self.val(a) && !matches!(p, Partial::Zero));
                self.mark_val(f, out[0], active);
            }
            Op::Cast(v) => self.mark_val(f, out[0], self.val(*v)),
            Op::Select { a, b, .. } => self.mark_val(f, out[0], self.val(*a) || self.val(*b)),
            Op::Load(place) => self.mark_val(f, out[0], self.mem(place.mem)),
            Op::Store { place, value } | Op::Accum { place, value } => self.mark_mem(place.mem, self.val(*value)),
            Op::Alloc { mem, init } => match init {
                Init::Fill { value, .. } => self.mark_mem(*mem, self.val(*value)),
                Init::List { items, .. } => self.mark_mem(*mem, items.iter().any(|&v| self.val(v))),
                Init::Copy(place) => self.mark_mem(*mem, self.mem(place.mem)),
                Init::Build(build) => {
                    let active = build.made.vals().into_iter().any(|v| self.val(v));
                    self.mark_mem(*mem, active || build.made.places().into_iter().any(|place| self.mem(place.mem)));
                }
                Init::Popped(popped) => self.mark_mem(*mem, self.stack(popped.stack)),
                Init::ZerosLike(_) => {}
            },
            Op::AddMem { dst, src } => self.mark_mem(dst.mem, self.mem(src.mem)),
            Op::Swap { a, b } => {
                let active = self.mem(a.mem) || self.mem(b.mem);
                self.mark_mem(a.mem, active);
                self.mark_mem(b.mem, active);
            }
            Op::Push { stack, value } => self.mark_stack(*stack, self.val(*value)),
            Op::Pop(stack) => self.mark_val(f, out[0], self.stack(*stack)),
            Op::Save { stack, mem } => self.mark_stack(*stack, self.mem(*mem)),
            Op::Restore { stack, mem } => self.mark_mem(*mem, self.stack(*stack)),
            Op::If { then, els, .. } => {
                self.block(f, then);
                self.block(f, els);
                for ((&o, &t), &e) in out.iter().zip(&then.yields).zip(&els.yields) {
                    self.mark_val(f, o, self.val(t) || self.val(e));
                }
            }
            Op::For(l) => {
                for (&p, &init) in l.body.params[1..].iter().zip(&l.inits) {
                    self.mark_val(f, p, self.val(init));
                }
                self.block(f, &l.body);
                for ((&p, &y), &o) in l.body.params[1..].iter().zip(&l.body.yields).zip(out) {
                    self.mark_val(f, p, self.val(y));
                    self.mark_val(f, o, self.val(p));
                }
            }
            Op::Call(c) => {
                let mut active = c.args.iter().any(|a| self.arg(a));
                active |= c.form.given().into_iter().any(|t| match t {
                    Tangent::Zero => false,
                    Tangent::Val(v) => self.val(*v),
                    Tangent::Mem(place) => self.mem(place.mem),
                });
                active |= c.exchanged().into_iter().any(|place| self.mem(place.mem));
                for place in c.places_written() {
                    self.mark_mem(place.mem, active);
                }
                for mem in c.mems() {
                    self.mark_mem(mem, active);
                }
                for &o in out {
                    self.mark_val(f, o, active);
                }
            }
            Op::Const(_)
            | Op::Int { .. }
            | Op::Cmp { .. }
            | Op::Len(_)
            | Op::Resize { .. }
            | Op::NewStack(_)
            | Op::Opaque(_)
            | Op::Clear(_)
            | Op::Record(_) => {}
        }
    }
}

/// Runs the analysis.
pub(crate) fn analyze(f: &Func) -> Activity {
    analyze_resumed(f, None)
}

/// Runs the analysis of a function that takes from the tape what another one, with the given activity, has left there.
pub(crate) fn analyze_resumed(f: &Func, before: Option<&Activity>) -> Activity {
    let mut act = Activity {
        vals: vec![false; f.vals.len()],
        mems: vec![false; f.mems.len()],
        stacks: (0..f.stacks.len() as u32).map(|s| before.is_some_and(|act| act.stack(StackId(s)))).collect(),
        stopped: f.mems.iter().map(|data| data.stopped).collect(),
        changed: true,
    };
    for p in &f.params {
        match p.held {
            Slotted::Val(v) => act.mark_val(f, v, p.active),
            Slotted::Mem(m) => act.mark_mem(m, p.active),
        }
    }
    while act.changed {
        act.changed = false;
        act.block(f, &f.body);
    }
    act
}
