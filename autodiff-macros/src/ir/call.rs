//! Calls of other differentiated functions: of the function itself, of its derivatives, and of derivatives of these.
//!
//! A transform replaces a call by one of another [`CallForm`]: the forward sweep makes [`CallForm::Forward`] of
//! [`CallForm::Primal`], the reverse sweep adds [`CallForm::Reverse`], forward mode adds tangents. What a form carries
//! besides the arguments is uniform: seeds of the result, [`Tangent`]s of the arguments, and [`Slot`]s for their adjoints.

use super::{Place, Val};

/// A call of another differentiated function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The path as the user wrote it; it names the function, and its companion.
    pub(crate) path: syn::Path,
    /// The companion, where it has another name than the function.
    pub(crate) companion: Option<syn::Path>,
    pub(crate) form: CallForm,
    pub(crate) args: Vec<Arg>,
    /// The shape of the primal result. The first of the statement's `out` are its parts, in order.
    pub(crate) ret: Ret,
}

/// What a call returns, as the use at hand shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ret {
    Scalar,
    Tuple(usize),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    /// A scalar by value.
    Val(Val),
    /// A place: `&place` or, with `by_ref` false, `place` by value.
    Place { place: Place, by_ref: bool },
}

impl Call {
    /// The memory that the callee reads: of arguments, then of tangents.
    pub(crate) fn places_read(&self) -> Vec<&Place> {
        let args = self.args.iter().filter_map(|arg| match arg {
            Arg::Place { place, .. } => Some(place),
            Arg::Val(_) => None,
        });
        let tangents = self.form.tangents().into_iter().filter_map(|tangent| match tangent {
            Tangent::Mem(place) => Some(place),
            Tangent::Zero | Tangent::Val(_) => None,
        });
        args.chain(tangents).collect()
    }

    pub(crate) fn places_read_mut(&mut self) -> Vec<&mut Place> {
        let args = self.args.iter_mut().filter_map(|arg| match arg {
            Arg::Place { place, .. } => Some(place),
            Arg::Val(_) => None,
        });
        let tangents = self.form.tangents_mut().into_iter().filter_map(|tangent| match tangent {
            Tangent::Mem(place) => Some(place),
            Tangent::Zero | Tangent::Val(_) => None,
        });
        args.chain(tangents).collect()
    }

    /// How many parts its result has.
    pub(crate) fn parts(&self) -> usize {
        match self.ret {
            Ret::Scalar => 1,
            Ret::Tuple(n) => n,
        }
    }
}

/// Which of the callee's functions is called.
#[derive(Clone, Debug)]
pub(crate) enum CallForm {
    /// `g(args)`; `out` are the parts of the result.
    Primal,
    /// `g::__forward(args, tape)`: the value, with what the reverse sweep needs left on the function's tape.
    Forward,
    /// `g::__reverse(args, tape, seed, slots)`. `seeds` has one entry a part of the result (`None`: not a float, or no
    /// adjoint). `out` has one scalar a [`Slot::Scalar`], in order: the adjoint that the callee returns for it.
    Reverse { seeds: Vec<Option<Val>>, slots: Vec<Slot> },
    /// `g::__vjp(args, seed, slots)`: value and adjoint in one pass, where the adjoint is known at the call. `out` are the
    /// parts of the result, then as for `Reverse`.
    Vjp { seeds: Vec<Option<Val>>, slots: Vec<Slot> },
    /// `g::__jvp(args, tangents)`; `out` are the parts of the result, then the tangents of its float parts.
    Jvp { tangents: Vec<Tangent> },
    /// `g::__trace(args, ids, recorder)`; shaped like `Jvp`.
    Trace { tangents: Vec<Tangent> },
    /// The forward derivative, taken once or more often, of one of the callee's first derivatives:
    /// `g::__vjp_dot(args, tangents, ..)`.
    Dot(Box<Dotted>),
}

/// A call of a callee's derivative that carries tangents, in one direction or in several at once.
///
/// With n directions, every number travels with one tangent for each set of directions other than the empty one: the
/// coefficients of a polynomial in ε₁ … εₙ with εᵢ² = 0. Sets are numbered in binary, so that layer 1 holds the tangents in
/// the first direction, layer 2 those in the second, layer 3 the second derivatives in both; layer 0 is the derivative
/// itself. `out` are what layer 0 defines, then the tangents of the floats among them, layer by layer.
#[derive(Clone, Debug)]
pub(crate) struct Dotted {
    /// Layer 0: `Forward`, `Reverse` or `Vjp`, or `Primal` with two directions or more. A tape carries the tangents of
    /// whatever it keeps.
    pub(crate) of: CallForm,
    /// Layers 1, 2, 3, …
    pub(crate) layers: Vec<Layer>,
}

/// What goes with one set of directions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    /// Of the arguments; empty in layer 0, which has the arguments themselves.
    pub(crate) tangents: Vec<Tangent>,
    /// Of the seeds; `None` where it is structurally zero.
    pub(crate) seeds: Vec<Option<Val>>,
    /// Where the tangents of the adjoints go.
    pub(crate) slots: Vec<Slot>,
}

impl CallForm {
    /// The form without its tangents, and all layers, from layer 0.
    pub(crate) fn layers(&self) -> (&CallForm, Vec<Layer>) {
        let layer = |tangents: &[Tangent]| Layer { tangents: tangents.to_vec(), ..Layer::default() };
        match self {
            CallForm::Reverse { seeds, slots } | CallForm::Vjp { seeds, slots } => {
                (self, vec![Layer { tangents: Vec::new(), seeds: seeds.clone(), slots: slots.clone() }])
            }
            CallForm::Jvp { tangents } | CallForm::Trace { tangents } => {
                (&CallForm::Primal, vec![Layer::default(), layer(tangents)])
            }
            CallForm::Dot(d) => {
                let (of, mut layers) = d.of.layers();
                layers.extend(d.layers.iter().cloned());
                (of, layers)
            }
            CallForm::Primal | CallForm::Forward => (self, vec![Layer::default()]),
        }
    }

    /// The seeds that the call reads, and their tangents.
    pub(crate) fn seeds(&self) -> Vec<Val> {
        match self {
            CallForm::Reverse { seeds, .. } | CallForm::Vjp { seeds, .. } => seeds.iter().flatten().copied().collect(),
            CallForm::Dot(d) => {
                let dots = d.layers.iter().flat_map(|layer| layer.seeds.iter().flatten().copied());
                d.of.seeds().into_iter().chain(dots).collect()
            }
            CallForm::Primal | CallForm::Forward | CallForm::Jvp { .. } | CallForm::Trace { .. } => Vec::new(),
        }
    }

    /// The slots of adjoints, and of their tangents.
    pub(crate) fn slots(&self) -> Vec<&Slot> {
        match self {
            CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. } => slots.iter().collect(),
            CallForm::Dot(d) => {
                d.of.slots().into_iter().chain(d.layers.iter().flat_map(|layer| &layer.slots)).collect()
            }
            CallForm::Primal | CallForm::Forward | CallForm::Jvp { .. } | CallForm::Trace { .. } => Vec::new(),
        }
    }

    /// Whether the callee leaves on the tape, or takes from it, what its reverse sweep needs.
    pub(crate) fn is_half(&self) -> bool {
        match self {
            CallForm::Forward | CallForm::Reverse { .. } => true,
            CallForm::Dot(d) => d.of.is_half(),
            CallForm::Primal | CallForm::Vjp { .. } | CallForm::Jvp { .. } | CallForm::Trace { .. } => false,
        }
    }

    /// Whether it is a derivative that is complete in itself: what a nested derivative is, and what comes of it.
    pub(crate) fn is_nested(&self) -> bool {
        matches!(self, CallForm::Vjp { .. } | CallForm::Jvp { .. } | CallForm::Dot(_)) && !self.is_half()
    }

    /// The places that the call adds adjoints to.
    pub(crate) fn shadows(&self) -> Vec<&Place> {
        let places = self.slots().into_iter().map(|slot| match slot {
            Slot::Mem(place) => Some(place),
            Slot::Off | Slot::Scalar => None,
        });
        places.flatten().collect()
    }

    /// The tangents of the arguments, layer by layer.
    pub(crate) fn tangents(&self) -> Vec<&Tangent> {
        match self {
            CallForm::Jvp { tangents } | CallForm::Trace { tangents } => tangents.iter().collect(),
            CallForm::Dot(d) => d.layers.iter().flat_map(|layer| &layer.tangents).collect(),
            CallForm::Primal | CallForm::Forward | CallForm::Reverse { .. } | CallForm::Vjp { .. } => Vec::new(),
        }
    }

    fn tangents_mut(&mut self) -> Vec<&mut Tangent> {
        match self {
            CallForm::Jvp { tangents } | CallForm::Trace { tangents } => tangents.iter_mut().collect(),
            CallForm::Dot(d) => d.layers.iter_mut().flat_map(|layer| &mut layer.tangents).collect(),
            CallForm::Primal | CallForm::Forward | CallForm::Reverse { .. } | CallForm::Vjp { .. } => Vec::new(),
        }
    }

    /// Every scalar and every place that the form names, to be replaced.
    pub(crate) fn operands_mut(&mut self, val: &mut impl FnMut(&mut Val), place: &mut impl FnMut(&mut Place)) {
        match self {
            CallForm::Primal | CallForm::Forward => {}
            CallForm::Reverse { seeds, slots } | CallForm::Vjp { seeds, slots } => {
                seeds.iter_mut().flatten().for_each(&mut *val);
                slots.iter_mut().filter_map(Slot::place_mut).for_each(place);
            }
            CallForm::Jvp { tangents } | CallForm::Trace { tangents } => {
                tangents.iter_mut().for_each(|t| t.operands_mut(val, place));
            }
            CallForm::Dot(d) => {
                d.of.operands_mut(val, place);
                for layer in &mut d.layers {
                    layer.tangents.iter_mut().for_each(|t| t.operands_mut(val, place));
                    layer.seeds.iter_mut().flatten().for_each(&mut *val);
                    layer.slots.iter_mut().filter_map(Slot::place_mut).for_each(&mut *place);
                }
            }
        }
    }
}

/// Where the adjoint of an argument goes.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    Off,
    Scalar,
    Mem(Place),
}

/// The tangent of an argument.
#[derive(Clone, Debug)]
pub(crate) enum Tangent {
    /// Structurally zero.
    Zero,
    Val(Val),
    Mem(Place),
}

impl Slot {
    fn place_mut(&mut self) -> Option<&mut Place> {
        match self {
            Slot::Mem(place) => Some(place),
            Slot::Off | Slot::Scalar => None,
        }
    }
}

impl Tangent {
    fn operands_mut(&mut self, val: &mut impl FnMut(&mut Val), place: &mut impl FnMut(&mut Place)) {
        match self {
            Tangent::Zero => {}
            Tangent::Val(v) => val(v),
            Tangent::Mem(p) => place(p),
        }
    }
}
