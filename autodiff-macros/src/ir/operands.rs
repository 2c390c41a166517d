//! What an operation reads, where it reads and writes memory, and which regions are inside.

use super::{Access, Arg, Block, Dim, Init, Mem, Op, Place, Tangent, Val};

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
            Op::Len(p) | Op::Load(p) | Op::Store { place: p, .. } | Op::Accum { place: p, .. } => vec![p],
            Op::Alloc { init: Init::Copy(p) | Init::ZerosLike(p), .. } => vec![p],
            Op::Alloc { init: Init::Build(build), .. } => build.made.places(),
            Op::AddMem { dst, src } => vec![dst, src],
            Op::Swap { a, b } => vec![a, b],
            Op::Call(c) => c.places_read().into_iter().chain(c.form.shadows()).collect(),
            Op::Opaque(o) => o.places(),
            _ => Vec::new(),
        }
    }

    /// The scalars that the operation reads, indices of its places included, regions excluded.
    pub(crate) fn reads(&self) -> Vec<Val> {
        let mut reads = match self {
            Op::Const(_)
            | Op::Len(_)
            | Op::Load(_)
            | Op::NewStack(_)
            | Op::Pop(_)
            | Op::AddMem { .. }
            | Op::Swap { .. }
            | Op::Save { .. }
            | Op::Restore { .. } => Vec::new(),
            Op::Node { args, .. } | Op::Int { args, .. } => args.clone(),
            Op::Cmp { a, b, .. } => vec![*a, *b],
            Op::Cast(v) => vec![*v],
            Op::Select { cond, a, b } => vec![*cond, *a, *b],
            Op::Store { value, .. } | Op::Accum { value, .. } | Op::Push { value, .. } => vec![*value],
            Op::Resize { from, to, .. } => vec![*from, *to],
            Op::Alloc { init, .. } => match init {
                Init::Fill { value, dims } => {
                    let mut reads = vec![*value];
                    reads.extend(dims.iter().filter_map(|d| match d {
                        Dim::Heap(n) => Some(*n),
                        Dim::Fixed { .. } => None,
                    }));
                    reads
                }
                Init::List { items, .. } => items.clone(),
                Init::Build(build) => build.made.vals(),
                Init::Copy(_) | Init::ZerosLike(_) | Init::Popped(_) => Vec::new(),
            },
            Op::If { cond, .. } => vec![*cond],
            Op::For(f) => {
                let mut reads: Vec<Val> = f.range.iter().flat_map(|r| [r.lo, r.hi]).collect();
                reads.extend(&f.inits);
                reads
            }
            Op::Call(c) => {
                let mut reads: Vec<Val> = Vec::new();
                for a in &c.args {
                    if let Arg::Val(v) = a {
                        reads.push(*v);
                    }
                }
                reads.extend(c.form.given().into_iter().filter_map(Tangent::val));
                reads
            }
            Op::Opaque(o) => o.vals(),
            Op::Record(r) => {
                let mut reads: Vec<Val> = r.parents.iter().flat_map(|(id, v, p)| [*id, *v, *p]).collect();
                reads.extend(&r.constants);
                reads.push(r.value);
                reads
            }
        };
        for place in self.places() {
            reads.extend(place.path.iter().flat_map(Access::reads));
        }
        reads
    }
}
