//! The attribute on a trait, a constant and a `use`.

use autodiff_runtime::differentiate;

#[differentiate]
trait Loss {
    fn loss(&self, x: f64) -> f64;
}

#[differentiate]
const HALF: f64 = 0.5;

fn main() {}
