//! Functions that end without what they return.

use autodiff_runtime::differentiate;

#[differentiate]
fn endless(x: f64) -> f64 {
    loop {
        println!("{x}");
    }
}

#[differentiate]
fn panics(x: f64) -> f64 {
    panic!("{x}")
}

#[differentiate]
fn no_value(x: f64) -> f64 {
    x * x;
}

#[differentiate]
fn one_of_two(x: f64) -> (f64, f64) {
    x
}

fn main() {}
