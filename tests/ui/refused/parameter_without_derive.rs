//! A parameter whose type is not `Differentiable`.

use autodiff_runtime::differentiate;

struct Model {
    w: f64,
}

#[differentiate]
fn f(model: &Model, x: f64) -> f64 {
    model.w * x
}

fn main() {}
