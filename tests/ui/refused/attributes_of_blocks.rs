//! Arguments of functions on an `impl` block, and receivers with types.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Model {
    w: f64,
}

#[differentiate(constant(x))]
impl Model {
    fn loss(&self, x: f64) -> f64 {
        self.w * x
    }
}

#[derive(Clone, Differentiable)]
struct Boxed {
    w: f64,
}

#[differentiate]
impl Boxed {
    fn loss(self: Box<Self>, x: f64) -> f64 {
        self.w * x
    }
}

fn main() {}
