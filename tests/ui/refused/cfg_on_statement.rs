//! `#[cfg]` on a statement.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    #[cfg(debug_assertions)]
    let x = 2.0 * x;
    x * x
}

fn main() {}
