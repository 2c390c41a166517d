//! Calls of derivatives, reversed: derivatives inside derivatives.
//!
//! Every derivative of a callee g, of any order and in any mode, is a coefficient of a polynomial. Let ε₁ … εₙ be
//! directions with εᵢ² = 0, and let x(ε) and s(ε) carry one coefficient for each set of directions ([`Dotted`]). Then
//!
//! - forward mode, n times, gives the coefficients of g(x(ε));
//! - forward mode over reverse mode gives those of g(x(ε)) and of the adjoint s(ε)·g′(x(ε)).
//!
//! The cotangents of all coefficients form such polynomials too, with the numbering turned round: the cotangent of the
//! coefficient of a set belongs to the *complement* of the set (of y₀ + y₁ε, the coefficient of ε in r(ε)·y(ε) is
//! r₁y₀ + r₀y₁). In these terms, where δ is one direction more,
//!
//! - the adjoint of forward mode is forward over reverse, seeded with the cotangents: s = r;
//! - the adjoint of forward over reverse, with cotangents r of the values and u of the adjoints, is the coefficient of δ in
//!   `(s + r δ)·g′(x + u δ)` for x, and in `g(x + u δ)` for s.
//!
//! So differentiating a derivative takes no function that the callee does not have at the next order, in particular no
//! tape and no reverse over reverse: the Hessian is symmetric, and the vector-Jacobian product of a gradient is a
//! Hessian-vector product. (The symmetry of the tangent bundle of a cotangent bundle; for the second order see
//! B. Christianson, *Automatic Hessians by reverse accumulation*, IMA J. Numer. Anal. 12, 1992.)

use super::super::Unsupported;
use super::Emit;
use super::sweep::Slots;
use crate::analysis::sites::Site;
use crate::ir::{Arg, By, Call, CallForm, Dotted, Layer, Op, Slot, Tangent, Ty, Val};

impl Emit<'_, '_> {
    /// A call of a derivative in the forward sweep: as it is, since its reverse needs nothing of it.
    pub(super) fn forth_nested(&mut self, site: Site, call: &Call) -> Result<(), Unsupported> {
        if !call.form.is_nested() {
            return Err(Unsupported {
                span: self.plan.sites.stmt(site).span,
                message: "the reverse sweep of a called function cannot be reversed".to_owned(),
            });
        }
        self.emit_copy(site);
        Ok(())
    }

    /// Its adjoint: the same derivative with one direction more where it is a reverse one, else the reverse one.
    pub(super) fn back_nested(&mut self, site: Site, call: &Call) {
        let (of, layers) = call.form.layers();
        let reverse = matches!(of, CallForm::Vjp { .. });
        let n = layers.len();
        let inputs = self.inputs_of(site, call);
        let (_, given) = inputs.form.layers();
        let outputs = self.outputs(site, call, &layers, reverse);
        let mut slots = Slots { args: inputs.args, ..Slots::default() };
        let off = vec![Slot::Off; call.args.len()];
        let mut all: Vec<Layer> = Vec::new();
        for k in 0..n {
            // In the forward case, what the adjoint is seeded with is the cotangents themselves.
            let seeds = if reverse { given[k].seeds.clone() } else { self.seeds_for(&outputs[n - 1 - k], k == 0) };
            all.push(Layer { tangents: given[k].tangents.clone(), seeds, slots: off.clone() });
        }
        if reverse {
            for k in 0..n {
                let cotangents = &outputs[n - 1 - k];
                let tangents = cotangents.adjoints.clone();
                all.push(Layer { tangents, seeds: self.seeds_for(cotangents, false), slots: off.clone() });
            }
        }
        // The adjoints of the arguments and of their tangents come out of the layers of the complements.
        let last = all.len();
        for (k, layer) in layers.iter().enumerate() {
            all[last - 1 - k].slots = if k == 0 {
                self.slots_of_args(&call.args, &mut slots)
            } else {
                self.slots_of_tangents(&layer.tangents, &call.args, &mut slots)
            };
        }
        self.emit_nested(site, call, all, slots, &layers);
    }

    /// The call with the given layers, and what it adds to adjoints. `layers` are those of the call that is reversed.
    fn emit_nested(&mut self, site: Site, call: &Call, all: Vec<Layer>, mut slots: Slots, layers: &[Layer]) {
        let stmt = self.plan.sites.stmt(site);
        let parts = stmt.out.get(..call.parts()).unwrap_or_default().to_vec();
        let n = all.len();
        // Adjoints come out layer by layer; the list of scalars was made from the last layer of slots to the first.
        let counts: Vec<usize> =
            all.iter().map(|layer| layer.slots.iter().filter(|slot| matches!(slot, Slot::Scalar)).count()).collect();
        let mut by_layer: Vec<Vec<Val>> = vec![Vec::new(); n];
        let mut rest = std::mem::take(&mut slots.scalars);
        for k in (0..n).rev() {
            by_layer[k] = rest.drain(..counts[k].min(rest.len())).collect();
        }
        let (mut out, mut adjoints, mut seeds) = (Vec::new(), Vec::new(), Vec::new());
        for (k, scalars) in by_layer.iter().enumerate() {
            for (j, &part) in parts.iter().enumerate() {
                let ty = self.plan.f.ty(part);
                if k > 0 && !matches!(ty, Ty::Float(_)) {
                    continue;
                }
                let value = self.b.fresh(ty);
                out.push(value);
                // The adjoint of the seed of a set is the value of the complement, in the new direction.
                let seed = layers.get(n - 1 - k).filter(|_| k >= layers.len()).and_then(|l| l.seeds.get(j)?.val());
                seeds.extend(seed.filter(|&seed| self.wants(seed)).map(|seed| (seed, value)));
            }
            for &v in scalars {
                let bar = self.fresh_bar(v);
                out.push(bar);
                adjoints.push((v, bar));
            }
        }
        let mut layers = all.into_iter();
        let Some(Layer { seeds: first, slots: first_slots, .. }) = layers.next() else { return };
        let of = CallForm::Vjp { seeds: first, slots: first_slots };
        let form = CallForm::Dot(Box::new(Dotted { of, layers: layers.collect() }));
        self.b.push_stmt(Op::Call(Box::new(Call { form, args: slots.args, ..call.clone() })), out);
        self.add_later(slots.later);
        for (v, bar) in adjoints.into_iter().chain(seeds) {
            self.add(v, bar);
        }
    }

    /// What the call was given, in terms of what the reverse sweep has.
    pub(super) fn inputs_of(&mut self, site: Site, call: &Call) -> Call {
        let mut inputs = self.given_call(call);
        for &k in self.plan.snapshots.get(&site).into_iter().flatten() {
            if let (Some(&copy), Some(place)) =
                (self.copies.get(&(site, k)), inputs.places_read_mut().into_iter().nth(k))
            {
                *place = crate::ir::Place::whole(copy);
            }
        }
        inputs
    }

    /// The cotangents of what the call defines, layer by layer.
    fn outputs(&mut self, site: Site, call: &Call, layers: &[Layer], reverse: bool) -> Vec<Cotangents> {
        let stmt = self.plan.sites.stmt(site);
        let parts = call.parts();
        let floats: Vec<bool> =
            stmt.out.iter().take(parts).map(|&v| matches!(self.plan.f.ty(v), Ty::Float(_))).collect();
        let mut rest = stmt.out.iter().copied();
        let mut all = Vec::new();
        for (k, layer) in layers.iter().enumerate() {
            let mut cotangents = Cotangents::default();
            for (j, &float) in floats.iter().enumerate() {
                let v = if k == 0 || float { rest.next() } else { None };
                let bar = v.filter(|&v| float && self.plan.live(v)).and_then(|v| self.sum(v));
                cotangents.parts.push(bar);
                cotangents.like.push(stmt.out.get(j).copied().filter(|_| float));
            }
            if reverse {
                for slot in &layer.slots {
                    cotangents.adjoints.push(match slot {
                        Slot::Off => Tangent::Zero,
                        Slot::Scalar => {
                            let v = rest.next().filter(|&v| self.plan.live(v));
                            v.and_then(|v| self.sum(v)).map_or(Tangent::Zero, Tangent::Val)
                        }
                        Slot::Mem(place) if self.plan.live_mem(place.mem) => Tangent::Mem(self.shadow(place)),
                        Slot::Mem(_) => Tangent::Zero,
                    });
                }
            }
            all.push(cotangents);
        }
        all
    }

    /// Cotangents of values as seeds. Those of layer 0 are numbers, never left out.
    fn seeds_for(&mut self, cotangents: &Cotangents, first: bool) -> Vec<Tangent> {
        let parts = cotangents.parts.iter().zip(&cotangents.like);
        parts
            .map(|(&bar, &like)| match (bar, like) {
                (None, Some(like)) if first => Tangent::Val(self.b.like(0.0, like)),
                (bar, _) => bar.map_or(Tangent::Zero, Tangent::Val),
            })
            .collect()
    }

    fn slots_of_tangents(&mut self, tangents: &[Tangent], args: &[Arg], slots: &mut Slots) -> Vec<Slot> {
        let held: Vec<Option<Arg>> = tangents
            .iter()
            .map(|tangent| match tangent {
                Tangent::Zero => None,
                Tangent::Val(v) => Some(Arg::Val(*v)),
                Tangent::Mem(place) => Some(Arg::Place { place: place.clone(), by: By::Ref }),
            })
            .collect();
        debug_assert_eq!(held.len(), args.len());
        held.iter().map(|arg| arg.as_ref().map_or(Slot::Off, |arg| self.slot_of(arg, slots))).collect()
    }
}

/// The cotangents of one layer of what a call defines.
#[derive(Default)]
struct Cotangents {
    /// Of the parts of the result; `None` where there is none.
    parts: Vec<Option<Val>>,
    /// A value of the type of the part, where that is a float.
    like: Vec<Option<Val>>,
    /// Of the adjoints that a reverse derivative gives, as directions.
    adjoints: Vec<Tangent>,
}
