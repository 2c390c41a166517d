//! An associated function, whose companion has no place beside it.

use autodiff_runtime::differentiate;

struct Model;

impl Model {
    #[differentiate]
    fn loss(x: f64) -> f64 {
        x * x
    }
}

fn main() {}
