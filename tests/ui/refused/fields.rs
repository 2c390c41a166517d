//! Fields that no gradient has.

use autodiff_runtime::Differentiable;

#[derive(Differentiable)]
struct Borrowed<'a> {
    weights: &'a [f64],
}

#[derive(Differentiable)]
struct Pointer {
    weight: *const f64,
}

#[derive(Differentiable)]
struct Function {
    loss: fn(f64) -> f64,
}

#[derive(Differentiable)]
struct Unsized {
    weights: [f64],
}

#[derive(Differentiable)]
#[differentiable(name = other)]
struct Option {
    weight: f64,
}

trait Loss {
    fn loss(&self, x: f64) -> f64;
}

#[derive(Differentiable)]
struct Object {
    weight: f64,
    loss: dyn Loss,
}

fn main() {}
