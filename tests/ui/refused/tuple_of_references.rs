//! A tuple that holds a reference, to another array in every iteration.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64], y: &[f64], n: usize) -> f64 {
    let mut best = (x, 0.0);
    let mut s = 0.0;
    for k in 0..n {
        s += best.0[k] * best.1;
        best = (y, s);
    }
    s
}

fn main() {}
