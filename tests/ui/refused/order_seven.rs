//! The seventh order.

use autodiff_runtime::differentiate;

#[differentiate(order = 7)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
