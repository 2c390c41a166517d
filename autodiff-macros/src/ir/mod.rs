//! The intermediate representation: an evaluation trace with structure.
//!
//! A [`Func`] is the trace z_1 … z_T of Baur–Strassen and Griewank, written once for all inputs: scalars are in SSA form
//! (every [`Val`] is defined by exactly one statement or block parameter), arrays and structs are memory ([`Mem`]) with
//! explicit load, store and accumulate, and control flow is a tree of regions ([`Op::If`], [`Op::For`]) whose carried
//! values are named block parameters and yields; there is no control-flow graph.
//!
//! The representation is *closed*: everything that the forward and the reverse transform emit (accumulation into
//! shadows, stacks, calls of derivatives) is an operation with derivative rules of its own, so transforms compose.
//!
//! Float operations are rows of the rule table ([`crate::rules`]), each of Type 1 (affine), Type 2 (product of powers)
//! or Type 3 (primitive); see [`crate::fold`] for how steps are grouped when a person reads them.

pub(crate) mod build;
#[cfg(test)]
pub(crate) mod eval;
#[cfg(test)]
pub(crate) mod parse;
mod print;
#[cfg(test)]
pub(crate) mod verify;

use proc_macro2::{Span, TokenStream};

use crate::rules::Rule;

/// A scalar in SSA form: an index into [`Func::vals`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Val(pub(crate) u32);

/// A memory object (array, slice, vector, tuple or struct): an index into [`Func::mems`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Mem(pub(crate) u32);

/// A last-in first-out store of scalars of one type: an index into [`Func::stacks`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StackId(pub(crate) u32);

/// A floating-point type.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Float {
    F32,
    F64,
    /// A type parameter of the function, by its name.
    Param(&'static str),
}

/// An integer type; `Infer` leaves the choice to rustc, as the user did.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Int {
    Infer,
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
    U8,
    U16,
    U32,
    U64,
    U128,
    Usize,
}

/// The type of a scalar.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    Float(Float),
    Int(Int),
    Bool,
    /// An inactive Rust value of a type that we do not model; it only flows into [`Op::Opaque`].
    Opaque,
}

impl Ty {
    pub(crate) fn float(self) -> Option<Float> {
        match self {
            Ty::Float(f) => Some(f),
            _ => None,
        }
    }
}

/// What is known of a scalar besides its definition.
#[derive(Clone, Debug)]
pub(crate) struct ValData {
    pub(crate) ty: Ty,
    /// The user's name for it, or one derived from the user's (`x_bar`); a hint, not unique.
    pub(crate) name: Option<String>,
    /// Where in the user's source it comes from: the source map.
    pub(crate) span: Span,
}

/// What is known of a memory object.
#[derive(Clone, Debug)]
pub(crate) struct MemData {
    /// The type of the leaves; `None` where the tokens do not give it (a struct or tuple): each access then has its own.
    pub(crate) elem: Option<Ty>,
    pub(crate) name: Option<String>,
    pub(crate) span: Span,
    /// `vec![a, b]`: an array will do unless its length changes, or it is exchanged with another vector.
    pub(crate) is_vec: bool,
    /// The user's gradient: zeros of the shape of a struct have its constant fields.
    pub(crate) gradient: bool,
    /// A nested gradient or a direction of one, and its shadows and tangents: what is in constant fields of a struct is no
    /// part of it, and is not added.
    pub(crate) clean: bool,
    /// A constant by the user's word (`stop_gradient`): inactive, whatever it is a copy of. It is never written.
    pub(crate) stopped: bool,
    /// Certainly a slice or a vector: of any length.
    pub(crate) list: bool,
}

impl MemData {
    /// Memory of which nothing else is known.
    pub(crate) fn new(elem: Option<Ty>, name: Option<String>, span: Span) -> MemData {
        MemData { elem, name, span, is_vec: false, gradient: false, clean: false, stopped: false, list: false }
    }
}

/// What is known of a stack.
#[derive(Clone, Debug)]
pub(crate) struct StackData {
    pub(crate) ty: Ty,
    /// It lives on the tape that the caller passes (`__forward` and `__reverse`), not in this function.
    pub(crate) on_tape: bool,
    pub(crate) name: Option<String>,
}

/// One step into a memory object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Access {
    /// `[i]` with a run-time index (an integer scalar).
    Index(Val),
    /// `[3]`.
    Const(usize),
    /// `.name` or `.0`.
    Field(String),
    /// `[lo..][..len]`: a part of a sequence. The last step of a place that is copied, swapped or passed to a call.
    Range { lo: Val, len: Val },
}

impl Access {
    /// The scalars that the step reads.
    pub(crate) fn reads(&self) -> Vec<Val> {
        match self {
            Access::Index(v) => vec![*v],
            Access::Range { lo, len } => vec![*lo, *len],
            Access::Const(_) | Access::Field(_) => Vec::new(),
        }
    }

    /// The step with its scalars replaced.
    pub(crate) fn map(&self, mut f: impl FnMut(Val) -> Val) -> Access {
        match self {
            Access::Index(v) => Access::Index(f(*v)),
            Access::Range { lo, len } => Access::Range { lo: f(*lo), len: f(*len) },
            other => other.clone(),
        }
    }
}

/// A place: a memory object and a path into it. An empty path is the whole object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) mem: Mem,
    pub(crate) path: Vec<Access>,
}

impl Place {
    pub(crate) fn whole(mem: Mem) -> Place {
        Place { mem, path: Vec::new() }
    }
}

/// A constant as the user wrote it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Const {
    /// `text` is the user's literal without its suffix (so that `0.1` means the nearest number of the type at hand).
    Float {
        value: f64,
        text: Option<String>,
    },
    Int(i128),
    Bool(bool),
}

/// Operators on integers and booleans. They are inactive, pure, and may be computed again.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum IntOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Neg,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    /// `!`, of integers and of booleans.
    Not,
}

/// Comparisons, of any two scalars of one type. The result is inactive.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CmpOp {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

/// One dimension of a local array.
#[derive(Clone, Debug)]
pub(crate) enum Dim {
    /// `[x; N]`: a constant expression, with its value where it is a literal.
    Fixed { tokens: TokenStream, value: Option<usize> },
    /// `vec![x; n]`: a run-time length on the heap.
    Heap(Val),
}

/// How a local memory object begins.
#[derive(Clone, Debug)]
pub(crate) enum Init {
    /// Every leaf is `value`, which is a constant or inactive scalar. Outermost dimension first.
    Fill { value: Val, dims: Vec<Dim> },
    /// An array literal `[a, b, c]` of scalars, of nested ones flattened in order, with the (literal) shape.
    List { items: Vec<Val>, shape: Vec<usize> },
    /// A copy of a place (array assignment, `clone`, `to_vec`).
    Copy(Place),
    /// Zeros in the shape of a place: shadows and tangents.
    ZerosLike(Place),
    /// A struct made of parts.
    Build(Box<Build>),
}

/// How a struct is made.
#[derive(Clone, Debug)]
pub(crate) struct Build {
    /// The literal, of numbers and copies of places.
    pub(crate) made: Opaque,
    /// Which of its operands each field is.
    pub(crate) fields: Vec<(Access, Operand)>,
}

impl Build {
    /// The field of `mem` for each number, and for each place.
    pub(crate) fn parts(&self, mem: Mem) -> impl Iterator<Item = (Place, &Operand)> {
        self.fields.iter().map(move |(access, operand)| (Place { mem, path: vec![access.clone()] }, operand))
    }
}

impl Opaque {
    /// The scalars in it.
    pub(crate) fn vals(&self) -> Vec<Val> {
        let vals = self.binds.iter().filter_map(|(_, operand)| match operand {
            Operand::Val(v) => Some(*v),
            Operand::Place(_) => None,
        });
        vals.collect()
    }

    /// The places in it.
    pub(crate) fn places(&self) -> Vec<&Place> {
        let places = self.binds.iter().filter_map(|(_, operand)| match operand {
            Operand::Place(place) => Some(place),
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
        }
    }
}

impl Build {
    /// Every operand, replaced.
    pub(crate) fn map(&self, mut val: impl FnMut(Val) -> Val, mut place: impl FnMut(&Place) -> Place) -> Build {
        let fields = self.fields.iter().map(|(access, operand)| (access.clone(), operand.map(&mut val, &mut place)));
        let fields = fields.collect();
        Build { made: self.made.map(val, place), fields }
    }
}

/// A region: parameters on entry, statements, and the values that it yields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) params: Vec<Val>,
    pub(crate) stmts: Vec<Stmt>,
    pub(crate) yields: Vec<Val>,
}

/// A statement: an operation, the scalars that it defines, and the source that it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Stmt {
    pub(crate) op: Op,
    pub(crate) out: Vec<Val>,
    pub(crate) span: Span,
}

/// A loop. `body.params[0]` is the loop variable, the others are the carried values, which start as `inits` and continue
/// as `body.yields`; the statement's `out` are their final values.
#[derive(Clone, Debug)]
pub(crate) struct For {
    /// A counted loop over a range. Without one, a `while`: it goes on as long as the first carried value, a boolean, is
    /// true, and the loop variable counts its iterations from 0 as `usize`.
    pub(crate) range: Option<Range>,
    pub(crate) inits: Vec<Val>,
    pub(crate) body: Block,
}

/// The range of a counted loop.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) lo: Val,
    pub(crate) hi: Val,
    /// `..=` instead of `..`.
    pub(crate) inclusive: bool,
    /// `.rev()`.
    pub(crate) rev: bool,
}

/// An operation.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Const(Const),
    /// A float-valued step: a row of the rule table.
    Node {
        rule: Rule,
        args: Vec<Val>,
    },
    Int {
        op: IntOp,
        args: Vec<Val>,
    },
    Cmp {
        op: CmpOp,
        a: Val,
        b: Val,
    },
    /// `v as ty`; float to float is affine, everything else is inactive.
    Cast(Val),
    /// `if cond { a } else { b }` of two values that exist already; active where they are.
    Select {
        cond: Val,
        a: Val,
        b: Val,
    },
    /// The run-time length of a slice, array or vector, as `usize`.
    Len(Place),
    Load(Place),
    Store {
        place: Place,
        value: Val,
    },
    /// `place += value`, of floats.
    Accum {
        place: Place,
        value: Val,
    },
    /// Brings a local memory object into being. It lives to the end of the block.
    Alloc {
        mem: Mem,
        init: Init,
    },
    /// `dst += src`, leaf by leaf, of two places of one shape.
    AddMem {
        dst: Place,
        src: Place,
    },
    /// Exchanges the contents of two places of one type: of two memory objects, or two elements of one.
    Swap {
        a: Place,
        b: Place,
    },
    /// Gives a vector, which has `from` elements, `to` elements: zeros are appended, or the last ones go.
    Resize {
        mem: Mem,
        from: Val,
        to: Val,
    },
    /// Brings a stack into being. It lives to the end of the block.
    NewStack(StackId),
    Push {
        stack: StackId,
        value: Val,
    },
    /// Defines one scalar, of the stack's type.
    Pop(StackId),
    /// Pushes every float of a memory object.
    Save {
        stack: StackId,
        mem: Mem,
    },
    /// Pops every float of a memory object of the same shape, in the opposite order.
    Restore {
        stack: StackId,
        mem: Mem,
    },
    /// `out` are the yields of the branch taken.
    If {
        cond: Val,
        then: Block,
        els: Block,
    },
    For(Box<For>),
    Call(Box<Call>),
    Opaque(Box<Opaque>),
    /// Records a step of the trace (see `transform::trace`); defines the node's number, carried in a float.
    Record(Box<Record>),
}

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
}

/// What a placeholder of [`Opaque`] stands for.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Val(Val),
    Place(Place),
}

/// One step of the run-time trace.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// 1, 2 or 3.
    pub(crate) kind: u8,
    /// The user's name for the value.
    pub(crate) label: Option<String>,
    /// The step as text, with `{0}` for the parents and `{c0}` for run-time constants.
    pub(crate) template: String,
    /// The parents' node numbers (floats), their values, and the partials with respect to them.
    pub(crate) parents: Vec<(Val, Val, Val)>,
    pub(crate) constants: Vec<Val>,
    pub(crate) value: Val,
}

/// What a parameter or result of a [`Func`] is: a parameter or result of the user's function, differentiated by the
/// marks in order (`x` with `[Bar]` is x̄; with `[Bar, Dot]` the tangent of x̄).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Role {
    pub(crate) origin: Origin,
    pub(crate) marks: Vec<Mark>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    Param(usize),
    /// The j-th part of the result.
    Result(usize),
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    /// The tangent in the direction of this number, from 1.
    Dot(usize),
    Bar,
}

impl Role {
    pub(crate) fn param(i: usize) -> Role {
        Role { origin: Origin::Param(i), marks: Vec::new() }
    }

    pub(crate) fn result(j: usize) -> Role {
        Role { origin: Origin::Result(j), marks: Vec::new() }
    }

    pub(crate) fn marked(&self, mark: Mark) -> Role {
        let mut marks = self.marks.clone();
        marks.push(mark);
        Role { origin: self.origin, marks }
    }

    /// The set of directions of which it is the tangent, numbered as the layers of [`Dotted`] are.
    pub(crate) fn layer(&self) -> usize {
        self.marks.iter().fold(0, |layer, mark| match mark {
            Mark::Dot(direction) => layer | 1 << (direction - 1),
            Mark::Bar => layer,
        })
    }

    pub(crate) fn is_bar(&self) -> bool {
        self.marks.first() == Some(&Mark::Bar)
    }

    /// How many directions there are, as far as this one tells.
    pub(crate) fn directions(&self) -> usize {
        let direction = |mark: &Mark| match mark {
            Mark::Dot(direction) => *direction,
            Mark::Bar => 0,
        };
        self.marks.iter().map(direction).max().unwrap_or(0)
    }
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

/// How a parameter is held.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slotted {
    Val(Val),
    Mem(Mem),
}

/// A parameter of a [`Func`].
#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub(crate) role: Role,
    pub(crate) held: Slotted,
    /// Carries derivatives: declared so for a parameter of the user's, always for shadows, seeds and tangents.
    pub(crate) active: bool,
}

/// A function: the unit of transformation.
#[derive(Clone, Debug)]
pub(crate) struct Func {
    pub(crate) name: String,
    pub(crate) vals: Vec<ValData>,
    pub(crate) mems: Vec<MemData>,
    pub(crate) stacks: Vec<StackData>,
    pub(crate) params: Vec<Param>,
    /// Its yields are the results, one a [`Func::results`] entry.
    pub(crate) body: Block,
    pub(crate) results: Vec<Role>,
    /// Memory of the body that is returned by value, behind the results.
    pub(crate) returned: Vec<(Role, Mem)>,
}

impl Func {
    pub(crate) fn ty(&self, v: Val) -> Ty {
        self.vals[v.0 as usize].ty
    }

    pub(crate) fn mem(&self, m: Mem) -> &MemData {
        &self.mems[m.0 as usize]
    }
}

impl Op {
    /// The regions of the operation.
    pub(crate) fn blocks(&self) -> Vec<&Block> {
        match self {
            Op::If { then, els, .. } => vec![then, els],
            Op::For(f) => vec![&f.body],
            _ => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub(crate) fn blocks_mut(&mut self) -> Vec<&mut Block> {
        match self {
            Op::If { then, els, .. } => vec![then, els],
            Op::For(f) => vec![&mut f.body],
            _ => Vec::new(),
        }
    }

    /// The places that the operation reads or writes, regions excluded.
    pub(crate) fn places(&self) -> Vec<&Place> {
        match self {
            Op::Len(p) | Op::Load(p) | Op::Store { place: p, .. } | Op::Accum { place: p, .. } => vec![p],
            Op::Alloc { init: Init::Copy(p) | Init::ZerosLike(p), .. } => vec![p],
            Op::Alloc { init: Init::Build(build), .. } => build.made.places(),
            Op::AddMem { dst, src } => vec![dst, src],
            Op::Swap { a, b } => vec![a, b],
            Op::Call(c) => {
                let mut places: Vec<&Place> = Vec::new();
                for a in &c.args {
                    if let Arg::Place { place, .. } = a {
                        places.push(place);
                    }
                }
                places.extend(c.form.shadows());
                for t in c.form.tangents() {
                    if let Tangent::Mem(p) = t {
                        places.push(p);
                    }
                }
                places
            }
            Op::Opaque(o) => o.places(),
            _ => Vec::new(),
        }
    }

    /// The scalars that the operation reads, indices of its places included, regions excluded.
    pub(crate) fn reads(&self) -> Vec<Val> {
        let mut reads = match self {
            Op::Const(_)
            | Op::Len(_)
            | Op::Load(_)
            | Op::NewStack(_)
            | Op::Pop(_)
            | Op::AddMem { .. }
            | Op::Swap { .. }
            | Op::Save { .. }
            | Op::Restore { .. } => Vec::new(),
            Op::Node { args, .. } | Op::Int { args, .. } => args.clone(),
            Op::Cmp { a, b, .. } => vec![*a, *b],
            Op::Cast(v) => vec![*v],
            Op::Select { cond, a, b } => vec![*cond, *a, *b],
            Op::Store { value, .. } | Op::Accum { value, .. } | Op::Push { value, .. } => vec![*value],
            Op::Resize { from, to, .. } => vec![*from, *to],
            Op::Alloc { init, .. } => match init {
                Init::Fill { value, dims } => {
                    let mut reads = vec![*value];
                    reads.extend(dims.iter().filter_map(|d| match d {
                        Dim::Heap(n) => Some(*n),
                        Dim::Fixed { .. } => None,
                    }));
                    reads
                }
                Init::List { items, .. } => items.clone(),
                Init::Build(build) => build.made.vals(),
                Init::Copy(_) | Init::ZerosLike(_) => Vec::new(),
            },
            Op::If { cond, .. } => vec![*cond],
            Op::For(f) => {
                let mut reads: Vec<Val> = f.range.iter().flat_map(|r| [r.lo, r.hi]).collect();
                reads.extend(&f.inits);
                reads
            }
            Op::Call(c) => {
                let mut reads: Vec<Val> = Vec::new();
                for a in &c.args {
                    if let Arg::Val(v) = a {
                        reads.push(*v);
                    }
                }
                reads.extend(c.form.seeds());
                for t in c.form.tangents() {
                    if let Tangent::Val(v) = t {
                        reads.push(*v);
                    }
                }
                reads
            }
            Op::Opaque(o) => o.vals(),
            Op::Record(r) => {
                let mut reads: Vec<Val> = r.parents.iter().flat_map(|(id, v, p)| [*id, *v, *p]).collect();
                reads.extend(&r.constants);
                reads.push(r.value);
                reads
            }
        };
        for place in self.places() {
            reads.extend(place.path.iter().flat_map(Access::reads));
        }
        reads
    }
}
