//! Structs without floats, and attributes of structs on fields.

use autodiff_runtime::Differentiable;

#[derive(Differentiable)]
struct Counts {
    n: usize,
}

#[derive(Differentiable)]
struct Marked {
    #[differentiable(constant)]
    scale: f64,
    w: f64,
}

fn main() {}
