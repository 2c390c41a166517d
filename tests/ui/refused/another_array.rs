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

#[differentiate]
fn made_and_returned(x: &[f64]) -> Vec<f64> {
    let mut k = 0;
    loop {
        let v: Vec<f64> = x.iter().map(|a| a * a).collect();
        k += 1;
        if k > 2 {
            return v;
        }
    }
}

#[differentiate]
fn a_struct_returned(x: &[f64]) -> Point {
    for v in x {
        let p = Point { x: *v, y: 1.0 };
        if *v > 1.0 {
            return p;
        }
    }
    Point { x: 0.0, y: 0.0 }
}

#[differentiate]
fn of_other_parts_unused(x: f64) -> f64 {
    let mut best = None;
    for _ in 0..3 {
        best = Some((x, x));
    }
    x
}

fn main() {}
