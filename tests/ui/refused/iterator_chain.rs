//! A method of iterators that is not known.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let y = 2.0;
    y * x.iter().copied().scan(0.0, running).last().unwrap()
}

fn running(state: &mut f64, x: f64) -> Option<f64> {
    *state += x;
    Some(*state)
}

fn main() {}
