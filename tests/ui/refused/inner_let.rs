//! A variable that takes the name of a callee.

use autodiff_runtime::differentiate;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

fn triple(x: f64) -> f64 {
    3.0 * x
}

#[differentiate]
fn f(x: f64) -> f64 {
    let square = triple;
    square(x)
}

fn main() {}
