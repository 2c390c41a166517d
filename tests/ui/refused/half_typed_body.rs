//! Syntax errors inside the body: rustc's own messages, and nothing about the derivatives.

use autodiff_runtime::differentiate;

#[differentiate]
fn operand(x: f64) -> f64 {
    let y = x * ;
    y
}

#[differentiate]
fn method(x: f64) -> f64 {
    let y = x.;
    y
}

fn main() {
    operand(1.0);
    method(1.0);
}
