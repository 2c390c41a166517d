//! A closure that assigns a variable, before an adaptor that may leave out its calls.

use autodiff_runtime::differentiate;

#[differentiate]
fn f(x: &[f64], y: &[f64]) -> f64 {
    let mut last = 0.0;
    x.iter()
        .map(|v| {
            let step = v - last;
            last = *v;
            step
        })
        .zip(y)
        .map(|(a, b)| a * b)
        .sum()
}

fn main() {}
