//! A float where the tokens look like a count.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Differentiable)]
struct Model {
    n: f32,
}

#[differentiate]
fn f(model: &Model, x: f64) -> f64 {
    x * model.n as f64
}

fn main() {}
