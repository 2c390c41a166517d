//! A `&mut` slice.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &mut [f64]) -> f64 {
    x[0] *= x[1];
    x[0]
}

fn main() {}
