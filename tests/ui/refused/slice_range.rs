//! A part of a slice.

use autodiff_runtime::differentiate;

#[differentiate]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    x[0] * y[0]
}

#[differentiate]
fn f(x: &[f64]) -> f64 {
    dot(&x[..1], &x[1..])
}

fn main() {}
