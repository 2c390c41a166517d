//! The rule table: one line per primitive.
//!
//! Both transforms, the trace, the tests and the reference page of the guide read this one table. Partials are written
//! with IR operators through [`Builder`], so that the rules of a derivative are rules again (invariant 2), and they may
//! name the output, so that `exp`, `tanh`, `sqrt` and `1/x` reuse it.

use crate::ir::Val;
use crate::ir::build::Builder;

/// The type of a step in the computation model of Baur–Strassen and Griewank.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Type 1: affine.
    Affine,
    /// Type 2: a product of powers.
    Product,
    /// Type 3: a differentiable function from the fixed set.
    Function,
}

/// What a partial derivative may name: the arguments and the output of the step.
pub(crate) struct Step<'a> {
    pub(crate) args: &'a [Val],
    /// Which arguments are active.
    pub(crate) active: &'a [bool],
    pub(crate) out: Val,
}

/// ∂out/∂arg.
#[derive(Copy, Clone)]
pub(crate) enum Partial {
    /// Structurally zero (a step function, or an integer argument): nothing is emitted.
    Zero,
    One,
    MinusOne,
    /// An expression over the arguments and the output.
    Expr(fn(&mut Builder, &Step<'_>) -> Val),
}

/// How a step is written in Rust, and what the interpreter of the tests evaluates.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `a + b`
    Infix(&'static str),
    /// `-a`
    Prefix(&'static str),
    /// A method of `f32`/`f64` and of `num_traits::Float`: `a.sin()`, `a.powf(b)`.
    Float(&'static str),
    /// A method of the runtime's `Real`: `Real::sigmoid(a)`.
    Real(&'static str),
}

/// A row of the table.
pub(crate) struct Row {
    pub(crate) rule: Rule,
    pub(crate) kind: Kind,
    pub(crate) syntax: Syntax,
    /// How the trace prints it: `sin({0})`.
    pub(crate) template: &'static str,
    /// One partial per argument.
    pub(crate) partials: &'static [Partial],
    /// Arguments that are integers (`powi`'s exponent): their partial is [`Partial::Zero`].
    pub(crate) int_args: &'static [usize],
    /// Where the tests sample each argument: intervals on which the function is smooth.
    pub(crate) domain: &'static [(f64, f64)],
    /// What happens at kinks and poles, as text for the guide, with arguments and the partials that the rule gives there.
    pub(crate) kinks: &'static [Kink],
    /// Costs no more than an addition or two: it is computed again in the reverse sweep rather than kept.
    pub(crate) cheap: bool,
}

/// A point at which a primitive is not differentiable, and the documented element of the Clarke differential there.
pub(crate) struct Kink {
    pub(crate) at: &'static [f64],
    pub(crate) partials: &'static [f64],
    pub(crate) note: &'static str,
}

/// The primitives.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rule {
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    Sin,
}
