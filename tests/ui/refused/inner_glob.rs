//! A glob in the body, which may bind anything.

use autodiff_runtime::differentiate;

mod plain {
    pub fn square(x: f64) -> f64 {
        3.0 * x
    }
}

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn f(x: f64) -> f64 {
    use plain::*;
    square(x)
}

fn main() {}
