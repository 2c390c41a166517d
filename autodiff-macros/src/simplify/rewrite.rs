//! Replacing values everywhere they are read.

use crate::ir::{Arg, Block, Dim, Init, Op, Operand, Place, Val, Zeros};
use crate::maps::Map;

/// What each replaced value is replaced by; chains are followed.
#[derive(Default)]
pub(crate) struct Renaming(Map<Val, Val>);

impl Renaming {
    pub(crate) fn insert(&mut self, from: Val, to: Val) {
        let to = self.get(to);
        if from != to {
            self.0.insert(from, to);
        }
    }

    pub(crate) fn get(&self, mut v: Val) -> Val {
        while let Some(&next) = self.0.get(&v) {
            v = next;
        }
        v
    }

    fn set(&self, v: &mut Val) {
        *v = self.get(*v);
    }

    fn place(&self, place: &mut Place) {
        for access in &mut place.path {
            *access = access.map(|v| self.get(v));
        }
    }

    pub(crate) fn block_yields(&self, block: &mut Block) {
        block.yields.iter_mut().for_each(|v| self.set(v));
    }

    /// The operands of a statement, regions excluded.
    pub(crate) fn op(&self, op: &mut Op) {
        match op {
            Op::Const(_) | Op::NewStack(_) | Op::Pop(_) | Op::Save { .. } | Op::Restore { .. } => {}
            Op::Node { args, .. } | Op::Int { args, .. } => args.iter_mut().for_each(|v| self.set(v)),
            Op::Cmp { a, b, .. } => {
                self.set(a);
                self.set(b);
            }
            Op::Cast(v) => self.set(v),
            Op::Select { cond, a, b } => {
                self.set(cond);
                self.set(a);
                self.set(b);
            }
            Op::Len(place) | Op::Load(place) | Op::Clear(place) => self.place(place),
            Op::Store { place, value } | Op::Accum { place, value } => {
                self.place(place);
                self.set(value);
            }
            Op::Alloc { init, .. } => match init {
                Init::Fill { value, dims } => {
                    self.set(value);
                    for d in dims {
                        if let Dim::Heap(n) = d {
                            self.set(n);
                        }
                    }
                }
                Init::List { items, .. } => items.iter_mut().for_each(|v| self.set(v)),
                Init::Copy(place) | Init::ZerosLike(place) => self.place(place),
                Init::Popped(_) => {}
                Init::Build(build) => {
                    if let Some(place) = &mut build.each {
                        self.place(place);
                    }
                    **build = build.map(
                        |v| self.get(v),
                        |place| {
                            let mut place = place.clone();
                            self.place(&mut place);
                            place
                        },
                    );
                }
            },
            Op::AddMem { dst: a, src: b } | Op::Swap { a, b } => {
                self.place(a);
                self.place(b);
            }
            Op::Resize { from, to, zeros, .. } => {
                self.set(from);
                self.set(to);
                if let Zeros::Like(like) | Zeros::Last(like) = zeros {
                    self.place(like);
                }
            }
            Op::Push { value, .. } => self.set(value),
            Op::If { cond, .. } => self.set(cond),
            Op::For(l) => {
                if let Some(range) = &mut l.range {
                    self.set(&mut range.lo);
                    self.set(&mut range.hi);
                }
                l.inits.iter_mut().for_each(|v| self.set(v));
            }
            Op::Call(c) => {
                for a in &mut c.args {
                    match a {
                        Arg::Val(v) => self.set(v),
                        Arg::Place { place, .. } => self.place(place),
                        Arg::Gone => {}
                    }
                }
                c.form.operands_mut(&mut |v| self.set(v), &mut |place| self.place(place));
            }
            Op::Opaque(o) => {
                for (_, b) in &mut o.binds {
                    match b {
                        Operand::Val(v) => self.set(v),
                        Operand::Place(place) | Operand::Constant(place) => self.place(place),
                    }
                }
            }
            Op::Record(r) => {
                for (id, v, p) in &mut r.parents {
                    self.set(id);
                    self.set(v);
                    self.set(p);
                }
                r.constants.iter_mut().for_each(|v| self.set(v));
                self.set(&mut r.value);
            }
        }
    }
}
