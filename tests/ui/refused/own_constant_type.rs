//! A type of the user's own that is called like one without floats.

use autodiff_runtime::differentiate;

struct String {
    weight: f64,
}

#[differentiate]
fn f(x: f64, text: &String) -> f64 {
    x * text.weight
}

fn main() {}
