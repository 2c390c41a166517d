//! Second and higher derivatives: the forward transform applied to the functions that the reverse transform has made, and
//! to what has come of that.
//!
//! The tangent of the gradient along v is the Hessian-vector product H·v (Pearlmutter, *Fast exact multiplication by the
//! Hessian*, 1994). There is no rule for it anywhere: what the reverse transform emits is ordinary IR.

use super::{Unsupported, forward, forward::forward_halves};
use crate::analysis::sites::read;
use crate::ir::{Block, CallForm, Const, Func, Init, Mark, Mem, Op, Origin, Place, Role, Slot, Slotted, Stmt};
use crate::simplify;

/// The Hessian-vector product of a function whose result is one float, from its fused reverse derivative: the direction is
/// the tangent of the parameters, the product is added to what is marked `[Bar, Dot]`.
///
/// The seed is the constant 1. Value and gradient are not wanted, and what only they need is left out.
pub(crate) fn hvp(vjp: &Func, user_vals: usize) -> Result<Func, Unsupported> {
    let mut seeded = vjp.clone();
    seed_with_one(&mut seeded);
    simplify::simplify(&mut seeded, user_vals);
    let mut hvp = forward(&seeded)?;
    let wanted: Vec<bool> = hvp.results.iter().map(|role| role.marks == [Mark::Bar, Mark::Dot(1)]).collect();
    retain(&mut hvp.results, &wanted);
    retain(&mut hvp.body.yields, &wanted);
    forget_shadows(&mut hvp);
    simplify::simplify(&mut hvp, user_vals);
    Ok(hvp)
}

/// The tangents of a derivative, for callers that differentiate their own, in a direction that it does not have yet.
pub(crate) fn dot(derivative: &Func, user_vals: usize) -> Result<Func, Unsupported> {
    let mut f = forward(derivative)?;
    simplify::simplify(&mut f, user_vals);
    Ok(f)
}

/// The tangents of the two halves of a split reverse derivative.
pub(crate) fn split_dot(halves: (&Func, &Func), user_vals: usize) -> Result<(Func, Func), Unsupported> {
    let (mut forth, mut back) = forward_halves(halves)?;
    simplify::simplify(&mut forth, user_vals);
    simplify::simplify(&mut back, user_vals);
    Ok((forth, back))
}

fn retain<T>(list: &mut Vec<T>, wanted: &[bool]) {
    let mut wanted = wanted.iter();
    list.retain(|_| wanted.next().copied().unwrap_or(false));
}

/// The seed becomes a constant: its tangent is structurally zero.
fn seed_with_one(f: &mut Func) {
    let is_seed = |role: &Role| matches!(role.origin, Origin::Result(_)) && role.marks == [Mark::Bar];
    let mut ones = Vec::new();
    f.params.retain(|p| match p.held {
        Slotted::Val(v) if is_seed(&p.role) => {
            let one = Op::Const(Const::Float { value: 1.0, text: None });
            ones.push(Stmt { op: one, out: vec![v], span: f.vals[v.0 as usize].span });
            false
        }
        _ => true,
    });
    f.body.stmts.splice(0..0, ones);
}

/// Shadows that are only added to are not parameters any more, and nothing is added to them.
fn forget_shadows(f: &mut Func) {
    let mut reads = Vec::new();
    collect_reads(&f.body, &mut reads);
    let mut locals = Vec::new();
    let mut forgotten = Vec::new();
    f.params.retain(|p| match (p.role.origin, &p.role.marks[..], p.held) {
        (Origin::Param(i), [Mark::Bar], Slotted::Mem(m)) => {
            if reads.contains(&m) {
                locals.push((m, Role::param(i)))
            } else {
                forgotten.push(m)
            }
            false
        }
        _ => true,
    });
    forget(&mut f.body, &forgotten);
    // One that is read is a temporary of the shape of its parameter.
    let like = |role: &Role| f.params.iter().find(|p| p.role == *role).map(|p| p.held);
    let allocs: Vec<Stmt> = locals
        .iter()
        .filter_map(|(m, role)| match like(role)? {
            Slotted::Mem(shape) => {
                let init = Init::ZerosLike(Place::whole(shape));
                Some(Stmt { op: Op::Alloc { mem: *m, init }, out: Vec::new(), span: f.mem(*m).span })
            }
            Slotted::Val(_) => None,
        })
        .collect();
    f.body.stmts.splice(0..0, allocs);
}

fn collect_reads(block: &Block, reads: &mut Vec<Mem>) {
    for stmt in &block.stmts {
        reads.extend(read(&stmt.op));
        match &stmt.op {
            Op::Len(place) | Op::Alloc { init: Init::ZerosLike(place), .. } => reads.push(place.mem),
            _ => {}
        }
        stmt.op.blocks().into_iter().for_each(|b| collect_reads(b, reads));
    }
}

/// Drops every statement that adds to one of `mems`.
fn forget(block: &mut Block, mems: &[Mem]) {
    block.stmts.retain_mut(|stmt| {
        match &mut stmt.op {
            Op::Store { place, .. } | Op::Accum { place, .. } | Op::Clear(place) | Op::AddMem { dst: place, .. } => {
                return !mems.contains(&place.mem);
            }
            Op::Swap { a: Place { mem, .. }, .. } | Op::Resize { mem, .. } | Op::Restore { mem, .. } => {
                return !mems.contains(mem);
            }
            Op::Call(call) => close(&mut call.form, mems),
            Op::If { then, els, .. } => {
                forget(then, mems);
                forget(els, mems);
            }
            Op::For(l) => forget(&mut l.body, mems),
            _ => {}
        }
        true
    });
}

/// Switches the slots for `mems` off.
fn close(form: &mut CallForm, mems: &[Mem]) {
    let off = |slots: &mut Vec<Slot>| {
        for slot in slots {
            if matches!(slot, Slot::Mem(place) if mems.contains(&place.mem)) {
                *slot = Slot::Off;
            }
        }
    };
    match form {
        CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. } => off(slots),
        CallForm::Dot(d) => {
            close(&mut d.of, mems);
            d.layers.iter_mut().for_each(|layer| off(&mut layer.slots));
        }
        CallForm::Primal | CallForm::Forward | CallForm::Jvp { .. } | CallForm::Trace { .. } => {}
    }
}
