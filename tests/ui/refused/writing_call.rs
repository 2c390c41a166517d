//! A call of a function that writes to its argument.

use autodiff_runtime::differentiate;

#[differentiate]
fn scale(x: &mut [f64; 2], by: f64) {
    x[0] *= by;
}

#[differentiate]
fn f(x: f64) -> f64 {
    let mut a = [x, 1.0];
    scale(&mut a, x);
    a[0]
}

fn main() {}
