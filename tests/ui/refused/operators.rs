//! Operators of bits and truth values, on floats.

use autodiff_runtime::differentiate;

#[differentiate]
fn and(x: f64) -> f64 {
    let y = x & x;
    y
}

#[differentiate]
fn shift(x: f64) -> f64 {
    let mut y = x;
    y <<= 2;
    y
}

#[differentiate]
fn not(x: f64) -> f64 {
    let y = !x;
    y
}

#[differentiate]
fn both(x: f64) -> f64 {
    if x && true { x } else { 1.0 }
}

#[differentiate]
fn missing(x: f64) -> f64 {
    f64::atan2(x)
}

#[differentiate]
fn nothing(_x: f64) -> f64 {
    autodiff_runtime::Real::sigmoid()
}

fn main() {}
