//! A trait object.

use autodiff_runtime::differentiate;

trait Loss {
    fn loss(&self, x: f64) -> f64;
}

#[differentiate]
fn f(x: f64, #[constant] loss: &dyn Loss) -> f64 {
    loss.loss(x)
}

fn main() {}
