//! The rule table: one line per primitive.
//!
//! Both transforms, the trace, the tests and the reference page of the guide read this one table ([`table::ROWS`]).
//! Partials are written with IR operators through [`Builder`], so that the rules of a derivative are rules again
//! (invariant 2), and they may name the output, so that `exp`, `tanh`, `sqrt` and `1/x` reuse it.
//!
//! [`Rule`] and the rows come from one list (the macro in [`table`]): a primitive without a row cannot exist.

mod expr;
mod table;

use std::cell::RefCell;
use std::rc::Rc;

use crate::ir::build::Builder;
use crate::ir::{Float, Int, Ty, Val};
use crate::maps::Hashed;

pub(crate) use table::Rule;

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
    /// A method of `f32`/`f64` and, but for a few, of `num_traits::Float`: `a.sin()`, `a.powf(b)`.
    Float(&'static str),
    /// A method of the runtime's `Real`: `Real::sigmoid(a)`.
    Real(&'static str),
    /// A function that only derivatives call: `__private::times(a, b)`.
    Private(&'static str),
}

/// A box: one closed interval an argument.
pub(crate) type Domain = &'static [(f64, f64)];

/// A row of the table.
pub(crate) struct Row {
    pub(crate) rule: Rule,
    /// With every argument active; see [`kind`].
    pub(crate) kind: Kind,
    pub(crate) syntax: Syntax,
    /// How the trace prints it: `sin({0})`.
    pub(crate) template: &'static str,
    /// One partial per argument.
    pub(crate) partials: &'static [Partial],
    /// Arguments that are integers, with their types (`powi`'s exponent): their partial is [`Partial::Zero`].
    pub(crate) int_args: &'static [(usize, Int)],
    /// Where the tests sample the arguments: boxes in whose interior the function is smooth.
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests read"))]
    pub(crate) domains: &'static [Domain],
    /// What happens at kinks and poles, as text for the guide, with arguments and the partials that the rule gives there.
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests and the page of the guide read"))]
    pub(crate) kinks: &'static [Kink],
    /// Costs no more than an addition or two: it is computed again in the reverse sweep rather than kept.
    pub(crate) cheap: bool,
}

impl Row {
    /// The type of an argument, in a step of the float type `float`.
    pub(crate) fn arg_ty(&self, arg: usize, float: Float) -> Ty {
        match self.int_args.iter().find(|(i, _)| *i == arg) {
            Some((_, int)) => Ty::Int(*int),
            None => Ty::Float(float),
        }
    }
}

/// A point at which a primitive is not differentiable (or not defined beyond), and the documented element of the Clarke
/// differential there, the same in both modes.
#[cfg_attr(not(test), expect(dead_code, reason = "what the tests and the page of the guide read"))]
pub(crate) struct Kink {
    pub(crate) at: &'static [f64],
    /// One value an argument; that of an integer argument is 0.
    pub(crate) partials: &'static [f64],
    pub(crate) note: &'static str,
}

/// All rows, in the order of the table.
pub(crate) fn rows() -> &'static [Row] {
    table::ROWS
}

/// The row of a primitive.
pub(crate) fn row(rule: Rule) -> &'static Row {
    &table::ROWS[rule as usize]
}

/// The primitive behind a method name, for both forms `x.sin()` and `f64::sin(x)` (or `Real::sigmoid(x)`).
/// `sin_cos` is none of them: it is lowered to two steps.
pub(crate) fn by_method(name: &str) -> Option<Rule> {
    let row = rows().iter().find(|row| match row.syntax {
        Syntax::Float(method) | Syntax::Real(method) => method == name,
        Syntax::Infix(_) | Syntax::Prefix(_) | Syntax::Private(_) => false,
    })?;
    Some(row.rule)
}

/// The type of a step given which arguments are active: a product or quotient by an inactive factor is affine, and
/// `powf` is a power only while its exponent is inactive.
pub(crate) fn kind(rule: Rule, active: &[bool]) -> Kind {
    match (rule, active) {
        (Rule::Mul, [true, false] | [false, true]) => Kind::Affine,
        (Rule::Div, [true, false]) => Kind::Affine,
        (Rule::MulAdd, [a, b, _]) if !(*a && *b) => Kind::Affine,
        (Rule::Powf, [_, false]) => Kind::Product,
        _ => row(rule).kind,
    }
}

/// Whether a partial can be infinite, or NaN, where the function itself is finite: it is then multiplied by
/// [`Rule::Times`].
pub(crate) fn singular(rule: Rule) -> bool {
    matches!(rule, Rule::Sqrt | Rule::Cbrt | Rule::Powf | Rule::Asin | Rule::Acos | Rule::Acosh | Rule::Times)
}

/// Which values of a step a partial derivative reads: what the reverse sweep must have at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reads {
    pub(crate) args: Vec<bool>,
    pub(crate) out: bool,
}

/// A partial derivative: the rule and the argument, and which arguments are active, bit by bit. The key of
/// [`partial_reads`].
type PartialKey = (usize, usize, usize);

thread_local! {
    static READS: RefCell<Hashed<PartialKey, Rc<Reads>>> = RefCell::default();
}

/// What ∂out/∂`args[arg]` reads, found by building it once in a scratch builder.
pub(crate) fn partial_reads(rule: Rule, active: &[bool], arg: usize) -> Rc<Reads> {
    let bits = active.iter().fold(0, |bits, &active| bits << 1 | usize::from(active));
    let key = (rule as usize, arg, bits);
    if let Some(reads) = READS.with_borrow(|cache| cache.get(&key).cloned()) {
        return reads;
    }
    let reads = Rc::new(build_and_inspect(row(rule), active, arg));
    READS.with_borrow_mut(|cache| cache.insert(key, reads.clone()));
    reads
}

fn build_and_inspect(row: &Row, active: &[bool], arg: usize) -> Reads {
    let mut reads = Reads { args: vec![false; active.len()], out: false };
    let Some(Partial::Expr(partial)) = row.partials.get(arg) else {
        return reads;
    };
    let mut scratch = Builder::new();
    let args: Vec<Val> = (0..active.len()).map(|i| scratch.fresh(row.arg_ty(i, Float::F64))).collect();
    let out = scratch.fresh(Ty::Float(Float::F64));
    let result = partial(&mut scratch, &Step { args: &args, active, out });
    let mut read: Vec<Val> = scratch.block().stmts.iter().flat_map(|stmt| stmt.op.reads()).collect();
    read.push(result);
    for (flag, value) in reads.args.iter_mut().zip(&args) {
        *flag = read.contains(value);
    }
    reads.out = read.contains(&out);
    reads
}
