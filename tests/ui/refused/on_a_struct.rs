//! The attribute on a struct.

use autodiff_runtime::differentiate;

#[differentiate]
struct Model {
    w: f64,
}

fn main() {}
