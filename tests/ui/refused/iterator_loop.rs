//! A `for` loop over an iterator that is not known.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for value in x.split(|v| *v == 0.0) {
        s += value[0] * value[0];
    }
    s
}

fn main() {}
