//! Names that are not there yet: rustc's own messages, and the functions stay.

use autodiff_runtime::differentiate;

#[differentiate]
fn parameter(x: &Modle) -> f64 {
    x.w * 2.0
}

#[differentiate]
fn variable(x: f64) -> f64 {
    x * scale
}

#[differentiate]
fn function(x: f64) -> f64 {
    x * sqare(x)
}

fn main() {
    variable(1.0);
    function(1.0);
}
