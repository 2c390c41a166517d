//! A literal in a struct is taken for another float than its field is.
use autodiff_runtime::{Differentiable, differentiate};

#[derive(Differentiable, Clone)]
struct Single {
    x: f32,
}

#[differentiate]
fn precision(x: f64) -> f64 {
    let p = Single { x: 0.1 };
    x * f64::from(p.x)
}

fn main() {}
