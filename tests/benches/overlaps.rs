//! What a gradient costs where calls are given one list twice: `n` calls of constant cost on a list of `n`, for three decades
//! of `n`, and one call of cost `n`.
//!
//! `cargo bench --bench overlaps` takes about a minute; [`autodiff_tests::bench`] has the options. The promise is that the
//! ratio does not grow with `n`: a zeroed shadow of its own for each call would make it grow as `n` does.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use autodiff_runtime::differentiate;
use autodiff_tests::bench::{Ratio, Row, Table};
use autodiff_tests::library::dot;
use autodiff_tests::paired::Candidate;

const RATIOS: &[Ratio] = &[Ratio { of: 1, over: 0, most: Some(12.0) }];

/// Reads two elements, whatever the length.
#[differentiate]
fn spring(x: &[f64], y: &[f64], i: usize) -> f64 {
    let d = x[i] - y[i + 1];
    d * d
}

/// A chain of springs.
#[differentiate]
fn chain(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += spring(x, x, i - 1);
    }
    sum
}

/// One call that reads the whole list.
#[differentiate]
fn squared_norm(x: &[f64]) -> f64 {
    dot(x, x)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let point = |n: usize| -> Vec<f64> { (0..n).map(|k| (0.1 * k as f64).sin()).collect() };
    let (few, some, many) = (point(10), point(1000), point(100_000));
    let of_chain = |name: &'static str, x| Row {
        name,
        candidates: vec![
            Candidate::new(move || chain(black_box(x))),
            Candidate::new(move || chain::value_and_grad(black_box(x))),
        ],
    };
    let of_norm = |name: &'static str, x| Row {
        name,
        candidates: vec![
            Candidate::new(move || squared_norm(black_box(x))),
            Candidate::new(move || squared_norm::value_and_grad(black_box(x))),
        ],
    };
    let rows = vec![
        of_chain("chain of springs, n = 10", &few[..]),
        of_chain("chain of springs, n = 1000", &some[..]),
        of_chain("chain of springs, n = 100000", &many[..]),
        of_norm("squared norm, n = 10", &few[..]),
        of_norm("squared norm, n = 1000", &some[..]),
        of_norm("squared norm, n = 100000", &many[..]),
    ];
    Table { candidates: &["plain", "value_and_grad"], ratios: RATIOS, rows }.run()
}
