//! Arrays, vectors and structs that live in a loop or branch, change there, and are passed to calls.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

use crate::check;
use crate::support::weighted;

/// A copy that is turned round, exchanged and scaled before it is passed on.
#[differentiate(order = 2)]
fn turned<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    for k in 0..3 {
        let mut y = x.to_vec();
        y.reverse();
        s = s + weighted(&y) * x[0];
        if k != 1 {
            y.swap(0, x.len() - 1);
            y[0] = y[0] * (s + T::one());
            let mut z = [y[0], s, x[0]];
            z.swap(0, 2);
            s = s + weighted(&y) * weighted(&z);
        }
    }
    s
}

#[test]
fn exchanged_and_passed_on() {
    check!(turned, f64, [0.3, -0.7, 0.4]);
    check!(turned, f32, [0.3, -0.7]);
    check!(turned, f64, [0.6]);
}

/// One vector that grows from iteration to iteration, and one that grows within an iteration.
#[differentiate(order = 2)]
fn grown<T: Float>(x: &[T]) -> T {
    let mut v = Vec::new();
    let mut s = T::one();
    for i in 0..x.len() {
        v.push(x[i] * x[0]);
        s = s + weighted(&v).sin();
        let mut w = vec![s];
        for &v in &v {
            w.push(v * x[i]);
            if v > T::zero() {
                w.push(s);
            }
        }
        s = s + weighted(&w).sin() * w[w.len() - 1];
    }
    s
}

/// Called, so that all that it keeps is on a tape.
#[differentiate(order = 2)]
fn grown_thrice<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    for _ in 0..3 {
        s = s * s * T::from(0.1).unwrap() + grown(x).sin();
    }
    s
}

#[test]
fn grown_and_passed_on() {
    check!(grown, f64, [0.3, -0.7, 0.4]);
    check!(grown, f32, [0.3, -0.7]);
    check!(grown, f64, []);
    check!(grown_thrice, f64, [0.3, -0.7, 0.4]);
    check!(grown_thrice, f32, [0.3]);
    check!(grown_thrice, f64, []);
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Layer<T> {
    w: Vec<T>,
    b: [T; 2],
    gain: T,
    name: String,
    units: usize,
}

#[differentiate(order = 2)]
fn layer<T: Float>(layer: &Layer<T>) -> T {
    let mut s = layer.gain * layer.b[0].sin() + layer.b[1];
    for i in 0..layer.units {
        s = s + layer.w[i] * layer.w[i] * layer.b[i % 2];
    }
    s
}

/// A struct that is changed and passed on, in every iteration, with fields that are no numbers.
#[differentiate(order = 2)]
fn trained<T: Float>(x: &[T]) -> T {
    let mut now = Layer { w: x.to_vec(), b: [x[0], T::one()], gain: T::one(), name: "now".to_string(), units: x.len() };
    let mut s = T::zero();
    for k in 0..3 {
        now.w[0] = now.w[0] * x[0];
        now.gain = now.gain + s;
        now.b[k % 2] = now.b[k % 2] * T::from(1.1).unwrap();
        s = s + layer(&now);
        let mut other = now.clone();
        other.b[1] = s * x[0];
        other.w.reverse();
        s = s + layer(&other) * T::from(0.1).unwrap();
    }
    s
}

#[differentiate(order = 2)]
fn trained_twice<T: Float>(x: &[T]) -> T {
    let mut s = T::one();
    for _ in 0..2 {
        s = s * trained(x).sin();
    }
    s
}

#[test]
fn structs_changed_and_passed_on() {
    check!(trained, f64, [0.3, -0.7, 0.4]);
    check!(trained, f32, [0.3, -0.7]);
    check!(trained, f64, [0.5]);
    check!(trained_twice, f64, [0.3, -0.7]);
    check!(trained_twice, f32, [0.5]);
}

/// A vector of another length takes the place of the state, by an exchange.
#[differentiate(order = 2)]
fn longer<T: Float>(x: &[T]) -> T {
    let mut state = x.to_vec();
    let mut s = T::zero();
    for _ in 0..3 {
        let mut next = vec![T::zero(); state.len() + 1];
        for i in 0..state.len() {
            next[i + 1] = state[i] * x[0] + s;
            next[0] = next[0] + state[i].sin();
        }
        std::mem::swap(&mut state, &mut next);
        s = s + weighted(&state) * T::from(0.1).unwrap();
    }
    s + state[0]
}

/// So do rows of other numbers, by an assignment.
#[differentiate(order = 2)]
fn pyramid<T: Float>(x: &[T]) -> T {
    let half = T::from(0.5).unwrap();
    let mut rows = vec![x.to_vec()];
    let mut s = T::zero();
    for _ in 0..3 {
        let width = rows[0].len();
        let mut next = vec![vec![T::zero(); width]; rows.len() + 1];
        for i in 0..rows.len() {
            for j in 0..width {
                next[i][j] = next[i][j] + rows[i][j] * half;
                next[i + 1][j] = next[i + 1][j] + rows[i][j] * rows[i][j] + s;
            }
        }
        rows = next;
        s = s + rows[0][0] + rows[rows.len() - 1][width - 1] * half;
    }
    rows = vec![vec![s; 2]; 1];
    rows[0][1] * x[0]
}

#[differentiate(order = 2)]
fn called_pyramid<T: Float>(x: &[T]) -> T {
    let mut s = T::one();
    for _ in 0..2 {
        s = s * pyramid(x).sin() + longer(x);
    }
    s
}

#[test]
fn other_shapes_take_the_place() {
    check!(longer, f64, [0.3, -0.7, 0.4]);
    check!(longer, f32, [0.3, -0.7]);
    check!(longer, f64, [0.6]);
    check!(pyramid, f64, [0.3, -0.2, 0.4]);
    check!(pyramid, f32, [0.3, -0.2]);
    check!(pyramid, f64, [0.6]);
    check!(called_pyramid, f64, [0.3, -0.2]);
    check!(called_pyramid, f32, [0.3]);
}
