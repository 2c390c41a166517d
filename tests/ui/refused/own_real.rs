//! A trait of the user's that is called like ours, or like that of `num_traits`.

use autodiff_runtime::differentiate;

trait Real {
    fn relu(self) -> Self;
}

impl Real for f64 {
    fn relu(self) -> f64 {
        self.max(0.1 * self)
    }
}

trait Float {
    fn sin(self) -> Self;
}

impl Float for f64 {
    fn sin(self) -> f64 {
        self.to_radians().sin()
    }
}

#[differentiate]
fn f(x: f64) -> f64 {
    Real::relu(x) * x
}

#[differentiate]
fn g(x: f64) -> f64 {
    <f64 as Float>::sin(x) * x
}

#[differentiate]
fn mapped(x: &[f64]) -> f64 {
    x.iter().copied().map(Real::relu).sum()
}

fn main() {}
