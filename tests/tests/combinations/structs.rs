//! Structs that are copied, changed in loops, and passed on.

#![expect(clippy::assign_op_pattern, reason = "the functions are as users write them")]

use autodiff_runtime::differentiate;

use crate::agree;
use crate::callees::{Net, P, State, energy, use_p};

#[differentiate(order = 2)]
fn struct_in_loop(x: &[f64]) -> f64 {
    let mut total = 0.0;
    let mut carry = x[0];
    for i in 0..3 {
        let mut st = State { pos: [x[0], carry], vel: x[1] };
        st.pos[i % 2] += st.vel * 0.5;
        st.vel -= 0.1 * st.pos[1];
        let e = energy(&st);
        total += e * e * st.vel;
        carry = e * carry;
        if total > 100.0 {
            break;
        }
    }
    total + carry
}

#[differentiate(order = 2)]
fn struct_straight(x: &[f64]) -> f64 {
    let mut st = State { pos: [x[0], 1.0], vel: x[1] };
    let a = energy(&st);
    st.pos[1] = a * st.vel;
    let b = energy(&st);
    st.vel = b.sin() * st.pos[0];
    st.pos = [a, b];
    let c = energy(&st);
    a * b + c
}

#[differentiate(order = 2)]
fn struct_copied(x: &[f64]) -> f64 {
    let mut p = P { a: x[0], w: [x[1], 0.5], n: 3 };
    let q = p;
    p.a *= p.w[0];
    p.n -= 1;
    let r = P { w: q.w, ..p };
    p.w[1] = r.a * q.a;
    let u = use_p(&p, x[0]);
    let v = use_p(&q, u);
    let p = P { a: v, ..q };
    use_p(&p, r.a) + use_p(&r, p.w[0]) * u
}

#[differentiate(order = 2)]
fn methods(x: &[f64]) -> f64 {
    let net = Net { w: x.to_vec(), b: x[0], k: 1 };
    let mut y = 0.4;
    for _ in 0..3 {
        let z: f64 = Net::eval(&net, y);
        y = z * 0.5 + y * y * 0.2;
    }
    y + net.w[1] * net.b
}

#[differentiate(order = 2)]
fn vec_of_fields(x: &[f64]) -> f64 {
    let mut p = P { a: 0.0, w: [1.0, x[0]], n: 0 };
    while p.n < 4 {
        p.n += 1;
        let (a, b) = (p.w[0], p.w[1]);
        p.w = [b * x[p.n % x.len()], a + p.a];
        if p.w[0] > 1.5 {
            p.w[0] = 1.0 / p.w[0];
            continue;
        }
        p.a += p.w[0] * p.w[1];
    }
    p.a * p.w[1] + p.n as f64 * p.w[0]
}

agree!(struct_in_loop, struct_straight, struct_copied, methods, vec_of_fields);
