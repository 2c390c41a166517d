//! Derivatives of other functions in loops and branches whose state is overwritten.

#![expect(clippy::assign_op_pattern, clippy::needless_range_loop, reason = "the functions are as users write them")]

use autodiff_runtime::differentiate;

use crate::agree;
use crate::callees::{P, chaos, dot, pair, use_p};

#[differentiate(order = 2)]
fn nested_grad(x: &[f64]) -> f64 {
    let mut z = x.to_vec();
    let mut s = 0.0;
    for k in 0..3 {
        let g = chaos::grad(&z);
        for i in 0..z.len() {
            z[i] = z[i] - 0.1 * g[i] * x[i];
        }
        s += g[k % z.len()] * z[0];
    }
    s
}

#[differentiate(order = 2)]
fn nested_branch(x: &[f64]) -> f64 {
    let mut z = x.to_vec();
    let mut s = 1.0;
    for i in 0..3 {
        if z[i % 2] > 0.2 {
            let (v, g) = chaos::value_and_grad(&z);
            z[0] = 0.3 * v + g[1];
            s += g[0] * v;
            if s < 0.0 {
                let (v, h) = chaos::jvp(&z, x);
                s += h * v * 0.1;
                z[1] = s;
            }
        } else {
            let h = chaos::grad(&z);
            z[1] += h[0] * 0.05 + s;
        }
    }
    s + z[0] * z[1]
}

#[differentiate(order = 2)]
fn nested_parts(x: &[f64]) -> f64 {
    let n = x.len();
    let mut y = x.to_vec();
    let g = chaos::grad(&y[1..]);
    y[1] = g[0] * y[0];
    let h = chaos::grad(&y[..n - 1]);
    y[0] = h[0];
    let k = chaos::grad(&y);
    k[0] * k[n - 1] + dot(&h, &g)
}

#[differentiate(order = 2)]
fn newtonish(x: &[f64]) -> f64 {
    let mut a = x[0];
    let mut b = 0.4;
    for i in 0..x.len() {
        let (v, (da, db)) = pair::value_and_grad(a, b);
        if da > 0.2 {
            a -= 0.1 * da * v;
        } else {
            b += db * 0.1 * x[i];
            a = b * da;
        }
    }
    a * b
}

#[differentiate(order = 2)]
fn nested_scalar_state(x: &[f64]) -> f64 {
    let mut t = (x[0], x[1]);
    let mut n = 1;
    for i in 0..x.len() {
        for _ in 0..n {
            let (da, db) = pair::grad(t.0, t.1);
            t = (t.1 - 0.2 * da, t.0 + 0.1 * db);
            if da > 1.5 {
                break;
            }
        }
        n = (n + i) % 3;
        t.0 += x[i];
    }
    t.0 * t.1
}

#[differentiate(order = 2)]
fn struct_nested_grad(x: &[f64]) -> f64 {
    let mut a = x[0];
    let mut s = 0.0;
    for i in 0..3 {
        let p = P { a, w: [x[1], x[0] * 0.5], n: i + 1 };
        let (g, t) = use_p::grad(&p, x[1]);
        a = a * 0.5 + g.a * 0.1 + g.w[1] * t;
        s += g.w[0] * a;
    }
    s
}

agree!(nested_grad, nested_branch, nested_parts, newtonish, nested_scalar_state, struct_nested_grad);
