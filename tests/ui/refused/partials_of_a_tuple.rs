//! Partial derivatives are those of one float.

use autodiff_runtime::differentiate;

#[differentiate(partials(dx))]
fn f(x: f64) -> (f64, f64) {
    (x, x)
}

fn dx(_: f64) -> f64 {
    1.0
}

fn main() {}
