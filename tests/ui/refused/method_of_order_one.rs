//! A method of a block of order 1, in a function of order 2.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Differentiable)]
struct Model {
    w: f64,
}

#[differentiate]
impl Model {
    fn predict(&self, x: f64) -> f64 {
        self.w * x
    }
}

#[differentiate(order = 2)]
fn f(model: &Model, x: f64) -> f64 {
    model.predict(x)
}

fn main() {}
