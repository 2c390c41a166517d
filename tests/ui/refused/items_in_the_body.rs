//! Items and blocks that are compiled apart.

use autodiff_runtime::differentiate;

#[differentiate]
fn structs(x: f64) -> f64 {
    struct Pair(f64, f64);
    let pair = Pair(x, x);
    pair.0 * pair.1
}

#[differentiate]
fn constant_blocks(x: f64) -> f64 {
    x * const { 2.0 * 3.0 }
}

fn main() {}
