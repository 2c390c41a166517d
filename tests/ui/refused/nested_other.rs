//! Derivatives that cannot be differentiated, and arguments that a nested derivative does not take.

use autodiff_runtime::differentiate;

#[differentiate(order = 2)]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate(order = 2)]
fn sum(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
    }
    sum
}

#[differentiate]
fn f(x: f64) -> f64 {
    square::hessian(x)
}

#[differentiate]
fn g(x: &[f64]) -> f64 {
    let mut d = [0.0; 2];
    sum::grad_into(x, &mut d)
}

fn main() {}
