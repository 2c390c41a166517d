//! Vectors whose length changes.

use std::iter::Sum;

use autodiff_runtime::differentiate;
use num_traits::Float;

use crate::check;

/// Pushed in a loop and a branch, and read back.
#[differentiate(order = 2)]
fn pushed<T: Float + Sum>(x: &[T]) -> T {
    let mut v = Vec::new();
    let mut p = T::one();
    for &a in x {
        p = p * a;
        v.push(p.sin());
        if a > T::zero() {
            v.push(p * a);
        }
    }
    let mut s = T::zero();
    for i in 0..v.len() {
        s = s + v[i] * v[v.len() - 1 - i];
    }
    s
}

#[test]
fn push() {
    check!(pushed, f64, [0.3, -0.7, 1.1, 0.4, 0.9]);
    check!(pushed, f32, [0.3, -0.7]);
    check!(pushed, f64, [0.6]);
    check!(pushed, f64, []);
}

/// A stack: values come back in the opposite order, are changed and pushed again.
#[differentiate(order = 2)]
fn stack<T: Float + Sum>(x: &[T]) -> T {
    let mut v: Vec<T> = Vec::with_capacity(x.len());
    let mut s = T::zero();
    for (i, &a) in x.iter().enumerate() {
        v.push(a);
        if i % 3 == 2 {
            let b = v.pop().unwrap();
            let c = v.pop().unwrap();
            v.push(b * c.sin());
        }
        if i % 4 == 3 {
            v.truncate(1);
        }
    }
    while !v.is_empty() {
        s = s * s + *v.last().unwrap();
        v.pop();
    }
    v.extend(x.iter().map(|&a| a * s));
    v.extend_from_slice(&x[..x.len() / 2]);
    v.resize(v.len() + 2, s);
    v.iter().map(|&a| a * a).sum::<T>() + s
}

#[differentiate(order = 2)]
fn half<T: Float>(up: bool, x: T) -> T {
    if up { x / (T::one() + T::one()) } else { x }
}

/// What is appended is written out, with calls in it.
#[differentiate(order = 2)]
fn extended<T: Float>(x: &[T]) -> T {
    let mut v: Vec<T> = Vec::new();
    for (i, &a) in x.iter().enumerate() {
        v.extend([T::one() * half((4 - i % 4) % 3 == 1, x[i]).min(T::one()), half(true, a)]);
    }
    v.iter().fold(T::one(), |acc, &a| acc * a.cos() + a)
}

#[test]
fn extended_by_calls() {
    check!(extended, f64, [0.3, -0.7, 1.1]);
    check!(extended, f32, [0.3]);
    check!(extended, f64, []);
}

#[test]
fn pop_truncate_extend() {
    check!(stack, f64, [0.3, -0.7, 1.1, 0.4, 0.9, 0.2]);
    check!(stack, f32, [0.3, -0.7, 0.5, 0.25]);
    check!(stack, f64, [0.6]);
    check!(stack, f64, []);
}

/// A vector of its own in every iteration.
#[differentiate(order = 2)]
fn inner<T: Float>(x: &[T]) -> T {
    let mut y = x[0];
    for i in 1..4 {
        let mut v = Vec::new();
        for k in 0..i {
            v.push(y.sin() + T::from(k).unwrap());
        }
        y = y + v[0] * v[i - 1] * x[1];
    }
    y
}

#[test]
fn made_in_a_loop() {
    check!(inner, f64, [0.3, -0.7]);
    check!(inner, f32, [0.3, -0.7]);
}

/// A vector that takes over another one.
#[differentiate(order = 2)]
fn moved<T: Float + Sum>(x: &[T]) -> T {
    let mut v = vec![T::one(), T::one()];
    for _ in 0..3 {
        let mut w = v.clone();
        w[0] = w[0] * x[0] + w[1];
        v = w;
    }
    let mut u = v;
    u.push(x[0]);
    u.clear();
    u.push(x[0] * x[0] * x[0]);
    let pushed = pushed(x);
    u[0] * pushed
}

#[test]
fn moves() {
    check!(moved, f64, [0.3, -0.7, 1.1]);
    check!(moved, f32, [0.3]);
}

/// Nothing but its type tells what is in the result when its shadow is made.
#[differentiate(order = 2)]
fn halved(x: &[f64]) -> Vec<f64> {
    let mut done: Vec<f64> = vec![];
    let mut open = vec![(1.0, 2)];
    while let Some((scale, left)) = open.pop() {
        done.push(scale * x[0] * x[0]);
        if left > 0 {
            open.push((0.5 * scale, left - 1));
        }
    }
    done
}

#[differentiate(order = 2)]
fn of_result(x: &[f64]) -> f64 {
    let halved = halved(x);
    halved[0] * halved[1] + halved[2]
}

#[test]
fn results_of_pushes() {
    check!(of_result, f64, [0.3, -0.7]);
    check!(of_result, f64, [0.6]);
}
