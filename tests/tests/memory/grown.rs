//! Vectors of arrays, tuples and structs that grow.

use autodiff_runtime::check::Check;
use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

use crate::check;

#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
struct Point {
    x: f64,
    y: f64,
    label: usize,
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct State {
    q: Vec<f64>,
    p: [f64; 2],
    t: f64,
}

#[differentiate(order = 2)]
fn layer(w: f64, x: &[f64]) -> Vec<f64> {
    x.iter().map(|v| (w * v).tanh()).collect()
}

#[differentiate(order = 2)]
fn length(path: &[[f64; 2]]) -> f64 {
    path.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum()
}

/// Nothing but what is pushed tells what is in the rows, nor in the rows of rows.
#[differentiate(order = 2)]
fn planes(x: &[f64]) -> f64 {
    let mut planes = Vec::with_capacity(2);
    for scale in [0.5, 2.0] {
        let mut plane = Vec::new();
        for &v in x {
            let mut row = vec![];
            for k in 0..3 {
                let acc = scale * v + k as f64;
                row.push(acc * x[0]);
            }
            plane.push(row);
        }
        plane.push(vec![scale * x[0]; 3]);
        planes.push(plane);
    }
    let mut s = 0.0;
    for plane in &planes {
        for (i, row) in plane.iter().enumerate() {
            s += row[0] * row[2] * planes[0][i][1];
        }
    }
    s
}

#[differentiate(order = 2)]
fn from_a_literal(x: &[f64]) -> f64 {
    let mut path = vec![[x[0], x[1]]];
    for &v in &x[2..] {
        let last = path[path.len() - 1];
        let prev = path.last().unwrap();
        path.push([last[0] * v, (prev[1] + last[0]).sin()]);
    }
    path.iter().map(|p| p[0] * p[1]).sum::<f64>() + path[0][0]
}
#[differentiate(order = 2)]
fn recurrence(x: &[f64]) -> f64 {
    let mut path: Vec<[f64; 2]> = Vec::new();
    path.push([x[0], x[1]]);
    for &v in &x[2..] {
        let last = path[path.len() - 1];
        let prev = path.last().unwrap();
        path.push([last[0] * v, (prev[1] + last[0]).sin()]);
    }
    length(&path) * path[0][1]
}
#[differentiate(order = 2)]
fn activations(x: &[f64]) -> f64 {
    let mut layers: Vec<Vec<f64>> = Vec::new();
    let mut h = x.to_vec();
    for &w in x {
        h = layer(w, &h);
        layers.push(h.clone());
    }
    let mut s = 0.0;
    for row in layers.iter().rev() {
        for (k, v) in row.iter().enumerate() {
            s = s * 0.5 + v * (k as f64 + 1.0);
        }
    }
    s
}
#[differentiate(order = 2)]
fn of_calls(x: &[f64]) -> f64 {
    let mut layers: Vec<Vec<f64>> = Vec::new();
    for &w in x {
        layers.push(layer(w, x));
    }
    layers.iter().map(|row| row.iter().map(|v| v * v).sum::<f64>()).sum()
}
#[differentiate(order = 2)]
fn nested(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, &v) in x.iter().enumerate() {
        let mut rows = Vec::new();
        for (j, u) in x[..i].iter().enumerate() {
            if j % 2 == 1 {
                rows.push([v * u, u.cos()]);
            } else {
                rows.push([*u, v]);
            }
        }
        for r in &rows {
            s += r[0] * r[1];
        }
        rows.push([s, v]);
        s += rows[rows.len() - 1][0] * 0.1;
    }
    s
}
#[differentiate(order = 2)]
fn states(x: &[f64]) -> f64 {
    let mut states: Vec<State> = Vec::new();
    let mut state = State { q: x.to_vec(), p: [0.1, 0.2], t: 0.0 };
    for _ in 0..3 {
        for v in state.q.iter_mut() {
            *v = *v * 0.9 + state.t;
        }
        state.p[0] += state.q.iter().sum::<f64>();
        state.t += 0.1 * state.p[0];
        states.push(state.clone());
    }
    let mut s = 0.0;
    for st in &states {
        s += st.p[0] * st.t + st.q.iter().map(|v| v * v).sum::<f64>();
    }
    s
}
#[differentiate(order = 2)]
fn points(x: &[f64]) -> f64 {
    let mut points = Vec::new();
    let mut p = Point { x: 1.0, y: 0.5, label: 0 };
    for (i, &v) in x.iter().enumerate() {
        points.push(p);
        p.x *= v;
        p.y += p.x;
        p.label = i;
        if v > 0.5 {
            points.push(Point { x: v, ..p });
        }
    }
    points.iter().enumerate().map(|(i, q)| q.x * q.y * (i + q.label) as f64).sum()
}
#[differentiate(order = 2)]
fn swapped(x: &[f64]) -> f64 {
    let mut rows = Vec::new();
    for w in x.chunks(2) {
        rows.push(w.to_vec());
    }
    if rows.len() > 1 {
        rows.swap(0, 1);
        rows[0][0] *= 2.0;
    }
    let mut m = rows.clone();
    for r in m.iter_mut() {
        for v in r.iter_mut() {
            *v = *v * *v;
        }
    }
    let mut s = 0.0;
    for (r, q) in rows.iter().zip(&m) {
        for (a, b) in r.iter().zip(q) {
            s += a * b;
        }
    }
    s
}
#[differentiate(order = 2)]
fn extended(x: &[f64]) -> f64 {
    let mut rows: Vec<[f64; 2]> = Vec::new();
    rows.extend(x.windows(2).map(|w| [w[0] * w[1], w[1]]));
    rows.extend(x.iter().map(|v| [*v, v.sin()]));
    rows.iter().map(|r| r[0] * r[1]).sum()
}
#[differentiate(order = 2)]
fn while_loop(x: &[f64]) -> f64 {
    let mut t = 0.0;
    let mut y = [x[0], x[1]];
    let mut trajectory = vec![];
    while t < 1.0 && y[0] < 10.0 {
        trajectory.push((t, y[0] * y[1]));
        y = [y[0] + 0.2 * y[1], y[1] - 0.2 * y[0]];
        t += 0.25 * (1.0 + x[0] * x[0]).sqrt();
    }
    let mut area = 0.0;
    for w in trajectory.windows(2) {
        area += (w[1].0 - w[0].0) * (w[0].1 + w[1].1) / 2.0;
    }
    area
}

#[differentiate(order = 2)]
fn collected(x: &[f64]) -> f64 {
    let points: Vec<Point> = x.iter().enumerate().map(|(i, &v)| Point { x: v, y: v * x[0], label: i }).collect();
    let near: Vec<[f64; 2]> = points.iter().filter(|p| p.x > 0.35).map(|p| [p.x, p.y]).collect();
    let pairs = near.windows(2).flat_map(|w| (0..2).map(move |i| (w[0][i], w[1][i]))).collect::<Vec<(f64, f64)>>();
    let rows: Vec<Vec<f64>> = x.iter().take_while(|v| **v < 1.0).map(|v| vec![*v; 3]).collect();
    points.iter().map(|p| p.x * p.y * p.label as f64).sum::<f64>()
        + length(&near)
        + pairs.iter().map(|&(a, b)| a * b).sum::<f64>()
        + rows.iter().map(|r| r.iter().product::<f64>()).sum::<f64>()
}

/// Of both floats; without any type written.
#[differentiate(order = 2)]
fn horner<T: Float>(x: &[T]) -> T {
    let mut pairs = Vec::new();
    for w in x.windows(2) {
        if w[0] < w[1] {
            pairs.push([w[0], w[1] * w[0]]);
        }
    }
    let mut rows = Vec::with_capacity(x.len());
    for (i, &v) in x.iter().enumerate() {
        let mut row = vec![T::zero(); i + 1];
        for (j, r) in row.iter_mut().enumerate() {
            *r = (v * x[j]).sin();
        }
        rows.push(row);
    }
    let mut s = T::zero();
    for p in pairs.iter().rev() {
        s = s * p[0] + p[1];
    }
    for row in &rows {
        for r in row {
            s = s + *r * *r;
        }
    }
    s
}

#[test]
fn in_both_precisions() {
    check!(horner, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(horner, f32, [0.3, 0.7, 0.4]);
    check!(horner, f64, [0.3]);
    check!(horner, f64, []);
}

#[test]
fn of_arrays_vectors_tuples_and_structs() {
    check!(from_a_literal, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(from_a_literal, f64, [0.6, 0.2]);
    check!(planes, f64, [0.3, 0.7, 0.4]);
    check!(planes, f64, [0.6]);
    check!(recurrence, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(recurrence, f64, [0.6, 0.2]);
    check!(activations, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(activations, f64, [0.6]);
    check!(activations, f64, []);
    check!(of_calls, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(of_calls, f64, [0.6]);
    check!(of_calls, f64, []);
    check!(nested, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(nested, f64, [0.6]);
    check!(nested, f64, []);
    check!(states, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(states, f64, [0.6]);
    check!(states, f64, []);
    check!(points, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(points, f64, [0.6]);
    check!(points, f64, []);
    check!(swapped, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(swapped, f64, [0.6]);
    check!(swapped, f64, []);
    check!(extended, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(extended, f64, [0.6]);
    check!(extended, f64, []);
    check!(while_loop, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(while_loop, f64, [0.6, 0.2]);
    check!(collected, f64, [0.3, 0.7, 0.4, 0.9, 1.1]);
    check!(collected, f64, [0.6]);
}

#[differentiate]
fn returned(x: &[f64]) -> Vec<[f64; 2]> {
    let mut rows = Vec::new();
    for &v in x {
        rows.push([v * v, v.sin()]);
    }
    rows
}
#[differentiate]
fn of_returned(x: &[f64]) -> f64 {
    let rows = returned(x);
    let mut ps = vec![];
    for (i, &v) in x.iter().enumerate() {
        ps.push(Point { x: v * v, y: v.exp(), label: i });
    }
    let mut kept = Vec::new();
    for (r, p) in rows.iter().zip(&ps) {
        kept.push([r[0], r[1]]);
        kept.push([p.x, p.y]);
    }
    length(&kept)
}
#[differentiate]
fn matrices(x: &[[f64; 2]]) -> f64 {
    let mut products = Vec::new();
    let mut m = [[1.0, 0.0], [0.0, 1.0]];
    for r in x {
        let mut n = [[0.0; 2]; 2];
        for i in 0..2 {
            for j in 0..2 {
                n[i][j] = m[i][0] * r[j] + m[i][1] * r[1 - j];
            }
        }
        m = n;
        products.push(m);
    }
    products.iter().map(|m| m[0][0] * m[1][1] - m[0][1] * m[1][0]).sum()
}

#[test]
fn as_results() {
    let x = vec![0.3, 0.7, 0.4, 0.9];
    Check::new("returned", &x, |x| returned(x))
        .vjp_into(|x, seed, x_bar| returned::vjp_into(x, seed.clone(), x_bar))
        .jvp(|x, x_dot| returned::jvp(x, x_dot))
        .run()
        .assert();
    Check::new("of returned", &x, |x| of_returned(x))
        .value_and_grad(|x| of_returned::value_and_grad(x))
        .jvp(|x, x_dot| of_returned::jvp(x, x_dot))
        .run()
        .assert();
    let x = vec![[0.3, 0.7], [0.4, 0.9]];
    Check::new("matrices", &x, |x| matrices(x))
        .value_and_grad(|x| matrices::value_and_grad(x))
        .jvp(|x, x_dot| matrices::jvp(x, x_dot))
        .run()
        .assert();
}

/// What began with its length grows.
#[differentiate(order = 2)]
fn appended(x: &[f64]) -> f64 {
    let mut rows = vec![vec![x[0]; x.len()]; 1];
    let mut pairs = vec![[0.5; 2]; x.len()];
    for (i, row) in pairs.iter_mut().enumerate() {
        row[0] *= x[i];
    }
    for i in 0..x.len() {
        let previous = &rows[i];
        let mut row = previous.clone();
        row[i] = row[i] * x[i] + row[0].sin();
        rows.push(row);
        pairs.push([x[i], rows[i][0]]);
    }
    rows.iter().map(|row| row.iter().sum::<f64>()).sum::<f64>() + pairs.iter().map(|p| p[0] * p[1]).sum::<f64>()
}

#[test]
fn what_began_with_its_length() {
    check!(appended, f64, [0.3, 0.7, 0.4]);
    check!(appended, f64, [0.6]);
}

#[differentiate(order = 2)]
fn weighted(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b * b).sum()
}

#[differentiate(order = 2)]
fn weighted_rows(a: &[[f64; 2]], b: &[[f64; 2]]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a[0] * b[1] * b[0]).sum()
}

/// A call is given a vector twice that grows afterwards.
#[differentiate(order = 2)]
fn passed_twice(x: &[f64]) -> f64 {
    let mut grown = vec![0.5];
    let mut rows = vec![];
    for (i, &v) in x.iter().enumerate() {
        grown.push(0.1 * weighted(&grown, &grown) + v);
        rows.push([0.1 * weighted_rows(&rows, &rows) + v, v]);
        rows.push(rows[i]);
    }
    let mut s = grown[grown.len() - 1];
    for row in &rows {
        s += row[0] * row[0];
    }
    s
}

/// Vectors of constants stay what they are: numbers that are computed with, and what is no number.
#[differentiate(order = 2)]
fn constant_rows(x: &[f64]) -> f64 {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut pairs: Vec<(usize, usize)> = Vec::with_capacity(x.len());
    for i in 0..x.len() {
        rows.push(vec![0.5; i]);
        names.push(format!("{i}"));
        pairs.push((i, x.len() - 1 - i));
    }
    let mut s = 0.0;
    for row in &rows {
        for &v in row {
            s += v * x[0];
        }
    }
    for k in 0..names.len() {
        let (a, b) = pairs[k];
        s += x[a] * x[b] * names[k].len() as f64;
    }
    s
}

#[test]
fn passed_on_and_constant() {
    check!(passed_twice, f64, [0.3, 0.7, 0.4]);
    check!(passed_twice, f64, [0.6]);
    check!(passed_twice, f64, []);
    check!(constant_rows, f64, [0.3, 0.7, 0.4]);
    check!(constant_rows, f64, [0.6]);
}

/// Parts of structs that closures give, of vectors that grow.
#[differentiate(order = 2)]
fn given_by_closures(x: &[f64]) -> f64 {
    let mut points: Vec<Point> = vec![];
    for (i, &v) in x.iter().enumerate() {
        let point = Point { x: v.sin(), y: v * x[0], label: i };
        points.push(point);
    }
    let s: f64 = (0..x.len()).map(|i| points[i].x).sum();
    let t: f64 = (0..x.len()).rev().map(|i| points[i].y).sum();
    s * s * t
}

#[test]
fn parts_that_closures_give() {
    check!(given_by_closures, f64, [0.3, 0.7, 0.4]);
    check!(given_by_closures, f64, [0.6]);
    check!(given_by_closures, f64, []);
}
