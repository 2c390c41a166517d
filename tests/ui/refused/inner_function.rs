//! An inner function that takes the name of a callee.

use autodiff_runtime::differentiate;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn f(x: f64) -> f64 {
    fn square(x: f64) -> f64 {
        3.0 * x
    }
    square(x) + self::square(x)
}

fn main() {}
