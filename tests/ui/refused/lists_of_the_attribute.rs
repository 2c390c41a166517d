//! Arguments of the attribute without their lists, twice, or together with what excludes them.

use autodiff_runtime::differentiate;

#[differentiate(constant = "x")]
fn text(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiate(partials)]
fn no_list(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiate(crate = autodiff_runtime, crate = autodiff_runtime)]
fn twice(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiate(order = 3, vjp = pull, jvp = push)]
fn third(x: f64) -> f64 {
    x
}

#[differentiate(order = 2, vjp = pull, jvp = push)]
fn second_of_an_array(x: f64) -> [f64; 2] {
    [x, x]
}

fn main() {}
