//! Functions that the others call.

#![expect(clippy::needless_range_loop, reason = "the functions are as users write them")]

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

#[differentiate(order = 2)]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i] * (1.0 + 0.1 * i as f64);
    }
    s
}

#[differentiate(order = 3)]
pub(crate) fn chaos(a: &[f64]) -> f64 {
    let mut p = 1.0;
    for i in 0..a.len() {
        p = (p * a[i] + 0.3 * i as f64).sin() + a[i] * a[i];
    }
    p
}

#[differentiate(order = 3)]
pub(crate) fn pair(a: f64, b: f64) -> f64 {
    (a * b).sin() + a * a * b
}

#[differentiate(order = 2)]
pub(crate) fn two(a: f64, b: f64) -> (f64, f64) {
    (a * b.sin(), a + b * b)
}

#[differentiate(order = 2)]
pub(crate) fn three(a: &[f64], b: &[f64], c: &[f64], t: f64) -> f64 {
    let mut s = t;
    for i in 0..a.len() {
        s = s * a[i] + b[i % b.len()] * c[0];
        if s > 2.5 {
            return s * dot(a, a) + dot(a, b);
        }
    }
    s + dot(c, c) * t
}

#[differentiate(order = 2)]
pub(crate) fn by_value(mut a: [f64; 3], n: usize) -> f64 {
    let keep = a;
    for i in 0..n {
        a[i % 3] *= a[(i + 1) % 3];
        a.swap(0, 2);
    }
    a[0] * keep[1] + a[1] * keep[2]
}

#[differentiate(order = 3)]
pub(crate) fn generic<T: Float>(a: &[T], t: T) -> T {
    let mut v = Vec::new();
    let mut s = t;
    for &x in a {
        v.push(x * s);
        s = s * x + v[v.len() / 2];
        if s > T::one() + T::one() {
            break;
        }
    }
    let mut p = T::one();
    for i in 0..v.len() {
        p = p * v[i].sin() + s;
    }
    p
}

#[differentiate(order = 2)]
pub(crate) fn energy(s: &State) -> f64 {
    s.pos[0] * s.vel.sin() + s.pos[1] * s.pos[1] * s.vel
}

#[derive(Differentiable, Clone)]
pub(crate) struct State {
    pub(crate) pos: [f64; 2],
    pub(crate) vel: f64,
}

#[derive(Differentiable, Clone, Copy)]
pub(crate) struct P {
    pub(crate) a: f64,
    pub(crate) w: [f64; 2],
    pub(crate) n: usize,
}

#[derive(Differentiable, Clone)]
pub(crate) struct Net {
    pub(crate) w: Vec<f64>,
    pub(crate) b: f64,
    pub(crate) k: usize,
}

#[differentiate]
impl Net {
    #[differentiate(order = 2)]
    pub(crate) fn eval(&self, x: f64) -> f64 {
        let mut y = self.b;
        for i in 0..self.w.len() {
            y = (y * self.w[i] + x).sin() + self.w[self.k % self.w.len()];
            if y > 1.9 {
                return y * self.b;
            }
        }
        y
    }
}

#[differentiate(order = 3)]
pub(crate) fn use_p(p: &P, t: f64) -> f64 {
    let mut q = *p;
    for i in 0..q.n {
        q.a = q.a * q.w[i % 2] + t;
        q.w[(i + 1) % 2] += q.a.sin();
    }
    q.a * q.w[0] + p.a
}
