//! No parameter at all.

use autodiff_runtime::differentiate;

#[differentiate]
fn f() -> f64 {
    1.0
}

fn main() {}
