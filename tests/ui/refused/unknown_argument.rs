//! An argument that the attribute does not know.

use autodiff_runtime::differentiate;

#[differentiate(inline)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
