//! Arrays of elements of several kinds, of rows of several lengths, or of a length that is computed.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiate]
fn rows(x: f64) -> f64 {
    let m = [[x, 1.0], [x]];
    m[0][0]
}

#[differentiate]
fn kinds(x: f64) -> f64 {
    let q = Point { x, y: 1.0 };
    let v = [x, q];
    v[0]
}

#[differentiate]
fn length(x: f64, n: usize) -> f64 {
    let v = [x; n];
    v[0]
}

#[differentiate]
fn dimensions(x: f64) -> f64 {
    let mut v = [[x; 2]; 2];
    let w = [x, x];
    v = w;
    v[0][0]
}

#[differentiate]
fn options(x: f64) -> f64 {
    let v = [Some(x), None];
    v[0].unwrap_or(1.0)
}

#[differentiate]
fn of_vectors(x: f64) -> f64 {
    let mut v = [vec![x; 2], vec![x; 2]];
    let w = [vec![1.0], vec![x]];
    v = w;
    v[1][0]
}

#[differentiate]
fn of_functions(x: f64) -> f64 {
    let table: [fn(f64) -> f64; 2] = [f64::cos, f64::sin];
    table[0](x) * x
}

fn main() {}
