//! No result.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) {
    assert!(x > 0.0);
}

fn main() {}
