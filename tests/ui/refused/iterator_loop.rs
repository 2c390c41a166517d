//! A `for` loop over a slice.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for value in x {
        s += value * value;
    }
    s
}

fn main() {}
