//! Arrays, structs, iterators and options where a number is needed.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

impl std::ops::Add<f64> for Point {
    type Output = f64;

    fn add(self, other: f64) -> f64 {
        self.x + self.y + other
    }
}

#[differentiate]
fn whole(x: &[f64]) -> f64 {
    x + 1.0
}

#[differentiate]
fn part(x: &[f64]) -> f64 {
    &x[1..] + 1.0
}

#[differentiate]
fn chain(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v) + 1.0
}

#[differentiate]
fn option(x: f64) -> f64 {
    Some(x) + 1.0
}

#[differentiate]
fn structure(x: f64) -> f64 {
    let p = Point { x, y: x };
    p + 1.0
}

#[differentiate]
fn tuple(x: f64) -> f64 {
    let t = (x, x);
    t + 1.0
}

#[differentiate]
fn nothing(x: f64) -> f64 {
    let y = {
        x * x;
    };
    y + 1.0
}

#[differentiate]
fn assigned(x: f64) -> f64 {
    let mut v = vec![x; 2];
    v += 1.0;
    v[0]
}

#[differentiate]
fn in_a_list(x: f64) -> f64 {
    let squares = [|v: f64| v * v];
    (squares[0])(x)
}

fn main() {}
