//! Copies of parts of sequences whose elements are no numbers: rows, vectors and structs.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

use crate::check_at;

/// A copy and the original change after it, each in its own way.
#[differentiate(order = 2)]
fn rows<T: Float>(m: &[[T; 2]], from: usize) -> T {
    let mut copy = m[from..].to_vec();
    let mut s = T::zero();
    for k in 0..copy.len() {
        copy[k][0] = copy[k][0] * m[k][1];
        copy[k][1] = copy[k][1] * copy[0][0];
        s = s + copy[k][0] * copy[k][1];
    }
    s
}

/// Rows that were pushed; a part of a part; all that is left of nothing.
#[differentiate(order = 2)]
fn pushed(x: &[f64], n: usize) -> f64 {
    let mut rows = Vec::new();
    for i in 0..n {
        rows.push([x[0] * i as f64, x[0].sin()]);
    }
    let part = &mut rows[0..];
    let copy = part.to_vec();
    for row in part.iter_mut() {
        row[0] *= x[0];
    }
    let rest = copy[n / 2..].to_vec();
    let mut s = 0.0;
    for (k, row) in rest.iter().enumerate() {
        s += row[0] * rows[k][0] + row[1] * rows[k][1];
    }
    s
}

/// Another part in every iteration.
#[differentiate(order = 2)]
fn sliding(m: &[Vec<f64>], width: usize) -> f64 {
    let mut s = 1.0;
    for k in 0..=m.len() - width {
        let mut window = m[k..k + width].to_vec();
        for row in window.iter_mut() {
            row[0] *= s;
        }
        if k % 2 == 0 {
            window = m[..width].to_vec();
        }
        for row in &window {
            s += row[0] * row[row.len() - 1].cos();
        }
    }
    s
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Body {
    at: [f64; 2],
    mass: f64,
    #[constant]
    fixed: bool,
}

/// Structs.
#[differentiate(order = 2)]
fn bodies(all: &[Body], first: usize) -> f64 {
    let mut free = all[first..].to_vec();
    let mut energy = 0.0;
    for body in &mut free {
        if body.fixed {
            body.mass *= 0.5;
        }
        body.at[1] += body.mass * all[0].at[0];
        energy += body.mass * body.at[0] * body.at[1];
    }
    energy
}

#[derive(Clone, Debug, Differentiable)]
struct Table<T> {
    a: [T; 2],
    b: [[T; 2]; 2],
    inner: Corner<T>,
    #[constant]
    order: [usize; 2],
}

#[derive(Clone, Debug, Differentiable)]
struct Corner<T> {
    v: [T; 1],
    w: [T; 2],
}

/// Arrays of parts of structs: of some, nothing tells what they are.
#[differentiate(order = 2)]
fn of_parts<T: Float + Differentiable<Scalar = T>>(table: &Table<T>, k: usize) -> T {
    let mut t = table.clone();
    t.inner.v = [t.a[0]];
    t.a = [t.a[1], t.a[0]];
    t.order = [table.order[1], table.order[0]];
    t.b = [[table.inner.w[0], t.a[0]], [t.inner.w[1], table.b[0][1]]];
    t.b[k % 2] = [t.b[1][0], t.b[0][1]];
    let other = t.clone();
    t.inner.w = [other.b[0][1], other.inner.v[0]];
    t.b[other.order[0]][k % 2].sin() * t.inner.w[1] + t.a[1]
}

#[test]
fn arrays_of_parts() {
    macro_rules! table {
        ($float:ident) => {
            Table::<$float> {
                a: [0.7, 0.2],
                b: [[0.5, -0.6], [0.8, 0.9]],
                inner: Corner { v: [0.3], w: [-0.4, 1.2] },
                order: [0, 1],
            }
        };
    }
    for k in 0..3 {
        check_at!(of_parts, &table!(f64), k);
        let (double, single) = (of_parts::grad(&table!(f64), k), of_parts::grad(&table!(f32), k));
        for (a, b) in double.to_flat().into_iter().zip(single.to_flat()) {
            assert!((a - f64::from(b)).abs() < 1e-5, "{a} and {b}");
        }
    }
}

#[test]
fn parts_of_rows() {
    let m = [[0.3, -0.7], [0.9, 0.4], [-0.5, 1.2]];
    for from in [0, 1, 2, 3] {
        check_at!(rows, &m.to_vec(), from);
    }
    let single = m.map(|row| row.map(|v| v as f32));
    let (double, narrow) = (rows::grad(&m[..], 1), rows::grad(&single[..], 1));
    for (a, b) in double.iter().flatten().zip(narrow.iter().flatten()) {
        assert!((a - f64::from(*b)).abs() < 1e-5, "{a} and {b}");
    }
    for n in [0, 1, 2, 5] {
        check_at!(pushed, &vec![0.6], n);
    }
}

#[test]
fn parts_of_vectors_and_structs() {
    let m = [vec![0.3, -0.7], vec![0.9], vec![-0.5, 1.2, 0.8], vec![0.2]];
    for width in [0, 1, 2, 4] {
        check_at!(sliding, &m.to_vec(), width);
    }
    let body = |k: f64, fixed| Body { at: [k.sin(), k.cos()], mass: 0.4 + k, fixed };
    let all = [body(0.1, false), body(0.7, true), body(1.9, false)];
    for first in [0, 2, 3] {
        check_at!(bodies, &all.to_vec(), first);
    }
}
