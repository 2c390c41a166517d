//! An active value stored in a `Cell`.

use autodiff_runtime::differentiate;

use std::cell::Cell;

#[differentiate]
fn f(x: f64, #[constant] last: &Cell<f64>) -> f64 {
    last.set(x * x);
    last.get() * x
}

fn main() {}
