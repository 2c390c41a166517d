//! A closure over an active value.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let square = |y: f64| x * y * y;
    square(2.0) + square(x)
}

fn main() {}
