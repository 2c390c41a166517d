//! A `&mut` to one of two numbers.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut a = x;
    let mut b = 2.0 * x;
    let c = if x > 0.0 { &mut a } else { &mut b };
    *c *= x;
    a * b
}

fn main() {}
