//! Arguments of calls that are overwritten before the reverse sweep gets there.
//!
//! The reverse of a call reads its arguments again. A part of an array that changes later, and inside a loop or branch
//! any array that does, as the iterate of an inner optimisation, is copied before the call, and the copy is what is
//! passed: a local array of its block, which is kept as those are. The plan finds the arguments; this pass writes the
//! copies, and the plan is made again.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::plan::Plan;
use crate::analysis::sites::{BlockId, Site, Sites};
use crate::ir::{Block, Func, Init, Mem, MemData, Op, Place, Stmt};

/// `f` with a copy of every argument that needs one.
pub(super) fn separated<'f>(f: &'f Func, root_joint: bool) -> Cow<'f, Func> {
    if !calls(&f.body) {
        return Cow::Borrowed(f);
    }
    let plan = Plan::new(f, root_joint);
    if plan.overwritten.is_empty() {
        return Cow::Borrowed(f);
    }
    let mut mems = f.mems.clone();
    let body = copied(&plan.sites, BlockId(0), &plan.overwritten, &mut mems);
    Cow::Owned(Func { mems, body, ..f.clone() })
}

fn calls(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| matches!(stmt.op, Op::Call(_)) || stmt.op.blocks().into_iter().any(calls))
}

fn copied(sites: &Sites<'_>, id: BlockId, overwritten: &BTreeSet<(Site, usize)>, mems: &mut Vec<MemData>) -> Block {
    let mut block = sites.block(id).clone();
    for (i, mut stmt) in std::mem::take(&mut block.stmts).into_iter().enumerate() {
        let site = Site { block: id, stmt: i };
        let mut inner = sites.children(site).iter().map(|&child| copied(sites, child, overwritten, mems));
        match &mut stmt.op {
            Op::If { then, els, .. } => {
                *then = inner.next().unwrap_or_default();
                *els = inner.next().unwrap_or_default();
            }
            Op::For(l) => l.body = inner.next().unwrap_or_default(),
            Op::Call(call) => {
                let reads = call.places_read_mut().into_iter().enumerate();
                for (_, place) in reads.filter(|&(k, _)| overwritten.contains(&(site, k))) {
                    let mut data = MemData { name: Some("copy".to_owned()), ..mems[place.mem.0 as usize].clone() };
                    if !place.path.is_empty() {
                        // A row may be an array.
                        (data.is_vec, data.list) = (false, false);
                        data.element_sides.clear();
                    }
                    let mem = Mem(mems.len() as u32);
                    mems.push(data);
                    let init = Init::Copy(std::mem::replace(place, Place::whole(mem)));
                    block.stmts.push(Stmt { op: Op::Alloc { mem, init }, out: Vec::new(), span: stmt.span });
                }
            }
            _ => {}
        }
        block.stmts.push(stmt);
    }
    block
}
