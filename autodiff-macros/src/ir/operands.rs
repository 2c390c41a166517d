//! What an operation reads, where it reads and writes memory, and which regions are inside.

use super::{Access, Arg, Block, Dim, Init, Mem, Op, Place, Tangent, Val, Zeros};

impl Op {
    /// The memory objects that the operation brings into being.
    pub(crate) fn defined(&self) -> Vec<Mem> {
        match self {
            Op::Alloc { mem, .. } => vec![*mem],
            Op::Call(call) => call.mems().collect(),
            _ => Vec::new(),
        }
    }

    /// The regions of the operation.
    pub(crate) fn blocks(&self) -> Vec<&Block> {
        match self {
            Op::If { then, els, .. } => vec![then, els],
            Op::For(f) => vec![&f.body],
            _ => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub(crate) fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Op::If { then, els, .. } => vec![then, els],
            Op::For(f) => vec![&mut f.body],
            _ => Vec::new(),
        }
    }

    /// The places that the operation reads or writes, regions excluded.
    pub(crate) fn places(&self) -> Vec<&Place> {
        match self {
            Op::Len(p) | Op::Load(p) | Op::Clear(p) | Op::Store { place: p, .. } | Op::Accum { place: p, .. } => {
                vec![p]
            }
            Op::Alloc { init: Init::Copy(p) | Init::ZerosLike(p), .. } => vec![p],
            Op::Alloc { init: Init::Build(build), .. } => build.made.places(),
            Op::AddMem { dst, src } => vec![dst, src],
            Op::Swap { a, b } => vec![a, b],
            Op::Resize { zeros: Zeros::Like(like) | Zeros::Last(like), .. } => vec![like],
            Op::Call(c) => c.places_read().into_iter().chain(c.form.shadows()).collect(),
            Op::Opaque(o) => o.places(),
            _ => Vec::new(),
        }
    }

    /// Whether it computes with scalars only: it has no regions, and neither memory nor stacks take part.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(
            self,
            Op::Const(_) | Op::Node { .. } | Op::Int { .. } | Op::Cmp { .. } | Op::Cast(_) | Op::Select { .. }
        )
    }

    /// The scalars that the operation reads, indices of its places included, regions excluded.
    pub(crate) fn reads(&self) -> Vec<Val> {
        let mut reads = Vec::new();
        self.each_read(&mut |v| reads.push(v));
        reads
    }

    /// The same, one by one.
    pub(crate) fn each_read(&self, f: &mut dyn FnMut(Val)) {
        match self {
            Op::Const(_)
            | Op::Len(_)
            | Op::Load(_)
            | Op::NewStack(_)
            | Op::Pop(_)
            | Op::AddMem { .. }
            | Op::Clear(_)
            | Op::Swap { .. }
            | Op::Save { .. }
            | Op::Restore { .. } => {}
            Op::Node { args, .. } | Op::Int { args, .. } => each(args, f),
            Op::Cmp { a, b, .. } => each(&[*a, *b], f),
            Op::Cast(v) => f(*v),
            Op::Select { cond, a, b } => each(&[*cond, *a, *b], f),
            Op::Store { value, .. } | Op::Accum { value, .. } | Op::Push { value, .. } => f(*value),
            Op::Resize { from, to, .. } => each(&[*from, *to], f),
            Op::Alloc { init, .. } => match init {
                Init::Fill { value, dims } => {
                    f(*value);
                    for dim in dims {
                        if let Dim::Heap(n) = dim {
                            f(*n);
                        }
                    }
                }
                Init::List { items, .. } => each(items, f),
                Init::Build(build) => each(&build.made.vals(), f),
                Init::Copy(_) | Init::ZerosLike(_) | Init::Popped(_) => {}
            },
            Op::If { cond, .. } => f(*cond),
            Op::For(l) => {
                if let Some(range) = &l.range {
                    each(&[range.lo, range.hi], f);
                }
                each(&l.inits, f);
            }
            Op::Call(c) => {
                for a in &c.args {
                    if let Arg::Val(v) = a {
                        f(*v);
                    }
                }
                c.form.given().into_iter().filter_map(Tangent::val).for_each(&mut *f);
            }
            Op::Opaque(o) => each(&o.vals(), f),
            Op::Record(r) => {
                for (id, v, partial) in &r.parents {
                    each(&[*id, *v, *partial], f);
                }
                each(&r.constants, f);
                f(r.value);
            }
        }
        if self.is_scalar() {
            return;
        }
        for place in self.places() {
            for access in &place.path {
                match access {
                    Access::Index(v) => f(*v),
                    Access::Range { lo, len } => each(&[*lo, *len], f),
                    Access::Const(_) | Access::Field(_) => {}
                }
            }
        }
    }
}

fn each(vals: &[Val], f: &mut dyn FnMut(Val)) {
    for &v in vals {
        f(v);
    }
}
