//! A table of ratios of running times: what the benchmarks of this crate have in common.
//!
//! ```text
//! cargo bench -- --quick        a few seconds, rougher numbers
//! cargo bench -- logistic       only the rows whose name contains the word
//! cargo bench -- --check        fail if a row exceeds the bounds that the project promises
//! ```
//!
//! Each number is the median of several processes with the least and the greatest of them; [`paired`](crate::paired)
//! says why.

use std::error::Error;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crate::paired::{Candidate, Summary, measure};

/// One problem, and the ways to evaluate it.
pub struct Row<'a> {
    /// The name in the table.
    pub name: &'static str,
    /// One for each of [`Table::candidates`].
    pub candidates: Vec<Candidate<'a>>,
}

/// A column of ratios.
pub struct Ratio {
    /// The position among the candidates of what is measured.
    pub of: usize,
    /// That of what it is measured by.
    pub over: usize,
    /// What the project promises.
    pub most: Option<f64>,
}

/// What a benchmark measures. The first column is the time of the first candidate.
pub struct Table<'a> {
    /// The names of the candidates.
    pub candidates: &'static [&'static str],
    /// The columns.
    pub ratios: &'static [Ratio],
    /// The rows.
    pub rows: Vec<Row<'a>>,
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

impl Table<'_> {
    /// Seconds of the first candidate, and the ratios.
    fn sample(&self, mut row: Row<'_>, budget: Duration) -> Vec<f64> {
        let times = measure(&mut row.candidates, budget);
        let ratios = self.ratios.iter().map(|ratio| times[ratio.of].over(&times[ratio.over]));
        std::iter::once(times[0].median()).chain(ratios).collect()
    }

    fn print_head(&self) {
        print!("| {:<36} | {:>20} |", "problem", format!("{} (µs)", self.candidates[0]));
        for ratio in self.ratios {
            print!(" {:>24} |", format!("{}/{}", self.candidates[ratio.of], self.candidates[ratio.over]));
        }
        print!("\n|{:-<38}|{:->21}:|", "", "");
        for _ in self.ratios {
            print!("{:->25}:|", "");
        }
        println!();
    }

    /// Prints one row, whose `samples` are one per process; says whether it keeps the bounds.
    fn print(&self, name: &str, samples: &[&[f64]]) -> bool {
        let column = |i: usize| Summary::of(samples.iter().map(|s| s[i]).collect());
        print!("| {name:<36} | {:>20.3} |", 1e6 * column(0).median);
        let mut keeps = true;
        for (i, ratio) in self.ratios.iter().enumerate() {
            let summary = column(i + 1);
            print!(" {:>24} |", summary.to_string());
            keeps &= ratio.most.is_none_or(|most| summary.median <= most);
        }
        println!();
        keeps
    }

    fn promises(&self) -> String {
        let promised = self.ratios.iter().filter_map(|ratio| {
            let most = ratio.most?;
            Some(format!("{} at most {most} times {}", self.candidates[ratio.of], self.candidates[ratio.over]))
        });
        promised.collect::<Vec<_>>().join(", ")
    }

    /// The benchmark, as the command line asks for it.
    ///
    /// # Errors
    ///
    /// If a process with a sample cannot be started, or fails.
    pub fn run(mut self) -> Result<ExitCode, Box<dyn Error>> {
        let options = match Options::parse(std::env::args().skip(1)) {
            Ok(options) => options,
            Err(message) => {
                eprintln!("error: {message}");
                return Ok(ExitCode::from(2));
            }
        };
        let rows: Vec<Row<'_>> = std::mem::take(&mut self.rows).into_iter().filter(|row| options.wants(row)).collect();
        if !options.measure {
            rows.into_iter().flat_map(|row| row.candidates).for_each(|mut candidate| candidate.once());
            return Ok(ExitCode::SUCCESS);
        }
        if options.sample {
            for row in rows {
                let numbers: Vec<String> = self.sample(row, options.budget()).iter().map(f64::to_string).collect();
                println!("{}", numbers.join(" "));
            }
            return Ok(ExitCode::SUCCESS);
        }

        let mut samples = Vec::new();
        for i in 1..=options.processes() {
            eprintln!("process {i} of {}", options.processes());
            samples.push(sample_in_new_process()?);
        }
        self.print_head();
        let mut kept = true;
        for (i, row) in rows.iter().enumerate() {
            let series: Vec<&[f64]> = samples.iter().map(|rows| rows[i].as_slice()).collect();
            kept &= self.print(row.name, &series);
        }
        if options.check && !kept {
            eprintln!("error: a row is slower than promised: {}", self.promises());
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
}
