//! What a gradient costs: the plain function, an adjoint written by hand, and `value_and_grad`, timed in turns.
//!
//! `cargo bench` takes about two minutes and prints one table. The ratios are the result; absolute times depend on
//! the machine. Both gradients of a row return owned values, allocated where the other one allocates. Each number is
//! the median of several processes with the least and the greatest of them; [`autodiff_tests::paired`] says why.
//!
//! ```text
//! cargo bench -- --quick        a few seconds, rougher numbers
//! cargo bench -- logistic       only the rows whose name contains the word
//! cargo bench -- --check        fail if a row exceeds the bounds that the project promises
//! ```

use std::error::Error;
use std::hint::black_box;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use autodiff_tests::paired::{Candidate, Summary, measure};
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
                plain: Candidate::new(|| each(points, lecture::plain)),
                by_hand: Candidate::new(|| each(points, lecture::by_hand)),
                ours: Some(Candidate::new(|| each(points, lecture::plain::value_and_grad))),
            },
            Row {
                name: "(b) Rosenbrock, n = 1000",
                plain: Candidate::new(|| rosenbrock::plain(black_box(v))),
                by_hand: Candidate::new(|| rosenbrock::by_hand(black_box(v))),
                ours: Some(Candidate::new(|| rosenbrock::plain::value_and_grad(black_box(v)))),
            },
            Row {
                name: "(c) logistic regression, 2000 x 50",
                plain: Candidate::new(|| logistic::plain(black_box(w), x, y)),
                by_hand: Candidate::new(|| logistic::by_hand(black_box(w), x, y)),
                ours: Some(Candidate::new(|| logistic::plain::value_and_grad(black_box(w), x, y))),
            },
            Row {
                name: "(d) perceptron 64-32-10, one sample",
                plain: Candidate::new(move || perceptron::plain(black_box(p), image, label)),
                by_hand: Candidate::new(move || perceptron::by_hand(black_box(p), image, label)),
                ours: Some(Candidate::new(move || perceptron::plain::value_and_grad(black_box(p), image, label))),
            },
            Row {
                name: "(d) perceptron 64-32-10, batch of 64",
                plain: Candidate::new(|| perceptron::plain_batch(black_box(p), images, labels)),
                by_hand: Candidate::new(|| perceptron::by_hand_batch(black_box(p), images, labels)),
                ours: Some(Candidate::new(|| perceptron::plain_batch::value_and_grad(black_box(p), images, labels))),
            },
            Row {
                name: "(e) log-sum-exp, n = 10000",
                plain: Candidate::new(|| log_sum_exp::plain(black_box(s))),
                by_hand: Candidate::new(|| log_sum_exp::by_hand(black_box(s))),
                ours: Some(Candidate::new(|| log_sum_exp::plain::value_and_grad(black_box(s)))),
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

impl<'a> Row<'a> {
    /// The candidates in the order of the columns.
    fn candidates(self) -> Vec<Candidate<'a>> {
        let mut candidates = vec![self.plain, self.by_hand];
        candidates.extend(self.ours);
        candidates
    }

    /// Seconds of the plain function, by hand / plain, and with ours: ours / plain, ours / by hand.
    fn sample(self, budget: Duration) -> Vec<f64> {
        match measure(&mut self.candidates(), budget).as_slice() {
            [plain, by_hand, ours @ ..] => {
                let ours = ours.iter().flat_map(|t| [t.over(plain), t.over(by_hand)]);
                [plain.median(), by_hand.over(plain)].into_iter().chain(ours).collect()
            }
            _ => unreachable!("every row has a plain function and an adjoint by hand"),
        }
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Options {
    /// Cargo says `--bench` when it measures, and nothing when a test run asks whether the benchmark works.
    measure: bool,
    /// Said by the benchmark to the processes that it starts: measure once and print bare numbers.
    sample: bool,
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
                "--sample" => options.sample = true,
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

    /// The number of processes.
    fn processes(&self) -> usize {
        if self.quick { 3 } else { 11 }
    }

    /// The time for one row in one process.
    fn budget(&self) -> Duration {
        Duration::from_millis(if self.quick { 300 } else { 1500 })
    }

    fn wants(&self, row: &Row<'_>) -> bool {
        self.only.as_ref().is_none_or(|word| row.name.contains(word))
    }
}

/// Runs this program once more as a sample; one series of numbers per row.
fn sample_in_new_process() -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--sample")
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("a sample ended with {}", output.status).into());
    }
    let numbers = |line: &str| line.split(' ').map(str::parse).collect();
    let rows: Result<_, _> = str::from_utf8(&output.stdout)?.lines().map(numbers).collect();
    Ok(rows?)
}

/// Prints one row, whose `samples` are those of [`Row::sample`], one per process; says whether it keeps the bounds.
fn print(name: &str, samples: &[&[f64]]) -> bool {
    let column = |i: usize| -> Option<Summary> {
        let series: Option<Vec<f64>> = samples.iter().map(|s| s.get(i).copied()).collect();
        series.map(Summary::of)
    };
    let cell = |i| column(i).map_or_else(|| "-".to_owned(), |summary| summary.to_string());
    let micros = column(0).map_or(f64::NAN, |seconds| 1e6 * seconds.median);
    println!("| {name:<36} | {micros:>10.3} | {:>17} | {:>20} | {:>22} |", cell(1), cell(2), cell(3));
    let keeps = |i, most| column(i).is_none_or(|ratio| ratio.median <= most);
    keeps(2, MOST_OVER_PLAIN) && keeps(3, MOST_OVER_BY_HAND)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("error: {message}");
            return Ok(ExitCode::from(2));
        }
    };
    let inputs = Inputs::new();
    let rows = inputs.rows().into_iter().filter(|row| options.wants(row));
    if !options.measure {
        for mut candidate in rows.flat_map(Row::candidates) {
            candidate.once();
        }
        return Ok(ExitCode::SUCCESS);
    }
    if options.sample {
        for row in rows {
            let numbers: Vec<String> = row.sample(options.budget()).iter().map(f64::to_string).collect();
            println!("{}", numbers.join(" "));
        }
        return Ok(ExitCode::SUCCESS);
    }

    let mut samples = Vec::new();
    for i in 1..=options.processes() {
        eprintln!("process {i} of {}", options.processes());
        samples.push(sample_in_new_process()?);
    }
    println!(
        "| {:<36} | {:>10} | {:>17} | {:>20} | {:>22} |",
        "problem", "plain (µs)", "by hand / plain", "value_and_grad/plain", "value_and_grad/by hand"
    );
    println!("|{:-<38}|{:->11}:|{:->18}:|{:->21}:|{:->23}:|", "", "", "", "", "");
    let mut kept = true;
    for (i, row) in rows.enumerate() {
        let series: Vec<&[f64]> = samples.iter().map(|rows| rows[i].as_slice()).collect();
        kept &= print(row.name, &series);
    }
    if options.check && !kept {
        eprintln!(
            "error: a gradient costs more than {MOST_OVER_PLAIN} plain functions or {MOST_OVER_BY_HAND} adjoints"
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
