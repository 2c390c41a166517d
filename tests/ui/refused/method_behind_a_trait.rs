//! A method of a trait that rustc takes before the differentiated one: of an owned value, what takes `self` comes before
//! what takes `&self`; of a reference, the other way round.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Differentiable, Clone, Copy)]
struct Model {
    w: f64,
}

#[differentiate]
impl Model {
    fn predict(&self, x: f64) -> f64 {
        self.w * x
    }

    fn owned(self, x: f64) -> f64 {
        self.w * x
    }
}

trait Predicts {
    fn predict(self, x: f64) -> f64;

    fn owned(&self, x: f64) -> f64;
}

impl Predicts for Model {
    fn predict(self, x: f64) -> f64 {
        self.w - x
    }

    fn owned(&self, x: f64) -> f64 {
        self.w - x
    }
}

#[differentiate]
fn by_value(model: Model, x: f64) -> f64 {
    model.predict(x)
}

#[differentiate]
fn by_reference(model: &Model, x: f64) -> f64 {
    model.owned(x)
}

fn main() {}
