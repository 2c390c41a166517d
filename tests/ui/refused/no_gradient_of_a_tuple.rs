//! `grad` of a function whose result is a tuple.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> (f64, f64) {
    (x, x * x)
}

fn main() {
    f::grad(1.0);
}
