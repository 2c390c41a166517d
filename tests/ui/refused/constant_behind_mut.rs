//! A constant behind `&mut`.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, #[constant] scratch: &mut [f64], count: &mut usize) -> f64 {
    scratch[0] = x;
    *count += 1;
    x
}

fn main() {}
