//! A box of an active value.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let boxed = Box::new(x * x);
    *boxed * x
}

fn main() {}
