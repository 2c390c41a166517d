//! A function whose name looks like that of a tuple struct.

use autodiff_runtime::differentiate;

#[allow(non_snake_case)]
fn Doubled(x: f64) -> (f64,) {
    (2.0 * x,)
}

#[differentiate]
fn f(x: f64) -> f64 {
    Doubled(x).0 * x
}

fn main() {}
