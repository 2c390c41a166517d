//! A `for` loop over `iter().enumerate()`.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, value) in x.iter().enumerate() {
        s += value * i as f64;
    }
    s
}

fn main() {}
