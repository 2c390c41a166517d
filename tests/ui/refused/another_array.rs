//! A reference that refers to another array later, and branches that choose one of two kinds.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiate]
fn again(x: &[f64], y: &[f64]) -> f64 {
    let mut r = x;
    for i in 0..3 {
        if i == 1 {
            r = y;
        }
    }
    r[0]
}

#[differentiate]
fn chosen(ps: &[Point], qs: &[Point], n: usize) -> f64 {
    let p = if n > 1 { ps[0] } else { qs[1] };
    p.x * p.y
}

#[differentiate]
fn made_in_a_loop(x: &[f64]) -> Vec<f64> {
    loop {
        let v = vec![x[0]; 3];
        if v[0] > 0.0 {
            break v;
        }
    }
}

#[differentiate]
fn of_other_parts(x: f64) -> f64 {
    let mut best = None;
    for i in 0..3 {
        if i == 1 {
            best = Some((x, x));
        }
    }
    x
}

fn main() {}
