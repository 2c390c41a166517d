//! Calls of functions that are themselves differentiated twice.

#![expect(clippy::needless_range_loop, reason = "the functions under test are written as their users write them")]

use autodiff_runtime::{Differentiable, differentiate};

use autodiff_tests::compare::assert_relative;

use crate::support::{Flat, differences, direction, times};
use crate::{of_list, of_two};

#[differentiate(order = 2)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        sum += a[i] * b[i];
    }
    sum
}

#[differentiate(order = 2)]
fn bump(x: f64, width: f64) -> f64 {
    (-x * x / width).exp()
}

/// Not a leaf: it keeps what its reverse sweep needs on the tape.
#[differentiate(order = 2)]
fn kernel(a: &[f64], b: &[f64]) -> f64 {
    let cross = dot(a, b);
    bump(cross - 1.0, 2.0 + cross * cross) * cross.sin()
}

/// The adjoint of the call is known: value and gradient in one pass of the callee.
#[differentiate(order = 2)]
fn sum_of_calls(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += bump(x[i] - x[i - 1], 1.5) + kernel(x, x) * x[i];
    }
    sum
}

/// The same argument twice, and results with nonlinear consumers.
#[differentiate(order = 2)]
fn overlapping(x: &[f64]) -> f64 {
    let norm = dot(x, x);
    let k = kernel(x, x);
    k * norm.sqrt() + dot(x, x) * k * k
}

/// Calls in a recurrence.
#[differentiate(order = 2)]
fn iterated(x: &[f64]) -> f64 {
    let mut z = 0.5;
    for i in 0..x.len() {
        z = bump(z, 1.0 + x[i] * x[i]) + x[i] * kernel(x, x) * z;
    }
    z
}

#[differentiate(order = 2)]
fn in_branches(x: &[f64]) -> f64 {
    let mut sum = 0.1;
    for i in 0..x.len() {
        if x[i] > 0.3 {
            sum = bump(sum, x[i]);
        } else {
            sum += kernel(x, x) * x[i] * sum;
        }
    }
    sum
}

#[differentiate(order = 2)]
fn both(x: f64, y: f64) -> (f64, f64) {
    ((x * y).sin(), x / (1.0 + y * y))
}

/// Results that are tuples, one part of them with a constant use.
#[differentiate(order = 2)]
fn of_tuples(x: f64, y: f64) -> f64 {
    let (a, b) = both(x, y);
    let (c, _): (f64, f64) = both(b, a);
    a * b * c
}

#[differentiate(order = 2)]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}

#[differentiate(order = 2)]
fn recursive(x: f64, y: f64) -> f64 {
    power(x, 4) * y + power(y * x, 3)
}

/// Locals are passed on, and what comes of it is passed again.
#[differentiate(order = 2)]
fn through_locals(x: &[f64]) -> f64 {
    let mut a = [0.0; 3];
    for i in 0..3 {
        a[i] = x[i] * x[i];
    }
    let first = kernel(&a, x);
    let mut b = [0.0; 3];
    for i in 0..3 {
        b[i] = (a[i] + first).sin();
    }
    first * dot(&b, &a) + kernel(&b, &b)
}

#[test]
fn calls_in_every_form() {
    for x in [[0.4, -0.9, 0.8], [1.1, 0.35, 0.31]] {
        of_list!(sum_of_calls).check(&x);
        of_list!(overlapping).check(&x);
        of_list!(iterated).check(&x);
        of_list!(in_branches).check(&x);
        of_list!(through_locals).check(&x);
    }
    of_two!(of_tuples).check(&[0.7, -0.4]);
}

#[test]
fn recursion_in_closed_form() {
    let (x, y) = (1.3_f64, 0.7_f64);
    let found = of_two!(recursive).check(&[x, y]);
    let xy = 4.0 * x.powi(3) + 9.0 * x * x * y * y;
    let wanted = [12.0 * x * x * y + 6.0 * x * y.powi(3), xy, xy, 6.0 * x.powi(3) * y];
    assert_relative("recursive", &found, &wanted, 1e-13);
}

#[derive(Clone, Differentiable)]
struct Line {
    slope: f64,
    offset: Vec<f64>,
}

#[differentiate(order = 2)]
fn at(line: &Line, k: usize, #[constant] x: f64) -> f64 {
    (line.slope * x + line.offset[k]).tanh()
}

#[differentiate(order = 2)]
fn residuals(line: &Line, #[constant] x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for k in 0..x.len() {
        let r = at(line, k % 2, x[k]) - 0.5;
        sum += r * r;
    }
    sum
}

#[test]
fn structs_pass_through_calls() {
    let line = |flat: &[f64]| Line { slope: flat[0], offset: flat[1..].to_vec() };
    let (x, flat) = ([0.3, -1.0, 2.0], [0.7, 0.2, -0.4]);
    let hessian = residuals::hessian(&line(&flat), &x).flat();
    let wanted = differences(&flat, |flat| residuals::grad(&line(flat), &x).to_flat());
    assert_relative("residuals", &hessian, &wanted, 1e-8);
    let v = direction(3);
    let product = residuals::hvp(&line(&flat), &x, &line(&v));
    assert_relative("residuals, product", &product.to_flat(), &times(&hessian, &v), 1e-12);
}

mod library {
    use autodiff_runtime::differentiate;

    /// A companion of another name, reached by a path.
    #[differentiate(order = 2, name = cube_ad)]
    pub(super) fn cube(x: f64) -> f64 {
        x * x * x
    }

    pub(super) use cube_ad as cube;
}

#[differentiate(order = 2)]
fn by_path(x: f64, y: f64) -> f64 {
    library::cube(x * y).sin()
}

#[test]
fn callees_by_path() {
    of_two!(by_path).check(&[0.8, -0.6]);
}
