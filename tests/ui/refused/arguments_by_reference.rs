//! References to numbers, and tuples, as arguments of calls.

use autodiff_runtime::differentiate;

#[differentiate]
fn g(x: f64, k: &usize) -> f64 {
    x * *k as f64
}

#[differentiate]
fn pair(t: (f64, f64)) -> f64 {
    t.0 * t.1
}

#[differentiate]
fn fill(x: &mut [f64], range: (usize, usize)) {
    x[range.0] = 0.0;
    x[range.1] = 0.0;
}

#[differentiate]
fn float(x: f64, k: &usize) -> f64 {
    g(*&x, k) + h(&x)
}

#[differentiate]
fn h(x: &f64) -> f64 {
    x * x
}

#[differentiate]
fn tuple(x: f64) -> f64 {
    pair((x, x))
}

#[differentiate]
fn constants(x: &mut [f64]) {
    fill(x, (0, 1));
}

#[differentiate]
fn stopped(x: f64) -> f64 {
    let (a, b) = autodiff_runtime::stop_gradient((x, 1.0));
    a * x + b
}

fn count(n: usize) -> usize {
    n
}

#[differentiate]
fn integer(x: f64, n: usize) -> f64 {
    let k = count(n);
    g(x, &k)
}

fn main() {}
