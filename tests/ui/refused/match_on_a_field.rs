//! A choice in a struct, of an enum that does not say that it holds no float.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone)]
enum Activation {
    Tanh,
    Leaky(f64),
}

#[derive(Clone, Differentiable)]
struct Layer {
    weight: f64,
    #[constant]
    activation: Activation,
}

#[differentiate]
fn forward(layer: &Layer, x: f64) -> f64 {
    let z = layer.weight * x;
    match layer.activation {
        Activation::Tanh => z.tanh(),
        Activation::Leaky(slope) => z * slope,
    }
}

fn main() {}
