//! A `&mut` to a local array.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut a = [x, 1.0];
    let first = &mut a[0];
    *first *= x;
    a[0]
}

fn main() {}
