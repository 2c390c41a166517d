//! Partial derivatives are those of floats.

use autodiff_runtime::differentiate;

#[differentiate(partials(dx))]
fn f(x: &[f64]) -> f64 {
    x[0]
}

fn dx(_: &[f64]) -> f64 {
    1.0
}

fn main() {}
