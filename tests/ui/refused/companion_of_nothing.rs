//! A companion is named for a function that is called.

use autodiff_runtime::differentiate;

#[differentiate(companion(g = m::g_ad))]
fn f(x: f64) -> f64 {
    x
}

fn main() {}
