//! One partial derivative for each active parameter.

use autodiff_runtime::differentiate;

#[differentiate(partials(dx))]
fn f(x: f64, y: f64, n: usize) -> f64 {
    x * y + n as f64
}

fn dx(_: f64, y: f64, _: usize) -> f64 {
    y
}

fn main() {
    f::grad(1.0, 2.0, 3);
}
