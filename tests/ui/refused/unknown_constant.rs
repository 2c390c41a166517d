//! A constant that is no parameter.

use autodiff_runtime::differentiate;

#[differentiate(constant(y))]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
