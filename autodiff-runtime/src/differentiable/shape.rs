//! Shapes in a form that prints.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

/// The shape of a [`Differentiable`](super::Differentiable) value.
///
/// Displays as `f64`, `[3, 4]` (a list of 3 lists of 4 numbers), `[[2], [5]]` (a ragged list), `(f64, [3])` or
/// `Layer { weights: [10, 64], bias: [10] }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One float, with its type's name.
    Scalar(&'static str),
    /// An array or vector whose elements have one shape; `None` when it has no element.
    List(usize, Option<Box<Shape>>),
    /// A vector whose elements differ in shape.
    Ragged(Vec<Shape>),
    /// A tuple.
    Tuple(Vec<Shape>),
    /// A struct: its name, and its active fields with their names.
    Struct(&'static str, Vec<(&'static str, Shape)>),
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Scalar(name) => f.write_str(name),
            Shape::List(len, item) => {
                // Lists of lists of numbers read as one list of dimensions.
                write!(f, "[{len}")?;
                let mut item = item.as_deref();
                while let Some(Shape::List(len, inner)) = item {
                    write!(f, ", {len}")?;
                    item = inner.as_deref();
                }
                match item {
                    None | Some(Shape::Scalar(_)) => f.write_str("]"),
                    Some(other) => write!(f, "; {other}]"),
                }
            }
            Shape::Ragged(items) => separated(f, "[", items, "]"),
            Shape::Tuple(items) if items.len() == 1 => separated(f, "(", items, ",)"),
            Shape::Tuple(items) => separated(f, "(", items, ")"),
            Shape::Struct(name, fields) => {
                write!(f, "{name} {{")?;
                for (i, (field, shape)) in fields.iter().enumerate() {
                    write!(f, "{} {field}: {shape}", if i == 0 { "" } else { "," })?;
                }
                f.write_str(" }")
            }
        }
    }
}

fn separated(f: &mut fmt::Formatter<'_>, open: &str, items: &[Shape], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    f.write_str(close)
}
