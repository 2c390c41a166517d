//! Writing through a reference in a struct that another function makes.

use autodiff_runtime::differentiate;

struct Slot {
    at: &'static mut f64,
}

fn slot() -> Slot {
    Slot { at: Box::leak(Box::new(0.0)) }
}

#[differentiate]
fn f(x: f64) -> f64 {
    let s = slot();
    *s.at = x;
    let y: f64 = *s.at;
    y * x
}

fn main() {}
