//! A method that moves elements.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: [f64; 2]) -> f64 {
    let mut a = x;
    a.swap(0, 1);
    a[0]
}

fn main() {}
