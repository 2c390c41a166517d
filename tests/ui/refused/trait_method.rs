//! A method of a trait.

use autodiff_runtime::differentiate;

trait Loss {
    #[differentiate]
    fn loss(x: f64) -> f64 {
        x * x
    }
}

fn main() {}
