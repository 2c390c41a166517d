//! Literals that are no numbers of the IR.

use autodiff_runtime::differentiate;

#[differentiate]
fn large(x: f64) -> f64 {
    let n: u128 = 340_282_366_920_938_463_463_374_607_431_768_211_455;
    x * n as f64
}

#[differentiate]
fn half(x: f64) -> f64 {
    x + 1.0_f16 as f64
}

fn main() {}
