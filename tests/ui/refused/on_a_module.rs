//! The attribute on a module.

use autodiff_runtime::differentiate;

#[differentiate]
mod functions {
    pub fn f(x: f64) -> f64 {
        x * x
    }
}

fn main() {}
