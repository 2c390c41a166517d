//! Effects of inactive code: as often as in the original, in every function, at every depth.

use autodiff_runtime::differentiate;
use autodiff_tests::library::observed::{observed_power, tick, ticks};

/// Checks that every derivative function of `$f` ticks as often as `$f`.
macro_rules! ticks_alike {
    ($f:ident($($arg:expr),*), $expected:expr) => {{
        assert_eq!(ticks(|| $f($($arg),*)), $expected, "{}", stringify!($f));
        assert_eq!(ticks(|| $f::value_and_grad($($arg),*)), $expected, "{}::value_and_grad", stringify!($f));
        assert_eq!(ticks(|| $f::grad($($arg),*)), $expected, "{}::grad", stringify!($f));
        assert_eq!(ticks(|| $f::vjp($($arg),*, 1.0)), $expected, "{}::vjp", stringify!($f));
        assert_eq!(ticks(|| $f::jvp($($arg),*, 1.0)), $expected, "{}::jvp", stringify!($f));
        assert_eq!(ticks(|| $f::grad_into($($arg),*, &mut 0.0)), $expected, "{}::grad_into", stringify!($f));
        assert_eq!(ticks(|| $f::vjp_into($($arg),*, 1.0, &mut 0.0)), $expected, "{}::vjp_into", stringify!($f));
        assert_eq!(ticks(|| $f::trace($($arg),*)), $expected, "{}::trace", stringify!($f));
    }};
}

#[differentiate]
fn straight(x: f64) -> f64 {
    let k: usize = tick(3);
    tick(1);
    x.powi(k as i32)
}

#[test]
fn in_straight_line_code() {
    ticks_alike!(straight(2.0), 2);
    assert_eq!(straight::value_and_grad(2.0), (8.0, 12.0));
}

#[differentiate]
fn in_a_loop(x: f64, n: usize) -> f64 {
    let mut s = x;
    for i in 0..n {
        let k: usize = tick(i);
        s = s.sin() * k as f64 + x;
    }
    s
}

#[test]
fn in_a_recurrence() {
    for n in [0, 1, 4] {
        ticks_alike!(in_a_loop(0.5, n), n as u32);
    }
    let step = |s: f64, k: f64| s.sin() * k + 0.5;
    let (s1, s2) = (step(0.5, 0.0), step(step(0.5, 0.0), 1.0));
    let expected = ((1.0 * s1.cos() + 1.0) * s2.cos() * 2.0) + 1.0;
    assert!((in_a_loop::grad(0.5, 3) - expected).abs() < 1e-12);
}

#[differentiate]
fn in_a_fused_loop(x: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        let k: usize = tick(i);
        s += (x * k as f64).exp();
    }
    s
}

#[test]
fn in_a_sum() {
    for n in [0, 1, 4] {
        ticks_alike!(in_a_fused_loop(0.5, n), n as u32);
    }
    let expected: f64 = (0..4).map(|k| f64::from(k) * (0.5 * f64::from(k)).exp()).sum();
    assert!((in_a_fused_loop::grad(0.5, 4) - expected).abs() < 1e-12);
}

#[differentiate]
fn in_branches(x: f64, k: usize) -> f64 {
    let first: usize = tick(k);
    if first > 1 && {
        let second: usize = tick(k);
        second > 2
    } {
        let n: usize = tick(k);
        x * x * n as f64
    } else {
        x
    }
}

#[test]
fn in_conditions_and_branches() {
    ticks_alike!(in_branches(0.5, 1), 1);
    ticks_alike!(in_branches(0.5, 2), 2);
    ticks_alike!(in_branches(0.5, 3), 3);
    assert_eq!(in_branches::value_and_grad(0.5, 3), (0.75, 3.0));
}

#[differentiate]
fn in_bounds_and_indices(x: f64) -> f64 {
    let mut a = [x, x * x, 1.0];
    let first: usize = tick(0);
    for i in first..tick(2) {
        let j: usize = tick(i);
        let k: usize = tick(i + 1);
        a[j] *= a[k];
    }
    let last: usize = tick(1);
    a[tick(0)] * a[last]
}

#[test]
fn in_ranges_and_indices() {
    ticks_alike!(in_bounds_and_indices(0.5), 8);
    // (x · x²) · x².
    assert_eq!(in_bounds_and_indices::value_and_grad(0.5), (0.03125, 0.3125));
}

#[differentiate]
fn calls_in_a_loop(x: f64, n: usize) -> f64 {
    let mut s = x;
    for i in 0..n {
        let two: usize = tick(2);
        s = observed_power(s, two) + observed_power(x, i);
    }
    s
}

#[test]
fn in_called_functions() {
    ticks_alike!(observed_power(1.5, 3), 3);
    // In iteration i: the argument, two factors, and i factors.
    ticks_alike!(calls_in_a_loop(0.5, 0), 0);
    ticks_alike!(calls_in_a_loop(0.5, 3), 12);
    // s1 = x² + 1, s2 = s1² + x.
    assert_eq!(calls_in_a_loop::value_and_grad(0.5, 2), (1.5625 + 0.5, 2.0 * 1.25 * 1.0 + 1.0));
}

/// A float that comes from outside, in a different way every time.
fn next(counter: &std::cell::Cell<u32>) -> f64 {
    counter.set(counter.get() + 1);
    f64::from(counter.get())
}

#[differentiate]
fn with_noise(x: f64, #[constant] counter: &std::cell::Cell<u32>) -> f64 {
    let mut s = 0.0;
    for _ in 0..3 {
        let noise: f64 = next(counter);
        s += (x * noise).sin() * noise;
    }
    s
}

/// The reverse sweep sees the numbers of the forward sweep.
#[test]
fn an_inactive_float_is_saved() {
    let expected: f64 = (1..=3).map(f64::from).map(|k| k * k * (0.5 * k).cos()).sum();
    let counter = std::cell::Cell::new(0);
    assert!((with_noise::grad(0.5, &counter) - expected).abs() < 1e-12);
    assert_eq!(counter.get(), 3);
    let counter = std::cell::Cell::new(0);
    assert!((with_noise::jvp(0.5, &counter, 1.0).1 - expected).abs() < 1e-12);
    assert_eq!(counter.get(), 3);
}

#[differentiate]
fn asserts_of_constants(x: f64) -> f64 {
    let u: f64 = 0.5;
    let n: u8 = 200;
    let v = u * 2.0;
    assert!((0.2 * u).sin() < 1.0 && v.sqrt() == 1.0);
    assert!(n.leading_zeros() == 0 && !n == 55);
    x * v
}

/// Constants keep their types in code that is passed through: methods are called on them there.
#[test]
fn constants_have_types() {
    assert_eq!(asserts_of_constants::value_and_grad(3.0), (3.0, 1.0));
    assert_eq!(asserts_of_constants::jvp(3.0, 2.0), (3.0, 2.0));
    assert_eq!(asserts_of_constants::trace(3.0).gradient(), [1.0]);
}
