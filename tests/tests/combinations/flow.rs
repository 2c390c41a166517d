//! Labelled exits, loops that do not run, bounds and state that are overwritten, names that are used again.

#![expect(
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    clippy::useless_vec,
    reason = "the functions are as users write them"
)]

use autodiff_runtime::differentiate;

use crate::agree;
use crate::callees::{chaos, dot, two};

#[differentiate(order = 2)]
fn labelled(x: &[f64]) -> f64 {
    let mut acc = 1.0;
    let mut cnt = 0;
    'outer: for i in 0..x.len() {
        for j in 0..x.len() {
            if j > i {
                acc *= x[j].cos() + 1.0;
                continue 'outer;
            }
            acc += x[i] * x[j] * acc * 0.2;
            cnt += 1;
            if cnt == 6 {
                acc = acc * acc;
                break 'outer;
            }
        }
        acc -= x[i];
    }
    acc
}

#[differentiate(order = 2)]
fn labelled_value(x: &[f64]) -> f64 {
    let mut acc = 0.2;
    let r = 'search: loop {
        for i in 0..x.len() {
            acc = acc * x[i] + 0.4;
            if acc > 1.0 {
                break 'search acc * x[i];
            }
            let mut j = i;
            let inner = loop {
                if j == 0 {
                    break acc * 2.0;
                }
                j -= 1;
                acc += x[j] * 0.1;
                if acc < 0.0 {
                    break 'search acc * acc;
                }
            };
            acc = inner * 0.5;
        }
        if acc.abs() < 10.0 {
            break acc.sin();
        }
    };
    r * acc
}

#[differentiate(order = 2)]
fn zero_trip(x: &[f64]) -> f64 {
    let mut a = x[0];
    let mut b = 2.0;
    for i in 3..x.len() {
        a = b * x[i];
        b = a * a;
    }
    for _ in x.len()..2 {
        b *= a;
    }
    while a > 3.0 {
        a = a * 0.5;
        b += a;
    }
    a * b
}

#[differentiate(order = 2)]
fn zero_iter(x: &[f64]) -> f64 {
    let mut y = vec![0.5; 2];
    let mut k = 0;
    let mut last = x[0];
    for i in 5..x.len() {
        y[0] = chaos(x) * y[1] * x[i];
        last = y[0];
        k += 1;
    }
    for i in 0..k {
        y[1] += last * i as f64;
    }
    for v in &x[x.len()..] {
        y[0] *= v;
    }
    for v in x[..1].iter() {
        y[0] *= v.exp();
    }
    while k > 0 {
        k -= 1;
        last *= y[0];
    }
    last * y[0] + y[1] * last
}

#[differentiate(order = 2)]
fn tuple_state(x: &[f64]) -> f64 {
    let mut st = (x[0], 1.0, 0usize);
    for i in 0..x.len() {
        st = (st.1 * x[i], st.0 + st.1.sin(), st.2 + i);
        if st.2 > 2 {
            st.0 *= st.1;
        }
    }
    let (a, b, c) = st;
    a * b + c as f64 * a
}

#[differentiate(order = 2)]
fn tuple_arrays(x: &[f64]) -> f64 {
    let mut st = ([x[0], x[1]], 1.0);
    for i in 0..3 {
        st.0[i % 2] *= st.1 + x[i % x.len()];
        st.1 = st.0[0] * st.0[1];
    }
    st.1 + st.0[0]
}

#[differentiate(order = 2)]
fn matched(x: &[f64]) -> f64 {
    let ops = [0, 2, 1, 3, 2, 0];
    let mut s = 1.0;
    let mut t = x[0];
    for (i, op) in ops.iter().enumerate() {
        let a = x[i % x.len()];
        match op {
            0 => s += a * t,
            1 => {
                t = s * a;
                s *= 0.5;
            }
            2 if a > 0.0 => s = s * a + t,
            2 => (s, t) = (t, s * a),
            _ => t -= s.sin(),
        }
    }
    s * t
}

#[differentiate(order = 2)]
fn program(x: &[f64]) -> f64 {
    const OPS: [u8; 5] = [0, 1, 2, 1, 0];
    let mut regs = [x[0], x[1], 0.0];
    let mut pc = 0;
    let mut steps = 0;
    while pc < OPS.len() && steps < 12 {
        steps += 1;
        match OPS[pc] {
            0 => regs[2] = regs[0] * regs[1],
            1 => regs.swap(0, 2),
            _ => {
                regs[1] = regs[2].sin() + regs[0];
                if steps < 6 {
                    pc = 0;
                    continue;
                }
            }
        }
        pc += 1;
    }
    regs[0] + regs[1] * regs[2]
}

#[differentiate(order = 2)]
fn bounds_overwritten(x: &[f64]) -> f64 {
    let mut n = 2;
    let mut s = 1.0;
    for _ in 0..3 {
        for i in 0..n {
            s = s * x[i % x.len()] + 0.5 * i as f64;
        }
        n = (n * 3 + 1) % 5;
        let m = n;
        n += 1;
        for i in m..n {
            s += (s * x[i % x.len()]).sin();
        }
    }
    s
}

#[differentiate(order = 2)]
fn two_loop(x: &[f64]) -> f64 {
    let (mut a, mut b) = (x[0], x[1]);
    let mut i = 0;
    loop {
        (a, b) = two(b, a);
        if i > x.len() || a > 3.0 {
            break;
        }
        let t = a;
        a = b;
        b = t * x[i % x.len()];
        i += 1;
    }
    a * b
}

#[differentiate(order = 2)]
fn last_used(x: &[f64]) -> f64 {
    let mut last = 0.0;
    let mut best = -10.0;
    let mut arg = 0;
    for i in 0..x.len() {
        let v = (x[i] * 2.0).sin() * last + x[i];
        if v > best {
            best = v;
            arg = i;
        }
        last = v;
    }
    best * x[arg] + last
}

#[differentiate(order = 2)]
fn block_values(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in 0..x.len() {
        let (a, b) = match i % 3 {
            0 => (x[i], s),
            1 if s > 0.0 => {
                let t = s * x[i];
                (t, t * t)
            }
            _ => (1.0, x[i].sin()),
        };
        s = {
            let c = a * b;
            let s = c + s;
            s * 0.5 + a
        };
        let v = 'a: {
            if s > 1.0 {
                break 'a s * x[0];
            }
            if s < -1.0 {
                break 'a 2.0;
            }
            s * s
        };
        s -= v * 0.3;
    }
    s
}

#[differentiate(order = 2)]
fn min_max(x: &[f64]) -> f64 {
    let mut m = f64::MAX;
    let mut big = f64::NEG_INFINITY;
    for &v in x {
        m = m.min(v * v + 0.3 * v);
        big = big.max(v.sin());
    }
    let z = x.iter().cloned().fold(0.0, f64::max);
    m * big + z.powi(3) + (x[0].hypot(m)) + x[1].clamp(-0.8, 0.6) * big
}

#[differentiate(order = 2)]
fn shadowed_closure(x: &[f64]) -> f64 {
    let a = x[0];
    let f = |t: f64| t * a + x[1];
    let a = f(a).sin();
    let g = |t: f64| {
        let a = a * t;
        let t = f(a);
        t * a
    };
    let x1 = g(a);
    let a = x1 * a;
    f(a) + g(x1)
}

#[differentiate(order = 2)]
fn inner_mut_shadow(x: &[f64]) -> f64 {
    let s = x[0];
    let s = {
        let mut s = s * s;
        for i in 0..x.len() {
            let s2 = s * x[i];
            let x = [s2, s];
            s = x[0] + x[1].sin() * 0.5;
        }
        s
    };
    let x0 = x[0];
    let x = [s, x0];
    x[0] * x[1]
}

#[differentiate(order = 2)]
fn shadow_names(x: &[f64]) -> f64 {
    let x_bar = x[0];
    let seed = x[1] * x_bar;
    let tape = seed.sin();
    let z1 = tape * x_bar;
    let copy = [z1, seed];
    let a = [copy[0] * tape, 2.0];
    let x_dot = dot(&copy, &a);
    let copy2 = dot(&a, &copy) * x_dot;
    let mut k1 = 0;
    let mut s = 0.0;
    while k1 < 2 {
        s += copy[k1] * copy2;
        k1 += 1;
    }
    s * x_dot
}

agree!(
    labelled,
    labelled_value,
    zero_trip,
    zero_iter,
    tuple_state,
    tuple_arrays,
    matched,
    program,
    bounds_overwritten,
    two_loop,
    last_used,
    block_values,
    min_max,
    shadowed_closure,
    inner_mut_shadow,
    shadow_names
);
