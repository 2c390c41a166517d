//! A `&mut` to a number.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut a = x;
    let b = &mut a;
    *b *= x;
    a
}

fn main() {}
