//! Collecting anything but numbers.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let rows: Vec<Vec<f64>> = x.iter().map(|v| vec![*v, 1.0]).collect();
    rows[0][0]
}

fn main() {}
