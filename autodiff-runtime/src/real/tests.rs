//! Published values: Abramowitz and Stegun (A&S) tables 6.1, 7.1; DLMF 5.4, 5.15, 25.6; and exact identities.

use core::f64::consts::{LN_2, PI};

use super::*;

/// Euler's constant (DLMF 5.2.3).
const EULER: f64 = 0.577_215_664_901_532_9;
/// Apéry's constant ζ(3).
const ZETA_3: f64 = 1.202_056_903_159_594_2;
/// Catalan's constant.
const CATALAN: f64 = 0.915_965_594_177_219;

#[track_caller]
fn close(got: f64, expected: f64, relative: f64) {
    assert!((got - expected).abs() <= relative * expected.abs(), "got {got:e}, expected {expected:e}");
}

#[test]
fn sigmoid_is_symmetric_and_keeps_both_tails() {
    close(1.0_f64.sigmoid(), 0.731_058_578_630_004_9, 1e-15);
    for x in [0.0, 0.3, 1.0, 5.0, 30.0_f64] {
        close(x.sigmoid() + (-x).sigmoid(), 1.0, f64::EPSILON);
    }
    close((-700.0_f64).sigmoid(), (-700.0_f64).exp(), 1e-15);
    assert_eq!(((-1000.0_f64).sigmoid(), 1000.0_f64.sigmoid()), (0.0, 1.0));
    assert_eq!((f64::NEG_INFINITY.sigmoid(), f64::INFINITY.sigmoid()), (0.0, 1.0));
    assert_eq!(((-100.0_f32).sigmoid(), 100.0_f32.sigmoid()), ((-100.0_f32).exp(), 1.0));
}

#[test]
fn softplus_neither_overflows_nor_cancels() {
    close(0.0_f64.softplus(), LN_2, 1e-15);
    close(1.0_f64.softplus(), 1.313_261_687_518_222_8, 1e-15);
    close((-50.0_f64).softplus(), (-50.0_f64).exp(), 1e-15);
    assert_eq!((1e4_f64.softplus(), (-1e4_f64).softplus()), (1e4, 0.0));
    assert_eq!((f64::INFINITY.softplus(), f64::NEG_INFINITY.softplus()), (f64::INFINITY, 0.0));
}

#[test]
fn rectifiers() {
    assert_eq!((2.0_f64.relu(), (-2.0_f64).relu(), f64::NEG_INFINITY.relu()), (2.0, 0.0, 0.0));
    assert_eq!((2.0_f64.leaky_relu(0.1), (-2.0_f64).leaky_relu(0.1)), (2.0, -0.2));
    assert_eq!(2.0_f64.elu(0.5), 2.0);
    close((-1.0_f64).elu(0.5), 0.5 * ((-1.0_f64).exp() - 1.0), 1e-15);
    // e^x − 1 would lose ten digits here.
    close((-1e-10_f64).elu(1.0), -1e-10 + 0.5e-20, 1e-15);
}

#[test]
fn gelu_is_x_times_the_normal_distribution() {
    // Φ(1) and Φ(−3): A&S table 26.1.
    close(1.0_f64.gelu(), 0.841_344_746_068_542_9, 1e-15);
    close((-3.0_f64).gelu(), -3.0 * 0.001_349_898_031_630_094_6, 1e-14);
    assert_eq!((0.0_f64.gelu(), f64::NEG_INFINITY.gelu(), f64::INFINITY.gelu()), (0.0, 0.0, f64::INFINITY));
}

#[test]
fn error_function_of_the_tables() {
    // A&S table 7.1.
    close(Real::erf(0.5_f64), 0.520_499_877_813_046_5, 1e-15);
    close(Real::erf(1.0_f64), 0.842_700_792_949_714_9, 1e-15);
    close(Real::erf(2.0_f64), 0.995_322_265_018_952_7, 1e-15);
    close(Real::erf(-1.0_f32).into(), -0.842_700_792_949_714_9, 6e-8);
    close(Real::erfc(3.0_f64), 2.209_049_699_858_544e-5, 1e-15);
    close(Real::erfc(10.0_f64), 2.088_487_583_762_545e-45, 1e-14);
}

#[test]
fn log_gamma_at_integers_and_halves() {
    assert_eq!((Real::ln_gamma(1.0_f64), Real::ln_gamma(2.0_f64)), (0.0, 0.0));
    close(Real::ln_gamma(10.0_f64), 362_880.0_f64.ln(), 1e-15);
    close(Real::ln_gamma(0.5_f64), 0.5 * PI.ln(), 1e-15);
    // |Γ(−1/2)| = 2√π.
    close(Real::ln_gamma(-0.5_f64), (2.0 * PI.sqrt()).ln(), 1e-15);
    close(Real::ln_gamma(100.0_f32).into(), 359.134_205_369_575_4, 6e-8);
    assert_eq!(Real::ln_gamma(-3.0_f64), f64::INFINITY);
}

#[test]
fn digamma_of_the_tables() {
    // DLMF 5.4.12 to 5.4.14 and A&S 6.3.3, 6.3.8.
    close(1.0_f64.digamma(), -EULER, 1e-14);
    close(2.0_f64.digamma(), 1.0 - EULER, 1e-14);
    close(0.5_f64.digamma(), -EULER - 2.0 * LN_2, 1e-14);
    close(0.25_f64.digamma(), -EULER - PI / 2.0 - 3.0 * LN_2, 1e-14);
    // ψ(n) = −γ + H_{n−1}.
    let harmonic: f64 = (1..100).rev().map(|k| 1.0 / f64::from(k)).sum();
    close(100.0_f64.digamma(), harmonic - EULER, 1e-14);
    close((-0.5_f64).digamma(), 2.0 - EULER - 2.0 * LN_2, 1e-13);
    // The positive zero, DLMF 5.4.20: ψ is smaller there than the spacing of doubles times ψ'.
    assert!(1.461_632_144_968_362_3_f64.digamma().abs() < 1e-15);
    close(1e10_f64.digamma(), 1e10_f64.ln() - 0.5e-10, 1e-15);
    close((-1e-8_f64).digamma(), 1e8 - EULER, 1e-15);
}

#[test]
fn digamma_recurs_and_reflects() {
    for x in [0.1, 0.7, 1.3, 4.5, 9.99, 25.2, -0.3, -7.6, -1000.4_f64] {
        close((x + 1.0).digamma() - 1.0 / x, x.digamma(), 1e-12);
        // Plus 2 keeps the two sides away from 0.
        close((1.0 - x).digamma() - x.digamma() + 2.0, PI / (PI * x).tan() + 2.0, 1e-11);
    }
}

#[test]
fn digamma_at_its_poles() {
    assert_eq!((0.0_f64.digamma(), (-0.0_f64).digamma()), (f64::NEG_INFINITY, f64::INFINITY));
    assert!((-2.0_f64).digamma().is_nan() && f64::NEG_INFINITY.digamma().is_nan() && f64::NAN.digamma().is_nan());
    assert_eq!(f64::INFINITY.digamma(), f64::INFINITY);
}

#[test]
fn polygamma_of_the_tables() {
    // DLMF 5.15.2, 5.15.3 and A&S 6.4.2, 6.4.4; ψ'(1/4) = π² + 8 G.
    close(1.0_f64.trigamma(), PI.powi(2) / 6.0, 1e-14);
    close(0.5_f64.trigamma(), PI.powi(2) / 2.0, 1e-14);
    close(0.25_f64.trigamma(), PI.powi(2) + 8.0 * CATALAN, 1e-14);
    close(1.0_f64.polygamma(2), -2.0 * ZETA_3, 1e-14);
    close(0.5_f64.polygamma(2), -14.0 * ZETA_3, 1e-14);
    close(1.0_f64.polygamma(3), PI.powi(4) / 15.0, 1e-14);
    close(0.5_f64.polygamma(3), PI.powi(4), 1e-14);
    // 5! ζ(6) with ζ(6) = π⁶/945.
    close(1.0_f64.polygamma(5), 120.0 * PI.powi(6) / 945.0, 1e-14);
    close((-0.5_f64).trigamma(), PI.powi(2) / 2.0 + 4.0, 1e-14);
    close(1e8_f64.trigamma(), 1e-8 + 0.5e-16, 1e-15);
    assert_eq!(0.75_f64.polygamma(0), 0.75_f64.digamma());
}

#[test]
fn polygamma_recurs_on_both_sides_of_zero() {
    // ψ^{(n)}(x+1) = ψ^{(n)}(x) + (−1)^n n! x^{−n−1}, DLMF 5.15.5.
    for x in [0.2, 1.0, 3.3, 12.0, 40.5, -0.4, -3.7, -50.25, -1e-3_f64] {
        for (n, factor) in [(1, -1.0), (2, 2.0), (3, -6.0), (4, 24.0)] {
            let step = factor * x.powi(-(n as i32) - 1);
            let scale = x.polygamma(n).abs() + step.abs();
            assert!(((x + 1.0).polygamma(n) - x.polygamma(n) - step).abs() <= 1e-12 * scale, "n = {n}, x = {x}");
        }
    }
    assert_eq!(((-3.0_f64).trigamma(), 0.0_f64.trigamma()), (f64::INFINITY, f64::INFINITY));
    assert_eq!((0.0_f64.polygamma(2), (-0.0_f64).polygamma(2)), (f64::NEG_INFINITY, f64::INFINITY));
    assert!((-3.0_f64).polygamma(2).is_nan());
}

#[test]
fn single_precision_is_the_rounded_double() {
    for x in [0.3_f32, 2.5, -1.7, 11.0] {
        assert_eq!(x.digamma(), f64::from(x).digamma() as f32);
        assert_eq!(x.trigamma(), f64::from(x).trigamma() as f32);
        assert_eq!(Real::erf(x), Real::erf(f64::from(x)) as f32);
    }
}

#[test]
fn nan_stays_nan() {
    let nan = f64::NAN;
    let values = [
        nan.sigmoid(),
        nan.softplus(),
        nan.relu(),
        nan.leaky_relu(0.1),
        nan.elu(1.0),
        nan.gelu(),
        Real::erf(nan),
        Real::erfc(nan),
    ];
    assert!(values.iter().chain(&[Real::ln_gamma(nan), nan.trigamma(), nan.polygamma(2)]).all(|value| value.is_nan()));
}

/// Each function against the derivative that analysis gives it, over its domain. The checker and the functions know nothing
/// of each other.
#[test]
fn derivatives_are_those_of_analysis() {
    use crate::check::Check;

    type Function = fn(f64) -> f64;
    let rows: [(&str, f64, f64, Function, Function); 12] = [
        ("sigmoid", -8.0, 8.0, |x| x.sigmoid(), |x| x.sigmoid() * (-x).sigmoid()),
        ("softplus", -8.0, 8.0, |x| x.softplus(), |x| x.sigmoid()),
        ("elu", -5.0, 5.0, |x| x.elu(1.3), |x| if x > 0.0 { 1.0 } else { 1.3 * x.exp() }),
        ("gelu", -5.0, 5.0, |x| x.gelu(), |x| 0.5 * Real::erfc(-x * FRAC_1_SQRT_2) + x * density(x)),
        ("erf", -3.0, 3.0, |x| Real::erf(x), |x| 2.0 / PI.sqrt() * (-x * x).exp()),
        ("erfc", -3.0, 5.0, |x| Real::erfc(x), |x| -2.0 / PI.sqrt() * (-x * x).exp()),
        ("ln_gamma", 0.05, 40.0, |x| Real::ln_gamma(x), |x| x.digamma()),
        ("ln_gamma", -6.95, -6.05, |x| Real::ln_gamma(x), |x| x.digamma()),
        ("digamma", 0.05, 40.0, |x| x.digamma(), |x| x.trigamma()),
        ("digamma", -6.9, -6.1, |x| x.digamma(), |x| x.trigamma()),
        ("trigamma", -6.9, -6.1, |x| x.trigamma(), |x| x.polygamma(2)),
        ("polygamma", 0.2, 40.0, |x| x.polygamma(2), |x| x.polygamma(3)),
    ];
    for (name, low, high, function, derivative) in rows {
        // An irrational step: no sample falls on a kink, zero or pole.
        for k in 0..40 {
            let x = low + (high - low) * (f64::from(k) * 0.618_033_988_749_894_9).fract();
            Check::new(name, &x, |x| function(*x)).value_and_grad(|x| (function(*x), derivative(*x))).run().assert();
        }
    }
}

/// The density of the normal distribution.
fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}
