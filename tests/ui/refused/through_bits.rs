//! An active value through its bits.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let bits: u64 = x.to_bits() & !1;
    f64::from_bits(bits) * x
}

fn main() {}
