//! `impl Trait` as a parameter.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: impl Into<f64>) -> f64 {
    x.into()
}

fn main() {}
