//! Collecting rows of which it depends on the elements how many there are.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let rows: Vec<Vec<f64>> = x.iter().filter(|v| **v > 0.0).map(|v| vec![*v, 1.0]).collect();
    rows[0][0]
}

fn main() {}
