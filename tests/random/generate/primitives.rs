//! The functions of one argument: where they may be used, and what that gives.

use super::code::Bounds;

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// A method of `f64`: `x.sin()`, `f64::sin(x)`.
    Float,
    /// A method of `Real`: `x.sigmoid()`, `Real::sigmoid(x)`.
    Real,
    /// The same, but the standard library has taken the name of the method.
    RealPath,
}

#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) enum Domain {
    Any,
    /// `|x|` up to this.
    Within(f64),
    /// From this to about 10.
    AtLeast(f64),
}

#[derive(Copy, Clone)]
pub(super) struct Primitive {
    pub(super) name: &'static str,
    pub(super) spelling: Spelling,
    pub(super) domain: Domain,
    pub(super) bounds: fn(Bounds) -> Bounds,
}

const fn row(name: &'static str, spelling: Spelling, domain: Domain, bounds: fn(Bounds) -> Bounds) -> Primitive {
    Primitive { name, spelling, domain, bounds }
}

use Domain::{Any, AtLeast, Within};
use Spelling::{Float, Real, RealPath};

pub(super) static SMOOTH: [Primitive; 39] = [
    row("sin", Float, Any, |x| Bounds::symmetric(1.0, x.gain)),
    row("cos", Float, Any, |x| Bounds::symmetric(1.0, x.gain)),
    row("tan", Float, Within(1.0), |x| x.through(f64::tan, 3.5)),
    row("asin", Float, Within(0.8), |x| x.through(f64::asin, 1.7)),
    row("acos", Float, Within(0.8), |x| x.through(f64::acos, 1.7)),
    row("atan", Float, Any, |x| x.through(f64::atan, 1.0)),
    row("sinh", Float, Within(1.5), |x| x.through(f64::sinh, x.abs().cosh())),
    row("cosh", Float, Within(1.5), |x| Bounds::new(1.0, x.abs().cosh(), x.gain * x.abs().sinh())),
    row("tanh", Float, Any, |x| x.through(f64::tanh, 1.0)),
    row("asinh", Float, Any, |x| x.through(f64::asinh, 1.0)),
    row("acosh", Float, AtLeast(1.3), |x| x.through(f64::acosh, 1.21)),
    row("atanh", Float, Within(0.8), |x| x.through(f64::atanh, 2.8)),
    row("exp", Float, Within(1.5), |x| x.through(f64::exp, x.hi.exp())),
    row("exp2", Float, Within(2.0), |x| x.through(f64::exp2, 0.7 * x.hi.exp2())),
    row("exp_m1", Float, Within(1.5), |x| x.through(f64::exp_m1, x.hi.exp())),
    row("ln", Float, AtLeast(0.3), |x| x.through(f64::ln, 1.0 / x.lo)),
    row("ln_1p", Float, Within(0.7), |x| x.through(f64::ln_1p, 1.0 / (1.0 + x.lo))),
    row("log2", Float, AtLeast(0.3), |x| x.through(f64::log2, 1.45 / x.lo)),
    row("log10", Float, AtLeast(0.3), |x| x.through(f64::log10, 0.44 / x.lo)),
    row("sqrt", Float, AtLeast(0.2), |x| x.through(f64::sqrt, 0.5 / x.lo.sqrt())),
    row("cbrt", Float, AtLeast(0.2), |x| x.through(f64::cbrt, 1.0)),
    row("recip", Float, AtLeast(0.4), Bounds::recip),
    row("to_radians", Float, Any, |x| x.through(f64::to_radians, 0.018)),
    row("to_degrees", Float, Within(0.1), |x| x.through(f64::to_degrees, 57.3)),
    row("fract", Float, Within(0.9), |x| x),
    row("sigmoid", Real, Any, |x| x.through(|x| 1.0 / (1.0 + (-x).exp()), 0.25)),
    row("softplus", Real, Any, |x| x.through(|x| x.exp().ln_1p(), 1.0)),
    row("gelu", Real, Any, |x| Bounds::new(x.lo.min(-0.17), x.hi.max(0.0), 1.13 * x.gain)),
    row("erf", RealPath, Any, |x| Bounds::symmetric(1.0, 1.13 * x.gain)),
    row("erfc", RealPath, Any, |x| Bounds::new(0.0, 2.0, 1.13 * x.gain)),
    row("ln_gamma", RealPath, AtLeast(0.7), |x| Bounds::new(-0.13, 12.9, 2.3 * x.gain)),
    row("digamma", Real, AtLeast(0.7), |x| Bounds::new(-1.3, 2.3, 2.9 * x.gain)),
    // The commonest ones again.
    row("sin", Float, Any, |x| Bounds::symmetric(1.0, x.gain)),
    row("cos", Float, Any, |x| Bounds::symmetric(1.0, x.gain)),
    row("exp", Float, Within(1.0), |x| x.through(f64::exp, x.hi.exp())),
    row("ln", Float, AtLeast(0.5), |x| x.through(f64::ln, 1.0 / x.lo)),
    row("sqrt", Float, AtLeast(0.4), |x| x.through(f64::sqrt, 0.5 / x.lo.sqrt())),
    row("tanh", Float, Any, |x| x.through(f64::tanh, 1.0)),
    row("sigmoid", Real, Any, |x| x.through(|x| 1.0 / (1.0 + (-x).exp()), 0.25)),
];

/// With kinks or jumps.
pub(super) static KINKED: [Primitive; 11] = [
    row("abs", Float, Any, |x| Bounds::new(0.0, x.abs(), x.gain)),
    row("abs", Float, Any, |x| Bounds::new(0.0, x.abs(), x.gain)),
    row("relu", Real, Any, |x| Bounds::new(0.0, x.hi.max(0.0), x.gain)),
    row("relu", Real, Any, |x| Bounds::new(0.0, x.hi.max(0.0), x.gain)),
    row("abs", Float, Any, |x| Bounds::new(0.0, x.abs(), x.gain)),
    row("relu", Real, Any, |x| Bounds::new(0.0, x.hi.max(0.0), x.gain)),
    row("signum", Float, Any, |_| Bounds::symmetric(1.0, 0.0)),
    row("floor", Float, Any, |x| Bounds::new(x.lo - 1.0, x.hi, 0.0)),
    row("ceil", Float, Any, |x| Bounds::new(x.lo, x.hi + 1.0, 0.0)),
    row("round", Float, Any, |x| Bounds::new(x.lo - 0.5, x.hi + 0.5, 0.0)),
    row("trunc", Float, Any, |x| Bounds::symmetric(x.abs(), 0.0)),
];
