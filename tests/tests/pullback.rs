//! `f::pullback`: the forward sweep now, the reverse sweep later, against `f::vjp` and closed forms.

#![expect(
    clippy::needless_lifetimes,
    clippy::needless_range_loop,
    reason = "the functions under test are written as their users write them"
)]

use std::cell::Cell;

use autodiff_runtime::{Differentiable, differentiate};
use num_traits::Float;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// How often `counted` ran.
fn calls() -> usize {
    CALLS.get()
}

/// An effect, so that whether a function runs again can be seen.
fn count(n: usize) -> usize {
    CALLS.set(CALLS.get() + 1);
    n
}

#[differentiate]
fn product(x: f64, y: f64) -> f64 {
    x * y
}

/// `Σ sin(x_i) · product(x_i, y)`; what its reverse needs is left on a tape.
#[differentiate]
fn kept(x: &[f64], y: f64) -> f64 {
    let mut n = x.len();
    n = count(n);
    let mut sum = 0.0;
    for i in 0..n {
        sum += x[i].sin() * product(x[i], y);
    }
    sum
}

#[test]
fn the_forward_sweep_runs_once() {
    let (x, y) = ([0.3, -1.2, 2.0], 0.7);
    let before = calls();
    let (value, pullback) = kept::pullback(&x, y);
    assert_eq!(calls(), before + 1);
    assert_eq!(value.to_bits(), kept(&x, y).to_bits());
    let before = calls();
    let (x_bar, y_bar) = pullback(2.5);
    assert_eq!(calls(), before, "the function ran again");
    let expected = x.iter().map(|x| 2.5 * x.sin() * x).sum::<f64>();
    assert!((y_bar - expected).abs() < 1e-14, "{y_bar} {expected}");
    for (x, x_bar) in x.iter().zip(x_bar) {
        let expected = 2.5 * y * (x.cos() * x + x.sin());
        assert!((x_bar - expected).abs() < 1e-14, "{x_bar} {expected}");
    }
}

#[test]
fn a_cheap_function_is_run_again() {
    let (value, pullback) = product::pullback(3.0, 5.0);
    assert_eq!((value, pullback(2.0)), (15.0, (10.0, 6.0)));
}

#[test]
fn no_elements_and_one() {
    let (value, pullback) = kept::pullback(&[], 0.7);
    assert_eq!((value, pullback(1.0)), (0.0, (vec![], 0.0)));
    let (value, pullback) = kept::pullback(&[0.5], 0.7);
    assert_eq!((value, pullback(1.0)), kept::vjp(&[0.5], 0.7, 1.0));
}

/// Several at once, in any order: each has its own tape.
#[test]
fn pullbacks_are_independent() {
    let points: Vec<[f64; 2]> = (0..4).map(|k| [0.1 * f64::from(k), 1.0 - f64::from(k)]).collect();
    let mut pullbacks = Vec::new();
    for point in &points {
        pullbacks.push(kept::pullback(point, 0.3).1);
    }
    for (k, pullback) in pullbacks.into_iter().enumerate().rev() {
        assert_eq!(pullback(1.0), kept::pullback(&points[k], 0.3).1(1.0));
    }
}

#[differentiate]
fn polar(x: f64, y: f64, n: usize) -> (f64, usize, f64) {
    (x.hypot(y), n, y.atan2(x))
}

#[test]
fn the_seed_is_shaped_as_the_result() {
    let (value, pullback) = polar::pullback(3.0, 4.0, 7);
    assert_eq!(value, polar(3.0, 4.0, 7));
    assert_eq!(pullback((1.5, (), -2.0)), polar::vjp(3.0, 4.0, 7, (1.5, (), -2.0)).1);
}

#[differentiate]
fn norm<T: Float, const N: usize>(x: &[T; N], weight: T) -> T {
    let mut sum = T::zero();
    for i in 0..N {
        sum = sum + weight * x[i] * x[i];
    }
    sum.sqrt()
}

#[test]
fn generic_in_the_float_and_the_length() {
    let (value, pullback) = norm::pullback(&[3.0_f32, 4.0], 1.0);
    let (x_bar, weight_bar) = pullback(1.0);
    assert_eq!((value, weight_bar), (5.0, 2.5));
    assert!((x_bar[0] - 0.6).abs() < 1e-6 && (x_bar[1] - 0.8).abs() < 1e-6);
    assert_eq!(norm::pullback(&[3.0_f64, 4.0], 1.0).1(1.0), norm::vjp(&[3.0_f64, 4.0], 1.0, 1.0).1);
}

#[derive(Clone, Debug, Differentiable, PartialEq)]
struct Line {
    slope: f64,
    offset: f64,
    #[constant]
    scale: f64,
}

#[differentiate]
impl Line {
    fn at(&self, x: f64) -> f64 {
        self.scale * (self.slope * x + self.offset)
    }
}

/// By value, and by reference of two lifetimes.
#[differentiate]
fn squared<'a>(line: Line, x: &'a [f64], y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let error = line.scale * (line.slope * x[i] + line.offset) - y[i];
        sum += error * error;
    }
    sum
}

#[test]
fn methods_structs_and_lifetimes() {
    let line = Line { slope: 2.0, offset: -1.0, scale: 0.5 };
    let (value, pullback) = line.at_pullback(3.0);
    let (line_bar, x_bar) = pullback(4.0);
    assert_eq!((value, x_bar), (2.5, 4.0));
    assert_eq!(line_bar, Line { slope: 6.0, offset: 2.0, scale: 0.5 });

    let x = vec![1.0, 2.0];
    let (value, pullback) = {
        let y = vec![0.0, 1.0];
        let (value, pullback) = squared::pullback(line.clone(), &x, &y);
        let gradient = pullback(1.0);
        (value, gradient)
    };
    assert_eq!((value, pullback), squared::vjp(line, &x, &[0.0, 1.0], 1.0));
}

/// Cannot be cloned.
struct Once(f64);

/// Has all its other derivatives.
#[differentiate]
fn scaled(x: f64, #[constant] by: Once) -> f64 {
    let factor: f64 = by.0;
    x * factor
}

#[test]
fn what_cannot_be_cloned_leaves_the_other_derivatives() {
    assert_eq!(scaled::grad(3.0, Once(2.0)), 2.0);
}
