//! What the reverse sweep may read from memory: which objects it sees, which are unchanged since, their shapes, and how
//! it gets those that are local to a split block.

use super::Plan;
use crate::analysis::sites::{BlockId, Def, Region, Site, may_write, read};
use crate::bug::{self, Bug};
use crate::ir::{Access, Dim, Init, Mem, Op, Place, Ty};

/// The shape of a memory object, in terms of what the reverse sweep has.
pub(crate) enum ShapeOf {
    Like(Place),
    /// That of the place's shadow, which has grown again with it.
    LikeShadow(Place),
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

    pub(crate) fn is_parameter(&self, m: Mem) -> bool {
        matches!(self.mem_def(m), Some(Def::Param(_)))
    }

    /// Whether what `site` reads of `m` can be read again when the reverse sweep gets there.
    pub(crate) fn stable(&self, m: Mem, site: Site) -> bool {
        self.stable_place(&Place::whole(m), site)
    }

    /// The same of a place: what is written to other fields does not count.
    pub(crate) fn stable_place(&self, place: &Place, site: Site) -> bool {
        let m = place.mem;
        if bug::seeded(Bug::StaleLoad) {
            return true;
        }
        if self.gone.contains(&m) {
            return false;
        }
        let home = self.mem_def(m).map_or(BlockId(0), Def::block);
        let writes = self.sites.writes[m.0 as usize].iter().filter(|&&w| may_write(&self.sites.stmt(w).op, place));
        writes.copied().all(|w| {
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
        if !self.keeps_length(place.mem) {
            // It has had other lengths, but elements of one shape.
            return self.shape_of_element(place);
        }
        if self.has_shape(place.mem) || self.is_result(place.mem) || self.remade(place.mem).is_some() {
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
                let from = Place { mem: from.mem, path };
                self.shape_at(&from).or_else(|| self.shape_of_shadow(site, from))
            }
            Init::Build(_) => self.kept_whole(place.mem).map(|_| ShapeOf::Like(place.clone())),
            Init::Popped(_) => None,
        }
    }

    fn shape_of_element(&self, place: &Place) -> Option<ShapeOf> {
        let sides = &self.f.mem(place.mem).element_sides;
        let (first, rest) = place.path.split_first()?;
        let ranges = [first].into_iter().chain(rest).any(|access| matches!(access, Access::Range { .. }));
        let left = sides.get(rest.len()..).filter(|left| !left.is_empty() && !ranges)?;
        Some(ShapeOf::Dims(left.to_vec()))
    }

    /// The shape of numbers that are copied out of memory which has other lengths before or after the block of `site`. When
    /// its reverse block begins, the shadow of that memory is as long as the memory was when the forward block ended.
    fn shape_of_shadow(&self, site: Site, from: Place) -> Option<ShapeOf> {
        let m = from.mem;
        let outside = self.mem_def(m).is_some_and(|def| !self.sites.within(def.block(), site.block));
        let fixed_within = (self.sites.writes[m.0 as usize].iter()).all(|&w| {
            let changes = matches!(self.sites.stmt(w).op, Op::Resize { .. } | Op::Swap { .. });
            !(changes && self.sites.within(w.block, site.block))
        });
        let numbers = matches!(self.f.mem(m).elem, Some(Ty::Float(_)));
        (outside && fixed_within && numbers && self.live_mem(m)).then_some(ShapeOf::LikeShadow(from))
    }

    /// Memory that is local to a split block and of which more than its numbers is to be kept: its shape changes, or does
    /// not show. It is made once more in the reverse block, which gives its type, and a copy of what it was at the end of
    /// its forward block takes the place of that.
    pub(crate) fn kept_whole(&self, m: Mem) -> Option<Site> {
        if let Some(&known) = self.wholes.borrow().get(&m) {
            return known;
        }
        let whole = self.find_whole(m);
        self.wholes.borrow_mut().insert(m, whole);
        whole
    }

    fn find_whole(&self, m: Mem) -> Option<Site> {
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return None };
        if self.joint(site.block) || self.is_result(m) || self.remade(m).is_some() || self.is_constant_list(m, site) {
            return None;
        }
        let Op::Alloc { init, .. } = &self.sites.stmt(site).op else { return None };
        let parts: Vec<&Place> = match init {
            Init::Build(build) => build.made.places(),
            // Its numbers are enough.
            _ if self.shape_of(m).is_some() && self.f.mem(m).elem.is_none_or(|ty| ty.float().is_some()) => return None,
            Init::Copy(from) | Init::ZerosLike(from) => vec![from],
            Init::Fill { .. } | Init::List { .. } => Vec::new(),
            Init::Popped(_) => return None,
        };
        // A part may not be there any more; a whole is.
        let there = |place: &Place| {
            let m = place.mem;
            (place.path.is_empty() || self.keeps_length(m) || self.stays_at(place) || self.is_settled(m, site))
                && (self.has_shape(m) || self.remade(m).is_some() || self.saveable(m) || self.kept_whole(m).is_some())
        };
        parts.into_iter().all(there).then_some(site)
    }

    /// Whether the memory has all of its lengths behind it when `site` is reached, in the life that it has then.
    fn is_settled(&self, m: Mem, site: Site) -> bool {
        let Some(home) = self.mem_def(m).map(|def| def.block()) else { return false };
        let at = self.sites.lifted(site, home);
        self.sites.writes[m.0 as usize].iter().all(|&w| {
            let changes = matches!(self.sites.stmt(w).op, Op::Resize { .. } | Op::Swap { .. });
            !changes || at.is_some_and(|at| self.sites.lifted(w, home).is_some_and(|written| written < at))
        })
    }

    /// Keeps the memory object as a whole.
    fn keep_whole(&mut self, m: Mem) -> bool {
        let Some(site) = self.kept_whole(m) else { return false };
        let block = &mut self.blocks[site.block.0];
        block.saved.insert(site.stmt);
        if block.again.insert(site.stmt) {
            let op = &self.sites.stmt(site).op;
            op.reads().into_iter().for_each(|v| self.need(v));
            for place in op.places() {
                self.need_mem(place.mem);
            }
        }
        true
    }

    pub(super) fn need_shape(&mut self, m: Mem) -> bool {
        if self.is_result(m) {
            return self.keep_result(m);
        }
        if self.kept_whole(m).is_some() {
            return self.keep_whole(m);
        }
        match self.shape_of(m) {
            Some(ShapeOf::Like(place)) => {
                self.need_path(&place);
                let m = place.mem;
                self.has_shape(m) || self.remake(m) || self.keep_result(m) || self.keep_whole(m)
            }
            Some(ShapeOf::LikeShadow(place)) => {
                self.need_path(&place);
                true
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
        if self.remake(m) || self.keep_result(m) || self.keep_whole(m) {
            return true;
        }
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return false };
        if self.is_constant_list(m, site) {
            if self.blocks[site.block.0].again.insert(site.stmt) {
                self.sites.stmt(site).op.reads().into_iter().for_each(|item| self.need(item));
            }
            return true;
        }
        if !self.saveable(m) {
            return false;
        }
        self.blocks[site.block.0].saved.insert(site.stmt);
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
        if let Some(&known) = self.remade.borrow().get(&m) {
            return known;
        }
        let remade = self.find_remade(m);
        self.remade.borrow_mut().insert(m, remade);
        remade
    }

    fn find_remade(&self, m: Mem) -> Option<Site> {
        let Some(Def::Stmt(site)) = self.mem_def(m) else { return None };
        let op = &self.sites.stmt(site).op;
        let fixed = matches!(op, Op::Alloc { init: Init::Build(build), .. } if build.made.pure_)
            && self.sites.writes[m.0 as usize].is_empty();
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

    /// Whether the memory object can be saved as a whole: its floats, or a copy where the tokens do not show what it is.
    pub(super) fn saveable(&self, m: Mem) -> bool {
        match self.f.mem(m).elem {
            _ if self.is_result(m) || self.kept_whole(m).is_some() => true,
            Some(Ty::Float(_)) => self.shape_of(m).is_some(),
            None => matches!(self.shape_of(m), Some(ShapeOf::Like(_))),
            Some(_) => false,
        }
    }
}

fn fixed(n: usize) -> Dim {
    let literal = proc_macro2::Literal::usize_unsuffixed(n);
    Dim::Fixed { tokens: std::iter::once(proc_macro2::TokenTree::from(literal)).collect(), value: Some(n) }
}
