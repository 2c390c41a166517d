//! Calls of other differentiated functions, by the roles of the callee's parameters and results.

use std::collections::HashMap;

use quote::ToTokens;

use super::{Cell, Error, Machine, Value, run};
use crate::ir::{Arg, Call, CallForm, Func, Layer, Origin, Role, Slot, Tangent};

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
    pub(crate) jvp_dot: Option<Func>,
    pub(crate) vjp_dot_dot: Option<Func>,
}

impl Callee {
    fn function(&self, form: &CallForm) -> Option<&Func> {
        let (of, layers) = form.layers();
        let function = match (of, layers.len()) {
            (CallForm::Primal, 1) => &self.primal,
            (CallForm::Primal, 2) => &self.jvp,
            (CallForm::Primal, 4) => &self.jvp_dot,
            (CallForm::Forward, 1) => &self.forward,
            (CallForm::Forward, 2) => &self.forward_dot,
            (CallForm::Reverse { .. }, 1) => &self.reverse,
            (CallForm::Reverse { .. }, 2) => &self.reverse_dot,
            (CallForm::Vjp { .. }, 1) => &self.vjp,
            (CallForm::Vjp { .. }, 2) => &self.vjp_dot,
            (CallForm::Vjp { .. }, 4) => &self.vjp_dot_dot,
            _ => return None,
        };
        function.as_ref()
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
            if let Some(Slot::Mem(place)) = &slot(&call.form, &p.role) {
                let new = cell.clone();
                self.update(place, |old| {
                    *old = new;
                    Ok(())
                })?;
            }
        }
        // An adjoint that goes nowhere (`Slot::Off`) is not a result here. Results come layer by layer.
        let wanted = f.results.iter().zip(done.results).filter(|(role, _)| match role.origin {
            Origin::Param(_) => matches!(slot(&call.form, role), Some(Slot::Scalar)),
            Origin::Result(_) => true,
        });
        let mut wanted: Vec<_> = wanted.collect();
        wanted.sort_by_key(|(role, _)| role.layer());
        Ok(wanted.into_iter().map(|(_, value)| value).collect())
    }

    /// The argument for the callee's parameter of the given role.
    fn argument(&self, call: &Call, role: &Role) -> Result<Cell, Error> {
        let missing = || Error::Unsupported("a parameter of a callee that the call does not give");
        let (_, layers) = call.form.layers();
        let layer = layers.get(role.layer()).ok_or_else(missing)?;
        match (role.origin, role.is_bar()) {
            (Origin::Param(i), false) if role.layer() == 0 => self.primal_argument(call, i),
            (Origin::Param(i), false) => match layer.tangents.get(i) {
                Some(Tangent::Val(v)) => self.get(*v).map(Cell::Scalar),
                Some(Tangent::Mem(place)) => self.cell(place).cloned(),
                Some(Tangent::Zero) => Ok(self.primal_argument(call, i)?.zeros()),
                None => Err(missing()),
            },
            (Origin::Param(i), true) => match layer.slots.get(i) {
                Some(Slot::Mem(place)) => self.cell(place).cloned(),
                Some(_) => Ok(self.primal_argument(call, i)?.zeros()),
                None => Err(missing()),
            },
            (Origin::Result(j), true) => {
                let seed = |layer: &Layer| layer.seeds.get(j).and_then(Tangent::val);
                match (seed(layer), layers.iter().find_map(seed)) {
                    (Some(seed), _) => self.get(seed).map(Cell::Scalar),
                    (None, Some(other)) => Ok(Cell::Scalar(self.get(other)?).zeros()),
                    (None, None) => Err(missing()),
                }
            }
            (Origin::Result(_), false) => Err(missing()),
        }
    }

    fn primal_argument(&self, call: &Call, i: usize) -> Result<Cell, Error> {
        match call.args.get(i) {
            Some(Arg::Val(v)) => self.get(*v).map(Cell::Scalar),
            Some(Arg::Place { place, .. }) => self.cell(place).cloned(),
            Some(Arg::Gone) | None => Err(Error::Unsupported("a parameter of a callee that the call does not give")),
        }
    }
}

/// Where the adjoint of the given role, or the tangent of an adjoint, goes.
fn slot(form: &CallForm, role: &Role) -> Option<Slot> {
    let (Origin::Param(i), true) = (role.origin, role.is_bar()) else { return None };
    form.layers().1.get(role.layer())?.slots.get(i).cloned()
}
