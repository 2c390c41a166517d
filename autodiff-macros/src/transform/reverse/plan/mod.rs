//! What the reverse sweep needs of the forward sweep, and how it gets it.
//!
//! A block is *joint* where its forward and its reverse statements stand in one scope, so that every value is simply
//! there: the body of the function, and the bodies of loops that are fused or run again. It is *split* where the reverse
//! statements stand in a scope of their own: branches, and the bodies of loops whose reverse is a loop of its own. What a
//! split block's reverse needs is either *kept* (pushed on a stack at the end of the forward block; in a branch, yielded
//! to the enclosing block) or *computed again* from what is available. Memory is never restored in place: a load is only
//! repeated where nothing has been written since, otherwise the loaded value is kept; arrays that live in a split
//! block are saved as a whole.
//!
//! The three ways through a loop (design, section 5):
//!
//! - [`Mode::Fused`]: the adjoints of its results are known before it starts, because the results reach the outcome
//!   through affine steps only. Forward and reverse of an iteration run together, once. Nothing is kept.
//! - [`Mode::Rerun`]: the forward loop runs plainly, keeping the carried state that the body reads; the reverse loop runs
//!   each body forward again and then backward. Inner loops keep what they need for one iteration only.
//! - [`Mode::Keep`]: the forward loop keeps what its reverse needs, the reverse loop computes the cheap rest again.

mod memory;
mod modes;
mod needs;
mod result;
mod values;

use std::cell::RefCell;
use std::collections::BTreeSet;

pub(crate) use self::memory::ShapeOf;
use crate::analysis::activity::{self, Activity};
use crate::analysis::sites::{BlockId, Site, Sites, written};
use crate::analysis::useful::{self, Useful};
use crate::ir::{Func, Mem, Op, Param, Slotted, StackId, Ty, Val};
use crate::maps::{Hashed, Map};
use crate::transform::Unsupported;

/// How a loop is reversed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It carries no derivative: it runs once, in the forward sweep.
    Plain,
    Fused,
    Rerun,
    Keep,
}

/// What becomes of a value of a split block that its reverse needs.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Decision {
    Available,
    Kept,
    Again,
}

/// A value of a branch that leaves the branch so that the reverse can see it: one more result of the `if`.
#[derive(Clone, Debug)]
pub(crate) struct Escape {
    /// Under whose name the enclosing blocks keep it.
    pub(crate) leader: Val,
    pub(crate) ty: Ty,
    /// Of both values.
    pub(crate) active: bool,
    pub(crate) then: Option<Val>,
    pub(crate) els: Option<Val>,
}

/// The plan for one block.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockPlan {
    pub(crate) joint: bool,
    /// Pushed at the end of the forward block, in this order. Empty for branches.
    pub(crate) kept: Vec<Val>,
    /// Statements that the reverse block runs again, by position.
    pub(crate) again: BTreeSet<usize>,
    /// Local memory that is saved as a whole, by the position of its allocation.
    pub(crate) saved: BTreeSet<usize>,
    /// Results of calls that are kept as they are.
    pub(crate) results: BTreeSet<Mem>,
}

/// The plan.
pub(crate) struct Plan<'f> {
    pub(crate) f: &'f Func,
    pub(crate) sites: Sites<'f>,
    pub(crate) act: Activity,
    pub(crate) useful: Useful,
    /// Parameters behind `&mut` in a split derivative: written by others before the reverse half begins, which is not given
    /// them. Their shapes are those of their shadows.
    gone: BTreeSet<Mem>,
    modes: Hashed<Site, Mode>,
    pub(crate) blocks: Vec<BlockPlan>,
    /// The escapes of each `if`, in order.
    escapes: Hashed<Site, Vec<Escape>>,
    /// Values that joined another value's escape: where that is kept, they are.
    followers: Map<Val, Vec<Val>>,
    decisions: Map<Val, Decision>,
    pub(crate) errors: Vec<Unsupported>,
    /// Calls whose adjoints are known when they are made: value and adjoint come from one pass of the callee.
    pub(crate) fused_calls: BTreeSet<Site>,
    /// Calls in joint blocks whose memory arguments are overwritten later: a copy is taken for the reverse sweep.
    pub(crate) snapshots: Hashed<Site, BTreeSet<usize>>,
    /// Of other calls, those that [`super::copies`] has to copy.
    pub(crate) overwritten: BTreeSet<(Site, usize)>,
    /// What was found out about memory objects, once the modes are chosen.
    remade: RefCell<Map<Mem, Option<Site>>>,
    wholes: RefCell<Map<Mem, Option<Site>>>,
}

impl<'f> Plan<'f> {
    pub(crate) fn new(f: &'f Func, root_joint: bool) -> Plan<'f> {
        let sites = Sites::new(f);
        let n = sites.blocks.len();
        let mut plan = Plan {
            f,
            act: activity::analyze(f),
            useful: useful::analyze(f),
            sites,
            gone: f.params.iter().filter(|p| p.by_mut && !root_joint).filter_map(gone).collect(),
            modes: Hashed::default(),
            blocks: vec![BlockPlan::default(); n],
            escapes: Hashed::default(),
            followers: Map::default(),
            decisions: Map::default(),
            errors: Vec::new(),
            snapshots: Hashed::default(),
            fused_calls: BTreeSet::new(),
            overwritten: BTreeSet::new(),
            remade: RefCell::default(),
            wholes: RefCell::default(),
        };
        plan.blocks[0].joint = root_joint;
        plan.choose(BlockId(0));
        plan.collect(BlockId(0));
        plan
    }

    /// Whether an adjoint of `v` exists: it depends on an active parameter, and a result depends on it.
    pub(crate) fn live(&self, v: Val) -> bool {
        self.act.val(v) && self.useful.val(v)
    }

    pub(crate) fn live_mem(&self, m: Mem) -> bool {
        self.act.mem(m) && self.useful.mem(m)
    }

    pub(crate) fn live_stack(&self, s: StackId) -> bool {
        self.act.stack(s) && self.useful.stack(s)
    }

    /// Whether an adjoint travels through carried value `j` of a loop: a value that the body does not read still hands
    /// its adjoint on where the loop does not run.
    pub(crate) fn live_carried(&self, site: Site, j: usize) -> bool {
        let body = self.sites.children(site)[0];
        self.live(self.sites.block(body).params[j + 1]) || self.live(self.sites.stmt(site).out[j])
    }

    pub(crate) fn mode(&self, site: Site) -> Mode {
        self.modes.get(&site).copied().unwrap_or(Mode::Plain)
    }

    pub(crate) fn joint(&self, block: BlockId) -> bool {
        self.blocks[block.0].joint
    }

    /// Whether the statement takes part in the reverse sweep.
    pub(crate) fn live_stmt(&self, site: Site) -> bool {
        let stmt = self.sites.stmt(site);
        stmt.out.iter().any(|&o| self.live(o))
            || match &stmt.op {
                Op::Store { place, .. } | Op::Accum { place, .. } | Op::Clear(place) => self.live_mem(place.mem),
                Op::AddMem { dst, src } => self.live_mem(dst.mem) && self.live_mem(src.mem),
                Op::Swap { a, .. } => self.live_mem(a.mem),
                Op::Alloc { mem, .. } | Op::Resize { mem, .. } => self.live_mem(*mem),
                Op::Restore { stack, mem } => self.live_stack(*stack) || self.live_mem(*mem),
                Op::Push { stack, .. } | Op::Pop(stack) | Op::Save { stack, .. } => self.live_stack(*stack),
                Op::Call(call) => written(&stmt.op).into_iter().chain(call.mems()).any(|m| self.live_mem(m)),
                Op::If { .. } | Op::For(_) => {
                    self.sites.children(site).iter().any(|&b| {
                        (0..self.sites.block(b).stmts.len()).any(|i| self.live_stmt(Site { block: b, stmt: i }))
                    })
                }
                _ => false,
            }
    }

    /// The escapes of the `if` at `site`.
    pub(crate) fn escapes_of(&self, site: Site) -> &[Escape] {
        self.escapes.get(&site).map_or(&[], Vec::as_slice)
    }
}

fn gone(p: &Param) -> Option<Mem> {
    match p.held {
        Slotted::Mem(m) => Some(m),
        Slotted::Val(_) => None,
    }
}
