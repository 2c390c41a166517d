//! Parameters and variables called as generated code might call its own, or as what it relies on.

#![deny(warnings)]
#![allow(non_snake_case)]

use autodiff_runtime::differentiate;

/// `x · x_bar² · …`, each to its own power.
#[differentiate]
fn ours(x: f64, x_bar: f64, x_dot: f64, tape: f64, rt: f64, seed: f64, y: f64, y_bar: f64) -> f64 {
    let z1 = x * x_bar;
    let z1_bar = z1 * x_bar * x_dot.powi(3);
    let stack = z1_bar * tape.powi(4) * rt.powi(5);
    let y_dot = stack * seed.powi(6) * y.powi(7);
    y_dot * y_bar.powi(8)
}

#[differentiate]
fn generics(S: f64, T: f64, F: f64, Self_: f64, A: f64, S0: f64, Y: f64) -> f64 {
    S * T.powi(2) * F.powi(3) * Self_.powi(4) * A.powi(5) * S0.powi(6) * Y.powi(7)
}

#[differentiate]
fn crates(core: f64, std: f64, autodiff_runtime: f64, alloc: f64, num_traits: f64) -> f64 {
    core * std.powi(2) * autodiff_runtime.powi(3) * alloc.powi(4) * num_traits.powi(5)
}

#[differentiate]
fn types(f64: f64, f32: f64, usize: f64, bool: f64, Vec: f64, Option: f64) -> f64 {
    f64 * f32.powi(2) * usize.powi(3) * bool.powi(4) * Vec.powi(5) * Option.powi(6)
}

/// One name for the function, its parameter, and a variable in it.
#[differentiate]
fn same(same: f64) -> f64 {
    let same = same * same;
    same * same
}

#[differentiate]
fn in_loops(w: &[f64], w_bar: &[f64], i: usize, recorder: f64) -> f64 {
    let mut y = recorder;
    let mut i_bar = 1;
    for k in 0..i {
        let tape = y * w[k];
        i_bar += 1;
        let on = tape * w_bar[k];
        y = on.sin();
    }
    y * i_bar as f64
}

/// Names of several scopes that differ in their numbers alone.
#[differentiate]
fn numbered(z1: f64, z2: f64, z3: f64) -> f64 {
    let z4 = z1.sin() * z2;
    let z2 = z4.exp() + z3;
    let z1 = z2 * z4 + z1;
    let z10 = z1 * z2 * z3 * z4;
    z10
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + b.abs())
}

fn main() {
    let at = 1.5_f64;
    let whole = |n: i32| at.powi(n);
    let g = ours::grad(at, at, at, at, at, at, at, at);
    for (got, power) in [g.0, g.1, g.2, g.3, g.4, g.5, g.6, g.7].into_iter().zip(1..) {
        assert!(close(got, f64::from(power) * whole(35)));
    }
    let g = generics::grad(at, at, at, at, at, at, at);
    for (got, power) in [g.0, g.1, g.2, g.3, g.4, g.5, g.6].into_iter().zip(1..) {
        assert!(close(got, f64::from(power) * whole(27)));
    }
    let g = crates::grad(at, at, at, at, at);
    for (got, power) in [g.0, g.1, g.2, g.3, g.4].into_iter().zip(1..) {
        assert!(close(got, f64::from(power) * whole(14)));
    }
    let g = types::grad(at, at, at, at, at, at);
    for (got, power) in [g.0, g.1, g.2, g.3, g.4, g.5].into_iter().zip(1..) {
        assert!(close(got, f64::from(power) * whole(20)));
    }
    assert!(close(same::grad(at), 4.0 * whole(3)));

    // Along a direction, against differences.
    let f = |t: f64| in_loops(&[at, -at + t], &[0.5 + t, 0.25], 2, at - 2.0 * t);
    let (value, slope) = in_loops::jvp(&[at, -at], &[0.5, 0.25], 2, at, &[0.0, 1.0], &[1.0, 0.0], -2.0);
    assert_eq!(value, f(0.0));
    let (w, w_bar, recorder) = in_loops::grad(&[at, -at], &[0.5, 0.25], 2, at);
    assert!(close(w[1] + w_bar[0] - 2.0 * recorder, slope));
    assert!((slope - (f(1e-5) - f(-1e-5)) / 2e-5).abs() < 1e-8);

    let f = |t: f64| numbered(0.3 + t, 0.7 - t, 1.1 + 2.0 * t);
    let (value, slope) = numbered::jvp(0.3, 0.7, 1.1, 1.0, -1.0, 2.0);
    assert_eq!(value, f(0.0));
    let g = numbered::grad(0.3, 0.7, 1.1);
    assert!(close(g.0 - g.1 + 2.0 * g.2, slope));
    assert!((slope - (f(1e-5) - f(-1e-5)) / 2e-5).abs() < 1e-8);
}
