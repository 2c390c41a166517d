//! Arrays, vectors and structs that a branch chooses.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

use crate::check;
use crate::support::weighted;

/// Between two variables, by value and by reference; between a variable and what is made in the branch.
#[differentiate(order = 2)]
fn variables<T: Float>(x: &[T]) -> T {
    let a = [x[0], x[1]];
    let b = [x[1] * x[0], T::one()];
    let by_ref = if x[0] > T::zero() { &a } else { &b };
    let mut by_value = if x[0] > T::zero() { b } else { a };
    by_value[0] = by_value[0] * by_ref[1];
    let (v, w) = (x.to_vec(), vec![x[1]; 3]);
    let moved = if x[1] > T::zero() { v } else { w };
    let mut made = if x[1] < T::zero() { vec![x[0]; x.len()] } else { x.to_vec() };
    made.swap(0, 1);
    weighted(by_ref) + by_value[0] * by_value[1] + b[0] * weighted(&moved) + made[1] * a[1]
}

#[test]
fn of_variables() {
    check!(variables, f64, [0.3, 0.7]);
    check!(variables, f64, [0.3, -0.7]);
    check!(variables, f64, [-0.3, 0.7, 0.2]);
    check!(variables, f32, [-0.3, -0.7]);
}

/// By a `match` in a loop; rows of a matrix, and parts of arrays, by reference.
#[differentiate(order = 2)]
fn in_a_loop<T: Float>(x: &[T]) -> T {
    let a = x.to_vec();
    let b: Vec<T> = x.iter().map(|&v| v * v).collect();
    let m = vec![vec![x[0], x[1]], vec![x[1], x[2]], vec![T::one(), x[0]]];
    let mut s = T::zero();
    for k in 0..4 {
        let w = match k {
            0 => [x[0], T::one()],
            1 => [x[1], s],
            2 => {
                let t = [s, s * x[2]];
                t
            }
            _ => [T::zero(), x[0]],
        };
        let v = if k % 2 == 0 { &a } else { &b };
        let part: &[T] = if k > 1 { &a[1..] } else { &b[..2] };
        let row = if k > 2 { &m[k - 2] } else { &m[0] };
        s = s + weighted(&w) * T::from(0.1).unwrap() + weighted(v) * s + part[0] * part[1] + row[0] * row[1];
    }
    s
}

#[test]
fn by_matches_in_loops() {
    check!(in_a_loop, f64, [0.3, 0.7, -0.4]);
    check!(in_a_loop, f32, [0.3, 0.2, -0.4]);
}

#[derive(Differentiable, Clone, Debug)]
struct Model {
    w: Vec<f64>,
    b: [f64; 2],
    gain: f64,
}

#[differentiate(order = 2)]
fn model(m: &Model) -> f64 {
    m.gain * m.b[0] + m.b[1] * weighted(&m.w)
}

/// Structs, of which some parts are vectors of other lengths.
#[differentiate(order = 2)]
fn structs(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for &v in x {
        let m = if v > 0.0 {
            Model { w: x.to_vec(), b: [v, 2.0], gain: s }
        } else {
            Model { w: vec![v; 2], b: [s, x[0]], gain: 1.0 }
        };
        s += model(&m) + m.w[0];
    }
    s
}

#[test]
fn of_structs() {
    check!(structs, f64, [0.3, -0.7, 0.4]);
    check!(structs, f64, [-0.3]);
    check!(structs, f64, []);
}

/// What one side gives where the other one leaves.
#[differentiate(order = 2)]
fn or_leave<T: Float>(x: &[T]) -> T {
    let v = if x.len() > 1 {
        let mut v = x.to_vec();
        v[0] = v[0] * v[1];
        v
    } else {
        return x.iter().fold(T::one(), |p, &v| p * v * v);
    };
    weighted(&v) + v[0]
}

#[test]
fn on_one_side() {
    check!(or_leave, f64, [0.3, 0.7, -0.4]);
    check!(or_leave, f32, [0.3, 0.7]);
    check!(or_leave, f64, [0.3]);
    check!(or_leave, f64, []);
}

/// The result of a function.
#[differentiate]
fn returned(x: [f64; 2]) -> [f64; 2] {
    if x[0] > 0.0 { [x[0] * x[1], 1.0] } else { x }
}

#[test]
fn as_a_result() {
    assert_eq!(returned::jacobian([2.0, 3.0]), [[3.0, 2.0], [0.0, 0.0]]);
    assert_eq!(returned::jacobian([-2.0, 3.0]), [[1.0, 0.0], [0.0, 1.0]]);
    assert_eq!(returned::vjp([2.0, 3.0], [5.0, 7.0]), ([6.0, 1.0], [15.0, 10.0]));
    assert_eq!(returned::jvp([2.0, 3.0], [5.0, 7.0]), ([6.0, 1.0], [29.0, 0.0]));
}
