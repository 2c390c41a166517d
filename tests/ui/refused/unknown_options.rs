//! An `Option` of a number whose declaration does not say so.

use autodiff_runtime::differentiate;

fn none() -> Option<f64> {
    None
}

#[differentiate]
fn f(x: f64) -> f64 {
    let mut best = none();
    for i in 0..3 {
        let v = x * i as f64;
        if v > 0.1 {
            best = Some(v);
        }
    }
    best.unwrap_or(x)
}

fn main() {}
