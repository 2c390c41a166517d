//! The `?` operator.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, text: &str) -> Option<f64> {
    let n: i32 = text.parse().ok()?;
    Some(x * n as f64)
}

fn main() {}
