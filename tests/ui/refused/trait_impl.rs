//! An `impl` of a trait.

use autodiff_runtime::differentiate;

trait Loss {
    fn loss(x: f64) -> f64;
}

struct Square;

#[differentiate]
impl Loss for Square {
    fn loss(x: f64) -> f64 {
        x * x
    }
}

fn main() {}
