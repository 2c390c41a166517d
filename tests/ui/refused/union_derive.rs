//! The derive on a union.

use autodiff_runtime::Differentiable;

#[derive(Clone, Copy, Differentiable)]
union Bits {
    x: f64,
    y: u64,
}

fn main() {}
