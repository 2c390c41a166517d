//! A call whose result is a struct, and is not used.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct State {
    x: f64,
}

#[differentiate]
fn step(v: &mut [f64], y: f64) -> State {
    v[0] *= y;
    State { x: y }
}

#[differentiate]
fn f(x: f64) -> f64 {
    let mut v = [x, x];
    step(&mut v, x);
    v[0]
}

fn main() {}
