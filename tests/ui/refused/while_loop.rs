//! A `while` loop.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut s = x;
    while s < 10.0 {
        s = s * s;
    }
    s
}

fn main() {}
