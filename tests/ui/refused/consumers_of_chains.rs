//! What a chain ends with, or is made of, beyond closures and numbers.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiate]
fn into_a_deque(x: &[f64]) -> f64 {
    let v: std::collections::VecDeque<f64> = x.iter().copied().collect();
    v[0]
}

#[differentiate]
fn folded(x: &[f64]) -> f64 {
    x.iter().fold(0.0, std::ops::Add::add)
}

#[differentiate]
fn run(x: &[f64]) -> f64 {
    x.iter().for_each(drop);
    x[0]
}

#[differentiate]
fn reduced(x: &[f64]) -> f64 {
    x.iter().copied().reduce(std::ops::Add::add).unwrap()
}

#[differentiate]
fn flattened(x: &[f64]) -> f64 {
    x.iter().flat_map(|a| Some(*a)).sum()
}

#[differentiate]
fn letters(x: f64) -> f64 {
    let mut s = x;
    for _ in 'a'..'c' {
        s *= x;
    }
    s
}

#[differentiate]
fn endless(x: &[f64]) -> f64 {
    (0..).map(|i| x[i]).sum()
}

fn chosen() -> fn(f64, f64) -> f64 {
    |a, b| a * b
}

fn shown() -> fn(&f64) {
    |_| ()
}

#[differentiate]
fn folded_by_a_value(x: &[f64]) -> f64 {
    x.iter().copied().fold(0.0, chosen())
}

#[differentiate]
fn reduced_by_a_value(x: &[f64]) -> f64 {
    x.iter().copied().reduce(chosen()).unwrap()
}

#[differentiate]
fn run_by_a_value(x: &[f64]) -> f64 {
    x.iter().for_each(shown());
    x[0]
}

#[differentiate]
fn made_of_structs(x: f64) -> f64 {
    let v: [Point; 2] = std::array::from_fn(|i| Point { x: x * i as f64, y: x });
    v[0].x
}

#[differentiate]
fn backwards(x: &[f64]) -> f64 {
    (0..).rev().map(|i| x[i]).sum()
}

fn main() {}
