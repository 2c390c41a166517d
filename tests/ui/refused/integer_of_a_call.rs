//! An active value given to a function whose result is no float.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let n: usize = bucket(x);
    x * n as f64
}

fn bucket(x: f64) -> usize {
    x as usize
}

fn main() {}
