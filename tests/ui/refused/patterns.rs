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

#[differentiate]
fn part_of_a_call(x: f64) -> f64 {
    polar(x, x).0
}

#[differentiate]
fn polar(r: f64, angle: f64) -> (f64, f64) {
    (r * angle.cos(), r * angle.sin())
}

fn main() {}
