//! A cast to a type whose tokens do not say what it is.

use autodiff_runtime::differentiate;

type Wide = f64;

#[differentiate]
fn f(x: f32) -> f64 {
    let wide = x as Wide;
    wide * wide
}

fn main() {}
