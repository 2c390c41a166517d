//! `std::mem::swap` of what is no variable.

use autodiff_runtime::differentiate;

#[differentiate]
fn g<'a>(mut x: &'a mut [f64], mut y: &'a mut [f64]) {
    std::mem::swap(&mut x, &mut y);
    x[0] *= y[0];
}

fn main() {}
