//! A struct that is overwritten after it was passed, in a loop.
use autodiff_runtime::{Differentiable, differentiate};

#[derive(Differentiable, Clone)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiate]
fn product(p: &Point) -> f64 {
    p.x * p.y
}

#[differentiate]
fn f(start: &Point, n: usize) -> f64 {
    let mut p = start.clone();
    let mut s = 0.0;
    for _ in 0..n {
        let y: f64 = product(&p);
        p.x = y;
        s += y;
    }
    s
}

fn main() {}
