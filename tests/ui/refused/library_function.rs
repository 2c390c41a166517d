//! A library function that is no primitive.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, y: f64) -> f64 {
    let z: f64 = std::cmp::max_by(x, y, f64::total_cmp);
    z * x
}

fn main() {}
