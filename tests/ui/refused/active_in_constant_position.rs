//! An active value for a `#[constant]` parameter of a call.

use autodiff_runtime::differentiate;

#[differentiate]
fn scaled(x: f64, #[constant] scale: f64) -> f64 {
    scale * x
}

#[differentiate]
fn f(x: f64) -> f64 {
    scaled(x, x * x)
}

fn main() {}
