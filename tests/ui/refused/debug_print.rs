//! An active value in a macro that may capture it.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let y = dbg!(x * x);
    y * x
}

fn main() {}
