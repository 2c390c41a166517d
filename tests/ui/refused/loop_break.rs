//! `loop` and `break`.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut s = x;
    loop {
        s = s * s;
        if s > 10.0 {
            break;
        }
    }
    s
}

fn main() {}
