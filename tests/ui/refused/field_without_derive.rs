//! A field whose type is not `Differentiable`.

use autodiff_runtime::Differentiable;

struct Inner {
    w: f64,
}

#[derive(Differentiable)]
struct Outer {
    inner: Inner,
    b: f64,
}

fn main() {}
