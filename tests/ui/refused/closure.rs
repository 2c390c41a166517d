//! A closure in a variable that assigns what it captures.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut sum = 0.0;
    let mut add = |y: f64| sum += x * y;
    add(2.0);
    add(x);
    sum
}

fn main() {}
