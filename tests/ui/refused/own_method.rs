//! A method of another trait that is called like one of `Real`.

use autodiff_runtime::differentiate;

trait Activation {
    fn relu(&self) -> f64;
}

impl Activation for f64 {
    fn relu(&self) -> f64 {
        self.max(0.1 * self)
    }
}

#[differentiate]
fn f(x: f64) -> f64 {
    x.relu() * x
}

#[differentiate]
fn by_path(x: f64) -> f64 {
    f64::relu(&x) + x
}

fn main() {}
