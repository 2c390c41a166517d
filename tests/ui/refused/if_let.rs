//! `if let`.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, n: Option<u32>) -> f64 {
    if let Some(n) = n { x * n as f64 } else { x }
}

fn main() {}
