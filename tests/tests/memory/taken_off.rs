//! Tuples, arrays, rows and structs that are taken off vectors: as options, unwrapped, and to leave less of them.

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

use crate::support::weighted;
use crate::{check, check_at};

/// A stack of pairs that grows while it is emptied.
#[differentiate(order = 2)]
fn pairs<T: Float>(x: &[T]) -> T {
    let mut stack: Vec<(T, T)> = Vec::new();
    for &v in x {
        stack.push((v, v * v));
    }
    let (mut s, mut n) = (T::zero(), 0);
    while let Some((a, b)) = stack.pop() {
        s = s + a * b * s + a;
        n += 1;
        if n < 4 {
            stack.push((a * s, b.sin()));
        }
    }
    s
}

/// Adaptive quadrature, with the intervals that are left on a stack.
#[differentiate(order = 2)]
fn integral<T: Float>(x: &[T]) -> T {
    let f = |t: T| x.iter().fold(T::one(), |acc, &v| acc * t + v);
    let half = T::from(0.5).unwrap();
    let mut open: Vec<(T, T)> = vec![(T::zero(), T::one())];
    let mut area = T::zero();
    while let Some((lo, hi)) = open.pop() {
        let mid = half * (lo + hi);
        let trapezoid = half * (f(lo) + f(hi));
        if (trapezoid - f(mid)).abs() > T::from(0.02).unwrap() && hi - lo > T::from(0.1).unwrap() {
            open.push((lo, mid));
            open.push((mid, hi));
        } else {
            area = area + (hi - lo) * (trapezoid + f(mid)) * half;
        }
    }
    area
}

#[differentiate(order = 2)]
fn rows<T: Float>(x: &[T]) -> T {
    let mut rows: Vec<Vec<T>> = Vec::new();
    for (i, &v) in x.iter().enumerate() {
        rows.push(vec![v * v; i + 1]);
    }
    let mut s = T::one();
    if let Some(last) = rows.pop() {
        s = s + weighted(&last) * last[0];
    }
    // Nobody looks at these.
    rows.pop();
    rows.push(vec![s, s.sin()]);
    let row = rows.pop().unwrap();
    rows.truncate(1);
    for left in &rows {
        s = s * left[0] + left[left.len() - 1];
    }
    rows.clear();
    rows.push(vec![s]);
    s * row[1] + row[0] * rows[0][0]
}

#[differentiate(order = 2)]
fn arrays<T: Float>(x: &[T]) -> T {
    let mut corners: Vec<[T; 2]> = x.windows(2).map(|w| [w[0] * w[1], w[1]]).collect();
    corners.push([x.iter().fold(T::one(), |acc, &v| acc * v), T::one()]);
    let [a, b] = corners.pop().unwrap();
    let s = a.sin() * b;
    match corners.pop() {
        Some(last) => s * last[0] + last[1],
        None => s,
    }
}

#[differentiate(order = 2)]
fn scaled<T: Float>(w: &[T], x: T) -> T {
    x * x * w[0] + w.iter().fold(T::zero(), |acc, &v| acc + v * v)
}

#[differentiate(order = 2)]
fn of_array<T: Float, const N: usize>(x: T, q: &[T; N], w: &[T]) -> T {
    x * q[0] * w[N - 1]
}

/// Rows that are lent as arrays, and overwritten later.
#[differentiate(order = 2)]
fn lent_copies<T: Float>(x: &[T]) -> T {
    let mut rows: Vec<[T; 2]> = vec![];
    for &v in x {
        rows.push([v, v * v]);
    }
    let mut s = T::one();
    let mut copy = rows.to_vec();
    for i in 0..copy.len() {
        s = of_array(s, &copy[i], &copy[0]) + rows[i][0];
        copy[i][1] = s * rows[0][1];
    }
    while let Some(row) = copy.pop() {
        s = s * row[0] + row[1];
    }
    s
}

/// What calls in branches read is overwritten and taken off before the reverse sweep gets to them.
#[differentiate(order = 2)]
fn lent_arrays<T: Float>(x: &[T]) -> T {
    let mut rows = vec![];
    for (i, &v) in x.iter().enumerate() {
        rows.push([v.sin(), v * v]);
        if i == 1 {
            rows.pop();
        }
    }
    let y = match x.len() {
        0 => T::one(),
        1 | 2 => scaled(&rows[0], x[0]),
        n => scaled(&rows[n - 2], x[1]),
    };
    if !rows.is_empty() {
        rows[0][0] = rows[0][0] * y;
    }
    if rows.len() > 1 {
        rows[1][1] = rows[1][1] * y;
    }
    let mut s = T::zero();
    while let Some(r) = rows.pop() {
        s = s * r[1] + r[0] * r[0];
    }
    y + s
}

#[differentiate(order = 2)]
fn lent_parts<T: Float>(x: &[T]) -> T {
    let mut v: Vec<T> = vec![];
    for (i, &x) in x.iter().enumerate() {
        v.push(x * x);
        v.push(x.sin());
        if i % 2 == 1 {
            v.pop();
        }
    }
    let (mut s, tenth) = (T::from(0.5).unwrap(), T::from(0.1).unwrap());
    for i in 0..v.len() {
        if i % 2 == 0 {
            s = s + tenth * scaled(&v[i..], s.sin());
            s = s.cos() + tenth * (scaled(&v[..=i], x[0] * s) + scaled(&v, s.cos()));
        }
        v[i] = v[i] * s.cos();
    }
    while let Some(last) = v.pop() {
        s = (s * last).sin() + last;
    }
    s
}

#[differentiate(order = 2)]
fn lent_rows<T: Float>(x: &[T]) -> T {
    let mut rows: Vec<Vec<T>> = vec![];
    for (i, &v) in x.iter().enumerate() {
        rows.push(vec![v; i + 1]);
        if i == 1 {
            rows.pop();
        }
    }
    let mut s = T::from(0.5).unwrap();
    for i in 0..rows.len() {
        if i % 2 == 0 {
            s = s + scaled(&rows[i], s.sin());
            s = s + scaled(&rows[i][..1], x[0]);
        }
        rows[i][0] = rows[i][0] * s.cos();
        let last = rows.len() - 1;
        rows.swap(i, last);
    }
    rows.truncate(2);
    for row in &rows {
        s = s * row[0] + row[row.len() - 1];
    }
    s
}

const SCALE: f64 = -0.92;

/// Constants among what is pushed, and copies of elements of which some are gone.
#[differentiate(order = 2)]
fn copies(x: &[f64]) -> f64 {
    let mut pairs = Vec::new();
    let mut rows = Vec::with_capacity(2);
    for &v in x {
        pairs.push((v, SCALE));
        rows.push([v.sin(), v, v * v]);
        rows.push([SCALE, v, 0.5]);
    }
    pairs.push((SCALE * SCALE, SCALE));
    rows.push([SCALE, 1.0, 0.5]);
    rows.pop();
    let mut s = 0.5;
    if !rows.is_empty() {
        let copy = rows[0];
        for k in 0..3 {
            s += copy[0].min(x[0]).sin() * rows[0][k];
            rows[0][k] = s;
            let again = rows[0];
            rows.push(again);
            if k == 1 {
                rows.pop();
                let last = rows[rows.len() - 1];
                s += last[0] * last[1];
                rows[0] = last;
            }
        }
    }
    while let Some(row) = rows.pop() {
        s += row[0] * s.sin() + row[2];
    }
    while let Some((a, b)) = pairs.pop() {
        s = a * b + s.cos();
    }
    s
}

#[derive(Clone, Debug, Differentiable)]
struct Body {
    at: [f64; 2],
    mass: f64,
    name: usize,
}

#[differentiate(order = 2)]
fn bodies(x: &[f64]) -> f64 {
    let mut bodies: Vec<Body> = Vec::new();
    for (name, &v) in x.iter().enumerate() {
        bodies.push(Body { at: [v, v * v], mass: v.cos(), name });
    }
    let mut s = 1.0;
    if let Some(last) = bodies.pop() {
        s += last.mass * last.at[1] * last.name as f64;
    }
    bodies.truncate(2);
    for body in &bodies {
        s = s * body.mass + body.at[0];
    }
    s
}

/// Constants alone: quadrature by halves, and rows whose elements are not active either.
#[differentiate(order = 2)]
fn constants<T: Float>(x: &[T]) -> T {
    let (tenth, half) = (T::from(0.1).unwrap(), T::from(0.5).unwrap());
    let mut s = T::zero();
    for &v in x {
        let mut open: Vec<(T, T)> = Vec::new();
        open.push((T::zero(), T::one()));
        while let Some((lo, hi)) = open.pop() {
            if hi - lo > tenth + tenth {
                let middle = half * (lo + hi);
                open.push((lo, middle));
                open.push((middle, hi));
            } else {
                s = s + (v * lo).sin() * (hi - lo);
            }
        }
        let mut rows: Vec<Vec<T>> = Vec::new();
        for i in 0..5 {
            let row = vec![half; i];
            rows.push(row);
        }
        rows.truncate(3);
        for row in &rows {
            for &w in row {
                s = s + w * v * s.cos();
            }
        }
        if let Some(row) = rows.pop() {
            s = row.iter().fold(s, |acc, &w| acc * w + v);
        }
        rows.clear();
        s = s + T::from(rows.len()).unwrap();
    }
    s
}

/// Constants of several kinds are passed through.
#[differentiate(order = 2)]
fn of_several_kinds<T: Float>(x: &[T]) -> T {
    let mut open: Vec<(usize, f64)> = Vec::new();
    open.push((0, 1.0));
    let mut s = T::zero();
    while let Some((k, w)) = open.pop() {
        if k < x.len() {
            s = s + T::from(w).unwrap() * x[k].sin() + s * s;
            open.push((k + 1, 0.5 * w));
        }
    }
    s
}

#[test]
fn taken_off() {
    macro_rules! all {
        ($($f:ident)*) => {
            $(
                check!($f, f64, []);
                check!($f, f64, [0.6]);
                check!($f, f64, [0.6, -0.8, 1.1, 0.3]);
                check!($f, f32, [0.6, -0.8]);
            )*
        };
    }
    all!(pairs integral rows arrays lent_arrays lent_copies lent_parts lent_rows constants of_several_kinds);
    for x in [&[][..], &[0.6], &[0.6, -0.8, 1.1, 0.3]] {
        check_at!(copies, &x.to_vec());
    }
    check!(bodies, f64, []);
    check!(bodies, f64, [0.6]);
    check!(bodies, f64, [0.6, -0.8, 1.1, 0.3]);
}
