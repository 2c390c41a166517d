//! A `static` that is written.

use autodiff_runtime::differentiate;

static mut TOTAL: f64 = 0.0;

#[differentiate]
fn f(x: f64) -> f64 {
    unsafe {
        TOTAL = x;
    }
    x * x
}

fn main() {}
