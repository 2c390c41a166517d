//! Random programs: every phase of the compiler on functions that nobody thought of.

mod check;
mod classical;
mod generate;
mod regressions;
mod second;
mod shrink;

use check::{Verdict, check};
use generate::{Program, program};
use shrink::{shrink, size};

use crate::bug::{self, Bug};
use crate::ir::parse::parse;
use crate::ir::{Block, Init, Op};
use crate::tests::support::{forward, reverse};

/// Programs in one run.
const PROGRAMS: u64 = 10_000;

/// Programs within which a seeded bug is found.
const ENOUGH: u64 = 2_000;

/// The text of a test that shows the failure: see [`regressions`].
fn as_test(p: &Program) -> String {
    let args: Vec<String> = p.args.iter().map(|cell| format!("\"{cell}\"")).collect();
    let name = if p.callee.is_some() { "check_call" } else { "check_text" };
    let functions = std::iter::once(&p.f).chain(&p.callee).map(|f| format!("    r#\"\n{f}\"#,\n"));
    format!("{name}(\n{}    &[{}],\n)", functions.collect::<String>(), args.join(", "))
}

/// The part of a message that says what kind of failure it is.
fn kind(message: &str) -> &str {
    message.split(|c: char| c.is_ascii_digit() || c == '=').next().unwrap_or_default()
}

/// A failure, made small.
fn report(p: &Program, seed: u64, message: &str) -> String {
    let small = shrink(p, |p| check(p, seed).is_err_and(|e| kind(&e) == kind(message)));
    let message = check(&small, seed).err().unwrap_or_else(|| message.to_owned());
    format!("program {seed}: {message}\n\nas a test, made small:\n\n{}\n", as_test(&small))
}

#[test]
fn ten_thousand_programs_are_differentiated_correctly() {
    let mut rough = 0;
    for seed in 0..PROGRAMS {
        let p = program(seed);
        match check(&p, seed) {
            Ok(Verdict::Right) => {}
            Ok(Verdict::Rough) => rough += 1,
            Err(message) => panic!("{}", report(&p, seed, &message)),
        }
    }
    // Differences that do not settle are counted: they must be exceptions.
    assert!(rough < PROGRAMS / 100, "differences do not settle in {rough} of {PROGRAMS} programs");
}

/// The test of the test: each mistake that a transform can be told to make is found, by a program that is right without
/// it.
#[test]
fn seeded_bugs_are_found() {
    let caught = |bug, seed| {
        let p = program(seed);
        bug::with(Some(bug), || check(&p, seed).is_err()) && check(&p, seed).is_ok()
    };
    let missed: Vec<Bug> = Bug::ALL.iter().copied().filter(|&bug| !(0..ENOUGH).any(|seed| caught(bug, seed))).collect();
    assert!(missed.is_empty(), "not found within {ENOUGH} programs: {missed:?}");
}

/// Whether an operation has a feature.
type Feature = fn(&Op) -> bool;

/// What the programs are made of: each feature is in a fair share of them.
#[test]
fn programs_have_every_feature() {
    const SAMPLE: u64 = 1_000;
    let features: [(&str, Feature); 18] = [
        ("branches", |op| matches!(op, Op::If { .. })),
        ("branches with effects only", |op| matches!(op, Op::If { then, .. } if then.yields.is_empty())),
        ("counted loops", |op| matches!(op, Op::For(l) if l.range.is_some())),
        ("`while`s", |op| matches!(op, Op::For(l) if l.range.is_none())),
        ("reversed loops", |op| matches!(op, Op::For(l) if l.range.is_some_and(|r| r.rev))),
        ("inclusive loops", |op| matches!(op, Op::For(l) if l.range.is_some_and(|r| r.inclusive))),
        ("several carried values", |op| matches!(op, Op::For(l) if l.inits.len() > 1)),
        ("loops in loops", |op| matches!(op, Op::For(l) if l.body.stmts.iter().any(|s| matches!(s.op, Op::For(_))))),
        (
            "branches in loops",
            |op| matches!(op, Op::For(l) if l.body.stmts.iter().any(|s| matches!(s.op, Op::If { .. }))),
        ),
        (
            "stores in loops",
            |op| matches!(op, Op::For(l) if l.body.stmts.iter().any(|s| matches!(s.op, Op::Store { .. }))),
        ),
        ("loads", |op| matches!(op, Op::Load(_))),
        ("accumulation", |op| matches!(op, Op::Accum { .. })),
        ("array sums", |op| matches!(op, Op::AddMem { .. })),
        ("copies", |op| matches!(op, Op::Alloc { init: Init::Copy(_), .. })),
        ("array literals", |op| matches!(op, Op::Alloc { init: Init::List { .. }, .. })),
        ("selections", |op| matches!(op, Op::Select { .. })),
        ("lengths", |op| matches!(op, Op::Len(_))),
        ("calls", |op| matches!(op, Op::Call(_))),
    ];
    fn any(block: &Block, holds: Feature) -> bool {
        block.stmts.iter().any(|s| holds(&s.op) || s.op.blocks().into_iter().any(|b| any(b, holds)))
    }
    let programs: Vec<Program> = (0..SAMPLE).map(program).collect();
    for (name, holds) in features {
        let n = programs.iter().filter(|p| any(&p.f.body, holds)).count() as u64;
        assert!(n >= SAMPLE / 50, "{name} in {n} of {SAMPLE} programs only");
    }
}

/// Parsing is the inverse of printing, on programs and their derivatives.
#[test]
fn the_text_form_reads_back() {
    // Calls of derivatives are not read.
    for f in (0..200).map(program).filter(|p| p.callee.is_none()).map(|p| p.f) {
        let derivatives = [forward(&f), reverse(&f)];
        for f in std::iter::once(f).chain(derivatives.into_iter().flatten()) {
            let text = f.to_string();
            match parse(&text) {
                Ok(read) => assert_eq!(read.to_string(), text),
                Err(message) => panic!("{message}\n{text}"),
            }
        }
    }
    assert!(parse("fn f() {\n  v0: f64 = nonsense v1\n  return\n}").is_err());
}

/// A failing program becomes a few lines, and still fails.
#[test]
fn failures_are_made_small() {
    bug::with(Some(Bug::WrongSign), || {
        let programs = (0..ENOUGH).map(|seed| (seed, program(seed)));
        let mut failing = programs.filter(|(_, p)| size(p) > 50).filter(|(seed, p)| check(p, *seed).is_err());
        let (seed, p) = failing.next().expect("a failing program");
        let small = shrink(&p, |p| check(p, seed).is_err());
        assert!(check(&small, seed).is_err());
        assert!(size(&small) < 20, "still {} of {}:\n{}", size(&small), size(&p), small.f);
    });
}
