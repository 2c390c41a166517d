//! Calls of other differentiated functions: of the function itself, of its derivatives, and of derivatives of these.
//!
//! A transform replaces a call by one of another [`CallForm`]: the forward sweep makes [`CallForm::Forward`] of
//! [`CallForm::Primal`], the reverse sweep adds [`CallForm::Reverse`], forward mode adds tangents. What a form carries
//! besides the arguments is uniform: seeds of the result, [`Tangent`]s of the arguments, and [`Slot`]s for their adjoints.
//!
//! Parts of the result that are numbers are what the statement defines (`out`); those that are memory, arrays, vectors and
//! structs, are [`Made`] by it, each of them with its tangents. An argument behind `&mut` ([`By::Mut`]) is read and written;
//! its slot is the shadow that has the cotangent of the final value before the call and that of the initial value behind it,
//! and its tangent is written as it is. The reverse half of a callee is not given what is behind `&mut` ([`Arg::Gone`]):
//! it has been written since, and the callee has kept what it needs of it.

use super::{Mem, Place, Val};

/// A call of another differentiated function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The path as the user wrote it; it names the function, and its companion.
    pub(crate) path: syn::Path,
    /// `args[0].path(..)`: a method, whose derivatives are methods of the same receiver.
    pub(crate) method: bool,
    /// The companion, where it has another name than the function.
    pub(crate) companion: Option<syn::Path>,
    pub(crate) form: CallForm,
    pub(crate) args: Vec<Arg>,
    /// The shape of the primal result. The first of the statement's `out` are its parts that are numbers, in order.
    pub(crate) ret: Ret,
    /// Its parts that are memory, in order; none of a reverse half.
    pub(crate) made: Vec<Made>,
}

/// Memory that a call brings into being.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// Which part of the result it is.
    pub(crate) part: usize,
    /// The value, and its tangents, as far as the form has them (see [`Dotted`]).
    pub(crate) layers: Vec<Mem>,
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
    /// A place.
    Place { place: Place, by: By },
    /// What is not given to the callee: that of its parameters behind `&mut`, in its reverse half.
    Gone,
}

/// How a place is passed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// `place`
    Value,
    /// `&place`
    Ref,
    /// `&mut place`
    Mut,
}

impl Call {
    /// The memory that the callee reads: of arguments, of tangents, then of seeds.
    pub(crate) fn places_read(&self) -> Vec<&Place> {
        let args = self.args.iter().filter_map(Arg::place);
        args.chain(self.form.given().into_iter().filter_map(Tangent::place)).collect()
    }

    pub(crate) fn places_read_mut(&mut self) -> Vec<&mut Place> {
        let args = self.args.iter_mut().filter_map(|arg| match arg {
            Arg::Place { place, .. } => Some(place),
            Arg::Val(_) | Arg::Gone => None,
        });
        let given = self.form.given_mut().into_iter().filter_map(|tangent| match tangent {
            Tangent::Mem(place) => Some(place),
            Tangent::Zero | Tangent::Val(_) => None,
        });
        args.chain(given).collect()
    }

    /// The memory that the callee writes: what is behind `&mut`, the tangents of that, and shadows.
    pub(crate) fn places_written(&self) -> Vec<&Place> {
        let is_mut = |arg: &Arg| matches!(arg, Arg::Place { by: By::Mut, .. });
        let mut places: Vec<&Place> = self.args.iter().filter(|arg| is_mut(arg)).filter_map(Arg::place).collect();
        for tangents in self.form.tangents_by_layer() {
            let written = self.args.iter().zip(tangents).filter(|(arg, _)| is_mut(arg));
            places.extend(written.filter_map(|(_, tangent)| tangent.place()));
        }
        places.extend(self.form.shadows());
        places
    }

    /// The shadows that the callee's reverse half both reads and writes: those of what is behind `&mut`.
    pub(crate) fn exchanged(&self) -> Vec<&Place> {
        let all = self.form.slots_by_layer().into_iter().flat_map(|slots| self.args.iter().zip(slots));
        all.filter(|(arg, _)| matches!(arg, Arg::Gone)).filter_map(|(_, slot)| slot.place()).collect()
    }

    /// Whether the callee writes to what it is given.
    pub(crate) fn writes(&self) -> bool {
        self.args.iter().any(|arg| matches!(arg, Arg::Place { by: By::Mut, .. }))
    }

    /// The memory that it makes: values, and their tangents.
    pub(crate) fn mems(&self) -> impl Iterator<Item = Mem> {
        self.made.iter().flat_map(|made| made.layers.iter().copied())
    }

    /// The memory of a part of the result, if it is memory.
    pub(crate) fn made(&self, part: usize) -> Option<&Made> {
        self.made.iter().find(|made| made.part == part)
    }

    /// How many parts of its result are numbers.
    pub(crate) fn scalars(&self) -> usize {
        self.parts() - self.made.len()
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
    /// `g::__reverse(args, tape, seed, slots)`. `seeds` has one entry a part of the result (zero: not a float, or no
    /// adjoint). `out` has one scalar a [`Slot::Scalar`], in order: the adjoint that the callee returns for it.
    Reverse { seeds: Vec<Tangent>, slots: Vec<Slot> },
    /// `g::__vjp(args, seed, slots)`: value and adjoint in one pass, where the adjoint is known at the call. `out` are the
    /// parts of the result, then as for `Reverse`.
    Vjp { seeds: Vec<Tangent>, slots: Vec<Slot> },
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
    /// Of the seeds.
    pub(crate) seeds: Vec<Tangent>,
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

    /// The seeds, and their tangents.
    pub(crate) fn seeds(&self) -> Vec<&Tangent> {
        match self {
            CallForm::Reverse { seeds, .. } | CallForm::Vjp { seeds, .. } => seeds.iter().collect(),
            CallForm::Dot(d) => {
                let dots = d.layers.iter().flat_map(|layer| &layer.seeds);
                d.of.seeds().into_iter().chain(dots).collect()
            }
            CallForm::Primal | CallForm::Forward | CallForm::Jvp { .. } | CallForm::Trace { .. } => Vec::new(),
        }
    }

    /// The slots of adjoints, and of their tangents.
    pub(crate) fn slots(&self) -> Vec<&Slot> {
        self.slots_by_layer().into_iter().flatten().collect()
    }

    fn slots_by_layer(&self) -> Vec<&[Slot]> {
        match self {
            CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. } => vec![slots],
            CallForm::Dot(d) => {
                let mut all = d.of.slots_by_layer();
                all.extend(d.layers.iter().map(|layer| &layer.slots[..]));
                all
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
        self.slots().into_iter().filter_map(Slot::place).collect()
    }

    /// The tangents of the arguments, layer by layer.
    pub(crate) fn tangents(&self) -> Vec<&Tangent> {
        self.tangents_by_layer().into_iter().flatten().collect()
    }

    fn tangents_by_layer(&self) -> Vec<&[Tangent]> {
        match self {
            CallForm::Jvp { tangents } | CallForm::Trace { tangents } => vec![tangents],
            CallForm::Dot(d) => d.layers.iter().map(|layer| &layer.tangents[..]).collect(),
            CallForm::Primal | CallForm::Forward | CallForm::Reverse { .. } | CallForm::Vjp { .. } => Vec::new(),
        }
    }

    /// What the call is given besides the arguments: their tangents, then seeds.
    pub(crate) fn given(&self) -> Vec<&Tangent> {
        self.tangents().into_iter().chain(self.seeds()).collect()
    }

    /// The same, in this order, to be changed.
    fn given_mut(&mut self) -> Vec<&mut Tangent> {
        match self {
            CallForm::Jvp { tangents } | CallForm::Trace { tangents } => tangents.iter_mut().collect(),
            CallForm::Reverse { seeds, .. } | CallForm::Vjp { seeds, .. } => seeds.iter_mut().collect(),
            CallForm::Dot(d) => {
                let (mut tangents, mut seeds) = (Vec::new(), d.of.given_mut());
                for layer in &mut d.layers {
                    tangents.extend(&mut layer.tangents);
                    seeds.extend(&mut layer.seeds);
                }
                tangents.extend(seeds);
                tangents
            }
            CallForm::Primal | CallForm::Forward => Vec::new(),
        }
    }

    /// Every scalar and every place that the form names, to be replaced.
    pub(crate) fn operands_mut(&mut self, val: &mut impl FnMut(&mut Val), place: &mut impl FnMut(&mut Place)) {
        self.given_mut().into_iter().for_each(|given| given.operands_mut(val, place));
        self.slots_mut().into_iter().filter_map(Slot::place_mut).for_each(place);
    }

    fn slots_mut(&mut self) -> Vec<&mut Slot> {
        match self {
            CallForm::Reverse { slots, .. } | CallForm::Vjp { slots, .. } => slots.iter_mut().collect(),
            CallForm::Dot(d) => {
                let mut slots = d.of.slots_mut();
                slots.extend(d.layers.iter_mut().flat_map(|layer| &mut layer.slots));
                slots
            }
            CallForm::Primal | CallForm::Forward | CallForm::Jvp { .. } | CallForm::Trace { .. } => Vec::new(),
        }
    }
}

impl Arg {
    /// The place that is passed.
    pub(crate) fn place(&self) -> Option<&Place> {
        match self {
            Arg::Place { place, .. } => Some(place),
            Arg::Val(_) | Arg::Gone => None,
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

/// The tangent of an argument, or the seed of a part of the result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tangent {
    /// Structurally zero.
    Zero,
    Val(Val),
    Mem(Place),
}

impl Slot {
    pub(crate) fn place(&self) -> Option<&Place> {
        match self {
            Slot::Mem(place) => Some(place),
            Slot::Off | Slot::Scalar => None,
        }
    }

    fn place_mut(&mut self) -> Option<&mut Place> {
        match self {
            Slot::Mem(place) => Some(place),
            Slot::Off | Slot::Scalar => None,
        }
    }
}

impl Tangent {
    pub(crate) fn place(&self) -> Option<&Place> {
        match self {
            Tangent::Mem(place) => Some(place),
            Tangent::Zero | Tangent::Val(_) => None,
        }
    }

    pub(crate) fn val(&self) -> Option<Val> {
        match self {
            Tangent::Val(v) => Some(*v),
            Tangent::Zero | Tangent::Mem(_) => None,
        }
    }

    fn operands_mut(&mut self, val: &mut impl FnMut(&mut Val), place: &mut impl FnMut(&mut Place)) {
        match self {
            Tangent::Zero => {}
            Tangent::Val(v) => val(v),
            Tangent::Mem(p) => place(p),
        }
    }
}
