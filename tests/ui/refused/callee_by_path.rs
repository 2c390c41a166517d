//! A call by path of a function without `#[differentiate]`.

use autodiff_runtime::differentiate;

mod plain {
    pub fn square(x: f64) -> f64 {
        x * x
    }
}

#[differentiate]
fn f(x: f64) -> f64 {
    plain::square(x) + 1.0
}

fn main() {}
