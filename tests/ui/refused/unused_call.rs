//! A call whose result is not used.

use autodiff_runtime::differentiate;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn f(x: f64) -> f64 {
    square(x);
    x
}

fn main() {}
