//! A charged particle whose path is integrated from the gradient of a potential, steered to the origin by moving a charge.

use autodiff_runtime::differentiate;

use crate::cases::cases;
use crate::solver::argmin;

#[differentiate(order = 2)]
fn distance(x: &[f64; 2], a: f64, b: f64) -> f64 {
    ((x[0] - a) * (x[0] - a) + (x[1] - b) * (x[1] - b)).sqrt()
}

/// Of two charges, the first of which can be moved.
#[differentiate(order = 2)]
fn potential(x: &[f64; 2], w: f64) -> f64 {
    1.0 / distance(x, 10.0, 10.0 - w) + 1.0 / distance(x, 10.0, 0.0)
}

/// The square of where the particle meets the axis, by Euler's method; the force by reverse mode.
#[differentiate]
fn miss_by_reverse(w: f64) -> f64 {
    let mut x = [0.0, 8.0];
    let mut v = [0.75, 0.0];
    loop {
        let (g, _) = potential::grad(&x, w);
        x[0] += 0.1 * v[0];
        x[1] += 0.1 * v[1];
        if x[1] <= 0.0 {
            break;
        }
        v[0] -= 0.1 * g[0];
        v[1] -= 0.1 * g[1];
    }
    let end = x[0] - x[1] / v[1] * v[0];
    end * end
}

/// The same, the force by forward mode.
#[differentiate]
fn miss_by_forward(w: f64) -> f64 {
    let mut x = [0.0, 8.0];
    let mut v = [0.75, 0.0];
    loop {
        let (_, g0) = potential::jvp(&x, w, &[1.0, 0.0], 0.0);
        let (_, g1) = potential::jvp(&x, w, &[0.0, 1.0], 0.0);
        x[0] += 0.1 * v[0];
        x[1] += 0.1 * v[1];
        if x[1] <= 0.0 {
            break;
        }
        v[0] -= 0.1 * g0;
        v[1] -= 0.1 * g1;
    }
    let end = x[0] - x[1] / v[1] * v[0];
    end * end
}

fn solve(function: &str, w: f64) -> f64 {
    let [found] = match function {
        "rr" => argmin([w], |w| miss_by_reverse(w[0]), |w| [miss_by_reverse::grad(w[0])]),
        "rf" => argmin([w], |w| miss_by_forward(w[0]), |w| [miss_by_forward::grad(w[0])]),
        "fr" => argmin([w], |w| miss_by_reverse(w[0]), |w| [miss_by_reverse::jvp(w[0], 1.0).1]),
        "ff" => argmin([w], |w| miss_by_forward(w[0]), |w| [miss_by_forward::jvp(w[0], 1.0).1]),
        other => panic!("no variant {other}"),
    };
    found
}

#[test]
fn all_variants() {
    for case in cases("particle", &["ff", "fr", "rf", "rr"]) {
        case.check(&[solve(&case.function, case.input("w"))], &[case.output()], 1e-9);
    }
}
