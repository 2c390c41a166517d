//! Loops in every way in which the reverse sweep runs them, branches, and local memory.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::differentiate;

use crate::{of_list, of_two};

/// A sum: value and gradient in one pass, nothing kept.
#[differentiate(order = 2)]
fn fused(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let t = (x[i] * x[i - 1]).sin();
        sum += t * t + x[i].exp();
    }
    sum
}

/// The sum has a nonlinear consumer: the exponentials are kept.
#[differentiate(order = 2)]
fn kept(x: &[f64]) -> f64 {
    let mut sum = 1.0;
    for i in 0..x.len() {
        let e = (x[i] * 0.5).exp();
        sum += e * x[i].sin();
    }
    (sum * sum).ln() * sum
}

/// An inner recurrence: the body of the outer loop runs again.
#[differentiate(order = 2)]
fn rerun(x: &[f64]) -> f64 {
    let mut state = 0.4;
    for i in 0..x.len() {
        let mut inner = x[i];
        for k in 0..3 {
            inner = (inner * 0.7 + state).tanh() + 0.1 * k as f64;
        }
        state = state * 0.5 + inner * x[i];
    }
    state
}

/// A recurrence whose state the body reads.
#[differentiate(order = 2)]
fn recurrence(x: &[f64]) -> f64 {
    let mut z = 0.3;
    let mut w = 1.0;
    for i in 0..x.len() {
        let old = z;
        z = (z * w + x[i]).sin();
        w = w * old + 0.5;
    }
    z * w
}

/// Backward, inclusive, and with a bound that is computed.
#[differentiate(order = 2)]
fn backward(x: &[f64]) -> f64 {
    let n = x.len() - 1;
    let mut p = 1.0;
    for i in (1..=n).rev() {
        p = p * x[i] + x[i - 1] * x[i - 1];
    }
    p
}

/// As many iterations as the numbers ask for.
#[differentiate(order = 2)]
fn newton_root(a: f64, b: f64) -> f64 {
    let mut x = a + b;
    for _ in 0..60 {
        if (x * x - a * b).abs() > 1e-13 {
            x = 0.5 * (x + a * b / x);
        }
    }
    x
}

/// Branches in a loop, nested, with values of their own.
#[differentiate(order = 2)]
fn branches(x: &[f64]) -> f64 {
    let mut sum = 0.2;
    for i in 0..x.len() {
        if x[i] > 0.0 {
            let t = x[i].sqrt();
            sum = if t > 1.0 { sum * t } else { sum + t * x[i] };
        } else if i % 2 == 0 {
            sum *= 1.0 + x[i] * x[i];
        } else {
            sum -= (x[i] * sum).cos();
        }
    }
    sum
}

/// Local arrays that are overwritten and read again.
#[differentiate(order = 2)]
fn arrays(x: &[f64]) -> f64 {
    let mut a = [0.0; 4];
    for i in 0..4 {
        a[i] = x[i] * x[(i + 1) % 4];
    }
    for k in 0..2 {
        for i in 1..4 {
            a[i] = (a[i - 1] * a[i]).sin() + k as f64 * x[i];
        }
        a[0] *= a[3];
    }
    let mut sum = 0.0;
    for i in 0..4 {
        sum += a[i] * a[i];
    }
    sum
}

/// Vectors of a length known at run time, and copies of them.
#[differentiate(order = 2)]
fn vectors(x: &[f64]) -> f64 {
    let n = x.len();
    let mut a = vec![0.0; n];
    for i in 0..n {
        a[i] = x[i].exp();
    }
    let b = a.clone();
    for i in 0..n {
        a[i] *= b[n - 1 - i];
    }
    let mut total = 1.0;
    for i in 0..n {
        total *= a[i] + b[i];
    }
    total
}

/// Softmax written in place.
#[differentiate(order = 2)]
fn softmax(x: &[f64]) -> f64 {
    let mut p = vec![0.0; x.len()];
    let mut sum = 0.0;
    for i in 0..x.len() {
        p[i] = x[i].exp();
        sum += p[i];
    }
    let mut loss = 0.0;
    for i in 0..x.len() {
        p[i] /= sum;
        loss += p[i] * p[i] * i as f64;
    }
    loss
}

#[test]
fn loops_in_every_mode() {
    for x in [&[0.4, -0.9, 1.3, 0.2][..], &[1.1, 0.7, 0.3, 2.0], &[-0.5, -1.4, -0.2, -0.7]] {
        of_list!(fused).check(x);
        of_list!(kept).check(x);
        of_list!(rerun).check(x);
        of_list!(recurrence).check(x);
        of_list!(backward).check(x);
        of_list!(branches).check(x);
        of_list!(arrays).check(x);
        of_list!(vectors).check(x);
        of_list!(softmax).check(x);
    }
}

#[test]
fn loops_that_do_not_run() {
    assert!(fused::hessian(&[]).is_empty() && kept::hessian(&[]).is_empty() && rerun::hessian(&[]).is_empty());
    assert_eq!(backward::hessian(&[2.0]), [[0.0]]);
}

/// `√(ab)`, by an iteration that ends when it has converged.
#[test]
fn an_iteration_has_the_derivatives_of_its_limit() {
    let (a, b) = (2.0_f64, 3.0_f64);
    let found = of_two!(newton_root).check(&[a, b]);
    let root = (a * b).sqrt();
    let wanted = [-0.25 * root / (a * a), 0.25 / root, 0.25 / root, -0.25 * root / (b * b)];
    autodiff_tests::compare::assert_relative("the geometric mean", &found, &wanted, 1e-12);
}
