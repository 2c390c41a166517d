//! Calls of other differentiated functions, by the roles of the callee's parameters and results.

use std::collections::HashMap;

use quote::ToTokens;

use super::{Cell, Error, Machine, Value, run};
use crate::ir::{Arg, Call, CallForm, Func, Mark, Origin, Place, Role, Slot, Tangent};

/// The derivative functions of a callee, those that a test has.
#[derive(Default)]
pub(crate) struct Callee {
    pub(crate) primal: Option<Func>,
    pub(crate) forward: Option<Func>,
    pub(crate) reverse: Option<Func>,
    pub(crate) vjp: Option<Func>,
    pub(crate) jvp: Option<Func>,
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
        let callee = callees.callees.get(&path);
        let form = callee.and_then(|callee| match call.form {
            CallForm::Primal => callee.primal.as_ref(),
            CallForm::Forward => callee.forward.as_ref(),
            CallForm::Reverse { .. } => callee.reverse.as_ref(),
            CallForm::Vjp { .. } => callee.vjp.as_ref(),
            CallForm::Jvp { .. } => callee.jvp.as_ref(),
            CallForm::Trace { .. } => None,
        });
        let f = form.ok_or(Error::UnknownCallee(path))?;
        let args = f.params.iter().map(|p| self.argument(call, &p.role)).collect::<Result<_, Error>>()?;
        let done = run(f, args, callees, self.tape)?;
        for (p, cell) in f.params.iter().zip(&done.args) {
            if let Some(slot) = shadow_slot(call, &p.role) {
                let new = cell.clone();
                self.update(slot, |old| {
                    *old = new;
                    Ok(())
                })?;
            }
        }
        // An adjoint that goes nowhere (`Slot::Off`) is not a result here.
        let wanted = f.results.iter().zip(done.results).filter(|(role, _)| match (&call.form, role.origin) {
            (CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. }, Origin::Param(i)) => {
                matches!(slots.get(i), Some(Slot::Scalar))
            }
            _ => true,
        });
        Ok(wanted.map(|(_, value)| value).collect())
    }

    /// The argument for the callee's parameter of the given role.
    fn argument(&self, call: &Call, role: &Role) -> Result<Cell, Error> {
        let missing = || Error::Unsupported("a parameter of a callee that the call does not give");
        match (role.origin, &role.marks[..], &call.form) {
            (Origin::Param(i), [], _) => self.primal_argument(call, i),
            (Origin::Param(i), [Mark::Bar], CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. }) => {
                match slots.get(i) {
                    Some(Slot::Mem(place)) => self.cell(place).cloned(),
                    _ => Ok(self.primal_argument(call, i)?.zeros()),
                }
            }
            (Origin::Result(j), [Mark::Bar], CallForm::Reverse { seeds, .. } | CallForm::Vjp { seeds, .. }) => {
                let seed = seeds.get(j).ok_or_else(missing)?.ok_or_else(missing)?;
                self.get(seed).map(Cell::Scalar)
            }
            (Origin::Param(i), [Mark::Dot], CallForm::Jvp { tangents }) => match tangents.get(i) {
                Some(Tangent::Val(v)) => self.get(*v).map(Cell::Scalar),
                Some(Tangent::Mem(place)) => self.cell(place).cloned(),
                Some(Tangent::Zero) => Ok(self.primal_argument(call, i)?.zeros()),
                None => Err(missing()),
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

/// Where the callee's shadow of the given role goes.
fn shadow_slot<'c>(call: &'c Call, role: &Role) -> Option<&'c Place> {
    match (role.origin, &role.marks[..], &call.form) {
        (Origin::Param(i), [Mark::Bar], CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. }) => {
            match slots.get(i) {
                Some(Slot::Mem(place)) => Some(place),
                _ => None,
            }
        }
        _ => None,
    }
}
