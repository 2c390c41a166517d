//! Struct literals with tuples, closures or an unknown base.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Model {
    w: f64,
    b: f64,
}

fn start() -> Model {
    Model { w: 1.0, b: 2.0 }
}

struct Named {
    pair: (f64, f64),
    name: String,
}

struct Holder<F>(F);

#[differentiate]
fn base(x: f64) -> f64 {
    let m = Model { w: x, ..start() };
    m.w * m.b
}

#[differentiate]
fn tuple(x: f64, name: &str) -> f64 {
    let n = Named { pair: (x, x), name: name.to_string() };
    n.pair.0 * n.name.len() as f64
}

#[differentiate]
fn closure(x: f64) -> f64 {
    let h = Holder(|v: f64| v * x);
    (h.0)(2.0)
}

fn main() {}
