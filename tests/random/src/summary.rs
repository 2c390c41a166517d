//! What came of the checks of all functions.

use std::fmt;

use crate::check::{Outcome, check};
use crate::{COUNT, Case, SEED, VARIANTS};

/// How many failures are printed, the shortest ones.
const PRINTED: usize = 5;

/// What came of the checks of all functions, with every choice of their constants.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many points were looked at.
    pub points: usize,
    /// How many of them were next to a kink or jump, so that differences say nothing there.
    pub kinks: usize,
    /// How many gradients are 0.
    pub constant: usize,
    /// What is wrong.
    pub failed: Vec<(&'static Case, usize, Outcome)>,
}

impl Summary {
    /// Checks all functions.
    pub fn of_all() -> Self {
        let mut summary = Summary::default();
        for case in Case::all() {
            for variant in 0..VARIANTS {
                let outcome = check(case, variant);
                summary.points += 1 + outcome.kinks;
                summary.kinks += outcome.kinks;
                summary.constant += usize::from(outcome.largest == 0.0);
                if !outcome.failures.is_empty() {
                    summary.failed.push((case, variant, outcome));
                }
            }
        }
        summary
    }

    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.failed.is_empty()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The shortest first: it says the most.
        let mut failed: Vec<_> = self.failed.iter().collect();
        failed.sort_by_key(|(case, ..)| case.paste_len());
        for (case, variant, outcome) in failed.into_iter().take(PRINTED) {
            writeln!(f, "// ---- {} ----\n{}", case.name(), case.paste(*variant, &outcome.x))?;
            for failure in &outcome.failures {
                writeln!(f, "// {failure}")?;
            }
        }
        let Summary { points, kinks, constant, failed } = self;
        let (functions, failures) = (Case::all().len(), failed.len());
        let names: Vec<String> = failed.iter().map(|(case, ..)| case.name()).collect();
        writeln!(f, "failed: {}", names.join(" "))?;
        writeln!(
            f,
            "{functions} of {COUNT} functions from seed {SEED}: {points} points, {kinks} next to a kink, \
             {constant} gradients are 0, {failures} failures"
        )
    }
}
