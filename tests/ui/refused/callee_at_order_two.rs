//! A call of a function without `#[differentiate]`, at order 2.

use autodiff_runtime::differentiate;

fn square(x: f64) -> f64 {
    x * x
}

#[differentiate(order = 2)]
fn f(x: f64) -> f64 {
    square(x) + 1.0
}

fn main() {}
