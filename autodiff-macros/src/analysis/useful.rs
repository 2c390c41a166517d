//! Usefulness: which values the results may depend on, differentiably.
//!
//! The mirror image of activity: a backward dataflow to a fixpoint. The reverse sweep only meets adjoints of values that
//! are useful, so nothing has to be kept for the others.

use crate::ir::{Arg, Block, CallForm, Func, Init, Mem, Op, Slotted, StackId, Tangent, Val, Zeros};
use crate::rules::{self, Partial};

/// The useful scalars, memory objects and stacks of a function.
#[derive(Clone, Debug)]
pub(crate) struct Useful {
    vals: Vec<bool>,
    mems: Vec<bool>,
    stacks: Vec<bool>,
    changed: bool,
}

impl Useful {
    pub(crate) fn val(&self, v: Val) -> bool {
        self.vals.get(v.0 as usize).copied().unwrap_or(false)
    }

    pub(crate) fn mem(&self, m: Mem) -> bool {
        self.mems.get(m.0 as usize).copied().unwrap_or(false)
    }

    pub(crate) fn stack(&self, s: StackId) -> bool {
        self.stacks.get(s.0 as usize).copied().unwrap_or(false)
    }

    fn mark(&mut self, f: &Func, v: Val, useful: bool) {
        if useful && f.ty(v).float().is_some() && !self.vals[v.0 as usize] {
            self.vals[v.0 as usize] = true;
            self.changed = true;
        }
    }

    fn mark_mem(&mut self, m: Mem, useful: bool) {
        if useful && !self.mems[m.0 as usize] {
            self.mems[m.0 as usize] = true;
            self.changed = true;
        }
    }

    fn mark_stack(&mut self, s: StackId, useful: bool) {
        if useful && !self.stacks[s.0 as usize] {
            self.stacks[s.0 as usize] = true;
            self.changed = true;
        }
    }

    fn block(&mut self, f: &Func, block: &Block) {
        for stmt in block.stmts.iter().rev() {
            self.stmt(f, &stmt.op, &stmt.out);
        }
    }

    fn stmt(&mut self, f: &Func, op: &Op, out: &[Val]) {
        let useful = out.iter().any(|&o| self.val(o));
        match op {
            Op::Node { rule, args } => {
                for (&a, partial) in args.iter().zip(rules::row(*rule).partials) {
                    self.mark(f, a, useful && !matches!(partial, Partial::Zero));
                }
            }
            Op::Cast(v) => self.mark(f, *v, useful),
            Op::Select { a, b, .. } => {
                self.mark(f, *a, useful);
                self.mark(f, *b, useful);
            }
            Op::Load(place) => self.mark_mem(place.mem, useful),
            Op::Store { place, value } | Op::Accum { place, value } => {
                let useful = self.mem(place.mem);
                self.mark(f, *value, useful);
            }
            Op::Alloc { mem, init } => {
                let useful = self.mem(*mem);
                match init {
                    Init::Fill { value, .. } => self.mark(f, *value, useful),
                    Init::List { items, .. } => items.iter().for_each(|&v| self.mark(f, v, useful)),
                    Init::Copy(place) => self.mark_mem(place.mem, useful),
                    Init::Build(build) => {
                        build.made.vals().into_iter().for_each(|v| self.mark(f, v, useful));
                        build.made.places().into_iter().for_each(|place| self.mark_mem(place.mem, useful));
                    }
                    Init::Popped(popped) => self.mark_stack(popped.stack, useful),
                    Init::ZerosLike(_) => {}
                }
            }
            Op::AddMem { dst, src } => {
                let useful = self.mem(dst.mem);
                self.mark_mem(src.mem, useful);
            }
            Op::Swap { a, b } => {
                let useful = self.mem(a.mem) || self.mem(b.mem);
                self.mark_mem(a.mem, useful);
                self.mark_mem(b.mem, useful);
            }
            // The shadow of what goes tells the shape of what comes back.
            Op::Resize { mem, zeros: Zeros::Last(like), .. } => {
                let useful = self.mem(*mem);
                self.mark_mem(like.mem, useful);
            }
            Op::Resize { .. } => {}
            Op::Push { stack, value } => {
                let useful = self.stack(*stack);
                self.mark(f, *value, useful);
            }
            Op::Pop(stack) => self.mark_stack(*stack, useful),
            Op::Save { stack, mem } => {
                let useful = self.stack(*stack);
                self.mark_mem(*mem, useful);
            }
            Op::Restore { stack, mem } => {
                let useful = self.mem(*mem);
                self.mark_stack(*stack, useful);
            }
            Op::If { then, els, .. } => {
                for ((&o, &t), &e) in out.iter().zip(&then.yields).zip(&els.yields) {
                    let useful = self.val(o);
                    self.mark(f, t, useful);
                    self.mark(f, e, useful);
                }
                self.block(f, then);
                self.block(f, els);
            }
            Op::For(l) => {
                for ((&o, &p), &y) in out.iter().zip(&l.body.params[1..]).zip(&l.body.yields) {
                    let useful = self.val(o) || self.val(p);
                    self.mark(f, y, useful);
                }
                self.block(f, &l.body);
                for ((&o, &p), &init) in out.iter().zip(&l.body.params[1..]).zip(&l.inits) {
                    let useful = self.val(o) || self.val(p);
                    self.mark(f, init, useful);
                }
            }
            Op::Call(c) => {
                // Of a reverse half, conservatively; of a derivative that is complete in itself, if what it gives is.
                let shadows = c.form.shadows();
                let writes = c.places_written().into_iter().map(|place| place.mem).chain(c.mems());
                let useful = useful || (!c.form.is_nested() && writes.into_iter().any(|m| self.mem(m)));
                let useful = match &c.form {
                    CallForm::Primal | CallForm::Forward => useful,
                    form if form.is_nested() => useful || shadows.iter().any(|place| self.mem(place.mem)),
                    _ => true,
                };
                for arg in &c.args {
                    match arg {
                        Arg::Val(v) => self.mark(f, *v, useful),
                        Arg::Place { place, .. } => self.mark_mem(place.mem, useful),
                        Arg::Gone => {}
                    }
                }
                for tangent in c.form.given() {
                    match tangent {
                        Tangent::Zero => {}
                        Tangent::Val(v) => self.mark(f, *v, useful),
                        Tangent::Mem(place) => self.mark_mem(place.mem, useful),
                    }
                }
                if !c.form.is_nested() {
                    for place in shadows {
                        self.mark_mem(place.mem, true);
                    }
                }
            }
            Op::Const(_)
            | Op::Int { .. }
            | Op::Cmp { .. }
            | Op::Len(_)
            | Op::NewStack(_)
            | Op::Opaque(_)
            | Op::Clear(_)
            | Op::Record(_) => {}
        }
    }
}

/// Runs the analysis.
pub(crate) fn analyze(f: &Func) -> Useful {
    let mut useful = Useful {
        vals: vec![false; f.vals.len()],
        mems: vec![false; f.mems.len()],
        stacks: vec![false; f.stacks.len()],
        changed: true,
    };
    for &y in &f.body.yields {
        useful.mark(f, y, true);
    }
    for &(_, m) in &f.returned {
        useful.mark_mem(m, true);
    }
    for p in &f.params {
        if let Slotted::Mem(m) = p.held {
            useful.mark_mem(m, true);
        }
    }
    while useful.changed {
        useful.changed = false;
        useful.block(f, &f.body);
    }
    useful
}
