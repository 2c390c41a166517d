//! Which memory keeps its shape: the lengths of vectors that are resized or exchanged are not what they were.
//!
//! A shadow has the shape of its memory at all times. Where vectors are exchanged whose lengths may differ, their shadows
//! are exchanged in the forward sweep too; where shapes are certain to be equal, as of two buffers that take turns, nothing
//! needs to be done.

use super::plan::Plan;
use crate::analysis::sites::Def;
use crate::ir::{Access, Dim, Init, Mem, Op, Place, Val, Zeros};

/// Where the shape of a memory object comes from: equal origins have equal shapes.
#[derive(Clone, Debug, PartialEq)]
enum Origin {
    /// That of a parameter, or of memory of which no more is known.
    Of(Mem),
    /// So many elements, of numbers or of rows of one length.
    Lengths(Vec<Length>),
}

#[derive(Clone, Debug, PartialEq)]
enum Length {
    Val(Val),
    Fixed(String),
}

impl Plan<'_> {
    /// Whether the memory has one shape as long as it lives.
    pub(crate) fn keeps_length(&self, m: Mem) -> bool {
        !self.resized(m) && !self.moves(m)
    }

    /// Whether there is something at a place whenever there is at one time: what changes lies within it.
    pub(crate) fn stays_at(&self, place: &Place) -> bool {
        let m = place.mem;
        let writes = || self.sites.writes.get(m.0 as usize).into_iter().flatten().map(|&w| &self.sites.stmt(w).op);
        // What is put there when the vector grows takes the place of nothing.
        let is_new = |of: &Place| match &of.path[..] {
            [Access::Index(at)] => writes().any(|op| match op {
                Op::Resize { from, zeros: Zeros::Like(_), .. } => from == at,
                _ => false,
            }),
            _ => false,
        };
        let within = |of: &Place| of.path.len() >= place.path.len();
        writes().all(|op| match op {
            // One that only grows has all of its elements in the reverse sweep.
            Op::Resize { zeros, .. } => matches!(zeros, Zeros::Like(_)),
            Op::Swap { a, b } => {
                [a, b].iter().all(|of| of.mem != m || within(of) || are_apart(of, place) || is_new(of))
            }
            _ => true,
        })
    }

    /// Whether the length of a vector changes.
    fn resized(&self, m: Mem) -> bool {
        let writes = self.sites.writes.get(m.0 as usize);
        writes.into_iter().flatten().any(|&w| matches!(self.sites.stmt(w).op, Op::Resize { .. }))
    }

    /// Whether the function exchanges what it has made by memory of, perhaps, another shape.
    pub(crate) fn moves(&self, m: Mem) -> bool {
        let swaps = self.sites.writes.get(m.0 as usize).into_iter().flatten();
        matches!(self.mem_def(m), Some(Def::Stmt(_)))
            && swaps.into_iter().any(|&w| match &self.sites.stmt(w).op {
                // What is exchanged has one type, on both sides.
                Op::Swap { a, b } => !self.is_fixed(a) && !self.is_fixed(b) && !self.fit(a, b),
                _ => false,
            })
    }

    /// Whether two places certainly have one shape.
    fn fit(&self, a: &Place, b: &Place) -> bool {
        match (self.origin(a.mem), self.origin(b.mem)) {
            (Origin::Lengths(_), _) if a.mem == b.mem => a.path.len() == b.path.len(),
            (x, y) => a.mem != b.mem && a.path.is_empty() && b.path.is_empty() && x == y,
        }
    }

    fn origin(&self, m: Mem) -> Origin {
        if self.resized(m) {
            return Origin::Of(m);
        }
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return Origin::Of(m) };
        match &self.sites.stmt(site).op {
            Op::Alloc { init: Init::Copy(from) | Init::ZerosLike(from), .. }
                if from.path.is_empty() && !self.resized(from.mem) =>
            {
                self.origin(from.mem)
            }
            Op::Alloc { init: Init::Fill { dims, .. }, .. } => match self.length_of(dims) {
                Some(whole) => self.origin(whole),
                None => Origin::Lengths(dims.iter().map(length).collect()),
            },
            _ => Origin::Of(m),
        }
    }

    /// The memory whose length a vector of numbers was given.
    fn length_of(&self, dims: &[Dim]) -> Option<Mem> {
        let [Dim::Heap(n)] = dims else { return None };
        let Some(Def::Stmt(site)) = self.sites.def(*n) else { return None };
        match &self.sites.stmt(site).op {
            Op::Len(place) if place.path.is_empty() && !self.resized(place.mem) => Some(place.mem),
            _ => None,
        }
    }

    /// Whether the place is an array, whose length is its type's, or a number.
    fn is_fixed(&self, place: &Place) -> bool {
        let Some(Def::Stmt(site)) = self.mem_def(place.mem) else { return false };
        match &self.sites.stmt(site).op {
            Op::Alloc { init: Init::Fill { dims, .. }, .. } => {
                dims.iter().skip(place.path.len()).all(|d| matches!(d, Dim::Fixed { .. }))
            }
            Op::Alloc { init: Init::List { .. }, .. } => !self.f.mem(place.mem).is_vec,
            _ => false,
        }
    }
}

/// Whether two places are, or are within, different fields of one struct.
fn are_apart(a: &Place, b: &Place) -> bool {
    let differ = |(a, b): (&Access, &Access)| matches!((a, b), (Access::Field(a), Access::Field(b)) if a != b);
    a.path.iter().zip(&b.path).any(differ)
}

fn length(dim: &Dim) -> Length {
    match dim {
        Dim::Heap(n) => Length::Val(*n),
        Dim::Fixed { tokens, .. } => Length::Fixed(tokens.to_string()),
    }
}
