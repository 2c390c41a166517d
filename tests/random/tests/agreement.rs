//! The random functions: their derivatives are right, and are the same in debug and in release.

use std::process::Command;

use random_programs::check::{Subject, check};
use random_programs::summary::Summary;
use random_programs::transcript::Transcript;
use random_programs::{Case, SEED, VARIANTS};

/// At most one point in so many may be next to a kink.
const POINTS_PER_KINK: usize = 20;

#[test]
fn derivatives_agree_with_differences_and_with_each_other() {
    let summary = Summary::of_all();
    println!("{summary}");
    assert!(summary.is_right(), "{} checks failed; the shortest are printed above", summary.failed.len());
    let Summary { points, kinks, constant, .. } = summary;
    assert!(kinks * POINTS_PER_KINK <= points, "differences say nothing at {kinks} of {points} points");
    assert!(constant * 4 <= points, "{constant} of {points} gradients are 0: the functions test too little");
}

/// How many functions are compared between the profiles: rustc takes long to optimise them.
const COMPARED: usize = 120;

fn compared() -> usize {
    COMPARED.min(Case::all().len())
}

/// The transcript of the other profile: this test runs in debug, unless somebody says `--release`.
fn other_build() -> Transcript {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--package", env!("CARGO_PKG_NAME"), "--bin", "bits"]);
    if cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RANDOM_PROGRAMS", compared().to_string())
        .env("RANDOM_PROGRAMS_SEED", SEED)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Transcript::parse(&String::from_utf8_lossy(&output.stdout)).expect("both builds are of the same functions")
}

#[test]
fn debug_and_release_agree_bit_for_bit() {
    let comparison = Transcript::of_this_build(compared()).compare(&other_build());
    println!(
        "{} equal; plain functions differ in {:?}; derivatives differ by rounding in {:?}",
        comparison.equal, comparison.plain, comparison.rounding
    );
    assert!(comparison.wrong.is_empty(), "{:#?}", comparison.wrong);
    // Powers of what LLVM knows are all that may differ, and few are.
    let different = comparison.plain.len() + comparison.rounding.len();
    assert!(different * 20 <= compared() * VARIANTS, "{different} functions differ");
}

// ---- the tests can fail ------------------------------------------------------------------------------------------

/// A derivative with one part off.
struct Corrupted {
    case: &'static Case,
    mode: Mode,
    by: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Reverse,
    Forward,
    Second,
}

impl Mode {
    const ALL: [Mode; 3] = [Mode::Reverse, Mode::Forward, Mode::Second];

    /// What a transcript calls it.
    fn name(self) -> &'static str {
        match self {
            Mode::Reverse => "vjp",
            Mode::Forward => "jvp",
            Mode::Second => "hvp",
        }
    }
}

impl Subject for Corrupted {
    fn case(&self) -> &Case {
        self.case
    }

    fn vjp(&self, variant: usize, x: &[f64], seed: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (value, mut gradient) = self.case.vjp(variant, x, seed);
        if self.mode == Mode::Reverse {
            scale_largest(&mut gradient, self.by);
        }
        (value, gradient)
    }

    fn jvp(&self, variant: usize, x: &[f64], direction: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (value, mut tangent) = self.case.jvp(variant, x, direction);
        if self.mode == Mode::Forward {
            scale_largest(&mut tangent, self.by);
        }
        (value, tangent)
    }

    fn hvp(&self, variant: usize, x: &[f64], direction: &[f64]) -> Option<Vec<f64>> {
        let mut product = self.case.hvp(variant, x, direction)?;
        if self.mode == Mode::Second {
            scale_largest(&mut product, self.by);
        }
        Some(product)
    }
}

fn scale_largest(numbers: &mut [f64], by: f64) {
    if let Some(largest) = numbers.iter_mut().max_by(|a, b| a.abs().total_cmp(&b.abs())) {
        let scaled = *largest * by;
        // Infinite, or too small to be scaled: its last bit changes.
        let stuck = scaled.to_bits() == largest.to_bits() && *largest != 0.0;
        *largest = if stuck { f64::from_bits(largest.to_bits() ^ 1) } else { scaled };
    }
}

/// One part of a gradient, tangent or Hessian-vector product that is off by a thousandth is noticed in every function,
/// unless it is so small that rounding could explain it.
#[test]
fn a_wrong_derivative_is_noticed() {
    let (mut noticed, mut tiny) = (0, 0);
    for case in Case::all() {
        let right = check(case, 0);
        if right.largest == 0.0 || right.kinks > 0 {
            continue;
        }
        for mode in Mode::ALL {
            let outcome = check(&Corrupted { case, mode, by: 1.001 }, 0);
            if !outcome.failures.is_empty() {
                noticed += 1;
            } else if is_resolved(case, mode, &right.x) {
                panic!("{mode:?} not noticed:\n{}", case.paste(0, &outcome.x));
            } else {
                tiny += 1;
            }
        }
    }
    println!("{noticed} wrong derivatives noticed, {tiny} too small to be told from rounding");
    assert!(noticed > Case::all().len());
}

/// Whether the largest number of what is corrupted is above the resolution of the checks, and is checked at all.
fn is_resolved(case: &Case, mode: Mode, x: &[f64]) -> bool {
    let (seed, direction) = case.seed_and_direction(0);
    let numbers = match mode {
        Mode::Reverse => case.vjp(0, x, &seed).1,
        Mode::Forward => case.jvp(0, x, &direction).1,
        // Second derivatives in `f32` are compared between the builds only.
        Mode::Second if case.is_single() => return false,
        Mode::Second => case.hvp(0, x, &direction).unwrap_or_default(),
    };
    numbers.iter().any(|x| x.abs() > case.resolution())
}

/// One bit of a derivative that differs between two builds is noticed.
#[test]
fn a_different_bit_is_noticed() {
    let right = Transcript::of_this_build(compared());
    assert!(right.compare(&right).wrong.is_empty());
    assert_eq!(Transcript::parse(&right.to_string()).as_ref(), Some(&right));
    for mode in Mode::ALL {
        let corrupted: Vec<Corrupted> =
            Case::all()[..compared()].iter().map(|case| Corrupted { case, mode, by: 1.0 + f64::EPSILON }).collect();
        let comparison = right.compare(&Transcript::of(&corrupted));
        let noticed = comparison.wrong.len() + comparison.rounding.len();
        assert_eq!(noticed + right.zeros(mode.name()), compared() * VARIANTS, "{mode:?}");
    }
}
