//! A method that is no primitive, on a float.

use autodiff_runtime::differentiate;

trait Twice {
    fn twice(self) -> Self;
}

impl Twice for f64 {
    fn twice(self) -> f64 {
        2.0 * self
    }
}

#[differentiate]
fn f(x: f64) -> f64 {
    x.twice() + 1.0
}

fn main() {}
