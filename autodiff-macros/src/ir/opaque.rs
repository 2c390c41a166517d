//! What the trace does not look into: Rust that is passed through, and struct literals, with the values of the trace that
//! they name.

use super::{Access, Mem, Place, Val};

/// Inactive Rust that is passed through: `tokens` with placeholders for the values of the trace.
#[derive(Clone, Debug)]
pub(crate) struct Opaque {
    /// An expression (with one `out`) or an expression evaluated for its effect (with none).
    pub(crate) expr: syn::Expr,
    /// Identifiers in `expr` that stand for values of the trace.
    pub(crate) binds: Vec<(proc_macro2::Ident, Operand)>,
    /// Pure: may be evaluated again or dropped. Otherwise it is executed exactly as often as in the original.
    pub(crate) pure_: bool,
    /// `let mut`: later opaque statements may change it.
    pub(crate) mutable: bool,
    /// Running the whole function again would do something again.
    pub(crate) effects: bool,
}

/// What a placeholder of [`Opaque`] stands for.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Val(Val),
    Place(Place),
    /// A part of an active struct that is looked at as a constant: that it is no float is seen to.
    Constant(Place),
}

impl Opaque {
    /// The scalars in it.
    pub(crate) fn vals(&self) -> Vec<Val> {
        let vals = self.binds.iter().filter_map(|(_, operand)| match operand {
            Operand::Val(v) => Some(*v),
            Operand::Place(_) | Operand::Constant(_) => None,
        });
        vals.collect()
    }

    /// The places in it.
    pub(crate) fn places(&self) -> Vec<&Place> {
        let places = self.binds.iter().filter_map(|(_, operand)| match operand {
            Operand::Place(place) | Operand::Constant(place) => Some(place),
            Operand::Val(_) => None,
        });
        places.collect()
    }

    /// Every operand, replaced.
    pub(crate) fn map(&self, mut val: impl FnMut(Val) -> Val, mut place: impl FnMut(&Place) -> Place) -> Opaque {
        let mut binds = self.binds.clone();
        binds.iter_mut().for_each(|(_, operand)| *operand = operand.map(&mut val, &mut place));
        Opaque { binds, ..self.clone() }
    }
}

impl Operand {
    fn map(&self, val: &mut impl FnMut(Val) -> Val, place: &mut impl FnMut(&Place) -> Place) -> Operand {
        match self {
            Operand::Val(v) => Operand::Val(val(*v)),
            Operand::Place(p) => Operand::Place(place(p)),
            Operand::Constant(p) => Operand::Constant(place(p)),
        }
    }
}

/// How a struct, or an array of arrays or structs, is made.
#[derive(Clone, Debug)]
pub(crate) struct Build {
    /// The literal, of numbers and copies of places.
    pub(crate) made: Opaque,
    /// Which of its operands each field or element is.
    pub(crate) fields: Vec<(Access, Operand)>,
    /// `vec![p; n]`: the place, also an operand, of which every element is a copy.
    pub(crate) each: Option<Place>,
}

impl Build {
    /// The field of `mem` for each number, and for each place.
    pub(crate) fn parts(&self, mem: Mem) -> impl Iterator<Item = (Place, &Operand)> {
        self.fields.iter().map(move |(access, operand)| (Place { mem, path: vec![access.clone()] }, operand))
    }

    /// Every operand, replaced.
    pub(crate) fn map(&self, mut val: impl FnMut(Val) -> Val, mut place: impl FnMut(&Place) -> Place) -> Build {
        let fields = self.fields.iter().map(|(access, operand)| (access.clone(), operand.map(&mut val, &mut place)));
        let fields = fields.collect();
        let each = self.each.as_ref().map(&mut place);
        Build { made: self.made.map(val, place), fields, each }
    }
}
