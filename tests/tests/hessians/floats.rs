//! Single precision, and both precisions in one function.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::differentiate;

use autodiff_tests::compare::assert_relative;

use crate::support::{Flat, assert_symmetric};

#[differentiate(order = 2)]
fn single(x: &[f32]) -> f32 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let a = x[i] - x[i - 1] * x[i - 1];
        sum += 100.0 * a * a + (1.0 - x[i - 1]).powi(2) + (x[i] * x[i - 1]).sin();
    }
    sum
}

#[differentiate(order = 2)]
fn double(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let a = x[i] - x[i - 1] * x[i - 1];
        sum += 100.0 * a * a + (1.0 - x[i - 1]).powi(2) + (x[i] * x[i - 1]).sin();
    }
    sum
}

#[test]
fn single_precision_is_double_rounded() {
    let x = [0.5_f32, -0.25, 1.5];
    let wide = x.map(f64::from);
    let (found, wanted) = (single::hessian(&x).flat(), double::hessian(&wide).flat());
    assert_relative("single", &found, &wanted, 1e-6);
    let product = single::hvp(&x, &[1.0, 0.0, 0.0]);
    assert_eq!(product, single::hessian(&x)[0]);
}

#[differentiate(order = 2)]
fn mixed(x: f32, w: &[f64]) -> f64 {
    let wide = x as f64;
    let mut sum = wide * wide;
    for i in 0..w.len() {
        sum += (w[i] * wide).exp();
    }
    sum
}

#[test]
fn both_precisions() {
    let (x, w) = (0.5_f32, [0.25, -1.0]);
    let (of_x, of_w) = mixed::hessian(x, &w);
    let e = w.map(|w| (w * 0.5_f64).exp());
    let xx = 2.0 + w[0] * w[0] * e[0] + w[1] * w[1] * e[1];
    let xw = [0, 1].map(|i| e[i] * (1.0 + w[i] * 0.5));
    let wanted = [xx, xw[0], xw[1], xw[0], 0.25 * e[0], 0.0, xw[1], 0.0, 0.25 * e[1]];
    let found = [of_x.flat(), of_w.flat()].concat();
    assert_relative("mixed", &found, &wanted, 1e-6);
    // What is held in double precision is exact to its precision.
    assert_relative("mixed, in f64", &[of_w[0].1[0], of_w[1].1[1]], &[wanted[4], wanted[8]], 1e-15);
    let rounded: Vec<f64> = found.iter().map(|&x| f64::from(x as f32)).collect();
    assert_symmetric("mixed", &rounded, 3);
}

#[differentiate(order = 2)]
fn powers(x: f64, n: i32) -> f64 {
    x.powi(n) + x.powi(2) + x.powi(1) + x.powi(0) + x.powf(3.0)
}

/// The second derivatives of powers are finite where they should be: at 0, none of them meets `0 · ∞`.
#[test]
fn powers_at_zero() {
    assert_eq!(powers::hessian(0.0, 1), 2.0);
    assert_eq!(powers::hessian(0.0, 0), 2.0);
    assert_eq!(powers::hessian(0.0, 2), 4.0);
    assert_eq!(powers::hessian(2.0, 3), 12.0 + 2.0 + 12.0);
}
