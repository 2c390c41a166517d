//! `partial · adjoint`, where partials may be infinite or indicators.
//!
//! Two products must not be plain ones. An indicator (the partial of `max`, `relu`, `clamp`: a selection between 1 and
//! 0) selects the adjoint or 0, so that an infinite adjoint on the side not taken does not become `0 · ∞`. And a partial
//! that can be infinite where the function is finite (`sqrt` at 0) meets [`Rule::Times`], which is 0 where the adjoint or
//! tangent is 0: the function does not move in that direction, whatever its slope. `max(sqrt(x), 1)` at 0 then has the
//! derivative 0 that it should have.

use crate::ir::build::Builder;
use crate::ir::{Const, Op, Val};
use crate::rules::{self, Rule};

/// How many statements back the definition of a partial is looked for; the longest formula of the table is shorter.
const REACH: usize = 24;

/// The product of a partial of `rule`, which has just been emitted, and a tangent or an adjoint.
pub(crate) fn scaled(b: &mut Builder, rule: Rule, partial: Val, by: Val) -> Val {
    if let Some(selected) = indicator(b, partial) {
        return select(b, &selected, by);
    }
    if rules::singular(rule) { b.node(Rule::Times, &[partial, by]) } else { b.mul(partial, by) }
}

/// A selection between 1 and 0.
enum Indicator {
    One,
    Zero,
    Select(Val, Box<Indicator>, Box<Indicator>),
}

fn indicator(b: &mut Builder, partial: Val) -> Option<Indicator> {
    match definition(b, partial)? {
        Op::Select { cond, a, b: other } => {
            Some(Indicator::Select(cond, Box::new(leaf(b, a)?), Box::new(leaf(b, other)?)))
        }
        _ => None,
    }
}

fn leaf(b: &mut Builder, v: Val) -> Option<Indicator> {
    match definition(b, v)? {
        Op::Const(Const::Float { value: 1.0, .. }) => Some(Indicator::One),
        Op::Const(Const::Float { value: 0.0, .. }) => Some(Indicator::Zero),
        Op::Select { .. } => indicator(b, v),
        _ => None,
    }
}

fn definition(b: &mut Builder, v: Val) -> Option<Op> {
    b.block().stmts.iter().rev().take(REACH).find(|s| s.out.first() == Some(&v)).map(|s| s.op.clone())
}

fn select(b: &mut Builder, indicator: &Indicator, by: Val) -> Val {
    match indicator {
        Indicator::One => by,
        Indicator::Zero => b.like(0.0, by),
        Indicator::Select(cond, then, els) => {
            let (then, els) = (select(b, then, by), select(b, els, by));
            b.select(*cond, then, els)
        }
    }
}
