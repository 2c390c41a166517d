//! Calls that write behind `&mut`.

#![expect(
    clippy::needless_range_loop,
    clippy::ptr_arg,
    clippy::too_many_arguments,
    reason = "the functions under test are written as their users write them"
)]

use autodiff_runtime::{Differentiable, differentiate};

use crate::agree;

/// `y += a x`
#[differentiate(order = 2)]
fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for i in 0..y.len() {
        y[i] += a * x[i];
    }
}

/// Reads what it overwrites.
#[differentiate(order = 2)]
fn normalise(v: &mut [f64]) {
    let mut s = 0.1;
    for x in v.iter() {
        s += x * x;
    }
    let r = s.sqrt();
    for x in v.iter_mut() {
        *x /= r;
    }
}

/// Calls others that write.
#[differentiate(order = 2)]
fn mixed(x: &[f64], y: &mut [f64]) -> f64 {
    normalise(y);
    let first = y[0];
    axpy(first, x, y);
    y[0] *= 2.0;
    normalise(&mut *y);
    first * y[0]
}

/// A local vector, whole.
#[differentiate(order = 2)]
fn of_a_vector(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    normalise(&mut y);
    axpy(x[0], x, &mut y);
    let s = mixed(x, &mut y);
    y[0] * y[1] + s
}

#[differentiate(order = 2)]
fn of_an_array(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], x[2] * x[0]];
    let mut s = 0.0;
    for k in 0..3 {
        s += mixed(&x[..3], &mut y) * (k as f64 + 1.0);
        axpy(s, &[0.1, 0.2, 0.3], &mut y);
    }
    s + y[2]
}

/// Parts, rows, and halves of one array.
#[differentiate(order = 2)]
fn of_parts(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let n = y.len();
    normalise(&mut y[1..]);
    axpy(0.5, &x[..n - 1], &mut y[..n - 1]);
    let mut rows = [[x[0], 0.3], [0.7, x[1]], [0.2, 0.4]];
    normalise(&mut rows[1]);
    for row in rows.iter_mut() {
        normalise(row);
    }
    let (left, right) = y.split_at_mut(1);
    axpy(x[1], &*left, &mut right[..1]);
    axpy(x[0], &x[..1], left);
    let (a, b) = rows.split_at_mut(1);
    exchange(&mut a[0], &mut b[1]);
    y[0] * y[1] * y[n - 1] + rows[0][0] * rows[1][1] + rows[2][0] * x[0]
}

#[differentiate(order = 2)]
fn exchange(a: &mut [f64; 2], b: &mut [f64; 2]) {
    for i in 0..2 {
        let t = a[i] * b[i];
        a[i] = b[i] * 1.5;
        b[i] = t + a[i];
    }
}

/// Numbers.
#[differentiate(order = 2)]
fn newton(x: &mut f64, a: f64) {
    *x -= (*x * *x - a) / (2.0 * *x);
}

#[differentiate(order = 2)]
fn of_numbers(x: &[f64]) -> f64 {
    let mut root = 1.0 + x[0] * x[0];
    for _ in 0..2 {
        newton(&mut root, 2.0 + x[1]);
    }
    let mut pair = (root, 2.5);
    newton(&mut pair.1, root * x[2].exp());
    let mut y = [1.5, 2.0];
    newton(&mut y[0], 3.0 + x[2]);
    if x[0] > 0.5 {
        let first = y[0];
        newton(&mut y[1], first);
        newton(&mut root, y[1] * y[1]);
    }
    root * pair.1 + y[0] * y[1] + pair.0
}

/// What the derivatives need of this is kept by the functions that write.
#[derive(Clone, Debug, Differentiable)]
struct Particle {
    position: [f64; 2],
    velocity: Vec<f64>,
    steps: usize,
}

#[differentiate(order = 2)]
fn leapfrog(p: &mut Particle, stiffness: f64, #[constant] h: f64) {
    for i in 0..2 {
        p.velocity[i] -= 0.5 * h * stiffness * p.position[i].sin();
        p.position[i] += h * p.velocity[i];
        p.velocity[i] -= 0.5 * h * stiffness * p.position[i].sin();
    }
}

#[differentiate(order = 2)]
fn of_structs(x: &[f64]) -> f64 {
    let mut p = Particle { position: [x[0], x[1]], velocity: vec![x[2], 0.3], steps: 1 };
    for _ in 0..3 {
        leapfrog(&mut p, 1.5 + x[1], 0.2);
    }
    normalise(&mut p.position);
    newton(&mut p.velocity[0], 2.0);
    p.position[0] * p.velocity[1] + p.velocity[0]
}

/// One step of the classical Runge–Kutta method for a pendulum with friction, in place.
#[differentiate(order = 2)]
fn rate(y: &[f64], friction: f64, k: &mut [f64]) {
    k[0] = y[1];
    k[1] = -y[0].sin() - friction * y[1];
}

#[differentiate(order = 2)]
fn rk4_step(y: &mut [f64], friction: f64, #[constant] h: f64) {
    let n = y.len();
    let (mut k, mut stage, mut sum) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    stage.copy_from_slice(y);
    for s in 0..4 {
        rate(&stage, friction, &mut k);
        axpy(if s == 1 || s == 2 { 2.0 } else { 1.0 }, &k, &mut sum);
        stage.copy_from_slice(y);
        axpy(if s == 2 { h } else { 0.5 * h }, &k, &mut stage);
    }
    axpy(h / 6.0, &sum, y);
}

#[differentiate(order = 2)]
fn pendulum(x: &[f64]) -> f64 {
    let mut y = vec![x[0], x[1]];
    let mut action = 0.0;
    for _ in 0..5 {
        rk4_step(&mut y, x[2], 0.1);
        action += y[0] * y[1];
    }
    action + y[1]
}

/// Cholesky in place, and the solve.
#[differentiate(order = 2)]
fn cholesky(a: &mut Vec<Vec<f64>>) {
    let n = a.len();
    for j in 0..n {
        for k in 0..j {
            for i in j..n {
                a[i][j] -= a[i][k] * a[j][k];
            }
        }
        let d = a[j][j].sqrt();
        for i in j..n {
            a[i][j] /= d;
        }
    }
}

#[differentiate(order = 2)]
fn forward_substitution(l: &[Vec<f64>], b: &mut [f64]) {
    for i in 0..b.len() {
        for k in 0..i {
            b[i] -= l[i][k] * b[k];
        }
        b[i] /= l[i][i];
    }
}

#[differentiate(order = 2)]
fn mahalanobis(x: &[f64]) -> f64 {
    let n = x.len();
    let mut a = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..n {
            a[i][j] = 0.2 * x[i] * x[j] + if i == j { 1.5 + x[i] } else { 0.0 };
        }
    }
    cholesky(&mut a);
    let mut b = x.to_vec();
    forward_substitution(&a, &mut b);
    let mut s = 0.0;
    for i in 0..n {
        s += b[i] * b[i] + a[i][i].ln();
    }
    s
}

agree!(of_a_vector, of_an_array, of_parts, of_numbers, of_structs, pendulum, mahalanobis);
