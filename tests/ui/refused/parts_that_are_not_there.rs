//! Parts that a value does not have, and what cannot be assigned to.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiate]
fn of_a_tuple(x: f64) -> f64 {
    let t = (x, x);
    t.2
}

#[differentiate]
fn of_a_parameter(t: (f64, f64)) -> f64 {
    t.2
}

#[differentiate]
fn of_a_slice(t: &[f64]) -> f64 {
    t.x
}

#[differentiate]
fn of_a_struct(x: f64) -> f64 {
    let p = Point { x, y: x };
    p.z
}

#[differentiate]
fn of_a_chain(x: &[f64]) -> f64 {
    let chain = x.iter();
    chain.start
}

#[differentiate]
fn by_index(t: (f64, f64)) -> f64 {
    t[0]
}

#[differentiate]
fn by_index_too(x: f64) -> f64 {
    let t = (x, x);
    t[0]
}

#[differentiate]
fn assigned(x: f64) -> f64 {
    Some(x) = 2.0;
    x
}

#[differentiate]
fn no_loop(x: f64) -> f64 {
    if x > 0.0 {
        break 'a;
    }
    x
}

fn main() {}
