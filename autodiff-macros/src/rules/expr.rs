//! The notation of the rule table: partial derivatives as ordinary Rust formulas.
//!
//! An [`E`] is a value of the IR under construction together with its builder, so that `-x.sin()` in the table emits a
//! `sin` and a `neg` step. Plain numbers mix in as constants of the type at hand (`0.5 / out`).

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Rule, Step};
use crate::ir::build::Builder;
use crate::ir::{CmpOp, Int, IntOp, Ty, Val};

/// The least exponent of `powi`.
const MIN: i128 = i32::MIN as i128;

/// A value in a formula.
#[derive(Copy, Clone)]
pub(super) struct E<'a, 'b> {
    builder: &'a RefCell<&'b mut Builder>,
    val: Val,
    /// It is an argument that is active, or the output.
    pub(super) active: bool,
}

/// A boolean in a formula.
#[derive(Copy, Clone)]
pub(super) struct Cond<'a, 'b>(E<'a, 'b>);

/// Emits a formula over the arguments of a step and its output.
///
/// The table gives every formula as many arguments as its row has partials, and the transforms give every step as many
/// arguments as its row; a step that is too short reads its output in place of what is missing, and the verifier
/// reports it.
pub(super) fn emit<const N: usize>(
    b: &mut Builder,
    step: &Step<'_>,
    formula: for<'a, 'b> fn([E<'a, 'b>; N], E<'a, 'b>) -> E<'a, 'b>,
) -> Val {
    let cell = RefCell::new(b);
    let args = std::array::from_fn(|i| E {
        builder: &cell,
        val: step.args.get(i).copied().unwrap_or(step.out),
        active: step.active.get(i).copied().unwrap_or(false),
    });
    formula(args, E { builder: &cell, val: step.out, active: true }).val
}

/// A float formula or a plain number.
pub(super) trait Operand<'a, 'b> {
    /// As a value of the type of `like`.
    fn beside(self, like: E<'a, 'b>) -> E<'a, 'b>;
}

impl<'a, 'b> Operand<'a, 'b> for E<'a, 'b> {
    fn beside(self, _: E<'a, 'b>) -> E<'a, 'b> {
        self
    }
}

impl<'a, 'b> Operand<'a, 'b> for f64 {
    fn beside(self, like: E<'a, 'b>) -> E<'a, 'b> {
        like.constant(self)
    }
}

impl<'a, 'b> E<'a, 'b> {
    fn with(self, build: impl FnOnce(&mut Builder) -> Val) -> E<'a, 'b> {
        let val = build(&mut self.builder.borrow_mut());
        E { builder: self.builder, val, active: false }
    }

    /// A constant of the type of `self`.
    pub(super) fn constant(self, value: f64) -> E<'a, 'b> {
        self.with(|b| b.like(value, self.val))
    }

    /// A step of the table.
    pub(super) fn node(self, rule: Rule) -> E<'a, 'b> {
        self.with(|b| b.node(rule, &[self.val]))
    }

    /// A step of the table with a second argument.
    pub(super) fn node2(self, rule: Rule, other: impl Operand<'a, 'b>) -> E<'a, 'b> {
        let other = other.beside(self);
        self.with(|b| b.node(rule, &[self.val, other.val]))
    }

    fn compare(self, op: CmpOp, other: impl Operand<'a, 'b>) -> Cond<'a, 'b> {
        let other = other.beside(self);
        Cond(self.with(|b| b.cmp(op, self.val, other.val)))
    }

    pub(super) fn lt(self, other: impl Operand<'a, 'b>) -> Cond<'a, 'b> {
        self.compare(CmpOp::Lt, other)
    }

    pub(super) fn le(self, other: impl Operand<'a, 'b>) -> Cond<'a, 'b> {
        self.compare(CmpOp::Le, other)
    }

    pub(super) fn gt(self, other: impl Operand<'a, 'b>) -> Cond<'a, 'b> {
        self.compare(CmpOp::Gt, other)
    }

    pub(super) fn ge(self, other: impl Operand<'a, 'b>) -> Cond<'a, 'b> {
        self.compare(CmpOp::Ge, other)
    }

    pub(super) fn is(self, other: impl Operand<'a, 'b>) -> Cond<'a, 'b> {
        self.compare(CmpOp::Eq, other)
    }

    /// `if cond { a } else { b }` of the type of `self`.
    pub(super) fn select(self, cond: Cond<'a, 'b>, a: impl Operand<'a, 'b>, b: impl Operand<'a, 'b>) -> E<'a, 'b> {
        let (a, b) = (a.beside(self), b.beside(self));
        self.with(|builder| builder.select(cond.0.val, a.val, b.val))
    }

    // ---- integers -----------------------------------------------------------------------------------------------

    fn int(self, value: i128) -> E<'a, 'b> {
        self.with(|b| {
            let ty = b.ty(self.val);
            let int = if let Ty::Int(int) = ty { int } else { Int::Infer };
            b.int(value, int)
        })
    }

    /// An integer as a float of the type of `like`.
    pub(super) fn float(self, like: E<'a, 'b>) -> E<'a, 'b> {
        self.with(|b| {
            let ty = b.ty(like.val);
            b.cast(self.val, ty)
        })
    }

    /// The exponent of the derivative of a power, an `i32`: `self − 1`, but 0 for 0, so that `0 · x^0` stands for the
    /// derivative of `x^0` and is 0 everywhere. `i32::MIN` stays as it is, since its predecessor does not exist.
    pub(super) fn lowered(self) -> E<'a, 'b> {
        let (zero, one, min, second) = (self.int(0), self.int(1), self.int(MIN), self.int(MIN + 1));
        self.with(|b| {
            let is_zero = b.cmp(CmpOp::Eq, self.val, zero.val);
            let minuend = b.select(is_zero, one.val, self.val);
            let is_min = b.cmp(CmpOp::Eq, self.val, min.val);
            let minuend = b.select(is_min, second.val, minuend);
            b.int_op(IntOp::Sub, &[minuend, one.val])
        })
    }
}

impl<'a, 'b> Cond<'a, 'b> {
    pub(super) fn and(self, other: Cond<'a, 'b>) -> Cond<'a, 'b> {
        Cond(self.0.with(|b| b.int_op(IntOp::BitAnd, &[self.0.val, other.0.val])))
    }
}

macro_rules! operator {
    ($Trait:ident $method:ident $rule:ident) => {
        impl<'a, 'b, T: Operand<'a, 'b>> $Trait<T> for E<'a, 'b> {
            type Output = E<'a, 'b>;
            fn $method(self, other: T) -> E<'a, 'b> {
                self.node2(Rule::$rule, other)
            }
        }

        impl<'a, 'b> $Trait<E<'a, 'b>> for f64 {
            type Output = E<'a, 'b>;
            fn $method(self, other: E<'a, 'b>) -> E<'a, 'b> {
                self.beside(other).node2(Rule::$rule, other)
            }
        }
    };
}

operator!(Add add Add);
operator!(Sub sub Sub);
operator!(Mul mul Mul);
operator!(Div div Div);

impl<'a, 'b> Neg for E<'a, 'b> {
    type Output = E<'a, 'b>;
    fn neg(self) -> E<'a, 'b> {
        self.node(Rule::Neg)
    }
}

macro_rules! unary_methods {
    ($($method:ident $rule:ident),* $(,)?) => {
        impl<'a, 'b> E<'a, 'b> {
            $(pub(super) fn $method(self) -> E<'a, 'b> {
                self.node(Rule::$rule)
            })*
        }
    };
}

unary_methods! {
    recip Recip, sqrt Sqrt, exp Exp, exp_m1 ExpM1, ln Ln, sin Sin, cos Cos, sinh Sinh, cosh Cosh, signum Signum,
    round Round, sigmoid Sigmoid, erfc Erfc, digamma Digamma, trigamma Trigamma,
}

macro_rules! binary_methods {
    ($($method:ident $rule:ident),* $(,)?) => {
        impl<'a, 'b> E<'a, 'b> {
            $(pub(super) fn $method(self, other: impl Operand<'a, 'b>) -> E<'a, 'b> {
                self.node2(Rule::$rule, other)
            })*
        }
    };
}

binary_methods! { powf Powf, hypot Hypot, min Min, copysign Copysign }

impl<'a, 'b> E<'a, 'b> {
    /// `self^n`, `n` an integer.
    pub(super) fn powi(self, n: E<'a, 'b>) -> E<'a, 'b> {
        self.node2(Rule::Powi, n)
    }

    /// `ψ^{(n)}(self)`.
    pub(super) fn polygamma(self, n: i128) -> E<'a, 'b> {
        self.with(|b| {
            let n = b.int(n, Int::U32);
            b.node(Rule::Polygamma, &[self.val, n])
        })
    }

    /// `ψ^{(n+1)}(self)`, `n` an integer.
    pub(super) fn polygamma_next(self, n: E<'a, 'b>) -> E<'a, 'b> {
        let one = n.int(1);
        self.with(|b| {
            let next = b.int_op(IntOp::Add, &[n.val, one.val]);
            b.node(Rule::Polygamma, &[self.val, next])
        })
    }
}
