//! A closure behind a pointer.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, #[constant] g: &dyn Fn(f64) -> f64) -> f64 {
    g(x) * x
}

fn main() {}
