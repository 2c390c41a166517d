//! An active value in a `thread_local`.

use autodiff_runtime::differentiate;

use std::cell::Cell;

thread_local! {
    static LAST: Cell<f64> = const { Cell::new(0.0) };
}

#[differentiate]
fn f(x: f64) -> f64 {
    LAST.set(x * x);
    LAST.get() * x
}

fn main() {}
