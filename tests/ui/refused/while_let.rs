//! A `while let` loop.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, #[constant] mut stack: Vec<f64>) -> f64 {
    let mut s = x;
    while let Some(top) = stack.pop() {
        s *= top;
    }
    s
}

fn main() {}
