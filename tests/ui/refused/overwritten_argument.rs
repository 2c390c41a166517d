//! An array that is overwritten after it was passed.

use autodiff_runtime::differentiate;

#[differentiate]
fn product(a: &[f64]) -> f64 {
    a[0] * a[1]
}

#[differentiate]
fn f(x: f64) -> f64 {
    let mut a = [x, 2.0];
    let y: f64 = product(&a);
    a[0] = y;
    a[0] * a[1]
}

fn main() {}
