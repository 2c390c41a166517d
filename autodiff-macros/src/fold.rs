//! Which steps a person would not write down: how an evaluation trace is grouped for reading.
//!
//! The IR has one step per operator, in the user's order of evaluation. The textbooks' trace is coarser: a constant
//! factor, sign or offset folds into its only consumer where that is of Type 1 or Type 3, so that `exp(2 w)` and
//! `3 r − u` are one step each. A sum never folds into a sum, and nothing folds into a product (Type 2), whose factors
//! are values of their own.

use crate::analysis::activity::Activity;
use crate::analysis::sites::{Def, Sites, Use};
use crate::ir::{Func, Op, Val};
use crate::maps::Set;
use crate::rules::{Kind, Rule, kind};

/// The values that fold into their only consumer.
pub(crate) fn folded(f: &Func, act: &Activity) -> Set<Val> {
    let sites = Sites::new(f);
    let mut folded = Set::default();
    for k in 0..f.vals.len() {
        let v = Val(k as u32);
        let (Some(Def::Stmt(def)), &[Use::Stmt(consumer)]) = (sites.def(v), &sites.uses[k][..]) else { continue };
        if def.block != consumer.block || !act.val(v) {
            continue;
        }
        let (Op::Node { rule, args }, Op::Node { rule: into, args: others }) =
            (&sites.stmt(def).op, &sites.stmt(consumer).op)
        else {
            continue;
        };
        let active = act.of(args);
        let simple = matches!(rule, Rule::Add | Rule::Sub | Rule::Mul | Rule::Div | Rule::Neg)
            && active.iter().filter(|&&a| a).count() == 1
            && kind(*rule, &active) == Kind::Affine;
        if simple && kind(*into, &act.of(others)) != Kind::Product {
            folded.insert(v);
        }
    }
    folded
}
