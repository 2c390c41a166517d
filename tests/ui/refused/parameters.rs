//! Parameters of types that no gradient has.

use autodiff_runtime::differentiate;

#[differentiate]
fn reference(x: &f64) -> f64 {
    x * x
}

#[differentiate]
fn unbounded<T: Copy>(x: &[T]) -> T {
    x[0]
}

#[differentiate]
fn with_arguments(x: f64, #[constant(yes)] y: f64) -> f64 {
    x * y
}

#[differentiate]
fn mixed(x: (f64, [usize; 2])) -> f64 {
    x.0
}

fn main() {}
