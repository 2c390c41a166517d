//! Options of active values, beyond what is made and taken apart.

use autodiff_runtime::differentiate;

#[differentiate]
fn another_method(x: &[f64]) -> f64 {
    let both = x.first().zip(x.last());
    both.map_or(0.0, |(a, b)| a * b)
}

#[differentiate]
fn literal_in_a_pattern(x: &[f64]) -> f64 {
    match x.first() {
        Some(0.0) => 1.0,
        Some(v) => v * v,
        None => 0.0,
    }
}

#[differentiate]
fn without_a_type(x: &[f64]) -> f64 {
    let mut best = none();
    for v in x {
        best = Some(v * v);
    }
    best.map_or(1.0, |b| b + 1.0)
}

fn none() -> Option<f64> {
    None
}

#[differentiate]
fn made_elsewhere(x: f64, #[constant] given: Option<f64>) -> f64 {
    let mut best = Some(x);
    if x > 1.0 {
        best = given;
    }
    best.unwrap()
}

fn main() {}
