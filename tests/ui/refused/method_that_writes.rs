//! A method that writes to a value whose type does not show.

use autodiff_runtime::{Differentiable, differentiate};

#[derive(Differentiable, Clone)]
struct Layer {
    w: f64,
}

#[differentiate]
impl Layer {
    #[differentiate]
    fn shift(&mut self, by: f64) {
        self.w += by;
    }
}

#[derive(Differentiable, Clone)]
struct Model {
    layer: Layer,
}

#[differentiate]
fn f(model: &mut Model, x: f64) {
    model.layer.shift(x);
}

#[differentiate]
fn by_its_path(model: &mut Model, x: f64) {
    Layer::shift(&mut model.layer, x);
}

fn main() {}
