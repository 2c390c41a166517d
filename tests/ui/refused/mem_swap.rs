//! `std::mem::swap` by a path that may be that of another function, and of what is no variable.
use std::mem;

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y);
    mem::swap(&mut a, &mut b);
    a / b
}

#[differentiate]
fn g<'a>(mut x: &'a mut [f64], mut y: &'a mut [f64]) {
    std::mem::swap(&mut x, &mut y);
    x[0] *= y[0];
}

fn main() {}
