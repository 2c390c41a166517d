//! Struct literals with tuples or closures.

use autodiff_runtime::differentiate;

struct Named {
    pair: (f64, f64),
    name: String,
}

struct Holder<F>(F);

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
