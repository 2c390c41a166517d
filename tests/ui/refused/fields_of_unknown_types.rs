//! A field copied to another one, where nothing shows whether it is a number or an array.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Layer {
    w: Vec<f64>,
    b: Vec<f64>,
}

#[differentiate]
fn f(layer: &Layer) -> f64 {
    let mut l = layer.clone();
    let c = layer.b.clone();
    l.w = c;
    l.w[0] * l.b[0]
}

fn main() {}
