//! A type of the user's own that is called like a primitive one.

use autodiff_runtime::differentiate;

#[allow(non_camel_case_types)]
type f32 = f64;

#[differentiate]
fn f(x: f64) -> f64 {
    let y = x as f32;
    (y * y) as f64
}

fn main() {}
