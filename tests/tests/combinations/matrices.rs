//! Rows that are exchanged, overwritten and passed on.

#![expect(clippy::needless_range_loop, reason = "the functions are as users write them")]

use autodiff_runtime::differentiate;

use crate::agree;
use crate::callees::{chaos, dot};

#[differentiate(order = 2)]
fn rows_swapped(x: &[f64]) -> f64 {
    let mut m = [[x[0], x[1], 0.5], [x[2], x[0] * x[1], 1.0], [0.2, x[2], x[1]]];
    let mut s = 0.0;
    for i in 0..3 {
        m.swap(i, (i + 1) % 3);
        let c = dot(&m[i], &m[(i + 2) % 3]);
        m[0][i] += c * 0.2;
        s += c + chaos(&m[1]);
    }
    s
}

#[differentiate(order = 2)]
fn rows_straight(x: &[f64]) -> f64 {
    let mut m = [[x[0], x[1]], [x[1], 0.5]];
    let a = dot(&m[0], &m[1]);
    m[0] = m[1];
    m[1][0] = a;
    let b = dot(&m[0], &m[1]);
    m[1] = [b, a];
    let c = dot(&m[1], &m[1]);
    m.swap(0, 1);
    m[0][0] = 3.0;
    c + chaos(&m[0]) * b + chaos(&m[1])
}

#[differentiate(order = 2)]
fn matrices(x: &[f64]) -> f64 {
    let n = 2;
    let mut m = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..n {
            m[i][j] = x[(i * n + j) % x.len()];
        }
    }
    for _ in 0..2 {
        let mut p = vec![vec![0.0; n]; n];
        for i in 0..n {
            for j in 0..n {
                for k in 0..n {
                    p[i][j] += m[i][k] * m[k][j];
                }
            }
        }
        for i in 0..n {
            for j in 0..n {
                m[i][j] = p[i][j];
            }
        }
    }
    m[0][0] + m[1][1] * m[0][1]
}

#[differentiate(order = 2)]
fn triangular(x: &[f64]) -> f64 {
    let n = x.len();
    let mut l = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let mut s = x[i] * x[j] + if i == j { 2.0 } else { 0.0 };
            for k in 0..j {
                s -= l[i][k] * l[j][k];
            }
            if i == j {
                l[i][i] = s.abs().sqrt();
            } else {
                l[i][j] = s / l[j][j];
            }
        }
    }
    let mut d = 0.0;
    for i in 0..n {
        d += l[i][i].ln() * x[i];
    }
    d + l[n - 1][0]
}

#[differentiate(order = 2)]
fn row_calls(x: &[f64]) -> f64 {
    let n = 2;
    let mut m = vec![vec![1.0; 3]; n];
    for i in 0..n {
        for j in 0..3 {
            m[i][j] = x[(i + j) % x.len()];
        }
    }
    let mut s = 0.0;
    for k in 0..3 {
        let c = dot(&m[k % 2], &m[(k + 1) % 2][..]);
        m[k % 2][k] = c;
        m.swap(0, 1);
        s += c * chaos(&m[0][1..]);
        m[0][1] *= 0.5;
    }
    s
}

#[differentiate(order = 2)]
fn local_temp(x: &[f64]) -> f64 {
    let mut s = 0.3;
    let mut i = 0;
    while i < x.len() {
        let mut t = vec![s; 3];
        t[1] *= x[i];
        t[2] = t[1] * t[0];
        if t[2] > 0.8 {
            t[0] = chaos(&t) * 0.1;
            s = t[0];
            i += 1;
            continue;
        }
        let u = t.clone();
        t[0] = u[2];
        s += chaos(&t[1..]) * dot(&u, &t);
        i += 1;
    }
    s
}

#[differentiate(order = 2)]
fn rows_of_lengths(x: &[f64]) -> f64 {
    let n = x.len();
    let mut m = vec![vec![0.5; n]; 3];
    let mut y = x.to_vec();
    for i in 0..3 {
        m[i].copy_from_slice(&y);
        m.swap(0, i);
        std::mem::swap(&mut y[0], &mut m[1][0]);
        y.swap(0, n - 1);
        m[i][1] *= y[0];
        let r = &m[(i + 1) % 3];
        y[1] = r[0] * r[n - 1] + y[0];
    }
    dot(&m[0], &m[1]) + chaos(&m[2]) + y[0]
}

agree!(rows_swapped, rows_straight, matrices, triangular, row_calls, local_temp, rows_of_lengths);
