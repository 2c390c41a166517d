//! Collecting rows without an end.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let rows: Vec<Vec<f64>> = (1..).map(|i| vec![x; i]).collect();
    rows[0][0]
}

fn main() {}
