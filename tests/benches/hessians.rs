//! What a Hessian-vector product costs: the plain function, `value_and_grad` and `hvp`, timed in turns.
//!
//! `cargo bench --bench hessians` takes about two minutes and prints one table; [`autodiff_tests::bench`] has the
//! options. The promise is that `hvp` costs at most two gradients. `hvp` computes neither value nor gradient; both
//! return owned values.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use autodiff_tests::bench::{Ratio, Row, Table};
use autodiff_tests::paired::Candidate;
use autodiff_tests::problems::{log_sum_exp, logistic, perceptron, rosenbrock};

const RATIOS: &[Ratio] = &[
    Ratio { of: 1, over: 0, most: None },
    Ratio { of: 2, over: 0, most: None },
    Ratio { of: 2, over: 1, most: Some(2.0) },
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (v, v_dot) = (rosenbrock::point(1000), rosenbrock::point(1000));
    let (w, x, y) = logistic::data(2000);
    let w_dot: Vec<f64> = w.iter().map(|w| 0.5 - w).collect();
    let (p, p_dot) = (perceptron::Perceptron::random(8), perceptron::Perceptron::random(9));
    let (images, labels) = perceptron::samples(64);
    let (image, label) = (&images[0], labels[0]);
    let s = log_sum_exp::scores(10_000);
    let s_dot: Vec<f64> = s.iter().map(|s| 0.5 - s).collect();

    let rows = vec![
        Row {
            name: "Rosenbrock, n = 1000",
            candidates: vec![
                Candidate::new(|| rosenbrock::plain(black_box(&v))),
                Candidate::new(|| rosenbrock::plain::value_and_grad(black_box(&v))),
                Candidate::new(|| rosenbrock::plain::hvp(black_box(&v), &v_dot)),
            ],
        },
        Row {
            name: "logistic regression, 2000 x 50",
            candidates: vec![
                Candidate::new(|| logistic::plain(black_box(&w), &x, &y)),
                Candidate::new(|| logistic::plain::value_and_grad(black_box(&w), &x, &y)),
                Candidate::new(|| logistic::plain::hvp(black_box(&w), &x, &y, &w_dot)),
            ],
        },
        Row {
            name: "perceptron 64-32-10, one sample",
            candidates: vec![
                Candidate::new(|| perceptron::plain(black_box(&p), image, label)),
                Candidate::new(|| perceptron::plain::value_and_grad(black_box(&p), image, label)),
                Candidate::new(|| perceptron::plain::hvp(black_box(&p), image, label, &p_dot)),
            ],
        },
        Row {
            name: "perceptron 64-32-10, batch of 64",
            candidates: vec![
                Candidate::new(|| perceptron::plain_batch(black_box(&p), &images, &labels)),
                Candidate::new(|| perceptron::plain_batch::value_and_grad(black_box(&p), &images, &labels)),
                Candidate::new(|| perceptron::plain_batch::hvp(black_box(&p), &images, &labels, &p_dot)),
            ],
        },
        Row {
            name: "log-sum-exp, n = 10000",
            candidates: vec![
                Candidate::new(|| log_sum_exp::plain(black_box(&s))),
                Candidate::new(|| log_sum_exp::plain::value_and_grad(black_box(&s))),
                Candidate::new(|| log_sum_exp::plain::hvp(black_box(&s), &s_dot)),
            ],
        },
    ];
    Table { candidates: &["plain", "value_and_grad", "hvp"], ratios: RATIOS, rows }.run()
}
