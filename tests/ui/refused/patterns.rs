//! Patterns that are not known.

use autodiff_runtime::differentiate;

#[differentiate]
fn by_reference(x: f64) -> f64 {
    let ref y = x;
    *y * x
}

#[differentiate]
fn rest_of_a_tuple(x: f64) -> f64 {
    let (a, ..) = (x * x, x, 1.0);
    a
}

fn main() {}
