//! A method of an `impl` block.

use autodiff_runtime::differentiate;

struct Model;

impl Model {
    #[differentiate]
    fn loss(&self, x: f64) -> f64 {
        x * x
    }
}

fn main() {}
