//! The list of primitives, and the macro that makes the [`Rule`] enum and the rows from it.
//!
//! A line reads: `Name(arguments) -> output, type, syntax, how the trace prints it, cost, d [∂/∂first] [∂/∂second] …,
//! on [boxes of the domain], kinks`. Partials are formulas ([`super::expr`]); `[0]`, `[1]` and `[-1]` are structural.
//!
//! What decides between algebraically equal partials, in this order: no spurious NaN or overflow where the derivative
//! is finite, relative accuracy, and cost, where naming `out` saves a call. Powers never take a logarithm of the base
//! unless the exponent is active. Indicator partials (`max`, `relu`, …) are selections between constants, so that
//! transforms can move them into the adjoint. Formulas: Abramowitz and Stegun, chapters 4, 6 and 7.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, LOG2_E, LOG10_E, PI};

use super::expr::{self, E};
use super::{Kind, Kink, Partial, Row, Syntax};
use crate::ir::Int;

macro_rules! partial {
    ([0] $args:tt $out:ident) => {
        Partial::Zero
    };
    ([1] $args:tt $out:ident) => {
        Partial::One
    };
    ([-1] $args:tt $out:ident) => {
        Partial::MinusOne
    };
    ([$($formula:tt)+] ($($arg:ident),+) $out:ident) => {
        Partial::Expr(|builder, step| {
            expr::emit(builder, step, |[$($arg),+], $out| {
                let _ = ($($arg,)+ $out);
                $($formula)+
            })
        })
    };
}

macro_rules! is_cheap {
    (cheap) => {
        true
    };
    (costly) => {
        false
    };
}

macro_rules! table {
    ($(
        $(#[$meta:meta])*
        $Rule:ident $args:tt -> $out:ident, $Kind:ident, $Syntax:ident($text:literal), $template:literal, $cost:ident,
        d $([$($d:tt)+])+, on [$($domain:expr),+]
        $(, int($int_arg:literal: $Int:ident))?
        $(, kink $at:expr => $partials:expr, $note:literal)*;
    )+) => {
        /// The primitives.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Rule {
            $($(#[$meta])* $Rule,)+
        }

        /// One row a primitive, in the order of [`Rule`].
        pub(super) static ROWS: &[Row] = &[$(
            Row {
                rule: Rule::$Rule,
                kind: Kind::$Kind,
                syntax: Syntax::$Syntax($text),
                template: $template,
                partials: &[$(partial!([$($d)+] $args $out)),+],
                int_args: &[$(($int_arg, Int::$Int))?],
                domains: &[$(&$domain),+],
                kinks: &[$(Kink { at: &$at, partials: &$partials, note: $note }),*],
                cheap: is_cheap!($cost),
            },
        )+];
    };
}

const INF: f64 = f64::INFINITY;
const NEG_INF: f64 = f64::NEG_INFINITY;
const NAN: f64 = f64::NAN;

table! {
    // ---- arithmetic ---------------------------------------------------------------------------------------------
    Add(a, b) -> out, Affine, Infix("+"), "{0} + {1}", cheap, d [1] [1], on [[(-3.0, 3.0), (-3.0, 3.0)]];
    Sub(a, b) -> out, Affine, Infix("-"), "{0} - {1}", cheap, d [1] [-1], on [[(-3.0, 3.0), (-3.0, 3.0)]];
    Mul(a, b) -> out, Product, Infix("*"), "{0} * {1}", cheap, d [b] [a], on [[(-3.0, 3.0), (-3.0, 3.0)]];
    // The reciprocal is shared by the two partials where both are wanted.
    Div(a, b) -> out, Product, Infix("/"), "{0} / {1}", costly,
        d [b.recip()] [-(if a.active { out * b.recip() } else { out / b })],
        on [[(-3.0, 3.0), (0.4, 3.0)], [(-3.0, 3.0), (-3.0, -0.4)]],
        kink [1.0, 0.0] => [INF, NEG_INF], "a pole: infinite at b = 0 (NaN where a = 0 too)";
    /// The product of a partial and a tangent or an adjoint: 0 where the second factor is 0, even if the first is
    /// infinite. Its derivatives are those of the product.
    Times(p, d) -> out, Product, Private("times"), "{0} * {1}", cheap, d [d] [p], on [[(-3.0, 3.0), (-3.0, 3.0)]],
        kink [INF, 0.0] => [0.0, INF], "0 where the tangent or adjoint is 0";
    Rem(a, b) -> out, Function, Infix("%"), "{0} % {1}", costly, d [1] [((out - a) / b).round()],
        on [[(4.3, 5.4), (1.9, 2.0)], [(-5.4, -4.3), (1.9, 2.0)], [(0.2, 0.8), (-3.0, -1.0)]],
        kink [4.0, 2.0] => [1.0, -2.0], "a jump where a is a multiple of b: the derivative of the side that the value is on";
    RemEuclid(a, b) -> out, Function, Float("rem_euclid"), "rem_euclid({0}, {1})", costly,
        d [1] [((out - a) / b).round()],
        on [[(4.3, 5.4), (1.9, 2.0)], [(-5.4, -4.3), (1.9, 2.0)]],
        kink [4.0, 2.0] => [1.0, -2.0], "a jump where a is a multiple of b: the derivative of the side that the value is on";
    DivEuclid(a, b) -> out, Function, Float("div_euclid"), "div_euclid({0}, {1})", costly, d [0] [0],
        on [[(4.3, 5.4), (1.9, 2.0)]],
        kink [4.0, 2.0] => [0.0, 0.0], "a step function: 0 everywhere, at its jumps too";
    Neg(x) -> out, Affine, Prefix("-"), "-{0}", cheap, d [-1], on [[(-3.0, 3.0)]];
    Recip(x) -> out, Product, Float("recip"), "recip({0})", costly, d [-(out * out)], on [[(0.4, 3.0)], [(-3.0, -0.4)]],
        kink [0.0] => [NEG_INF], "a pole: infinite at 0";
    MulAdd(a, b, c) -> out, Function, Float("mul_add"), "mul_add({0}, {1}, {2})", costly, d [b] [a] [1],
        on [[(-3.0, 3.0), (-3.0, 3.0), (-3.0, 3.0)]];
    Midpoint(a, b) -> out, Affine, Float("midpoint"), "midpoint({0}, {1})", cheap,
        d [out.constant(0.5)] [out.constant(0.5)], on [[(-3.0, 3.0), (-3.0, 3.0)]];
    ToDegrees(x) -> out, Affine, Float("to_degrees"), "to_degrees({0})", cheap, d [x.constant(180.0 / PI)],
        on [[(-7.0, 7.0)]];
    ToRadians(x) -> out, Affine, Float("to_radians"), "to_radians({0})", cheap, d [x.constant(PI / 180.0)],
        on [[(-360.0, 360.0)]];

    // ---- powers and roots ---------------------------------------------------------------------------------------
    Powi(x, n) -> out, Product, Float("powi"), "powi({0}, {1})", costly, d [n.float(x) * x.powi(n.lowered())] [0],
        on [[(0.3, 2.0), (-4.0, 6.0)], [(-2.0, -0.3), (-4.0, 6.0)]], int(1: I32),
        kink [0.0, 0.0] => [0.0, 0.0], "x^0 is the constant 1: its derivative is 0 at 0 too, at every order",
        kink [0.0, 1.0] => [1.0, 0.0], "smooth",
        kink [0.0, -1.0] => [NEG_INF, 0.0], "a pole for negative exponents";
    Powf(x, p) -> out, Function, Float("powf"), "powf({0}, {1})", costly, d [powf_base(x, p)] [out * powf_ln(x, p)],
        on [[(0.3, 2.0), (-3.0, 3.0)]],
        kink [0.0, 0.0] => [0.0, 0.0], "x^0 is the constant 1, and 0^p is constant in p",
        kink [0.0, 0.5] => [INF, 0.0], "infinite at 0 for 0 < p < 1",
        kink [0.0, 1.0] => [1.0, 0.0], "0^p is constant in p > 0",
        kink [0.0, 2.0] => [0.0, 0.0], "0^p is constant in p > 0",
        kink [0.0, -1.0] => [NEG_INF, NEG_INF], "a pole for negative exponents",
        kink [-2.0, 2.0] => [-4.0, NAN], "a negative base has no derivative in the exponent: NaN";
    Sqrt(x) -> out, Product, Float("sqrt"), "sqrt({0})", costly, d [0.5 / out], on [[(0.2, 4.0)]],
        kink [0.0] => [INF], "infinite at 0, the one-sided derivative";
    Cbrt(x) -> out, Product, Float("cbrt"), "cbrt({0})", costly, d [(3.0 * (out * out)).recip()],
        on [[(0.2, 4.0)], [(-4.0, -0.2)]],
        kink [0.0] => [INF], "infinite at 0";
    Hypot(x, y) -> out, Function, Float("hypot"), "hypot({0}, {1})", costly,
        d [x / nonzero(out)] [y / nonzero(out)],
        on [[(0.3, 3.0), (-3.0, 3.0)], [(-3.0, 3.0), (-3.0, -0.3)]],
        kink [0.0, 0.0] => [0.0, 0.0], "the norm at the origin: 0, the middle of the unit ball";

    // ---- exponentials and logarithms ----------------------------------------------------------------------------
    Exp(x) -> out, Function, Float("exp"), "exp({0})", costly, d [out], on [[(-3.0, 3.0)]];
    Exp2(x) -> out, Function, Float("exp2"), "exp2({0})", costly, d [out * LN_2], on [[(-4.0, 4.0)]];
    // Not `out + 1`, which cancels for negative x.
    ExpM1(x) -> out, Function, Float("exp_m1"), "exp_m1({0})", costly, d [x.exp()], on [[(-3.0, 3.0)]];
    Ln(x) -> out, Function, Float("ln"), "ln({0})", costly, d [x.recip()], on [[(0.2, 5.0)]],
        kink [0.0] => [INF], "a pole: infinite at 0";
    Ln1p(x) -> out, Function, Float("ln_1p"), "ln_1p({0})", costly, d [(x + 1.0).recip()], on [[(-0.7, 4.0)]],
        kink [-1.0] => [INF], "a pole: infinite at -1";
    Log(x, base) -> out, Function, Float("log"), "log({0}, {1})", costly,
        d [(x * base.ln()).recip()] [-(out / (base * base.ln()))],
        on [[(0.3, 4.0), (1.6, 6.0)], [(0.3, 4.0), (0.2, 0.6)]],
        kink [0.0, 2.0] => [INF, INF], "a pole: infinite at x = 0";
    Log2(x) -> out, Function, Float("log2"), "log2({0})", costly, d [LOG2_E / x], on [[(0.2, 5.0)]],
        kink [0.0] => [INF], "a pole: infinite at 0";
    Log10(x) -> out, Function, Float("log10"), "log10({0})", costly, d [LOG10_E / x], on [[(0.2, 5.0)]],
        kink [0.0] => [INF], "a pole: infinite at 0";

    // ---- circular functions -------------------------------------------------------------------------------------
    Sin(x) -> out, Function, Float("sin"), "sin({0})", costly, d [x.cos()], on [[(-7.0, 7.0)]];
    Cos(x) -> out, Function, Float("cos"), "cos({0})", costly, d [-x.sin()], on [[(-7.0, 7.0)]];
    Tan(x) -> out, Function, Float("tan"), "tan({0})", costly, d [1.0 + out * out],
        on [[(-1.2, 1.2)], [(1.95, 4.3)]];
    Asin(x) -> out, Function, Float("asin"), "asin({0})", costly, d [((1.0 - x) * (1.0 + x)).sqrt().recip()],
        on [[(-0.8, 0.8)]],
        kink [1.0] => [INF], "infinite at the ends of the domain",
        kink [-1.0] => [INF], "infinite at the ends of the domain";
    Acos(x) -> out, Function, Float("acos"), "acos({0})", costly, d [-((1.0 - x) * (1.0 + x)).sqrt().recip()],
        on [[(-0.8, 0.8)]],
        kink [1.0] => [NEG_INF], "infinite at the ends of the domain",
        kink [-1.0] => [NEG_INF], "infinite at the ends of the domain";
    Atan(x) -> out, Function, Float("atan"), "atan({0})", costly, d [(1.0 + x * x).recip()], on [[(-4.0, 4.0)]];
    Atan2(y, x) -> out, Function, Float("atan2"), "atan2({0}, {1})", costly,
        d [x / radius(y, x) / radius(y, x)] [-(y / radius(y, x) / radius(y, x))],
        on [[(0.3, 3.0), (-3.0, 3.0)], [(-3.0, -0.3), (-3.0, 3.0)], [(-3.0, 3.0), (0.3, 3.0)]],
        kink [0.0, 0.0] => [0.0, 0.0], "the origin has no angle: 0",
        kink [0.0, -2.0] => [-0.5, 0.0], "smooth across the cut of the angle";

    // ---- hyperbolic functions -----------------------------------------------------------------------------------
    Sinh(x) -> out, Function, Float("sinh"), "sinh({0})", costly, d [x.cosh()], on [[(-3.0, 3.0)]];
    Cosh(x) -> out, Function, Float("cosh"), "cosh({0})", costly, d [x.sinh()], on [[(-3.0, 3.0)]];
    Tanh(x) -> out, Function, Float("tanh"), "tanh({0})", costly, d [1.0 - out * out], on [[(-2.5, 2.5)]];
    Asinh(x) -> out, Function, Float("asinh"), "asinh({0})", costly, d [x.hypot(1.0).recip()], on [[(-4.0, 4.0)]];
    Acosh(x) -> out, Function, Float("acosh"), "acosh({0})", costly,
        d [((x - 1.0).sqrt() * (x + 1.0).sqrt()).recip()], on [[(1.3, 5.0)]],
        kink [1.0] => [INF], "infinite at 1, the end of the domain";
    Atanh(x) -> out, Function, Float("atanh"), "atanh({0})", costly, d [((1.0 - x) * (1.0 + x)).recip()],
        on [[(-0.8, 0.8)]],
        kink [1.0] => [INF], "a pole: infinite at the ends of the domain";

    // ---- pieces -------------------------------------------------------------------------------------------------
    Abs(x) -> out, Function, Float("abs"), "abs({0})", cheap, d [x.select(x.is(0.0), 0.0, x.signum())],
        on [[(0.2, 3.0)], [(-3.0, -0.2)]],
        kink [0.0] => [0.0], "0 at 0";
    Signum(x) -> out, Function, Float("signum"), "signum({0})", cheap, d [0], on [[(0.2, 3.0)], [(-3.0, -0.2)]],
        kink [0.0] => [0.0], "a step function: 0 everywhere, at its jump too";
    Copysign(x, y) -> out, Function, Float("copysign"), "copysign({0}, {1})", cheap,
        d [x.select(x.is(0.0), 0.0, x.constant(1.0).copysign(x) * x.constant(1.0).copysign(y))] [0],
        on [[(0.2, 3.0), (-3.0, -0.2)], [(-3.0, -0.2), (-3.0, -0.2)], [(-3.0, -0.2), (0.2, 3.0)]],
        kink [0.0, -1.0] => [0.0, 0.0], "0 where the magnitude is 0; a step function of the sign's source";
    Max(a, b) -> out, Function, Float("max"), "max({0}, {1})", cheap,
        d [out.select(a.is(out), 1.0, 0.0)] [out.select(a.is(out), 0.0, 1.0)],
        on [[(-3.0, -0.2), (0.2, 3.0)], [(0.2, 3.0), (-3.0, -0.2)]],
        kink [2.0, 2.0] => [1.0, 0.0], "a tie goes to the first argument",
        kink [NAN, 2.0] => [0.0, 1.0], "a NaN is ignored, as its value is",
        kink [2.0, NAN] => [1.0, 0.0], "a NaN is ignored, as its value is";
    Min(a, b) -> out, Function, Float("min"), "min({0}, {1})", cheap,
        d [out.select(a.is(out), 1.0, 0.0)] [out.select(a.is(out), 0.0, 1.0)],
        on [[(-3.0, -0.2), (0.2, 3.0)], [(0.2, 3.0), (-3.0, -0.2)]],
        kink [2.0, 2.0] => [1.0, 0.0], "a tie goes to the first argument",
        kink [NAN, 2.0] => [0.0, 1.0], "a NaN is ignored, as its value is",
        kink [2.0, NAN] => [1.0, 0.0], "a NaN is ignored, as its value is";
    Clamp(x, lo, hi) -> out, Function, Float("clamp"), "clamp({0}, {1}, {2})", cheap,
        d [x.select(x.lt(lo), 0.0, x.select(x.gt(hi), 0.0, 1.0))] [x.select(x.lt(lo), 1.0, 0.0)]
            [x.select(x.gt(hi), 1.0, 0.0)],
        on [
            [(-0.7, 0.7), (-2.0, -0.8), (0.8, 2.0)],
            [(-5.0, -2.1), (-2.0, -0.8), (0.8, 2.0)],
            [(2.1, 5.0), (-2.0, -0.8), (0.8, 2.0)]
        ],
        kink [-1.0, -1.0, 1.0] => [1.0, 0.0, 0.0], "at a bound: as inside",
        kink [1.0, -1.0, 1.0] => [1.0, 0.0, 0.0], "at a bound: as inside";
    Floor(x) -> out, Function, Float("floor"), "floor({0})", cheap, d [0], on [[(1.1, 1.9)], [(-0.9, -0.1)]],
        kink [1.0] => [0.0], "a step function: 0 everywhere, at its jumps too";
    Ceil(x) -> out, Function, Float("ceil"), "ceil({0})", cheap, d [0], on [[(1.1, 1.9)], [(-0.9, -0.1)]],
        kink [1.0] => [0.0], "a step function: 0 everywhere, at its jumps too";
    Round(x) -> out, Function, Float("round"), "round({0})", cheap, d [0], on [[(0.6, 1.4)], [(-1.4, -0.6)]],
        kink [0.5] => [0.0], "a step function: 0 everywhere, at its jumps too";
    RoundTiesEven(x) -> out, Function, Float("round_ties_even"), "round_ties_even({0})", cheap, d [0],
        on [[(0.6, 1.4)], [(-1.4, -0.6)]],
        kink [0.5] => [0.0], "a step function: 0 everywhere, at its jumps too";
    Trunc(x) -> out, Function, Float("trunc"), "trunc({0})", cheap, d [0], on [[(1.1, 1.9)], [(-0.9, -0.1)]],
        kink [1.0] => [0.0], "a step function: 0 everywhere, at its jumps too";
    Fract(x) -> out, Function, Float("fract"), "fract({0})", cheap, d [1], on [[(1.1, 1.9)], [(-0.9, -0.1)]],
        kink [1.0] => [1.0], "1 everywhere, at its jumps too";

    // ---- learning and statistics --------------------------------------------------------------------------------
    Sigmoid(x) -> out, Function, Real("sigmoid"), "sigmoid({0})", costly, d [out * (1.0 - out)], on [[(-4.0, 4.0)]];
    Softplus(x) -> out, Function, Real("softplus"), "softplus({0})", costly, d [x.sigmoid()], on [[(-4.0, 4.0)]];
    // `x <= 0` rather than `x > 0`: a NaN passes its adjoint on, as it passes its value.
    Relu(x) -> out, Function, Real("relu"), "relu({0})", cheap, d [x.select(x.le(0.0), 0.0, 1.0)],
        on [[(0.2, 3.0)], [(-3.0, -0.2)]],
        kink [0.0] => [0.0], "0 at 0";
    LeakyRelu(x, slope) -> out, Function, Real("leaky_relu"), "leaky_relu({0}, {1})", cheap,
        d [x.select(x.gt(0.0), 1.0, slope)] [x.select(x.gt(0.0), 0.0, x)],
        on [[(0.2, 3.0), (0.01, 0.5)], [(-3.0, -0.2), (0.01, 0.5)]],
        kink [0.0, 0.25] => [0.25, 0.0], "at 0: the slope of the negative side";
    // `out + alpha` is α·eˣ. `min` keeps the exponential of a large positive x, which is not wanted, from overflowing.
    Elu(x, alpha) -> out, Function, Real("elu"), "elu({0}, {1})", costly,
        d [x.select(x.gt(0.0), 1.0, out + alpha)] [x.min(0.0).exp_m1()],
        on [[(0.2, 3.0), (0.3, 2.0)], [(-3.0, -0.2), (0.3, 2.0)]],
        kink [0.0, 0.5] => [0.5, 0.0], "at 0: alpha, the slope of the negative side";
    // Φ(x) + x φ(x).
    Gelu(x) -> out, Function, Real("gelu"), "gelu({0})", costly,
        d [0.5 * (-x * FRAC_1_SQRT_2).erfc() + x * (FRAC_1_SQRT_2 * 0.5 * FRAC_2_SQRT_PI * (-0.5 * (x * x)).exp())],
        on [[(-3.0, 3.0)]];
    Erf(x) -> out, Function, Real("erf"), "erf({0})", costly, d [FRAC_2_SQRT_PI * (-(x * x)).exp()],
        on [[(-2.0, 2.0)]];
    Erfc(x) -> out, Function, Real("erfc"), "erfc({0})", costly, d [-FRAC_2_SQRT_PI * (-(x * x)).exp()],
        on [[(-2.0, 2.0)]];
    LnGamma(x) -> out, Function, Real("ln_gamma"), "ln_gamma({0})", costly, d [x.digamma()],
        on [[(0.4, 8.0)], [(-1.8, -1.2)]],
        kink [0.0] => [NEG_INF], "a pole at 0, -1, -2, …";
    Digamma(x) -> out, Function, Real("digamma"), "digamma({0})", costly, d [x.trigamma()],
        on [[(0.6, 8.0)], [(-1.7, -1.3)]],
        kink [0.0] => [INF], "a pole at 0, -1, -2, …";
    /// The derivative of `digamma`.
    Trigamma(x) -> out, Function, Real("trigamma"), "trigamma({0})", costly, d [x.polygamma(2)],
        on [[(0.7, 8.0)], [(-1.7, -1.3)]],
        kink [0.0] => [NEG_INF], "a pole at 0, -1, -2, …";
    /// `ψ⁽ⁿ⁾(x)`, the n-th derivative of `digamma`; each order is the derivative of the one before.
    Polygamma(x, n) -> out, Function, Real("polygamma"), "polygamma({0}, {1})", costly,
        d [x.polygamma_next(n)] [0],
        on [[(0.9, 8.0), (1.0, 3.0)]], int(1: U32),
        kink [0.0, 2.0] => [INF, 0.0], "a pole at 0, -1, -2, …";
}

/// ∂x^p/∂x = p x^(p−1), where x^0 is the constant 1.
///
/// With an inactive exponent the exponent of the derivative is 0 for p = 0, so that 0 · x^0 is 0 everywhere. With an
/// active exponent that would lose ∂²/∂x∂p, so only the origin is special.
fn powf_base<'a, 'b>(x: E<'a, 'b>, p: E<'a, 'b>) -> E<'a, 'b> {
    let constant = if p.active { x.is(0.0).and(p.is(0.0)) } else { p.is(0.0) };
    p * x.powf(p.select(constant, 0.0, p - 1.0))
}

/// ln x for ∂x^p/∂p = x^p ln x, but 0 where 0^p is constant in p.
fn powf_ln<'a, 'b>(x: E<'a, 'b>, p: E<'a, 'b>) -> E<'a, 'b> {
    x.select(x.is(0.0).and(p.ge(0.0)), 1.0, x).ln()
}

/// `x`, or 1 where it is 0: a divisor for quotients that are 0 there.
fn nonzero<'a, 'b>(x: E<'a, 'b>) -> E<'a, 'b> {
    x.select(x.is(0.0), 1.0, x)
}

/// The radius by which `atan2` divides twice, rather than by the sum of the squares, which overflows.
fn radius<'a, 'b>(y: E<'a, 'b>, x: E<'a, 'b>) -> E<'a, 'b> {
    nonzero(y.hypot(x))
}
