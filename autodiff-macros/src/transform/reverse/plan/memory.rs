//! What the reverse sweep may read from memory: which objects it sees, which are unchanged since, their shapes, and how
//! it gets those that are local to a split block.

use super::Plan;
use crate::analysis::sites::{BlockId, Def, Region, Site, read};
use crate::bug::{self, Bug};
use crate::ir::{Access, Dim, Init, Mem, Op, Place, Ty};

/// The shape of a memory object, in terms of what the reverse sweep has.
pub(crate) enum ShapeOf {
    Like(Place),
    Dims(Vec<Dim>),
}

impl Plan<'_> {
    pub(crate) fn mem_def(&self, m: Mem) -> Option<Def> {
        self.sites.mem_defs.get(m.0 as usize).copied().flatten()
    }

    /// Whether the memory object is there in the reverse sweep of any block that can see it, without being saved.
    pub(crate) fn visible(&self, m: Mem) -> bool {
        match self.mem_def(m) {
            Some(Def::Param(_)) => !self.gone.contains(&m),
            Some(Def::Stmt(s)) => self.joint(s.block),
            None => false,
        }
    }

    /// Whether its shape is there.
    pub(super) fn has_shape(&self, m: Mem) -> bool {
        self.visible(m) || self.gone.contains(&m)
    }

    /// Whether what `site` reads of `m` can be read again when the reverse sweep gets there.
    pub(crate) fn stable(&self, m: Mem, site: Site) -> bool {
        if bug::seeded(Bug::StaleLoad) {
            return true;
        }
        if self.gone.contains(&m) {
            return false;
        }
        let home = self.mem_def(m).map_or(BlockId(0), Def::block);
        self.sites.writes[m.0 as usize].iter().all(|&w| {
            let common = self.sites.common(site.block, w.block);
            let (Some(at), Some(written)) = (self.sites.lifted(site, common), self.sites.lifted(w, common)) else {
                return false;
            };
            if written > at || w == site {
                return false;
            }
            // An earlier write of the text comes later in time where a loop around both comes round again before the
            // reverse sweep begins.
            self.sites.ancestors(common).take_while(|&b| b != home).all(|b| {
                let looped = self.sites.blocks[b.0].region == Region::Loop;
                !looped || self.joint(b)
            })
        })
    }

    /// The (zero) beginning of a memory object of the same shape as `m`, from values that the reverse sweep has.
    pub(crate) fn shape_of(&self, m: Mem) -> Option<ShapeOf> {
        self.shape_at(&Place::whole(m))
    }

    pub(crate) fn shape_at(&self, place: &Place) -> Option<ShapeOf> {
        if self.is_whole(place.mem) {
            return Some(ShapeOf::Like(place.clone()));
        }
        match self.derived_shape(place) {
            None if self.can_be_whole(place.mem) => Some(ShapeOf::Like(place.clone())),
            shape => shape,
        }
    }

    /// The shape, as far as it follows from what there is.
    fn derived_shape(&self, place: &Place) -> Option<ShapeOf> {
        if !self.keeps_length(place.mem) {
            // It has had other lengths.
            return None;
        }
        if self.has_shape(place.mem) || self.is_whole(place.mem) || self.remade(place.mem).is_some() {
            return Some(ShapeOf::Like(place.clone()));
        }
        let Some(Def::Stmt(site)) = self.mem_def(place.mem) else { return None };
        let Op::Alloc { init, .. } = &self.sites.stmt(site).op else { return None };
        let skip = place.path.len();
        if place.path.iter().any(|access| matches!(access, Access::Range { .. })) {
            return None;
        }
        match init {
            Init::Fill { dims, .. } => Some(ShapeOf::Dims(dims.get(skip..)?.to_vec())),
            Init::List { shape, .. } => Some(ShapeOf::Dims(shape.get(skip..)?.iter().map(|&n| fixed(n)).collect())),
            Init::Copy(from) | Init::ZerosLike(from) => {
                let mut path = from.path.clone();
                path.extend(place.path.iter().cloned());
                self.derived_shape(&Place { mem: from.mem, path })
            }
            Init::Build(_) | Init::Popped(_) => None,
        }
    }

    pub(super) fn need_shape(&mut self, m: Mem) -> bool {
        match self.shape_of(m) {
            Some(ShapeOf::Like(place)) => {
                self.need_path(&place);
                self.has_shape(place.mem) || self.remake(place.mem) || self.keep_whole(place.mem)
            }
            Some(ShapeOf::Dims(dims)) => {
                for d in &dims {
                    if let Dim::Heap(n) = d {
                        self.need(*n);
                    }
                }
                true
            }
            None => false,
        }
    }

    /// Makes the memory object visible to the reverse sweep, saving it if that is what it takes.
    pub(super) fn need_mem(&mut self, m: Mem) -> bool {
        if self.visible(m) {
            return true;
        }
        if self.remake(m) {
            return true;
        }
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return false };
        if self.is_constant_list(m, site) {
            if self.blocks[site.block.0].again.insert(site.stmt) {
                self.sites.stmt(site).op.reads().into_iter().for_each(|item| self.need(item));
            }
            return true;
        }
        if self.is_whole(m) || !self.saveable(m) {
            return self.keep_whole(m);
        }
        self.blocks[site.block.0].saved.insert(m);
        self.need_shape(m)
    }

    /// A list of inactive numbers that stays as it is, `[2, 0, 1]`: made again where it is needed again.
    fn is_constant_list(&self, m: Mem, site: Site) -> bool {
        matches!(self.sites.stmt(site).op, Op::Alloc { init: Init::List { .. }, .. })
            && !self.act.mem(m)
            && self.sites.writes[m.0 as usize].is_empty()
    }

    /// A struct that nothing changes after it is made: it can be made again from its parts.
    pub(super) fn remade(&self, m: Mem) -> Option<Site> {
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return None };
        let op = &self.sites.stmt(site).op;
        let fixed = matches!(op, Op::Alloc { init: Init::Build(_), .. }) && self.sites.writes[m.0 as usize].is_empty();
        let parts = |m: Mem| self.visible(m) || self.remade(m).is_some() || self.saveable(m);
        (fixed && read(op).into_iter().all(|m| self.stable(m, site) && parts(m))).then_some(site)
    }

    /// Makes the struct again in the reverse block.
    fn remake(&mut self, m: Mem) -> bool {
        let Some(site) = self.remade(m) else { return false };
        if self.blocks[site.block.0].again.insert(site.stmt) {
            let op = &self.sites.stmt(site).op;
            for v in op.reads() {
                self.need(v);
            }
            for part in read(op) {
                self.need_mem(part);
            }
        }
        true
    }

    /// Whether the memory object can be saved: its floats, or a copy where the tokens do not show what it is.
    pub(super) fn saveable(&self, m: Mem) -> bool {
        let shape = self.derived_shape(&Place::whole(m));
        match self.f.mem(m).elem {
            Some(Ty::Float(_)) => shape.is_some(),
            None => matches!(shape, Some(ShapeOf::Like(_))),
            Some(_) => false,
        }
    }
}

fn fixed(n: usize) -> Dim {
    let literal = proc_macro2::Literal::usize_unsuffixed(n);
    Dim::Fixed { tokens: std::iter::once(proc_macro2::TokenTree::from(literal)).collect(), value: Some(n) }
}
