//! An iterator chain.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

fn main() {}
