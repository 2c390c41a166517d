//! Calls of other differentiated functions, by the roles of the callee's parameters and results.

use std::collections::HashMap;

use quote::ToTokens;

use super::{Cell, Error, Machine, Value, run};
use crate::ir::{Arg, Call, CallForm, Func, Mark, Origin, Role, Slot, Tangent, Val};

/// The derivative functions of a callee, those that a test has.
#[derive(Default)]
pub(crate) struct Callee {
    pub(crate) primal: Option<Func>,
    pub(crate) forward: Option<Func>,
    pub(crate) reverse: Option<Func>,
    pub(crate) vjp: Option<Func>,
    pub(crate) jvp: Option<Func>,
    pub(crate) forward_dot: Option<Func>,
    pub(crate) reverse_dot: Option<Func>,
    pub(crate) vjp_dot: Option<Func>,
}

impl Callee {
    fn function(&self, form: &CallForm) -> Option<&Func> {
        match form {
            CallForm::Primal => self.primal.as_ref(),
            CallForm::Forward => self.forward.as_ref(),
            CallForm::Reverse { .. } => self.reverse.as_ref(),
            CallForm::Vjp { .. } => self.vjp.as_ref(),
            CallForm::Jvp { .. } => self.jvp.as_ref(),
            CallForm::Dot(d) => match d.of {
                CallForm::Forward => self.forward_dot.as_ref(),
                CallForm::Reverse { .. } => self.reverse_dot.as_ref(),
                CallForm::Vjp { .. } => self.vjp_dot.as_ref(),
                _ => None,
            },
            CallForm::Trace { .. } => None,
        }
    }
}

/// The functions that a run may call, by path.
#[derive(Default)]
pub(crate) struct Registry {
    pub(crate) callees: HashMap<String, Callee>,
}

impl Machine<'_> {
    /// The scalars that a call defines.
    pub(super) fn call(&mut self, call: &Call) -> Result<Vec<Value>, Error> {
        let path = call.path.to_token_stream().to_string().replace(' ', "");
        let callees = self.callees;
        let f = callees.callees.get(&path).and_then(|callee| callee.function(&call.form));
        let f = f.ok_or(Error::UnknownCallee(path))?;
        let args = f.params.iter().map(|p| self.argument(call, &p.role)).collect::<Result<_, Error>>()?;
        let done = run(f, args, callees, self.tape)?;
        for (p, cell) in f.params.iter().zip(&done.args) {
            if let Some(Slot::Mem(place)) = slot(&call.form, &p.role) {
                let new = cell.clone();
                self.update(place, |old| {
                    *old = new;
                    Ok(())
                })?;
            }
        }
        // An adjoint that goes nowhere (`Slot::Off`) is not a result here. Tangents come last, in the order of what they
        // are tangents of.
        let wanted = f.results.iter().zip(done.results).filter(|(role, _)| match role.origin {
            Origin::Param(_) => matches!(slot(&call.form, role), Some(Slot::Scalar)),
            Origin::Result(_) => true,
        });
        let (values, dots): (Vec<_>, Vec<_>) = wanted.partition(|(role, _)| role.marks.last() != Some(&Mark::Dot));
        Ok(values.into_iter().chain(dots).map(|(_, value)| value).collect())
    }

    /// The argument for the callee's parameter of the given role.
    fn argument(&self, call: &Call, role: &Role) -> Result<Cell, Error> {
        let missing = || Error::Unsupported("a parameter of a callee that the call does not give");
        match (role.origin, &role.marks[..]) {
            (Origin::Param(i), []) => self.primal_argument(call, i),
            (Origin::Param(i), [Mark::Bar] | [Mark::Bar, Mark::Dot]) => match slot(&call.form, role) {
                Some(Slot::Mem(place)) => self.cell(place).cloned(),
                Some(_) => Ok(self.primal_argument(call, i)?.zeros()),
                None => Err(missing()),
            },
            (Origin::Param(i), [Mark::Dot]) => match call.form.tangents().get(i) {
                Some(Tangent::Val(v)) => self.get(*v).map(Cell::Scalar),
                Some(Tangent::Mem(place)) => self.cell(place).cloned(),
                Some(Tangent::Zero) => Ok(self.primal_argument(call, i)?.zeros()),
                None => Err(missing()),
            },
            (Origin::Result(j), [Mark::Bar]) => {
                let seed = seeds(&call.form).get(j).copied().flatten().ok_or_else(missing)?;
                self.get(seed).map(Cell::Scalar)
            }
            (Origin::Result(j), [Mark::Bar, Mark::Dot]) => match &call.form {
                CallForm::Dot(d) => match (d.seeds.get(j).copied().flatten(), seeds(&d.of).get(j).copied().flatten()) {
                    (Some(dot), _) => self.get(dot).map(Cell::Scalar),
                    (None, Some(seed)) => Ok(Cell::Scalar(self.get(seed)?).zeros()),
                    (None, None) => Err(missing()),
                },
                _ => Err(missing()),
            },
            _ => Err(missing()),
        }
    }

    fn primal_argument(&self, call: &Call, i: usize) -> Result<Cell, Error> {
        match call.args.get(i) {
            Some(Arg::Val(v)) => self.get(*v).map(Cell::Scalar),
            Some(Arg::Place { place, .. }) => self.cell(place).cloned(),
            None => Err(Error::Unsupported("a parameter of a callee that the call does not give")),
        }
    }
}

/// The seeds of a call of a reverse derivative.
fn seeds(form: &CallForm) -> &[Option<Val>] {
    match form {
        CallForm::Reverse { seeds, .. } | CallForm::Vjp { seeds, .. } => seeds,
        CallForm::Dot(d) => seeds(&d.of),
        CallForm::Primal | CallForm::Forward | CallForm::Jvp { .. } | CallForm::Trace { .. } => &[],
    }
}

/// Where the adjoint of the given role, or the tangent of an adjoint, goes.
fn slot<'c>(form: &'c CallForm, role: &Role) -> Option<&'c Slot> {
    match (role.origin, &role.marks[..], form) {
        (Origin::Param(i), [Mark::Bar], CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. }) => slots.get(i),
        (Origin::Param(_), [Mark::Bar], CallForm::Dot(d)) => slot(&d.of, role),
        (Origin::Param(i), [Mark::Bar, Mark::Dot], CallForm::Dot(d)) => d.slots.get(i),
        _ => None,
    }
}
