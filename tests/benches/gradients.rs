//! What a gradient costs: the plain function, an adjoint written by hand, and `value_and_grad`, timed in turns.
//!
//! `cargo bench --bench gradients` takes about two minutes and prints one table; [`autodiff_tests::bench`] has the
//! options. The ratios are the result; absolute times depend on the machine. Both gradients of a row return owned values,
//! allocated where the other one allocates.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use autodiff_tests::bench::{Ratio, Row, Table};
use autodiff_tests::paired::Candidate;
use autodiff_tests::problems::{lecture, log_sum_exp, logistic, perceptron, rosenbrock};

/// What `value_and_grad` may cost, as a multiple of the plain function, and of the adjoint written by hand.
const RATIOS: &[Ratio] = &[
    Ratio { of: 1, over: 0, most: None },
    Ratio { of: 2, over: 0, most: Some(3.0) },
    Ratio { of: 2, over: 1, most: Some(2.0) },
];

/// The inputs of all rows.
struct Inputs {
    points: Vec<(f64, f64)>,
    valley: Vec<f64>,
    regression: (Vec<f64>, Vec<[f64; logistic::FEATURES]>, Vec<f64>),
    network: perceptron::Perceptron,
    samples: (Vec<[f64; perceptron::INPUTS]>, Vec<usize>),
    scores: Vec<f64>,
}

impl Inputs {
    fn new() -> Self {
        Self {
            points: lecture::points(256),
            valley: rosenbrock::point(1000),
            regression: logistic::data(2000),
            network: perceptron::Perceptron::random(8),
            samples: perceptron::samples(64),
            scores: log_sum_exp::scores(10_000),
        }
    }

    /// The table. Every call takes its arguments through `black_box`, so that none is computed ahead of the loop.
    fn rows(&self) -> Vec<Row<'_>> {
        let points = self.points.as_slice();
        let v = self.valley.as_slice();
        let (w, x, y) = &self.regression;
        let p = &self.network;
        let (images, labels) = &self.samples;
        let (image, label) = (&images[0], labels[0]);
        let s = self.scores.as_slice();
        vec![
            Row {
                name: "(a) lecture, 2 variables, 256 points",
                candidates: vec![
                    Candidate::new(|| each(points, lecture::plain)),
                    Candidate::new(|| each(points, lecture::by_hand)),
                    Candidate::new(|| each(points, lecture::plain::value_and_grad)),
                ],
            },
            Row {
                name: "(b) Rosenbrock, n = 1000",
                candidates: vec![
                    Candidate::new(|| rosenbrock::plain(black_box(v))),
                    Candidate::new(|| rosenbrock::by_hand(black_box(v))),
                    Candidate::new(|| rosenbrock::plain::value_and_grad(black_box(v))),
                ],
            },
            Row {
                name: "(c) logistic regression, 2000 x 50",
                candidates: vec![
                    Candidate::new(|| logistic::plain(black_box(w), x, y)),
                    Candidate::new(|| logistic::by_hand(black_box(w), x, y)),
                    Candidate::new(|| logistic::plain::value_and_grad(black_box(w), x, y)),
                ],
            },
            Row {
                name: "(d) perceptron 64-32-10, one sample",
                candidates: vec![
                    Candidate::new(move || perceptron::plain(black_box(p), image, label)),
                    Candidate::new(move || perceptron::by_hand(black_box(p), image, label)),
                    Candidate::new(move || perceptron::plain::value_and_grad(black_box(p), image, label)),
                ],
            },
            Row {
                name: "(d) perceptron 64-32-10, batch of 64",
                candidates: vec![
                    Candidate::new(|| perceptron::plain_batch(black_box(p), images, labels)),
                    Candidate::new(|| perceptron::by_hand_batch(black_box(p), images, labels)),
                    Candidate::new(|| perceptron::plain_batch::value_and_grad(black_box(p), images, labels)),
                ],
            },
            Row {
                name: "(e) log-sum-exp, n = 10000",
                candidates: vec![
                    Candidate::new(|| log_sum_exp::plain(black_box(s))),
                    Candidate::new(|| log_sum_exp::by_hand(black_box(s))),
                    Candidate::new(|| log_sum_exp::plain::value_and_grad(black_box(s))),
                ],
            },
        ]
    }
}

/// Calls `f` at every point. At a single one, branch predictors would learn the way through the library's sine by
/// heart.
fn each<R>(points: &[(f64, f64)], f: impl Fn(f64, f64) -> R) {
    for &(w1, w2) in points {
        black_box(f(black_box(w1), w2));
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let inputs = Inputs::new();
    Table { candidates: &["plain", "by hand", "value_and_grad"], ratios: RATIOS, rows: inputs.rows() }.run()
}
