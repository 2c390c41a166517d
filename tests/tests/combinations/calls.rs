//! Arguments of calls that overlap, are parts, and are overwritten later, in loops and branches and outside of them.

#![expect(clippy::assign_op_pattern, reason = "the functions are as users write them")]

use autodiff_runtime::differentiate;

use crate::agree;
use crate::callees::{by_value, chaos, dot, generic, three, two};

#[differentiate(order = 2)]
fn arg_overwritten(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.0;
    for k in 0..4 {
        if k % 2 == 1 {
            let c = chaos(&y);
            s += c * c;
            y[k % x.len()] = c * 0.3 + y[0];
        } else {
            s += chaos(&y) * y[0];
            y[0] *= 0.9;
            y[x.len() - 1] += s * 0.1;
        }
    }
    s
}

#[differentiate(order = 2)]
fn call_in_branch(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.0;
    for i in 0..x.len() {
        if x[i] > 0.0 {
            y[i] = y[i] * y[0];
            if s > -0.5 {
                s += chaos(&y);
                y[0] = s;
            } else {
                s = y[i];
            }
            y[i] += s;
        } else if i > 0 {
            let t = dot(&y, x);
            y[0] = y[i] * t;
            s += t * y[0];
        }
    }
    s
}

#[differentiate(order = 2)]
fn copied_temp(x: &[f64]) -> f64 {
    let mut a = [x[0], x[1], 1.0];
    let mut s = 0.0;
    for i in 0..3 {
        let old = a;
        a[i] = old[(i + 1) % 3] * old[(i + 2) % 3] + a[0];
        let c = chaos(&old);
        s += c * a[i];
        a[0] = c;
    }
    s + a[2]
}

#[differentiate(order = 2)]
fn deep(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], 0.7];
    let mut s = 1.0;
    for i in 0..2 {
        for j in 0..3 {
            if (i + j) % 2 == 0 {
                let c = chaos(&y);
                y[j] = c * 0.5;
                for k in 0..2 {
                    let d = chaos(&y[k..]);
                    y[k] += d * 0.1 * x[j % x.len()];
                    s = s * 0.5 + d * c;
                }
            } else {
                (y[0], y[j]) = two(y[j], y[0]);
            }
        }
        y[i] *= s.sin();
    }
    s * y[2]
}

#[differentiate(order = 2)]
fn shared(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.0;
    for i in 0..3 {
        let a = dot(&y, &y);
        let b = dot(&y, x);
        let c = dot(x, x);
        s += a * b + c * y[0];
        y[i % 2] = (a + b).sin() * 0.5;
    }
    s * dot(&y, &y)
}

#[differentiate(order = 2)]
fn threes(x: &[f64]) -> f64 {
    let a = three(x, x, x, 0.5);
    let b = three(x, &x[1..], x, a.sin());
    let c = three(&x[1..], x, &x[..2], b.cos());
    let y: Vec<f64> = x.iter().map(|v| v * 0.5).collect();
    let d = three(&y, x, &y, c.sin());
    let e = three(&y, &y, x, d * 0.1);
    a * b + c * d + e
}

#[differentiate(order = 2)]
fn threes_loop(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.2;
    for i in 0..3 {
        let a = three(&y, &y, x, s);
        if a > 0.0 {
            y[i % 2] = a.sin() * 0.7;
            s = three(&y[1..], x, &y, 0.2) * 0.3;
        } else {
            s = three(x, &y, &y, s).sin();
            y[0] *= s;
        }
    }
    s * dot(&y, x)
}

#[differentiate(order = 2)]
fn values(x: &[f64]) -> f64 {
    let mut a = [x[0], x[1], 0.8];
    let mut s = 1.0;
    for i in 0..3 {
        let b = by_value(a, i + 2);
        a[i] = b * s;
        s = s * 0.5 + by_value([b, s, x[0]], 1);
    }
    s + a[1]
}

#[differentiate(order = 2)]
fn while_call(x: &[f64]) -> f64 {
    let mut t = 0;
    let mut y = [x[0], x[1]];
    let mut last = chaos(&y);
    while t < 5 && last < 4.0 {
        y = [y[1], last * 0.4];
        let now = chaos(&y);
        if now < -0.5 {
            return now * y[0];
        }
        last = now + last * 0.2;
        t += 1;
    }
    last * y[1]
}

#[differentiate(order = 2)]
fn same_list_and_part(x: &[f64]) -> f64 {
    let n = x.len();
    let a = dot(&x[1..], &x[..n - 1]);
    let b = dot(&x[..n - 1], x);
    let c = dot(&x[n / 2..], x);
    a * b + c.sin() * a
}

#[differentiate(order = 2)]
fn generics(x: &[f64]) -> f64 {
    let mut t = x[0];
    let mut y = x.to_vec();
    for i in 0..2 {
        t = generic(&y, t.sin());
        y[i] = t * 0.3;
    }
    let (g, dt) = generic::grad(&y, t.cos());
    t + g[0] * dt
}

#[differentiate(order = 2)]
fn ping(x: &[f64], n: usize) -> f64 {
    if n == 0 || x.len() < 2 {
        return x[0] * x[x.len() - 1];
    }
    let mut y = x.to_vec();
    y[0] = pong(&x[1..], n - 1) * 0.5 + x[0];
    let k = y.len() - 1;
    y[k] *= x[0];
    ping(&y, n - 1) + y[0]
}

#[differentiate(order = 2)]
fn pong(x: &[f64], n: usize) -> f64 {
    if n == 0 || x.len() < 2 { x.iter().map(|v| v.sin()).sum::<f64>() + 0.3 } else { ping(&x[1..], n - 1) * x[0] }
}

#[differentiate(order = 2)]
fn mutual(x: &[f64]) -> f64 {
    ping(x, 3)
}

#[differentiate(order = 2)]
fn sum_rec(x: &[f64]) -> f64 {
    let n = x.len();
    if n == 0 {
        return 0.5;
    }
    if n == 1 {
        return x[0] * x[0];
    }
    let a = sum_rec(&x[..n / 2]);
    let b = sum_rec(&x[n / 2..]);
    a * b + (a - x[n - 1]).sin()
}

#[differentiate(order = 2)]
fn closure_array(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let f = |v: &[f64], i: usize| v[i] * v[0] + x[i];
    let mut s = 0.0;
    for i in 0..y.len() {
        let r = f(&y, i);
        y[i] = r * 0.5;
        s += r * f(&y, 0);
    }
    s
}

#[differentiate(order = 2)]
fn early_return_nested(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.5;
    for i in 0..x.len() {
        for j in 0..i {
            y[i] += y[j] * s;
            if y[i] > 1.2 {
                y[0] = y[i] * s;
                return chaos(&y) + s;
            }
        }
        s += y[i].sin() * chaos(&y[..i + 1]);
        y[i] = s;
    }
    dot(&y, x)
}

#[differentiate(order = 2)]
fn part_then_written_straight(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let a = chaos(&y[1..]);
    y[1] = a * y[0];
    let b = chaos(&y[..2]);
    y[0] = b;
    let c = dot(&y[1..], &y[1..]);
    y[1] = 0.0;
    a * b + c * y[0]
}

#[differentiate(order = 2)]
fn parts_then_written(x: &[f64]) -> f64 {
    let n = x.len();
    let mut y = x.to_vec();
    let a = dot(&y[1..], &y[..n - 1]);
    y[1] = a;
    let b = dot(&y, &y[..]);
    y.reverse();
    let c = dot(&y[..2], &y);
    y.fill(c);
    a * b + dot(&y, x)
}

#[differentiate(order = 2)]
fn overlapping_parts(x: &[f64]) -> f64 {
    let n = x.len();
    let mut y = x.to_vec();
    let mut s = 0.0;
    for i in 0..n - 1 {
        let w = dot(&y[i..], &y[..n - i]);
        y[i + 1] = w * 0.3 + y[i];
        s += w * dot(&y, &y[..]);
    }
    s
}

agree!(
    arg_overwritten,
    call_in_branch,
    copied_temp,
    deep,
    shared,
    threes,
    threes_loop,
    values,
    while_call,
    same_list_and_part,
    generics,
    mutual,
    sum_rec,
    closure_array,
    early_return_nested,
    part_then_written_straight,
    parts_then_written,
    overlapping_parts
);
