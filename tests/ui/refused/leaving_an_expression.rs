//! A jump out of the middle of an expression.

use autodiff_runtime::differentiate;

#[differentiate]
fn of_arguments(x: f64) -> f64 {
    square(if x > 1.0 { return x } else { x * x })
}

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn of_operands(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for v in x {
        s = s * (if *v > 1.0 { break } else { *v });
    }
    s
}

#[differentiate]
fn of_options(x: f64, text: &str) -> f64 {
    let parsed = || -> Option<f64> {
        let n: f64 = text.parse().ok()?;
        Some(n)
    };
    x * parsed().unwrap_or(1.0)
}

fn main() {}
