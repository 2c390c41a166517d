//! A call through a function pointer.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, #[constant] activation: fn(f64) -> f64) -> f64 {
    activation(x)
}

fn main() {}
