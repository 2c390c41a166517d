//! Vectors that grow, shrink, change places and are cut, next to early exits and calls.

#![expect(
    clippy::assign_op_pattern,
    clippy::manual_while_let_some,
    clippy::needless_range_loop,
    reason = "the functions are as users write them"
)]

use autodiff_runtime::differentiate;

use crate::agree;
use crate::callees::{chaos, dot};

#[differentiate(order = 2)]
fn grow_early(x: &[f64]) -> f64 {
    let mut v = Vec::new();
    let mut acc = 1.0;
    for (i, &a) in x.iter().enumerate() {
        v.push(a * acc);
        acc = acc * a + v[i / 2];
        if acc > 1.5 {
            v.push(acc);
            return v.iter().map(|t| t * t * acc).sum::<f64>();
        }
        if a < -0.5 {
            continue;
        }
        acc += v[v.len() - 1].sin();
    }
    acc * v.len() as f64
}

#[differentiate(order = 2)]
fn push_call_pop_straight(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.push(x[0] * x[1]);
    let a = chaos(&v);
    let l = v.pop().unwrap();
    v[0] = a * l;
    let b = chaos(&v);
    v.pop();
    v.push(b * a);
    v.push(b);
    let c = dot(&v, &v[..]);
    v.truncate(2);
    c + chaos(&v)
}

#[differentiate(order = 2)]
fn work_stack(x: &[f64]) -> f64 {
    let mut stack = vec![x[0]];
    let mut s = 0.0;
    let mut n = 0;
    while !stack.is_empty() {
        let t = stack.pop().unwrap();
        s += t * t.sin();
        if n < 5 {
            stack.push(t * x[n % x.len()]);
            if n % 2 == 0 {
                stack.push(t + s * 0.1);
            }
        }
        n += 1;
    }
    s * n as f64
}

#[differentiate(order = 2)]
fn grown_len(x: &[f64]) -> f64 {
    let mut v: Vec<f64> = Vec::new();
    for i in 0..x.len() {
        v.push(x[i]);
        for j in 0..v.len() - 1 {
            v[j] = v[j] * v[v.len() - 1] + 0.1;
        }
        if v.len() == 3 {
            v.truncate(1);
            v.extend_from_slice(&x[..2]);
        }
    }
    let mut p = 1.0;
    for i in 0..v.len() {
        p = p * v[i] + i as f64;
    }
    p
}

#[differentiate(order = 2)]
fn grown_then_called(x: &[f64]) -> f64 {
    let mut v = Vec::new();
    for i in 0..x.len() {
        if x[i] > 0.0 {
            v.push(x[i] * x[0]);
        }
        v.push(x[i]);
    }
    let a = chaos(&v);
    v.push(a);
    let b = chaos(&v);
    v[0] = b;
    v.clear();
    v.push(a);
    v.push(b);
    chaos(&v) * a
}

#[differentiate(order = 2)]
fn stops(x: &[f64]) -> f64 {
    let mut v = Vec::with_capacity(4);
    v.push(1.0);
    for i in 0..x.len() {
        let l = v[v.len() - 1];
        let n = l * x[i] + 0.4;
        if n < 0.0 {
            v.pop();
            if v.is_empty() {
                return n * n;
            }
            v[0] *= n;
        } else {
            v.push(n);
        }
    }
    let mut s = 0.0;
    while v.len() > 1 {
        let a = v.pop().unwrap();
        let b = v.pop().unwrap();
        v.push(a * b + s);
        s += a.sin();
    }
    s * v[0]
}

#[differentiate(order = 2)]
fn moved_away(x: &[f64]) -> f64 {
    let v = vec![x[0], x[1] * x[0]];
    let mut w = v;
    let v = w[0] * w[1];
    w[0] = v * w[1];
    let u = w.clone();
    w[1] = u[0] * 3.0;
    let w2 = w;
    w2[0] * w2[1] + u[1] * v
}

#[differentiate(order = 2)]
fn swap_take(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![1.0_f64; x.len()];
    let mut s = 0.0;
    for k in 0..4 {
        for i in 0..x.len() {
            b[i] = a[i] * x[(i + k) % x.len()] + b[i].sin();
        }
        if k != 2 {
            std::mem::swap(&mut a, &mut b);
        }
        s += chaos(&a) * b[0];
    }
    s
}

#[differentiate(order = 2)]
fn quick(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    // bubble sort.
    for i in 0..v.len() {
        for j in 0..v.len() - 1 - i {
            if v[j] > v[j + 1] {
                v.swap(j, j + 1);
            }
        }
    }
    let mut s = 0.0;
    for i in 0..v.len() {
        s += v[i] * v[i] * (i + 1) as f64;
    }
    s
}

fn helper_index(i: usize, n: usize) -> usize {
    (i * 5 + 2) % n
}

#[differentiate(order = 2)]
fn permuted(x: &[f64]) -> f64 {
    let n = x.len();
    let mut idx = vec![0usize; n];
    for i in 0..n {
        idx[i] = helper_index(i, n);
    }
    let mut y = x.to_vec();
    for i in 0..n {
        let j = idx[i];
        y[j] = y[j] * y[i] + 0.2;
        idx[j] = (idx[j] + i) % n;
    }
    let mut s = 1.0;
    for &j in idx.iter() {
        s = s * y[j] + 0.1;
    }
    s
}

#[differentiate(order = 2)]
fn sub_writes(x: &[f64]) -> f64 {
    let n = x.len();
    let mut y = x.to_vec();
    for i in 0..n - 1 {
        let (l, r) = y.split_at_mut(i + 1);
        r[0] = r[0] * l[i] + 0.1;
        l[0] += r[r.len() - 1] * 0.2;
    }
    let part = &mut y[1..];
    part[0] *= 2.0;
    part.swap(0, n - 2);
    part.reverse();
    let t = part[0];
    y[0] = t * y[1];
    y[n - 1] = y[0];
    dot(&y, x)
}

#[differentiate(order = 2)]
fn copies_in_branches(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut z = vec![0.3; x.len()];
    let mut s = 0.0;
    for i in 0..x.len() {
        if x[i] > 0.35 {
            z.copy_from_slice(&y);
            z[0] = z[0] * s + x[i];
            let c = dot(&z, &y);
            y[0] = c * 0.2;
        } else if i > 0 {
            y[1..].copy_from_slice(&z[1..]);
            y[1] += s;
            s = chaos(&y[..2]) + z[0];
            z[1] = s;
        } else {
            z.fill(x[0]);
            s = z[1] * y[0];
        }
    }
    s * z[0] + y[1]
}

#[differentiate(order = 2)]
fn windows(x: &[f64]) -> f64 {
    let mut y: Vec<f64> = x.iter().map(|v| v * v + 0.1).collect();
    let mut s: f64 = y.windows(2).map(|w| w[0] * w[1]).sum();
    for v in y.iter_mut().rev().skip(1) {
        *v = v.sin() * s;
    }
    let m = y.iter().zip(x).fold(1.0, |acc, (a, b)| acc * (a + b) * 0.5);
    for c in y.chunks(2) {
        s += c[0] * m;
    }
    y.iter().sum::<f64>() + s * m
}

#[differentiate(order = 2)]
fn pairs_iter(x: &[f64]) -> f64 {
    let y: Vec<f64> = x.iter().enumerate().filter(|(_, v)| **v > 0.0).map(|(i, v)| v * (i + 1) as f64).collect();
    let mut z = y.clone();
    for i in 1..z.len() {
        z[i] *= z[i - 1];
    }
    let mut t = 0.0;
    for (a, b) in y.iter().zip(z.iter()) {
        t += a * b;
        if t > 3.0 {
            break;
        }
    }
    t * z.last().copied().unwrap_or(1.0)
}

#[differentiate(order = 2)]
fn grown_swapped(x: &[f64]) -> f64 {
    let mut v = vec![x[0]];
    let mut w = x.to_vec();
    let mut s = 0.3;
    for i in 0..4 {
        v.push(s * x[i % x.len()]);
        if i % 2 == 0 {
            std::mem::swap(&mut v, &mut w);
            w.push(s);
        } else {
            s = v.pop().unwrap() * w[0] + s.sin();
            v[0] *= s;
        }
        s += v[v.len() - 1] * w[w.len() / 2];
    }
    let a = chaos(&v);
    std::mem::swap(&mut v, &mut w);
    let b = chaos(&v);
    v.truncate(1);
    w.clear();
    w.push(a * b);
    let c = chaos(&w);
    std::mem::swap(&mut v, &mut w);
    c * v[0] + w[0] * s + dot(&v, &w)
}

#[differentiate(order = 2)]
fn grown_early_swapped(x: &[f64]) -> f64 {
    let mut v = Vec::new();
    let mut w = Vec::new();
    for &a in x {
        if a > 0.36 {
            v.push(a);
        } else {
            w.push(a * 0.5);
            w.push(a);
        }
        if v.len() > 1 {
            std::mem::swap(&mut v, &mut w);
            let l = w.len();
            w[l - 1] = w[0] * w[l - 1];
            if w.len() > 2 {
                return chaos(x) * w[0] * w[l - 1];
            }
        }
    }
    let mut s = 0.1;
    for i in 0..v.len() {
        s = s * v[i] + 0.5;
    }
    for i in 0..w.len() {
        s = s * w[i] - 0.25 * w[i] * w[i];
    }
    s
}

agree!(
    grow_early,
    push_call_pop_straight,
    work_stack,
    grown_len,
    grown_then_called,
    stops,
    moved_away,
    swap_take,
    quick,
    permuted,
    sub_writes,
    copies_in_branches,
    windows,
    pairs_iter,
    grown_swapped,
    grown_early_swapped
);
