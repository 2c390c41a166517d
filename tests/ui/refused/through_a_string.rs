//! An active value that is printed and parsed again.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let text = format!("{x}");
    let y: f64 = text.parse().unwrap();
    y * y
}

fn main() {}
