//! Parts of what a call gives, where nothing shows how many there are.

use autodiff_runtime::{Differentiable, differentiate};

#[differentiate]
fn polar(r: f64, angle: f64) -> (f64, f64) {
    (r * angle.cos(), r * angle.sin())
}

fn unknown() -> [f64; 2] {
    [1.0, 2.0]
}

struct Pair(f64, f64);

#[differentiate]
fn projected(x: f64) -> f64 {
    polar(x, 2.0).0
}

#[differentiate]
fn bound(x: f64) -> f64 {
    let p = polar(x, 2.0);
    p.0 * p.1
}

#[differentiate]
fn listed(x: f64) -> f64 {
    let [a, b] = unknown();
    a * b * x
}

#[differentiate]
fn rest(x: f64) -> f64 {
    let Pair(a, ..) = Pair(x, x);
    a
}

#[differentiate]
fn of_a_tuple(x: f64) -> f64 {
    let [a, _] = (x, x);
    a
}

#[differentiate]
fn in_a_block(x: f64) -> f64 {
    { polar(x, 2.0) }.0 * x
}

fn main() {}
