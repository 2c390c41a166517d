//! The random functions of `autodiff-tests-random` in numbers that are too many for every day, and bugs in the compiler
//! that they have to find.
//!
//! ```sh
//! cargo run --package autodiff-tests-nightly -- run            # 20,000 functions from seeds 1000, 1001, ...
//! cargo run --package autodiff-tests-nightly -- run 5000 77    # as many others, from seed 77 on
//! cargo run --package autodiff-tests-nightly -- bugs           # each bug of the table, within 2,000 functions
//! cargo run --package autodiff-tests-nightly -- bugs swap      # those with `swap` in their names
//! ```
//!
//! Functions are compiled in batches, each from a seed of its own, by as many workers as there are processors
//! (`NIGHTLY_WORKERS` says otherwise), each with a target directory of its own below that of the workspace: what rustc takes
//! to compile them is what a run costs. A function that does not compile is a finding as much as a wrong derivative; it is
//! left out with those that call it, and the rest of the batch goes on.

mod batch;
mod bugs;
mod patch;
mod workers;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use batch::{Batch, Ended};

/// How many functions a run has if nobody says otherwise, and how many of them are compiled at once.
const PROGRAMS: usize = 20_000;
const BATCH: usize = 400;

/// Where the seeds of a run begin: those of the tests of every day are others.
const SEED: u64 = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let right = match arguments[..] {
        ["run"] => run(PROGRAMS, SEED),
        ["run", programs] => run(number(programs), SEED),
        ["run", programs, seed] => run(number(programs), number(seed)),
        ["bugs"] => bugs::find(""),
        ["bugs", name] => bugs::find(name),
        _ => {
            eprintln!("usage: nightly run [programs [seed]] | nightly bugs [name]");
            return ExitCode::from(2);
        }
    };
    ExitCode::from(u8::from(!right))
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("`{text}` should be a number"))
}

/// The root of the workspace. Cargo says at run time where that is: checkouts that share a target directory share this
/// program too.
fn workspace() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../../..").canonicalize().expect("the workspace is there")
}

/// Where the workers compile.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from).join("nightly")
}

/// What a run has come to.
#[derive(Default)]
struct Totals {
    checked: usize,
    left_out: usize,
    findings: Vec<String>,
}

/// Checks so many functions; whether all are right.
fn run(programs: usize, seed: u64) -> bool {
    let sizes = (0..programs.div_ceil(BATCH)).map(|k| BATCH.min(programs - k * BATCH));
    let batches: Vec<(u64, usize)> = (seed..).zip(sizes).collect();
    let totals = Mutex::new(Totals::default());
    workers::share(&batches, |worker, &(seed, programs)| {
        let target = target().join(format!("worker-{worker}"));
        let batch = Batch { seed, programs, workspace: workspace(), target };
        let mut without = Vec::new();
        let (text, findings, checked) = loop {
            match batch.run(&without) {
                Ended::Refused { programs, text } => {
                    println!("{text}\nseed {seed}: these do not compile: {programs:?}");
                    without.extend(programs);
                }
                Ended::Right { functions, text } => break (text, Vec::new(), functions),
                Ended::Wrong { programs, functions, text } => break (text, programs, functions),
                Ended::Broken { text } => break (text, vec![0], 0),
            }
        };
        let mut totals = totals.lock().expect("no worker panics with it");
        totals.checked += checked;
        totals.left_out += programs - checked;
        totals.findings.extend(without.iter().map(|id| format!("seed {seed}, program_{id}: does not compile")));
        totals.findings.extend(findings.iter().map(|id| format!("seed {seed}, program_{id}: wrong")));
        println!("{text}seed {seed}: {} functions so far, {} findings", totals.checked, totals.findings.len());
    });
    let totals = totals.into_inner().expect("no worker panics with it");
    println!("\n{} functions checked, {} left out", totals.checked, totals.left_out);
    for finding in &totals.findings {
        println!("{finding}");
    }
    totals.findings.is_empty()
}
