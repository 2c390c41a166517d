//! Active values where the function whose derivative is taken has a `#[constant]` parameter.

use autodiff_runtime::differentiate;

#[differentiate(order = 2)]
fn scaled(x: f64, #[constant] scale: f64) -> f64 {
    scale * x * x
}

#[differentiate]
fn lost(x: f64) -> f64 {
    let (_, d) = scaled::jvp(x, x * x, 1.0);
    d
}

#[differentiate]
fn not_a_part(x: f64) -> f64 {
    let (dx, _) = scaled::grad(x, x * x);
    dx
}

fn main() {}
