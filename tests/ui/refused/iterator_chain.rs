//! A method of iterators that is not known.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let y = 2.0;
    y * x.iter().try_fold(0.0, running).unwrap()
}

fn running(sum: f64, x: &f64) -> Option<f64> {
    (*x > 0.0).then_some(sum + x)
}

fn main() {}
