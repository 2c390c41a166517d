//! A type parameter of which nothing says that it is a float.

use autodiff_runtime::differentiate;

#[differentiate]
fn f<T: Clone>(x: &[T], y: f64) -> f64 {
    y * y
}

fn main() {}
