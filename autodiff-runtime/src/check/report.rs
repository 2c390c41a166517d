//! What a check found.

use alloc::{string::String, vec::Vec};
use core::{error::Error, fmt};

/// How many mismatches [`Report`] prints.
const SHOWN: usize = 10;

/// Which promise does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MismatchKind {
    /// A derivative function returns another value than the function itself; both must have the same bits.
    Value,
    /// A gradient or tangent has another shape than the value it belongs to. The numbers are counts of floats.
    Shape,
    /// Reverse mode (gradient, vjp) disagrees with differences.
    Reverse,
    /// Forward mode (jvp) disagrees with differences.
    Forward,
    /// The two modes disagree with each other: `⟨w, J v⟩ ≠ ⟨Jᵀ w, v⟩`.
    Duality,
    /// The differences do not converge, so that nothing can be said: there is a kink, jump or pole next to the point.
    Unresolved,
}

impl fmt::Display for MismatchKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            MismatchKind::Value => "value",
            MismatchKind::Shape => "shape",
            MismatchKind::Reverse => "reverse mode",
            MismatchKind::Forward => "forward mode",
            MismatchKind::Duality => "forward against reverse mode",
            MismatchKind::Unresolved => "differences do not converge (a kink or pole near the point?)",
        })
    }
}

/// One number that is not what it should be.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Mismatch {
    /// Which promise does not hold.
    pub kind: MismatchKind,
    /// The input whose derivative is wrong, `w1[3][2]`; or `a random direction`.
    pub input: String,
    /// The part of the output, `[2]`, where the output is not one number.
    pub output: Option<String>,
    /// What differences, or the other mode, say.
    pub expected: f64,
    /// What the derivative under test says.
    pub got: f64,
    /// `|got − expected| / max(|got|, |expected|)`.
    pub relative_error: f64,
}

impl Mismatch {
    pub(super) fn new(kind: MismatchKind, input: String, expected: f64, got: f64) -> Self {
        let scale = expected.abs().max(got.abs());
        let relative_error = if scale > 0.0 { (got - expected).abs() / scale } else { 0.0 };
        Self { kind, input, output: None, expected, got, relative_error }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { kind, input, output, expected, got, relative_error } = self;
        match kind {
            MismatchKind::Value => write!(f, "value")?,
            MismatchKind::Shape => write!(f, "shape of {input}")?,
            _ => write!(f, "d/d {input}")?,
        }
        if let Some(output) = output {
            write!(f, " of output{output}")?;
        }
        write!(f, ": expected {expected}, got {got} (relative error {relative_error:.1e}): {kind}")
    }
}

/// The result of a check: what was compared, and what is wrong.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a report says nothing until it is asked: `.assert()`, `.into_result()?` or `.passed()`"]
pub struct Report {
    pub(super) function: String,
    pub(super) inputs: usize,
    pub(super) inputs_checked: usize,
    pub(super) directions: usize,
    pub(super) comparisons: usize,
    pub(super) largest_error: f64,
    pub(super) mismatches: Vec<Mismatch>,
}

impl Report {
    /// Whether something was compared and nothing is wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.comparisons > 0 && self.mismatches.is_empty()
    }

    /// The numbers that are wrong: those that name an input first, then from the largest relative error down.
    #[must_use]
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }

    /// How many floats the inputs have, and how many of them were checked one by one.
    #[must_use]
    pub fn inputs(&self) -> (usize, usize) {
        (self.inputs, self.inputs_checked)
    }

    /// How many numbers were compared.
    #[must_use]
    pub fn comparisons(&self) -> usize {
        self.comparisons
    }

    /// The largest relative error of all comparisons of numbers that are not zero up to rounding.
    #[must_use]
    pub fn largest_error(&self) -> f64 {
        self.largest_error
    }

    /// The report, as an error if the check did not pass.
    ///
    /// # Errors
    ///
    /// [`CheckFailed`] unless [`passed`](Self::passed).
    pub fn into_result(self) -> Result<Report, CheckFailed> {
        if self.passed() { Ok(self) } else { Err(CheckFailed(self)) }
    }

    /// For tests.
    ///
    /// # Panics
    ///
    /// With the report as message, unless [`passed`](Self::passed).
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.passed(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { function, inputs, inputs_checked, directions, comparisons, largest_error, mismatches } = self;
        write!(f, "gradient check of `{function}` ")?;
        if *comparisons == 0 {
            return write!(f, "failed: nothing to compare, give it a derivative by `value_and_grad`, `vjp` or `jvp`");
        }
        let verdict = if mismatches.is_empty() { "passed" } else { "failed" };
        write!(
            f,
            "{verdict}: {inputs_checked} of {inputs} inputs one by one and {directions} random directions, {comparisons} \
             comparisons, largest relative error {largest_error:.1e}"
        )?;
        for mismatch in mismatches.iter().take(SHOWN) {
            write!(f, "\n  {mismatch}")?;
        }
        match mismatches.len().checked_sub(SHOWN) {
            Some(more @ 1..) => write!(f, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}

/// A gradient check that did not pass, with its report.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckFailed(pub Report);

impl fmt::Display for CheckFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for CheckFailed {}
