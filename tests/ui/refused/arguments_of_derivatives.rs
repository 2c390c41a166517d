//! Arguments of a derivative inside a function that are no numbers, arrays or structs.

use autodiff_runtime::differentiate;

#[differentiate(order = 2)]
fn product(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiate(order = 2)]
fn first(x: &[f64]) -> f64 {
    x[0] * x[0]
}

#[differentiate(order = 2)]
fn turned(x: f64) -> [f64; 2] {
    [x, -x]
}

#[differentiate]
fn three_parts(x: f64) -> f64 {
    let (a, _b, _c) = product::grad(x, x);
    a
}

#[differentiate]
fn seed(x: f64) -> f64 {
    let s = [1.0, 2.0];
    let (_, a) = turned::vjp(x, s);
    a
}

#[differentiate]
fn reference(x: f64) -> f64 {
    let g = first::grad(std::slice::from_ref(&x));
    g[0]
}

#[differentiate]
fn number(x: f64) -> f64 {
    product::hvp(&x, x, 1.0, 0.0).0
}

#[differentiate]
fn closure(x: &[f64]) -> f64 {
    let g = first::grad(|i: usize| x[i]);
    g[0]
}

fn main() {}
