//! An active value where the function whose derivative is taken has a `#[constant]` parameter.

use autodiff_runtime::differentiate;

#[differentiate(order = 2)]
fn scaled(x: f64, #[constant] scale: f64) -> f64 {
    scale * x * x
}

#[differentiate]
fn f(x: f64) -> f64 {
    let (_, d) = scaled::jvp(x, x * x, 1.0);
    d
}

fn main() {}
