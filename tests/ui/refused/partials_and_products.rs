//! The derivatives are given once.

use autodiff_runtime::differentiate;

#[differentiate(partials(dx), vjp = p, jvp = q)]
fn f(x: f64) -> f64 {
    x
}

fn main() {}
