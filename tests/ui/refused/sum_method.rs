//! `sum` of a slice.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let s: f64 = x.iter().sum();
    s * s
}

fn main() {}
