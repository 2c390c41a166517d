//! A derivative inside a differentiated function, of a function that has first derivatives only.

use autodiff_runtime::differentiate;

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn f(x: f64) -> f64 {
    square::grad(x) * x
}

#[differentiate(order = 2)]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[differentiate]
fn g(x: f64) -> f64 {
    cube::hvp(x, 1.0)
}

fn main() {}
