//! The minimum over one point of the maximum over another: an optimizer inside of a differentiated function.

use autodiff_runtime::differentiate;

use crate::cases::cases;
use crate::solver::argmin;

#[differentiate(order = 2)]
fn objective(p: &[f64; 2], q: &[f64; 2]) -> f64 {
    (p[0] * p[0] + p[1] * p[1]) - (q[0] * q[0] + q[1] * q[1])
}

/// The maximum over `q`, by the optimizer of the benchmark with gradients in reverse mode.
#[differentiate]
fn highest_by_reverse(p: &[f64; 2], #[constant] start: &[f64; 2]) -> f64 {
    let mut q = [start[0], start[1]];
    let mut lowest: f64 = -objective(p, &q);
    let (_, g) = objective::grad(p, &q);
    let mut down = [-g[0], -g[1]];
    let mut eta = 1e-5;
    let mut good = 0;
    loop {
        if (down[0] * down[0] + down[1] * down[1]).sqrt() <= 1e-5 {
            break;
        }
        if good == 10 {
            eta *= 2.0;
            good = 0;
            continue;
        }
        let next = [q[0] - eta * down[0], q[1] - eta * down[1]];
        let (a, b) = (q[0] - next[0], q[1] - next[1]);
        if (a * a + b * b).sqrt() <= 1e-5 {
            break;
        }
        let value = -objective(p, &next);
        if value < lowest {
            q = next;
            lowest = value;
            let (_, g) = objective::grad(p, &q);
            down = [-g[0], -g[1]];
            good += 1;
        } else {
            eta /= 2.0;
            good = 0;
        }
    }
    objective(p, &q)
}

/// The same with gradients in forward mode, a coordinate at a time.
#[differentiate]
fn highest_by_forward(p: &[f64; 2], #[constant] start: &[f64; 2]) -> f64 {
    let zero = [0.0, 0.0];
    let mut q = [start[0], start[1]];
    let mut lowest: f64 = -objective(p, &q);
    let (_, g0) = objective::jvp(p, &q, &zero, &[1.0, 0.0]);
    let (_, g1) = objective::jvp(p, &q, &zero, &[0.0, 1.0]);
    let mut down = [-g0, -g1];
    let mut eta = 1e-5;
    let mut good = 0;
    loop {
        if (down[0] * down[0] + down[1] * down[1]).sqrt() <= 1e-5 {
            break;
        }
        if good == 10 {
            eta *= 2.0;
            good = 0;
            continue;
        }
        let next = [q[0] - eta * down[0], q[1] - eta * down[1]];
        let (a, b) = (q[0] - next[0], q[1] - next[1]);
        if (a * a + b * b).sqrt() <= 1e-5 {
            break;
        }
        let value = -objective(p, &next);
        if value < lowest {
            q = next;
            lowest = value;
            let (_, g0) = objective::jvp(p, &q, &zero, &[1.0, 0.0]);
            let (_, g1) = objective::jvp(p, &q, &zero, &[0.0, 1.0]);
            down = [-g0, -g1];
            good += 1;
        } else {
            eta /= 2.0;
            good = 0;
        }
    }
    objective(p, &q)
}

/// A gradient by the mode that the letter names.
macro_rules! gradient {
    ('r', $f:ident, $($args:expr),+) => { $f::grad($($args),+) };
    ('f', $f:ident, $x:expr, $start:expr) => {
        [$f::jvp($x, $start, &[1.0, 0.0]).1, $f::jvp($x, $start, &[0.0, 1.0]).1]
    };
}

fn solve(function: &str, start: [f64; 2]) -> Vec<f64> {
    let p = match function {
        "rr" => argmin(start, |p| highest_by_reverse(p, &start), |p| gradient!('r', highest_by_reverse, p, &start)),
        "rf" => argmin(start, |p| highest_by_forward(p, &start), |p| gradient!('r', highest_by_forward, p, &start)),
        "fr" => argmin(start, |p| highest_by_reverse(p, &start), |p| gradient!('f', highest_by_reverse, p, &start)),
        "ff" => argmin(start, |p| highest_by_forward(p, &start), |p| gradient!('f', highest_by_forward, p, &start)),
        other => panic!("no variant {other}"),
    };
    let q = match function.ends_with('r') {
        true => argmin(start, |q| -objective(&p, q), |q| objective::grad(&p, q).1.map(|g| -g)),
        false => argmin(
            start,
            |q| -objective(&p, q),
            |q| {
                let slope = |v: [f64; 2]| -objective::jvp(&p, q, &[0.0; 2], &v).1;
                [slope([1.0, 0.0]), slope([0.0, 1.0])]
            },
        ),
    };
    [p, q].concat()
}

#[test]
fn all_variants() {
    for case in cases("saddle", &["ff", "fr", "rf", "rr"]) {
        // Where the optimizer stops depends on the gradients to the last digits.
        case.check(&solve(&case.function, case.input("start")), &case.output::<Vec<f64>>(), 1e-12);
    }
}
