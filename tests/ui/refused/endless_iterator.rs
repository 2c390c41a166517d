//! A range without an end.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    (0..).map(|k| x.powi(k)).sum()
}

fn main() {}
