//! What a gradient costs: the plain function, an adjoint written by hand, and `value_and_grad`, timed in turns.
//!
//! `cargo bench` takes under two minutes and prints one table. The ratios are the result; absolute times depend on the machine.
//! Both gradients of a row return owned values, allocated where the other one allocates.
//!
//! ```text
//! cargo bench -- --quick        a tenth of the time, wider intervals
//! cargo bench -- logistic       only the rows whose name contains the word
//! cargo bench -- --check        fail if a row exceeds the bounds that the project promises
//! ```

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use autodiff_tests::paired::{Candidate, Estimate, measure};
use autodiff_tests::problems::{lecture, log_sum_exp, logistic, perceptron, rosenbrock};

/// What `value_and_grad` may cost, as a multiple of the plain function.
const MOST_OVER_PLAIN: f64 = 3.0;
/// What `value_and_grad` may cost, as a multiple of the adjoint written by hand.
const MOST_OVER_BY_HAND: f64 = 2.0;

/// One problem, and the ways to evaluate it.
struct Row<'a> {
    name: &'static str,
    plain: Candidate<'a>,
    by_hand: Candidate<'a>,
    ours: Option<Candidate<'a>>,
}

/// The inputs of all rows.
struct Inputs {
    valley: Vec<f64>,
    regression: (Vec<f64>, Vec<[f64; logistic::FEATURES]>, Vec<f64>),
    network: perceptron::Perceptron,
    samples: (Vec<[f64; perceptron::INPUTS]>, Vec<usize>),
    scores: Vec<f64>,
}

impl Inputs {
    fn new() -> Self {
        Self {
            valley: rosenbrock::point(1000),
            regression: logistic::data(2000),
            network: perceptron::Perceptron::random(8),
            samples: perceptron::samples(64),
            scores: log_sum_exp::scores(10_000),
        }
    }

    /// The table. Every call takes its arguments through `black_box`, so that none is computed ahead of the loop.
    fn rows(&self) -> Vec<Row<'_>> {
        let (w1, w2) = lecture::POINT;
        let v = self.valley.as_slice();
        let (w, x, y) = &self.regression;
        let p = &self.network;
        let (images, labels) = &self.samples;
        let (image, label) = (&images[0], labels[0]);
        let s = self.scores.as_slice();
        vec![
            Row {
                name: "(a) lecture, 2 variables",
                plain: Candidate::new(move || lecture::plain(black_box(w1), black_box(w2))),
                by_hand: Candidate::new(move || lecture::by_hand(black_box(w1), black_box(w2))),
                ours: None,
            },
            Row {
                name: "(b) Rosenbrock, n = 1000",
                plain: Candidate::new(|| rosenbrock::plain(black_box(v))),
                by_hand: Candidate::new(|| rosenbrock::by_hand(black_box(v))),
                ours: None,
            },
            Row {
                name: "(c) logistic regression, 2000 x 50",
                plain: Candidate::new(|| logistic::plain(black_box(w), x, y)),
                by_hand: Candidate::new(|| logistic::by_hand(black_box(w), x, y)),
                ours: None,
            },
            Row {
                name: "(d) perceptron 64-32-10, one sample",
                plain: Candidate::new(move || perceptron::plain(black_box(p), image, label)),
                by_hand: Candidate::new(move || perceptron::by_hand(black_box(p), image, label)),
                ours: None,
            },
            Row {
                name: "(d) perceptron 64-32-10, batch of 64",
                plain: Candidate::new(|| perceptron::plain_batch(black_box(p), images, labels)),
                by_hand: Candidate::new(|| perceptron::by_hand_batch(black_box(p), images, labels)),
                ours: None,
            },
            Row {
                name: "(e) log-sum-exp, n = 10000",
                plain: Candidate::new(|| log_sum_exp::plain(black_box(s))),
                by_hand: Candidate::new(|| log_sum_exp::by_hand(black_box(s))),
                ours: None,
            },
        ]
    }
}

impl<'a> Row<'a> {
    /// The candidates in the order of the columns.
    fn candidates(self) -> Vec<Candidate<'a>> {
        let mut candidates = vec![self.plain, self.by_hand];
        candidates.extend(self.ours);
        candidates
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Options {
    /// Cargo says `--bench` when it measures, and nothing when a test run asks whether the benchmark works.
    measure: bool,
    quick: bool,
    check: bool,
    only: Option<String>,
}

impl Options {
    fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        for arg in args {
            match arg.as_str() {
                "--bench" => options.measure = true,
                "--quick" => options.quick = true,
                "--check" => options.check = true,
                word if !word.starts_with('-') && options.only.is_none() => {
                    options.only = Some(arg);
                }
                _ => {
                    return Err(format!(
                        "unexpected argument `{arg}`; expected `--quick`, `--check` or one word of a row's name"
                    ));
                }
            }
        }
        Ok(options)
    }

    /// The time for one row.
    fn budget(&self) -> Duration {
        if self.quick {
            Duration::from_secs(1)
        } else {
            Duration::from_secs(12)
        }
    }

    fn wants(&self, row: &Row<'_>) -> bool {
        self.only
            .as_ref()
            .is_none_or(|word| row.name.contains(word))
    }
}

/// Measures one row, prints it, and says whether it keeps the bounds.
fn report(row: Row<'_>, budget: Duration) -> bool {
    let name = row.name;
    let times = measure(&mut row.candidates(), budget);
    let (plain, by_hand) = (&times[0], &times[1]);
    let over_plain = times.get(2).map(|ours| ours.over(plain));
    let over_by_hand = times.get(2).map(|ours| ours.over(by_hand));
    println!(
        "| {name:<36} | {:>12.3} | {:>17} | {:>20} | {:>22} |",
        plain.median() * 1e6,
        by_hand.over(plain).to_string(),
        cell(over_plain),
        cell(over_by_hand),
    );
    let keeps = |ratio: Option<Estimate>, most| ratio.is_none_or(|ratio| ratio.median <= most);
    keeps(over_plain, MOST_OVER_PLAIN) && keeps(over_by_hand, MOST_OVER_BY_HAND)
}

/// A ratio, or a dash where there is none.
fn cell(ratio: Option<Estimate>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| ratio.to_string())
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let inputs = Inputs::new();
    let rows = inputs.rows().into_iter().filter(|row| options.wants(row));
    if !options.measure {
        for candidate in rows.flat_map(Row::candidates) {
            { candidate }.once();
        }
        return ExitCode::SUCCESS;
    }

    println!("Medians of ratios within rounds, [95 % interval].\n");
    println!(
        "| {:<36} | {:>12} | {:>17} | {:>20} | {:>22} |",
        "problem",
        "plain (µs)",
        "by hand / plain",
        "value_and_grad/plain",
        "value_and_grad/by hand"
    );
    println!(
        "|{:-<38}|{:->13}:|{:->18}:|{:->21}:|{:->23}:|",
        "", "", "", "", ""
    );
    let mut kept = true;
    for row in rows {
        kept &= report(row, options.budget());
    }
    if options.check && !kept {
        eprintln!(
            "error: a gradient costs more than {MOST_OVER_PLAIN} plain functions or {MOST_OVER_BY_HAND} adjoints by hand"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
