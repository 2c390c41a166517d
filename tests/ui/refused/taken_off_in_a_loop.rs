//! Rows of rows that are taken off a vector in a loop: their shape is gone when the reverse sweep comes there.

use autodiff_runtime::differentiate;

#[differentiate]
fn planes(x: &[f64]) -> f64 {
    let mut planes: Vec<Vec<Vec<f64>>> = Vec::new();
    for &v in x {
        planes.push(vec![vec![v; 2]; 2]);
    }
    let mut s = 0.0;
    while let Some(plane) = planes.pop() {
        s += plane[0][0] * plane[1][1];
    }
    s
}

fn main() {}
