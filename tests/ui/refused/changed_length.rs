//! Vectors whose length cannot change here.
use autodiff_runtime::differentiate;

#[differentiate]
fn rows(x: f64, n: usize) -> f64 {
    let mut rows = vec![vec![x; n]; 1];
    rows.insert(0, vec![x; n]);
    rows[0][0]
}

#[differentiate]
fn parameter(v: &mut Vec<f64>, x: f64) {
    v.push(x);
}

#[differentiate]
fn texts(x: f64) -> f64 {
    let mut names = Vec::new();
    names.push("x".to_string());
    x * x
}

fn main() {}
