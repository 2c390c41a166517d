//! An array as result.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> [f64; 2] {
    [x, x * x]
}

fn main() {}
