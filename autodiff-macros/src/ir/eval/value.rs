//! What the interpreter computes with: scalars, memory, and the ways in which a run can fail.

use std::fmt::{self, Display, Formatter};

use crate::ir::{Float, Ty};

/// A scalar. Integers are wide here; operations check the range of their type.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(crate) enum Value {
    F32(f32),
    F64(f64),
    Int(i128),
    Bool(bool),
}

impl Value {
    /// A float of the given type, rounded to it.
    pub(crate) fn float(value: f64, float: Float) -> Value {
        match float {
            Float::F32 => Value::F32(value as f32),
            Float::F64 | Float::Param(_) => Value::F64(value),
        }
    }

    /// A float as `f64`, exactly; `None` for other scalars.
    pub(crate) fn as_f64(self) -> Option<f64> {
        match self {
            Value::F32(x) => Some(f64::from(x)),
            Value::F64(x) => Some(x),
            Value::Int(_) | Value::Bool(_) => None,
        }
    }

    /// The scalar with its bits compared: NaN equals NaN, −0 differs from 0.
    pub(crate) fn bits(self) -> (u8, u128) {
        match self {
            Value::F32(x) => (0, x.to_bits().into()),
            Value::F64(x) => (1, x.to_bits().into()),
            Value::Int(i) => (2, i as u128),
            Value::Bool(b) => (3, b.into()),
        }
    }

    pub(crate) fn fits(self, ty: Ty) -> bool {
        matches!(
            (self, ty),
            (Value::F32(_), Ty::Float(Float::F32))
                | (Value::F64(_), Ty::Float(Float::F64 | Float::Param(_)))
                | (Value::Int(_), Ty::Int(_))
                | (Value::Bool(_), Ty::Bool)
        )
    }
}

/// Memory: a tree of cells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Scalar(Value),
    /// An array, slice or vector.
    Seq(Vec<Cell>),
    /// A struct, or a tuple with its numbers as names.
    Fields(Vec<(String, Cell)>),
}

impl Cell {
    /// An array of `f64`.
    pub(crate) fn floats(values: &[f64], float: Float) -> Cell {
        Cell::Seq(values.iter().map(|&x| Cell::Scalar(Value::float(x, float))).collect())
    }

    /// Calls `f` on every scalar, in order.
    pub(crate) fn for_each(&self, f: &mut impl FnMut(Value)) {
        match self {
            Cell::Scalar(v) => f(*v),
            Cell::Seq(cells) => cells.iter().for_each(|cell| cell.for_each(f)),
            Cell::Fields(fields) => fields.iter().for_each(|(_, cell)| cell.for_each(f)),
        }
    }

    /// Replaces every scalar, in order.
    pub(crate) fn map(&self, f: &mut impl FnMut(Value) -> Value) -> Cell {
        match self {
            Cell::Scalar(v) => Cell::Scalar(f(*v)),
            Cell::Seq(cells) => Cell::Seq(cells.iter().map(|cell| cell.map(f)).collect()),
            Cell::Fields(fields) => {
                Cell::Fields(fields.iter().map(|(name, cell)| (name.clone(), cell.map(f))).collect())
            }
        }
    }

    /// The same shape with zeros for floats; other scalars stay.
    pub(crate) fn zeros(&self) -> Cell {
        self.map(&mut |v| match v {
            Value::F32(_) => Value::F32(0.0),
            Value::F64(_) => Value::F64(0.0),
            other => other,
        })
    }

    /// All scalars in order.
    pub(crate) fn leaves(&self) -> Vec<Value> {
        let mut leaves = Vec::new();
        self.for_each(&mut |v| leaves.push(v));
        leaves
    }
}

/// As [`crate::ir::parse::cell`] reads it.
impl Display for Cell {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Scalar(Value::F32(x)) => write!(f, "{x:?}f32"),
            Cell::Scalar(Value::F64(x)) => write!(f, "{x:?}"),
            Cell::Scalar(Value::Int(i)) => write!(f, "{i}"),
            Cell::Scalar(Value::Bool(b)) => write!(f, "{b}"),
            Cell::Seq(cells) => {
                let cells: Vec<String> = cells.iter().map(Cell::to_string).collect();
                write!(f, "[{}]", cells.join(", "))
            }
            Cell::Fields(fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, cell)| format!("{name}: {cell}")).collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
        }
    }
}

impl From<Value> for Cell {
    fn from(v: Value) -> Cell {
        Cell::Scalar(v)
    }
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Error {
    /// An index that is not below the length.
    OutOfBounds {
        index: i128,
        len: usize,
    },
    /// `Pop` of an empty stack or tape.
    EmptyStack,
    /// A path that does not lead to a scalar, or leads nowhere.
    Path(String),
    /// Two places of different shapes.
    Shape,
    /// A scalar that is not of the type of the IR value.
    Type(String),
    /// Read before it was defined.
    Undefined(String),
    /// Integer overflow, or a shift by the width or more.
    Overflow,
    DivisionByZero,
    /// `clamp` with bounds that rustc's would panic on.
    Clamp,
    /// The number of arguments is not that of the parameters.
    Arguments {
        given: usize,
        wanted: usize,
    },
    UnknownCallee(String),
    /// A `while` that goes on and on.
    Endless,
    /// An operation that the interpreter does not know (opaque Rust, the recording of a trace).
    Unsupported(&'static str),
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::OutOfBounds { index, len } => write!(f, "index {index} of a sequence of length {len}"),
            Error::EmptyStack => f.write_str("pop of an empty stack"),
            Error::Endless => f.write_str("a `while` that goes on and on"),
            Error::Path(place) => write!(f, "{place} is not there"),
            Error::Shape => f.write_str("two places of different shapes"),
            Error::Type(what) => write!(f, "{what} has a value of another type"),
            Error::Undefined(what) => write!(f, "{what} is read before it is defined"),
            Error::Overflow => f.write_str("integer overflow"),
            Error::DivisionByZero => f.write_str("integer division by zero"),
            Error::Clamp => f.write_str("clamp with bounds in the wrong order"),
            Error::Arguments { given, wanted } => write!(f, "{given} arguments for {wanted} parameters"),
            Error::UnknownCallee(path) => write!(f, "nothing is registered for {path}"),
            Error::Unsupported(what) => write!(f, "the interpreter does not know {what}"),
        }
    }
}
