//! An `Option` as result.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> Option<f64> {
    Some(x * x)
}

fn main() {}
