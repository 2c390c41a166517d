//! Variables that get a value in an assertion, or not in every case.

use autodiff_runtime::differentiate;

#[differentiate]
fn asserted(x: f64) -> f64 {
    let y;
    assert!({
        y = x;
        true
    });
    y
}

#[differentiate]
fn sometimes(x: f64, c: bool) -> f64 {
    let y;
    if c {
        y = x;
    }
    y
}

fn main() {}
