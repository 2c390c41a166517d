//! Active values in a variant of an enum.

use autodiff_runtime::differentiate;

enum Shape {
    Circle(f64),
    Square { side: f64 },
}

#[differentiate]
fn area(x: f64) -> f64 {
    let shape = Shape::Square { side: x };
    match shape {
        Shape::Circle(r) => r,
        Shape::Square { side } => side,
    }
}

fn main() {}
