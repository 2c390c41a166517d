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
mod call;
#[cfg(test)]
pub(crate) mod eval;
mod like;
mod opaque;
mod operands;
#[cfg(test)]
pub(crate) mod parse;
mod print;
mod role;
#[cfg(test)]
pub(crate) mod verify;

use proc_macro2::{Span, TokenStream};

pub(crate) use self::call::{Arg, By, Call, CallForm, Dotted, Layer, Made, Ret, Slot, Tangent};
pub(crate) use self::like::{Like, Popped};
pub(crate) use self::opaque::{Build, Opaque, Operand};
pub(crate) use self::role::{Mark, Origin, Role};
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
    /// What is known of it where `elem` is `None`.
    pub(crate) part: Part,
    /// The sides of the elements of a vector of arrays, which may be gone when the reverse sweep wants to know them. None of
    /// everything else.
    pub(crate) element_sides: Vec<Dim>,
}

/// Whether memory is a copy of a part of a struct, or its adjoints or tangents, which may have no floats. The later, the less
/// is known of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Not such a copy: it is differentiable where it is active.
    Whole,
    /// What is read from it may be active, and so its type is one that certainly has no floats, or is differentiable.
    Used,
    /// All that is done with it is that it becomes a part of another struct: it may be of any type, and if that is not
    /// differentiable, it lies in a constant field of both.
    Moved,
}

impl MemData {
    /// Memory of which nothing else is known.
    pub(crate) fn new(elem: Option<Ty>, name: Option<String>, span: Span) -> MemData {
        MemData {
            elem,
            name,
            span,
            is_vec: false,
            gradient: false,
            clean: false,
            stopped: false,
            list: false,
            part: Part::Whole,
            element_sides: Vec::new(),
        }
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

/// What is appended to a vector.
#[derive(Clone, Debug)]
pub(crate) enum Zeros {
    Numbers,
    /// Arrays or structs of the shape of this one.
    Like(Place),
    /// Nothing: the last element goes, which has the shape of this one.
    Last(Place),
    /// Nothing: the last elements go, whatever they are.
    None,
}

impl Zeros {
    pub(crate) fn map(&self, place: impl FnOnce(&Place) -> Place) -> Zeros {
        match self {
            Zeros::Numbers => Zeros::Numbers,
            Zeros::Like(like) => Zeros::Like(place(like)),
            Zeros::Last(like) => Zeros::Last(place(like)),
            Zeros::None => Zeros::None,
        }
    }
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
    /// What was saved last on a stack of whole values.
    Popped(Box<Popped>),
    /// A struct made of parts.
    Build(Box<Build>),
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
    /// Sets every float at the place to 0: of a shadow or tangent, where something of a type that only rustc knows was
    /// written.
    Clear(Place),
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
        zeros: Zeros,
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
    /// `&mut`: the function writes to it, and its caller may do so when it is over.
    pub(crate) by_mut: bool,
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
