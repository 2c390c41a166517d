//! A `for` loop over an iterator that is not known.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for value in x.iter().chain(y) {
        s += value * value;
    }
    s
}

fn main() {}
