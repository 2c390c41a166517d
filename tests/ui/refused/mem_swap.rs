//! `std::mem::swap`.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y);
    std::mem::swap(&mut a, &mut b);
    a / b
}

fn main() {}
