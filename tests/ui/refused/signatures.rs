//! Parameters whose types have no derivative, or do not say so.

use autodiff_runtime::differentiate;

#[differentiate]
fn outlives<'a, 'b: 'a>(x: &'a [f64], y: &'b [f64]) -> f64 {
    x[0] * y[0]
}

#[differentiate]
fn pointer(x: *const f64, y: f64) -> f64 {
    y
}

#[differentiate]
fn slice(x: [f64]) -> f64 {
    x[0]
}

#[differentiate]
fn unbounded<U>(_u: U, y: f64) -> f64 {
    y
}

#[differentiate]
fn local(x: f64) -> f64 {
    #[constant]
    let y = x;
    y
}

fn main() {}
