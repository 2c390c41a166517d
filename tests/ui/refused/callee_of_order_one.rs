//! A call of a function that has first derivatives only, where second ones are needed.

use autodiff_runtime::differentiate;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate(order = 2)]
fn f(x: f64) -> f64 {
    square(x) + 1.0
}

fn main() {}
