//! A `&mut` parameter.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, state: &mut f64) -> f64 {
    *state += x;
    *state * x
}

fn main() {}
