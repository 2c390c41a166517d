//! Arguments and gradients that are arrays, slices and structs, in all modes.
//!
//! The gradient, the forward derivative and the Hessian-vector product of a function that takes derivatives inside are
//! compared with extrapolated differences of the function itself.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, differentiate};

use crate::support::agrees;

#[differentiate(order = 3)]
fn chain(x: &[f64]) -> f64 {
    let mut sum = 0.1;
    for i in 1..x.len() {
        sum += (x[i] * x[i - 1]).sin() * sum + x[i - 1].powi(3);
    }
    sum
}

/// The squared norm of a gradient.
#[differentiate(order = 2)]
fn slope(x: &[f64]) -> f64 {
    let d = chain::grad(x);
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += d[i] * d[i];
    }
    sum
}

/// Value, gradient and arguments together.
#[differentiate(order = 2)]
fn newton_like(x: &[f64]) -> f64 {
    let (y, d) = chain::value_and_grad(x);
    let mut sum = y * y;
    for i in 0..x.len() {
        sum += d[i] * x[i] / (1.0 + y * y);
    }
    sum
}

/// The derivative along the argument itself: one memory, twice.
#[differentiate(order = 2)]
fn radial(x: &[f64]) -> f64 {
    let (y, d) = chain::jvp(x, x);
    d.cos() * y
}

#[differentiate(order = 2)]
fn seeded(x: &[f64], s: f64) -> f64 {
    let (y, d) = chain::vjp(x, s * s);
    let mut sum = y;
    for i in 0..x.len() {
        sum += d[i] * d[i] * x[i];
    }
    sum
}

/// The gradient at parts of the argument.
#[differentiate(order = 2)]
fn parted(x: &[f64]) -> f64 {
    let (head, tail) = x.split_at(x.len() / 2);
    let (d, e) = (chain::grad(&x[1..]), chain::grad(tail));
    let mut sum = chain(head);
    for i in 0..d.len() {
        sum += d[i] * d[i] * x[i];
    }
    for i in 0..e.len() {
        sum += e[i] * x[0];
    }
    sum
}

/// A third derivative already in the value.
#[differentiate]
fn curvature(x: &[f64], v: &[f64]) -> f64 {
    let h = chain::hvp(x, v);
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += h[i] * v[i];
    }
    sum
}

#[test]
fn slices() {
    for x in [&[0.3, -0.8, 0.6][..], &[0.7, 0.2], &[1.5, -0.4, 0.9, 0.2, -0.1]] {
        let n = x.len();
        agrees(
            "slope",
            x,
            &|x| slope(x),
            &|x| slope::grad(x),
            &|x, v| slope::jvp(x, v),
            Some(&|x, v| slope::hvp(x, v)),
        );
        agrees(
            "newton_like",
            x,
            &|x| newton_like(x),
            &|x| newton_like::grad(x),
            &|x, v| newton_like::jvp(x, v),
            Some(&|x, v| newton_like::hvp(x, v)),
        );
        agrees(
            "radial",
            x,
            &|x| radial(x),
            &|x| radial::grad(x),
            &|x, v| radial::jvp(x, v),
            Some(&|x, v| radial::hvp(x, v)),
        );
        agrees(
            "parted",
            x,
            &|x| parted(x),
            &|x| parted::grad(x),
            &|x, v| parted::jvp(x, v),
            Some(&|x, v| parted::hvp(x, v)),
        );
        let flat = |(mut d, s): (Vec<f64>, f64)| {
            d.push(s);
            d
        };
        let with_seed = [x, &[0.8]].concat();
        agrees(
            "seeded",
            &with_seed,
            &|x| seeded(&x[..n], x[n]),
            &|x| flat(seeded::grad(&x[..n], x[n])),
            &|x, v| seeded::jvp(&x[..n], x[n], &v[..n], v[n]),
            Some(&|x, v| flat(seeded::hvp(&x[..n], x[n], &v[..n], v[n]))),
        );
        let both = [x, &x.iter().rev().map(|x| x * 0.5 + 0.1).collect::<Vec<_>>()].concat();
        agrees(
            "curvature",
            &both,
            &|x| curvature(&x[..n], &x[n..]),
            &|x| {
                let (a, b) = curvature::grad(&x[..n], &x[n..]);
                [a, b].concat()
            },
            &|x, v| curvature::jvp(&x[..n], &x[n..], &v[..n], &v[n..]),
            None,
        );
    }
}

#[test]
fn short_lists() {
    assert_eq!(slope::value_and_grad(&[]), (0.0, vec![]));
    assert_eq!(slope::value_and_grad(&[2.0]), (0.0, vec![0.0]));
    assert_eq!(radial::value_and_grad(&[]), (0.1, vec![]));
    assert!(curvature::grad(&[], &[]).0.is_empty());
}

/// Calls, so that a caller's reverse sweep goes through the tape.
#[differentiate(order = 3)]
fn indirect(a: &[f64; 3], t: f64) -> f64 {
    chain(a) * t.exp() + a[0] * a[1] * chain(a)
}

#[differentiate(order = 2)]
fn several(a: &[f64; 3], t: f64) -> f64 {
    let (da, dt) = indirect::grad(a, t);
    let (y, (_, again)) = indirect::value_and_grad(&da, dt);
    da[0] * da[2] + dt * dt + (again * 0.01).sin() + y.atan()
}

#[differentiate(order = 2)]
fn calls_several(a: &[f64; 3], t: f64) -> f64 {
    several(a, t * t) * several(a, t).sin()
}

#[test]
fn arrays_and_numbers() {
    let at = [0.3, -0.2, 0.4, 0.5];
    let arr = |x: &[f64]| [x[0], x[1], x[2]];
    let flat = |(a, t): ([f64; 3], f64)| vec![a[0], a[1], a[2], t];
    agrees(
        "several",
        &at,
        &|x| several(&arr(x), x[3]),
        &|x| flat(several::grad(&arr(x), x[3])),
        &|x, v| several::jvp(&arr(x), x[3], &arr(v), v[3]),
        Some(&|x, v| flat(several::hvp(&arr(x), x[3], &arr(v), v[3]))),
    );
    agrees(
        "calls_several",
        &at,
        &|x| calls_several(&arr(x), x[3]),
        &|x| flat(calls_several::grad(&arr(x), x[3])),
        &|x, v| calls_several::jvp(&arr(x), x[3], &arr(v), v[3]),
        Some(&|x, v| flat(calls_several::hvp(&arr(x), x[3], &arr(v), v[3]))),
    );
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Model {
    w: [f64; 2],
    b: f64,
    #[constant]
    decay: f64,
    #[constant]
    rounds: usize,
}

#[differentiate(order = 3)]
fn energy(p: &Model, #[constant] x: &[f64]) -> f64 {
    let mut sum = p.decay * (p.w[0] * p.w[0] + p.w[1] * p.w[1]);
    for _ in 0..p.rounds {
        for i in 0..x.len() {
            sum += (p.w[i % 2] * x[i] + p.b).sin() * p.w[0];
        }
    }
    sum
}

/// A constant field of a gradient is that of the argument.
#[differentiate(order = 2)]
fn with_penalty(p: &Model, #[constant] x: &[f64]) -> f64 {
    let d = energy::grad(p, x);
    let (y, along) = energy::jvp(p, x, &d);
    d.w[0] * d.w[1] * p.decay + d.b * d.b * d.decay + along * 0.01 + y * d.rounds as f64
}

#[test]
fn structs_with_constant_fields() {
    let model = |x: &[f64]| Model { w: [x[0], x[1]], b: x[2], decay: 0.7, rounds: 2 };
    let flat = |m: Model| vec![m.w[0], m.w[1], m.b];
    let data = [0.4, -1.1, 0.6];
    agrees(
        "with_penalty",
        &[0.5, -0.3, 0.2],
        &|x| with_penalty(&model(x), &data),
        &|x| flat(with_penalty::grad(&model(x), &data)),
        &|x, v| with_penalty::jvp(&model(x), &data, &model(v)),
        Some(&|x, v| flat(with_penalty::hvp(&model(x), &data, &model(v)))),
    );
}

/// In single precision, and of an instance of a generic function.
#[differentiate(order = 2)]
fn quartic<T: num_traits::Float>(x: T) -> T {
    x * x * x * x
}

#[differentiate]
fn slope_f32(x: f32) -> f32 {
    quartic::grad::<f32>(x) * x
}

#[differentiate]
fn slope_f64(x: f64) -> f64 {
    quartic::grad(x) * x
}

#[test]
fn any_float() {
    assert_eq!(slope_f64::value_and_grad(2.0), (64.0, 128.0));
    assert_eq!(slope_f32::value_and_grad(2.0), (64.0, 128.0));
    assert_eq!(slope_f32::jvp(2.0, 0.5), (64.0, 64.0));
}

/// Gradient descent on a struct.
#[differentiate(order = 2)]
fn trained(p: &Model, t: f64, #[constant] x: &[f64], #[constant] steps: usize) -> f64 {
    let mut q = p.clone();
    q.b += t * t;
    q.decay = 0.9;
    for _ in 0..steps {
        let d = energy::grad(&q, x);
        q.b -= 0.05 * d.b;
        q.w[0] -= 0.05 * d.w[0];
        q.w[1] -= 0.05 * d.w[1];
    }
    q.w[0] * q.w[1] + q.b.sin()
}

/// Through the tape of a caller.
#[differentiate(order = 2)]
fn calls_trained(p: &Model, t: f64, #[constant] x: &[f64], #[constant] steps: usize) -> f64 {
    (trained(p, t, x, steps) * 2.0).exp()
}

/// Rows as arguments, in a loop that sums.
#[differentiate(order = 2)]
fn rows(x: &[[f64; 3]], t: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let (d, s) = indirect::grad(&x[i], t);
        sum += d[0] * d[1] + s;
    }
    sum
}

#[test]
fn rows_of_arrays() {
    let at = [0.3, -0.2, 0.4, 0.7, 0.1, -0.6, 0.5];
    let table = |x: &[f64]| vec![[x[0], x[1], x[2]], [x[3], x[4], x[5]]];
    let flat = |(d, t): (Vec<[f64; 3]>, f64)| [d.concat(), vec![t]].concat();
    agrees(
        "rows",
        &at,
        &|x| rows(&table(x), x[6]),
        &|x| flat(rows::grad(&table(x), x[6])),
        &|x, v| rows::jvp(&table(x), x[6], &table(v), v[6]),
        Some(&|x, v| flat(rows::hvp(&table(x), x[6], &table(v), v[6]))),
    );
    assert_eq!(rows::grad(&[], 0.5), (vec![], 0.0));
}

#[test]
fn descent_on_a_struct() {
    let model = |x: &[f64]| Model { w: [x[0], x[1]], b: x[2], decay: 0.7, rounds: 2 };
    let flat = |(m, t): (Model, f64)| vec![m.w[0], m.w[1], m.b, t];
    let data = [0.4, -1.1, 0.6];
    for steps in [0, 1, 4] {
        agrees(
            "trained",
            &[0.5, -0.3, 0.2, 0.4],
            &|x| trained(&model(x), x[3], &data, steps),
            &|x| flat(trained::grad(&model(x), x[3], &data, steps)),
            &|x, v| trained::jvp(&model(x), x[3], &data, steps, &model(v), v[3]),
            Some(&|x, v| flat(trained::hvp(&model(x), x[3], &data, steps, &model(v), v[3]))),
        );
        agrees(
            "calls_trained",
            &[0.5, -0.3, 0.2, 0.4],
            &|x| calls_trained(&model(x), x[3], &data, steps),
            &|x| flat(calls_trained::grad(&model(x), x[3], &data, steps)),
            &|x, v| calls_trained::jvp(&model(x), x[3], &data, steps, &model(v), v[3]),
            Some(&|x, v| flat(calls_trained::hvp(&model(x), x[3], &data, steps, &model(v), v[3]))),
        );
    }
}

/// A constant field that is set to what is differentiated, and copied.
#[differentiate]
fn sets_a_constant_field(p: &Model, t: f64, #[constant] x: &[f64]) -> f64 {
    let mut q = p.clone();
    q.decay = t * t;
    let mut r = q.clone();
    for _ in 0..3 {
        let d = energy::grad(&r, x);
        r.b -= 0.05 * d.b;
        r.w[0] -= 0.05 * d.w[0];
    }
    r.decay * r.w[0] + r.b
}

#[test]
fn constant_fields_of_locals_vary() {
    let model = |x: &[f64]| Model { w: [x[0], x[1]], b: x[2], decay: 0.7, rounds: 2 };
    let data = [0.4, -1.1, 0.6];
    agrees(
        "sets_a_constant_field",
        &[0.5, -0.3, 0.2, 0.4],
        &|x| sets_a_constant_field(&model(x), x[3], &data),
        &|x| {
            let (m, t) = sets_a_constant_field::grad(&model(x), x[3], &data);
            vec![m.w[0], m.w[1], m.b, t]
        },
        &|x, v| sets_a_constant_field::jvp(&model(x), x[3], &data, &model(v), v[3]),
        None,
    );
}
