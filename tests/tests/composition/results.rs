//! Calls that return arrays, vectors, structs and tuples.

#![expect(
    clippy::needless_range_loop,
    clippy::ptr_arg,
    reason = "the functions under test are written as their users write them"
)]

use autodiff_runtime::{Differentiable, differentiate};

use crate::agree;

/// A layer of as many neurons as there are inputs, with one weight.
#[differentiate(order = 2)]
fn layer(w: f64, x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = (w * x[i] + 0.3 * x[(i + 1) % n]).tanh();
    }
    y
}

/// Half as many outputs as inputs, by a call inside.
#[differentiate(order = 2)]
fn pooled(x: &[f64]) -> Vec<f64> {
    let h = layer(0.5, x);
    let mut y = vec![0.0; (h.len() + 1) / 2];
    for i in 0..h.len() {
        y[i / 2] += h[i] * h[i];
    }
    y
}

#[differentiate(order = 2)]
fn squared(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x {
        s += v * v;
    }
    s
}

/// The result is read by index.
#[differentiate(order = 2)]
fn read_by_index(x: &[f64]) -> f64 {
    let h = layer(0.8, x);
    let mut s = 0.0;
    for i in 0..h.len() {
        s += h[i] * x[i].sin();
    }
    s
}

/// The result is passed on, and so is the result of that.
#[differentiate(order = 2)]
fn chained(x: &[f64]) -> f64 {
    squared(&layer(x[0], &layer(x[1], x)))
}

/// One vector that takes the result of each layer, of another length now and then.
#[differentiate(order = 2)]
fn in_a_loop(x: &[f64]) -> f64 {
    let mut h = x.to_vec();
    let mut s = 0.0;
    for k in 0..4 {
        h = layer(x[k % x.len()], &h);
        if k == 1 {
            h = pooled(&h);
        }
        s += h[0] * x[1];
    }
    s + squared(&h)
}

/// A new vector in every iteration.
#[differentiate(order = 2)]
fn new_in_a_loop(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for k in 0..3 {
        let h = layer(s, x);
        s = squared(&h) / (1.0 + k as f64) + h[0];
    }
    s
}

#[differentiate(order = 2)]
fn in_a_branch(x: &[f64]) -> f64 {
    let mut s = x[0];
    if x[1] > 0.0 {
        let h = layer(s, x);
        s += squared(&h) * h[0];
    } else {
        s *= squared(&layer(x[0], x));
    }
    s
}

/// Arrays.
#[differentiate(order = 2)]
fn rotated(p: [f64; 2], angle: f64) -> [f64; 2] {
    let (s, c) = angle.sin_cos();
    [c * p[0] - s * p[1], s * p[0] + c * p[1] * p[0]]
}

#[differentiate(order = 2)]
fn arrays(x: &[f64]) -> f64 {
    let mut p = [x[0], x[1]];
    for k in 0..3 {
        p = rotated(p, x[2] * (k as f64));
    }
    let q: [f64; 2] = rotated(p, 0.5);
    q[0] * p[1] + rotated(q, x[0])[1]
}

#[derive(Clone, Debug, Differentiable)]
struct State {
    position: Vec<f64>,
    velocity: [f64; 2],
    steps: usize,
}

#[differentiate(order = 2)]
fn step(s: &State, h: f64) -> State {
    let mut next = s.clone();
    for i in 0..2 {
        next.velocity[i] -= h * s.position[i].sin();
        next.position[i] += h * next.velocity[i];
    }
    next
}

#[differentiate(order = 2)]
fn energy(s: &State) -> f64 {
    let mut e = 0.0;
    for i in 0..2 {
        e += 0.5 * s.velocity[i] * s.velocity[i] - s.position[i].cos();
    }
    e
}

#[differentiate(order = 2)]
fn structs(x: &[f64]) -> f64 {
    let mut s = State { position: vec![x[0], x[1]], velocity: [x[2], 0.5], steps: 0 };
    for _ in 0..3 {
        s = step(&s, 0.1 + 0.1 * x[0]);
    }
    let last = step(&s, 0.3);
    energy(&last) * last.position[0] + s.velocity[1]
}

/// Orthogonal and triangular factors of a 2 × 2 matrix, and a count.
#[differentiate(order = 2)]
fn factors(a: &[[f64; 2]; 2]) -> ([[f64; 2]; 2], Vec<f64>, usize) {
    let r = (a[0][0] * a[0][0] + a[1][0] * a[1][0]).sqrt();
    let (c, s) = (a[0][0] / r, a[1][0] / r);
    let q = [[c, -s], [s, c]];
    let upper = vec![r, c * a[0][1] + s * a[1][1], c * a[1][1] - s * a[0][1]];
    (q, upper, 2)
}

#[differentiate(order = 2)]
fn tuples(x: &[f64]) -> f64 {
    let a = [[x[0], 0.2], [x[1], x[2]]];
    let (q, r, n): (_, _, usize) = factors(&a);
    let mut s = q[0][0] * r[1] + n as f64;
    for _ in 0..2 {
        let (q, r, _n): (_, _, usize) = factors(&q);
        s += q[1][0] * r[0] + squared(&r);
    }
    s
}

agree!(read_by_index, chained, in_a_loop, new_in_a_loop, in_a_branch, arrays, structs, tuples);
