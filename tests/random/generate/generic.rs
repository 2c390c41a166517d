//! Functions of any float, and of arrays of any length: `fn f<T: Float, const N: usize>(w: &[T; N], x: T) -> T`.
//!
//! They are written as all others are, in the type `T`. A last pass over the text makes the literals what they have to be
//! there: `T::from(0.3).unwrap()`.

use super::code::Float;
use super::program::{Part, Program, Ty};
use super::random::Random;
use super::scope::Dim;

/// The lengths that a generic length stands for.
pub(super) const LENGTHS: (usize, usize) = (1, 4);

/// The type parameters of a function.
#[derive(Copy, Clone, Debug, Default)]
pub(super) struct Generics {
    /// Whether there is a `T`.
    pub(super) float: bool,
    /// Whether there is an `N`.
    pub(super) length: bool,
}

impl Dim {
    /// `N`
    pub(super) fn generic() -> Self {
        Self { len: "N".into(), min: LENGTHS.0, max: LENGTHS.1 }
    }

    pub(super) fn is_generic(&self) -> bool {
        self.len == "N"
    }
}

impl Generics {
    /// `<T: Float + .., const N: usize>`
    pub(super) fn declaration(self, body: &str) -> String {
        let mut parts = Vec::new();
        if self.float {
            let ours =
                ["Real::", ".sigmoid", ".softplus", ".gelu", ".digamma", ".relu", "leaky_relu", ".elu", "program_"];
            let kind = if ours.iter().any(|name| body.contains(name)) { "Real" } else { "Float" };
            parts.push(format!("T: {kind} + FloatConst + NumAssign + Sum + Product"));
        }
        if self.length {
            parts.push("const N: usize".to_owned());
        }
        if parts.is_empty() { String::new() } else { format!("<{}>", parts.join(", ")) }
    }
}

impl Program {
    /// The parameters and results where it is called with `float` and arrays of `length`.
    pub(super) fn instance(&self, float: Float, length: usize) -> Program {
        let mut program = self.clone();
        for param in &mut program.params {
            match &mut param.ty {
                Ty::Float(of) => *of = of.at(float),
                Ty::Array { float: of, dims, .. } => {
                    *of = of.at(float);
                    for dim in dims.iter_mut().filter(|dim| dim.is_generic()) {
                        *dim = Dim::fixed(length);
                    }
                }
                _ => {}
            }
        }
        program.returns = self.returns.iter().map(|part| part.at(float)).collect();
        program.traits.single |= self.generics.float && float == Float::F32;
        program
    }
}

impl Part {
    pub(super) fn at(&self, float: Float) -> Part {
        match *self {
            Part::Float(of) => Part::Float(of.at(float)),
            Part::Array(of, n) => Part::Array(of.at(float), n),
            Part::List(of) => Part::List(of.at(float)),
            Part::Model(id) => Part::Model(id),
            Part::Count => Part::Count,
        }
    }
}

/// The text with its float literals as values of `T`.
pub(super) fn convert_literals(random: &mut Random, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut last = ' ';
    while let Some(c) = rest.chars().next() {
        let inside = last.is_alphanumeric() || last == '_' || last == '.';
        let end = if c.is_ascii_digit() && !inside { literal_end(rest) } else { None };
        match end {
            Some(end) => {
                let number = &rest[..end];
                out += &match number {
                    "0.0" => "T::zero()".to_owned(),
                    "1.0" => "T::one()".to_owned(),
                    _ if random.chance(15) => format!("T::from({number}_f64).unwrap()"),
                    _ => format!("T::from({number}).unwrap()"),
                };
                rest = rest[end..].strip_prefix("_T").unwrap_or(&rest[end..]);
                last = ')';
            }
            None => {
                out.push(c);
                last = c;
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The length of the float literal that the text begins with.
fn literal_end(text: &str) -> Option<usize> {
    let digits = |from: usize| text[from..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |n| from + n);
    let whole = digits(0);
    let part = text[whole..].strip_prefix('.')?;
    part.starts_with(|c: char| c.is_ascii_digit()).then(|| digits(whole + 1))
}
