//! Where everything is: blocks by number, definitions, uses, and writes to memory.
//!
//! The reverse transform asks of a value where it is defined and who uses it, and of a memory object what is written to
//! it and when; this is computed once for a function.

use crate::ir::{Access, Block, Func, Mem, Op, Place, Slotted, Stmt, Val, Zeros};
use crate::maps::Hashed;

/// A block, numbered in the order of the text; 0 is the body.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BlockId(pub(crate) usize);

/// A statement: the block and the position in it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Site {
    pub(crate) block: BlockId,
    pub(crate) stmt: usize,
}

/// What kind of region a block is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    Root,
    Then,
    Else,
    Loop,
}

/// Where a value comes from.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Def {
    /// A parameter of the block (for the body: of the function).
    Param(BlockId),
    Stmt(Site),
}

impl Def {
    pub(crate) fn block(self) -> BlockId {
        match self {
            Def::Param(b) => b,
            Def::Stmt(s) => s.block,
        }
    }
}

/// Where a value is used.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Stmt(Site),
    /// The position among the block's yields.
    Yield(BlockId, usize),
}

impl Use {
    pub(crate) fn block(self) -> BlockId {
        match self {
            Use::Stmt(s) => s.block,
            Use::Yield(b, _) => b,
        }
    }
}

/// One block and its place in the tree.
pub(crate) struct BlockSite<'f> {
    pub(crate) block: &'f Block,
    pub(crate) region: Region,
    /// The statement that owns it.
    pub(crate) parent: Option<Site>,
}

/// The index.
pub(crate) struct Sites<'f> {
    pub(crate) blocks: Vec<BlockSite<'f>>,
    pub(crate) defs: Vec<Option<Def>>,
    pub(crate) mem_defs: Vec<Option<Def>>,
    pub(crate) uses: Vec<Vec<Use>>,
    /// Every statement that may change the memory object after it came into being.
    pub(crate) writes: Vec<Vec<Site>>,
    children: Hashed<Site, Vec<BlockId>>,
}

impl<'f> Sites<'f> {
    pub(crate) fn new(f: &'f Func) -> Sites<'f> {
        let mut sites = Sites {
            blocks: Vec::new(),
            defs: vec![None; f.vals.len()],
            mem_defs: vec![None; f.mems.len()],
            uses: vec![Vec::new(); f.vals.len()],
            writes: vec![Vec::new(); f.mems.len()],
            children: Hashed::default(),
        };
        for p in &f.params {
            match p.held {
                Slotted::Val(v) => sites.defs[v.0 as usize] = Some(Def::Param(BlockId(0))),
                Slotted::Mem(m) => sites.mem_defs[m.0 as usize] = Some(Def::Param(BlockId(0))),
            }
        }
        sites.enter(&f.body, Region::Root, None);
        sites
    }

    fn enter(&mut self, block: &'f Block, region: Region, parent: Option<Site>) -> BlockId {
        let id = BlockId(self.blocks.len());
        self.blocks.push(BlockSite { block, region, parent });
        for &p in &block.params {
            self.defs[p.0 as usize] = Some(Def::Param(id));
        }
        for (i, stmt) in block.stmts.iter().enumerate() {
            let site = Site { block: id, stmt: i };
            for &o in &stmt.out {
                self.defs[o.0 as usize] = Some(Def::Stmt(site));
            }
            stmt.op.each_read(&mut |v| self.uses[v.0 as usize].push(Use::Stmt(site)));
            if stmt.op.is_scalar() {
                continue;
            }
            for mem in stmt.op.defined() {
                self.mem_defs[mem.0 as usize] = Some(Def::Stmt(site));
            }
            for m in written(&stmt.op) {
                self.writes[m.0 as usize].push(site);
            }
            let region = |k: usize| match (&stmt.op, k) {
                (Op::If { .. }, 0) => Region::Then,
                (Op::If { .. }, _) => Region::Else,
                _ => Region::Loop,
            };
            let blocks = stmt.op.blocks();
            if !blocks.is_empty() {
                let inner = blocks.into_iter().enumerate().map(|(k, b)| self.enter(b, region(k), Some(site)));
                let children = inner.collect();
                self.children.insert(site, children);
            }
        }
        for (j, &y) in block.yields.iter().enumerate() {
            self.uses[y.0 as usize].push(Use::Yield(id, j));
        }
        id
    }

    pub(crate) fn block(&self, id: BlockId) -> &'f Block {
        self.blocks[id.0].block
    }

    pub(crate) fn stmt(&self, site: Site) -> &'f Stmt {
        &self.block(site.block).stmts[site.stmt]
    }

    /// The regions of a statement, in order.
    pub(crate) fn children(&self, site: Site) -> &[BlockId] {
        self.children.get(&site).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn def(&self, v: Val) -> Option<Def> {
        self.defs.get(v.0 as usize).copied().flatten()
    }

    /// The block and its ancestors, innermost first.
    pub(crate) fn ancestors(&self, block: BlockId) -> impl Iterator<Item = BlockId> + '_ {
        std::iter::successors(Some(block), |b| self.blocks[b.0].parent.map(|s| s.block))
    }

    /// Whether `inner` is `outer` or lies within it.
    pub(crate) fn within(&self, inner: BlockId, outer: BlockId) -> bool {
        self.ancestors(inner).any(|b| b == outer)
    }

    /// The statement of `block` that is or contains `site`, if any.
    pub(crate) fn lifted(&self, site: Site, block: BlockId) -> Option<usize> {
        let mut at = site;
        loop {
            if at.block == block {
                return Some(at.stmt);
            }
            at = self.blocks[at.block.0].parent?;
        }
    }

    /// The innermost block that contains both.
    pub(crate) fn common(&self, a: BlockId, b: BlockId) -> BlockId {
        self.ancestors(a).find(|&x| self.within(b, x)).unwrap_or(BlockId(0))
    }
}

/// The memory objects that a statement may change, regions excluded.
pub(crate) fn written(op: &Op) -> Vec<Mem> {
    match op {
        Op::Store { place, .. } | Op::Accum { place, .. } | Op::Clear(place) => vec![place.mem],
        Op::AddMem { dst, .. } => vec![dst.mem],
        Op::Swap { a, b } => vec![a.mem, b.mem],
        Op::Resize { mem, .. } => vec![*mem],
        Op::Restore { mem, .. } => vec![*mem],
        Op::Call(c) => c.places_written().into_iter().map(|place| place.mem).collect(),
        _ => Vec::new(),
    }
}

/// Whether a statement may write to something of the place, regions excluded.
pub(crate) fn may_write(op: &Op, place: &Place) -> bool {
    let written = match op {
        Op::Store { place, .. } | Op::Accum { place, .. } | Op::Clear(place) | Op::AddMem { dst: place, .. } => {
            vec![place]
        }
        Op::Swap { a, b } => vec![a, b],
        Op::Call(call) => call.places_written(),
        op => return written(op).contains(&place.mem),
    };
    written.into_iter().any(|written| written.mem == place.mem && !apart(&written.path, &place.path))
}

/// Whether two paths into one memory object lead to different parts, whatever the indices are.
fn apart(a: &[Access], b: &[Access]) -> bool {
    a.iter().zip(b).any(|steps| match steps {
        (Access::Field(a), Access::Field(b)) => a != b,
        (Access::Const(a), Access::Const(b)) => a != b,
        _ => false,
    })
}

/// The memory objects that a statement reads, regions excluded.
pub(crate) fn read(op: &Op) -> Vec<Mem> {
    use crate::ir::Init;
    match op {
        Op::Load(place) => vec![place.mem],
        Op::Alloc { init: Init::Copy(place), .. } => vec![place.mem],
        Op::Alloc { init: Init::Build(build), .. } => build.made.places().into_iter().map(|place| place.mem).collect(),
        Op::AddMem { src, .. } => vec![src.mem],
        Op::Swap { a, b } => vec![a.mem, b.mem],
        Op::Resize { zeros: Zeros::Like(like) | Zeros::Last(like), .. } => vec![like.mem],
        Op::Save { mem, .. } => vec![*mem],
        Op::Call(c) => c.places_read().into_iter().chain(c.exchanged()).map(|place| place.mem).collect(),
        Op::Opaque(o) => o.places().into_iter().map(|place| place.mem).collect(),
        _ => Vec::new(),
    }
}
