//! Fusion: loops whose adjoints are known before they start.
//!
//! A sum that reaches the outcome through affine steps only has an adjoint that does not depend on the sum: of
//! `loss / n + λ · penalty`, both adjoints are known when the loops begin. Value and gradient of such a loop then come
//! from one pass, with nothing kept and nothing computed twice. This module decides which loops are so, and computes
//! the adjoints ahead of time.

use super::plan::Plan;
use crate::analysis::sites::{BlockId, Def, Site, Use, read, written};
use crate::bug::{self, Bug};
use crate::ir::{CallForm, For, Mem, Op, Val};
use crate::rules::Rule;

/// Whether carried value `j` of the loop is an accumulator: the body only adds to it, on every path, and looks at it
/// nowhere else. Its adjoint is then the same in every iteration, and its value is not needed.
pub(crate) fn accumulates(plan: &Plan<'_>, site: Site, j: usize) -> bool {
    let body = plan.sites.children(site)[0];
    let p = plan.sites.block(body).params[j + 1];
    plan.live(p) && follow(plan, p, body) == Some(j)
}

/// Follows an accumulator through `block`: which of the block's yields it becomes.
fn follow(plan: &Plan<'_>, cur: Val, block: BlockId) -> Option<usize> {
    let uses: Vec<Use> =
        plan.sites.uses[cur.0 as usize].iter().copied().filter(|u| plan.sites.within(u.block(), block)).collect();
    if let [Use::Yield(b, j)] = uses[..]
        && b == block
    {
        return Some(j);
    }
    // All uses lie in one statement of the block (several where it is an `if`: one in each branch).
    let mut at = None;
    for u in &uses {
        let site = match *u {
            Use::Stmt(site) => site,
            Use::Yield(b, _) => plan.sites.blocks[b.0].parent?,
        };
        let stmt = plan.sites.lifted(site, block)?;
        if at.is_some_and(|a| a != stmt) {
            return None;
        }
        at = Some(stmt);
    }
    let site = Site { block, stmt: at? };
    let stmt = plan.sites.stmt(site);
    match &stmt.op {
        Op::Node { rule: Rule::Add, .. } if uses.len() == 1 => follow(plan, stmt.out[0], block),
        Op::Node { rule: Rule::Sub, args } if uses.len() == 1 && args[0] == cur => follow(plan, stmt.out[0], block),
        Op::If { .. } => {
            let branches = plan.sites.children(site);
            let k = follow(plan, cur, branches[0])?;
            if follow(plan, cur, branches[1])? == k { follow(plan, stmt.out[k], block) } else { None }
        }
        Op::For(l) if uses.len() == 1 => {
            let k = l.inits.iter().position(|&v| v == cur)?;
            if accumulates(plan, site, k) { follow(plan, stmt.out[k], block) } else { None }
        }
        _ => None,
    }
}

/// Whether the loop can run forward and backward at once.
pub(crate) fn fusible(plan: &Plan<'_>, site: Site, l: &For) -> bool {
    let body = plan.sites.children(site)[0];
    let stmt = plan.sites.stmt(site);
    let carried_known = (0..l.inits.len()).all(|j| {
        let out = stmt.out[j];
        !plan.live_carried(site, j)
            || (accumulates(plan, site, j) && (known(plan, out, site) || bug::seeded(Bug::FusedTooEagerly)))
    });
    carried_known && memory_allows(plan, site, body)
}

/// Whether a call can compute its adjoint with its value: the adjoints of its results are known, and none of its
/// arguments is overwritten later in the block.
pub(crate) fn fusible_call(plan: &Plan<'_>, site: Site) -> bool {
    let stmt = plan.sites.stmt(site);
    let Op::Call(call) = &stmt.op else { return false };
    matches!(call.form, CallForm::Primal)
        && plan.live_stmt(site)
        && !call.writes()
        && !call.mems().any(|m| plan.live_mem(m))
        && stmt.out.iter().all(|&o| !plan.live(o) || known(plan, o, site))
        && read(&stmt.op).into_iter().all(|m| !overwritten_after(plan, m, site))
}

/// Whether the memory object is written by a later statement of the block.
fn overwritten_after(plan: &Plan<'_>, m: Mem, site: Site) -> bool {
    plan.sites.writes[m.0 as usize].iter().any(|&w| plan.sites.lifted(w, site.block).is_some_and(|k| k > site.stmt))
}

/// The body writes only memory of its own, and nothing that it reads is overwritten later in the enclosing block (the
/// shadow would still hold contributions to the old contents when the overwriting is reversed).
fn memory_allows(plan: &Plan<'_>, site: Site, body: BlockId) -> bool {
    let mut work = vec![body];
    while let Some(block) = work.pop() {
        for i in 0..plan.sites.block(block).stmts.len() {
            let at = Site { block, stmt: i };
            let op = &plan.sites.stmt(at).op;
            if matches!(
                op,
                Op::Push { .. }
                    | Op::Pop(_)
                    | Op::Save { .. }
                    | Op::Restore { .. }
                    | Op::Accum { .. }
                    | Op::Clear(_)
                    | Op::AddMem { .. }
                    | Op::Swap { .. }
                    | Op::Resize { .. }
            ) {
                return false;
            }
            let local = |m: Mem| plan.mem_def(m).is_some_and(|d| plan.sites.within(d.block(), body));
            if !written(op).into_iter().all(local) {
                return false;
            }
            if read(op).into_iter().any(|m| !local(m) && overwritten_after(plan, m, site)) {
                return false;
            }
            work.extend(plan.sites.children(at));
        }
    }
    true
}

/// Whether the adjoint of `r`, a value of the block of `at`, can be computed before statement `at`: every use of it is
/// an affine step with a coefficient that exists by then, and so on to the end of the block.
fn known(plan: &Plan<'_>, r: Val, at: Site) -> bool {
    plan.sites.uses[r.0 as usize].iter().all(|&u| match u {
        Use::Yield(block, _) => block == at.block,
        Use::Stmt(site) if site.block != at.block => false,
        Use::Stmt(site) => {
            let stmt = plan.sites.stmt(site);
            if !plan.live_stmt(site) {
                return matches!(stmt.op, Op::Node { .. } | Op::Cast(_) | Op::Cmp { .. });
            }
            match &stmt.op {
                Op::Node { rule: Rule::Add | Rule::Sub | Rule::Neg, .. } | Op::Cast(_) => known(plan, stmt.out[0], at),
                Op::Node { rule: Rule::Mul | Rule::Div, args } => {
                    let other = if args[0] == r { args[1] } else { args[0] };
                    let numerator = args[0] == r || matches!(stmt.op, Op::Node { rule: Rule::Mul, .. });
                    numerator
                        && args[0] != args[1]
                        && !plan.act.val(other)
                        && hoistable(plan, other, at)
                        && known(plan, stmt.out[0], at)
                }
                Op::For(l) => (0..l.inits.len())
                    .filter(|&k| l.inits[k] == r)
                    .all(|k| accumulates(plan, site, k) && known(plan, stmt.out[k], at)),
                _ => false,
            }
        }
    })
}

/// Whether an inactive value exists before statement `at`, or can be computed there as well.
pub(crate) fn hoistable(plan: &Plan<'_>, v: Val, at: Site) -> bool {
    match plan.sites.def(v) {
        Some(Def::Param(_)) => true,
        Some(Def::Stmt(site)) if site.block != at.block || site.stmt < at.stmt => true,
        Some(Def::Stmt(site)) => {
            let op = &plan.sites.stmt(site).op;
            let pure_op = match op {
                Op::Const(_) | Op::Node { .. } | Op::Cast(_) => true,
                Op::Len(place) if !plan.keeps_length(place.mem) => false,
                Op::Len(place) => plan.mem_def(place.mem).is_some_and(|d| match d {
                    Def::Param(_) => true,
                    Def::Stmt(s) => s.block != at.block || s.stmt < at.stmt,
                }),
                Op::Opaque(o) => o.pure_ && read(op).is_empty(),
                _ => false,
            };
            pure_op && op.reads().into_iter().all(|r| hoistable(plan, r, at))
        }
        None => false,
    }
}
