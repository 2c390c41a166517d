//! A float where an integer is declared.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let y: usize = x;
    y as f64
}

fn main() {
    f(1.0);
}
