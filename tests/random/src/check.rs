//! Whether the derivatives of a function are right at a point.
//!
//! - Every derivative function returns the value with the bits of the plain function.
//! - Reverse and forward mode agree with extrapolated differences of the plain function, and with each other:
//!   `⟨w, J v⟩ = ⟨Jᵀ w, v⟩` ([`autodiff_runtime::check`]).
//! - The other ways to the gradient give the same one: `value_and_grad`, `vjp_into` on top of what is there, `trace`.
//! - Hessian-vector products agree with differences of the gradient.
//!
//! Where `f32` is computed with, rounding drowns differences. They are taken of the same function with every `f32` an
//! `f64`, whose derivatives are checked in its place; and those in `f32` may differ from them by rounding alone. How much
//! that is, is seen in the neighbourhood: rounding errors vary from point to point as much as they are large, and a wrong
//! derivative is as wrong everywhere.

use std::panic::{RefUnwindSafe, catch_unwind};

use autodiff_runtime::check::{Check, MismatchKind, Report};

use crate::Case;
use crate::random::SplitMix64;

/// The absolute error that is no error: inputs and outputs are near 1, and what is far below is lost in a sum. A tiny
/// derivative may well be the rest of large ones that cancel.
const DOUBLE_NOISE: f64 = 2e-11;
const SINGLE_NOISE: f64 = 1e-6;

/// What `f32` and `f64` may differ by, relative to the largest number: what is computed of constants does, everywhere.
const SINGLE_CONSTANTS: f64 = 2e-4;

/// How often the error of a derivative in `f32` may be what it varies by among so many neighbours, and how near they are.
const SINGLE_SPREAD: f64 = 8.0;
const NEIGHBOURS: usize = 6;
const NEAR: f64 = 1e-4;

/// What two ways to the same gradient may differ by, relative to its largest part.
const SINGLE_ROUNDING: f64 = 1e-4;
const DOUBLE_ROUNDING: f64 = 1e-12;

/// How often a check that met a kink is done again somewhere else.
const TRIES: u64 = 5;

/// A function and the derivatives that are said to be its own.
pub trait Subject {
    /// The function.
    fn case(&self) -> &Case;

    /// `(f(x), seedᵀ J)`.
    fn vjp(&self, variant: usize, x: &[f64], seed: &[f64]) -> (Vec<f64>, Vec<f64>) {
        (self.case().vjp)(variant, x, seed)
    }

    /// `(f(x), J direction)`.
    fn jvp(&self, variant: usize, x: &[f64], direction: &[f64]) -> (Vec<f64>, Vec<f64>) {
        (self.case().jvp)(variant, x, direction)
    }

    /// `H direction`, where there are second derivatives.
    fn hvp(&self, variant: usize, x: &[f64], direction: &[f64]) -> Option<Vec<f64>> {
        self.case().hvp.map(|hvp| hvp(variant, x, direction))
    }
}

impl Subject for Case {
    fn case(&self) -> &Case {
        self
    }
}

/// What came of the checks of one function with one choice of its constants.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The point of the last check.
    pub x: Vec<f64>,
    /// How many points were next to a kink or jump, so that differences say nothing there.
    pub kinks: usize,
    /// The largest part of the gradient at the last point.
    pub largest: f64,
    /// What is wrong.
    pub failures: Vec<String>,
}

/// Checks a function at a random point, and at another one while there is a kink. A panic is a failure.
pub fn check(subject: &(impl Subject + RefUnwindSafe), variant: usize) -> Outcome {
    catch_unwind(|| check_or_panic(subject, variant)).unwrap_or_else(|panic| {
        let message = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(message), _) => message,
            (_, Some(message)) => &**message,
            _ => "something else than a message",
        };
        let failures = vec![format!("it panics: {message}")];
        Outcome { x: subject.case().point(variant, 0), kinks: 0, largest: 0.0, failures }
    })
}

fn check_or_panic(subject: &impl Subject, variant: usize) -> Outcome {
    let case = subject.case();
    let mut kinks = 0;
    for attempt in 0..TRIES {
        let x = case.point(variant, attempt);
        let mut failures = Vec::new();
        let gradient = gradients(subject, variant, &x, &mut failures);
        let mut unresolved = differences(subject, variant, &x, &mut failures);
        unresolved |= second(subject, variant, &x, &mut failures);
        if case.single {
            single_precision(subject, variant, &x, &mut failures);
        }
        if !unresolved || !failures.is_empty() {
            let largest = gradient.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
            return Outcome { x, kinks, largest, failures };
        }
        kinks += 1;
    }
    let failures = vec![format!("differences converge at none of {TRIES} points")];
    Outcome { x: case.point(variant, TRIES - 1), kinks, largest: 0.0, failures }
}

impl Case {
    /// A point: every number has a distance from 0, and is an `f32`.
    pub fn point(&self, variant: usize, attempt: u64) -> Vec<f64> {
        let mut random = SplitMix64(self.id as u64 ^ (variant as u64) << 32 ^ attempt << 40);
        (0..(self.inputs)(variant)).map(|_| f64::from(random.signed() as f32)).collect()
    }

    /// Weights of the outputs, and a direction, that belong to the point.
    pub fn seed_and_direction(&self, variant: usize) -> (Vec<f64>, Vec<f64>) {
        let mut random = SplitMix64(!(self.id as u64 ^ (variant as u64) << 32));
        let mut numbers = |n: usize| (0..n).map(|_| f64::from(random.signed() as f32)).collect();
        (numbers(self.outputs(variant)), numbers((self.inputs)(variant)))
    }

    /// The smallest derivative of which a thousandth is more than what the checks put down to rounding.
    pub fn resolution(&self) -> f64 {
        1e4 * self.noise()
    }

    /// What may be left of numbers that cancel.
    fn noise(&self) -> f64 {
        if self.single { SINGLE_NOISE } else { DOUBLE_NOISE }
    }

    fn rounding(&self) -> f64 {
        if self.single { SINGLE_ROUNDING } else { DOUBLE_ROUNDING }
    }
}

/// Compares the ways to the gradient, and all values bit for bit. Returns the gradient for a random seed.
fn gradients(subject: &impl Subject, variant: usize, x: &[f64], failures: &mut Vec<String>) -> Vec<f64> {
    let case = subject.case();
    let value = (case.value)(variant, x);
    let (seed, direction) = case.seed_and_direction(variant);
    let mut same_value = |of: &str, got: &[f64]| {
        let same = value.len() == got.len() && value.iter().zip(got).all(|(a, b)| a.to_bits() == b.to_bits());
        if !same {
            failures.push(format!("`{of}` returns the value {got:?}, and the function {value:?}"));
        }
    };

    let (of_vjp, gradient) = subject.vjp(variant, x, &seed);
    same_value("vjp", &of_vjp);
    let (of_jvp, _) = subject.jvp(variant, x, &direction);
    same_value("jvp", &of_jvp);
    let start = &direction;
    let (of_into, sum) = (case.vjp_into)(variant, x, &seed, start);
    same_value("vjp_into", &of_into);
    let pulled = case.pullback.map(|pullback| pullback(variant, x, &seed));
    if let Some((of_pullback, _)) = &pulled {
        same_value("pullback", of_pullback);
    }
    let plain = case.value_and_grad.map(|value_and_grad| value_and_grad(variant, x));
    if let Some((of_gradient, _)) = &plain {
        same_value("value_and_grad", of_gradient);
    }
    let traced = case.trace.map(|trace| trace(variant, x));
    if let Some((of_trace, _)) = &traced {
        same_value("trace", &[*of_trace]);
    }

    let expected: Vec<f64> = start.iter().zip(&gradient).map(|(a, b)| a + b).collect();
    let mut same_gradient = |of: &str, got: &[f64], expected: &[f64]| {
        let largest = expected.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
        // Not `>`: a NaN is a difference.
        let close = |(a, b): (&f64, &f64)| (a - b).abs() <= (case.rounding() * largest).max(case.noise());
        if got.len() != expected.len() || !got.iter().zip(expected).all(close) {
            failures.push(format!("`{of}` gives {got:?}, and `vjp` {expected:?}"));
        }
    };
    same_gradient("vjp_into", &sum, &expected);
    if let Some((_, of_pullback)) = pulled {
        same_gradient("pullback", &of_pullback, &gradient);
    }
    if let Some(jacobian) = case.jacobian {
        let rows = jacobian(variant, x);
        let mut sum = vec![0.0; x.len()];
        for (row, seed) in rows.chunks(x.len().max(1)).zip(&seed) {
            sum.iter_mut().zip(row).for_each(|(sum, derivative)| *sum += seed * derivative);
        }
        same_gradient("jacobian", &sum, &gradient);
    }
    if let Some((_, of_value)) = plain {
        let (_, unit) = subject.vjp(variant, x, &[1.0]);
        same_gradient("value_and_grad", &of_value, &unit);
        if let Some((_, of_trace)) = traced {
            same_gradient("trace", &of_trace, &unit);
        }
    }
    gradient
}

/// Compares both modes with differences and with each other, in `f64`. Returns whether there are differences that do not
/// converge; all else that is wrong is a failure.
fn differences(subject: &impl Subject, variant: usize, x: &[f64], failures: &mut Vec<String>) -> bool {
    let case = subject.case();
    let outputs = case.outputs(variant);
    let floats = |x: &[f64]| {
        let mut value = (case.wide)(variant, x);
        value.truncate(outputs);
        value
    };
    // Those in `f32` are compared with the wide function's.
    let vjp = |x: &[f64], seed: &[f64]| match case.single {
        true => (case.wide_vjp)(variant, x, seed).1,
        false => subject.vjp(variant, x, seed).1,
    };
    let jvp = |x: &[f64], direction: &[f64]| match case.single {
        true => (case.wide_jvp)(variant, x, direction).1,
        false => subject.jvp(variant, x, direction).1,
    };
    let x = x.to_vec();
    let check = Check::new(case.name(), &x, |x: &Vec<f64>| floats(x))
        .vjp(|x, seed| (floats(x), vjp(x, seed)))
        .jvp(|x, direction| (floats(x), jvp(x, direction)));
    judge(&check.names(["x"]).seed(case.id as u64).run(), failures)
}

/// Compares Hessian-vector products with differences of the gradient. Returns as [`differences`] does.
fn second(subject: &impl Subject, variant: usize, x: &[f64], failures: &mut Vec<String>) -> bool {
    let case = subject.case();
    let (Some(value_and_grad), Some(_), false) = (case.value_and_grad, case.hvp, case.single) else { return false };
    let gradient = |x: &[f64]| value_and_grad(variant, x).1;
    let hvp = |x: &[f64], direction: &[f64]| subject.hvp(variant, x, direction).unwrap_or_default();
    let x = x.to_vec();
    // The Hessian is symmetric: both modes are one function.
    let check = Check::new(format!("the gradient of {}", case.name()), &x, |x: &Vec<f64>| gradient(x))
        .vjp(|x, seed| (gradient(x), hvp(x, seed)))
        .jvp(|x, direction| (gradient(x), hvp(x, direction)));
    judge(&check.names(["x"]).seed(case.id as u64).run(), failures)
}

/// The mismatches that are failures; and whether differences did not converge.
fn judge(report: &Report, failures: &mut Vec<String>) -> bool {
    let mut unresolved = false;
    for mismatch in report.mismatches() {
        let within_rounding = (mismatch.got - mismatch.expected).abs() <= DOUBLE_NOISE;
        match mismatch.kind {
            // First: what cancels but for its rounding has no differences that converge, and no derivative.
            _ if within_rounding => {}
            MismatchKind::Unresolved => unresolved = true,
            _ => failures.push(mismatch.to_string()),
        }
    }
    unresolved
}

/// Compares derivatives in `f32` with those of the same function in `f64`.
fn single_precision(subject: &impl Subject, variant: usize, x: &[f64], failures: &mut Vec<String>) {
    let case = subject.case();
    let (seed, direction) = case.seed_and_direction(variant);
    let mut compare = |of: &str, narrow: &dyn Fn(&[f64]) -> Vec<f64>, wide: &dyn Fn(&[f64]) -> Vec<f64>| {
        let errors = |x: &[f64]| -> Vec<f64> { narrow(x).iter().zip(wide(x)).map(|(n, w)| n - w).collect() };
        let (got, expected, here) = (narrow(x), wide(x), errors(x));
        let mut spread = vec![0.0_f64; here.len()];
        let mut random = SplitMix64(case.id as u64);
        for _ in 0..NEIGHBOURS {
            let near: Vec<f64> = x.iter().map(|x| f64::from((x * (1.0 + NEAR * random.signed())) as f32)).collect();
            for ((spread, there), here) in spread.iter_mut().zip(errors(&near)).zip(&here) {
                *spread = spread.max((there - here).abs());
            }
        }
        let largest = expected.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
        for (k, (error, spread)) in here.iter().zip(spread).enumerate() {
            let allowed = SINGLE_NOISE + SINGLE_CONSTANTS * largest + SINGLE_SPREAD * spread;
            // Not `>`: a NaN is an error.
            let close = error.abs() <= allowed;
            if !close {
                let (got, expected) = (got[k], expected[k]);
                failures
                    .push(format!("`{of}`, part {k}, is {got} in `f32`, {expected} in `f64`, allowed {allowed:.1e}"));
            }
        }
    };
    let vjp = |x: &[f64]| subject.vjp(variant, x, &seed).1;
    let jvp = |x: &[f64]| subject.jvp(variant, x, &direction).1;
    compare("vjp", &vjp, &|x| (case.wide_vjp)(variant, x, &seed).1);
    compare("jvp", &jvp, &|x| (case.wide_jvp)(variant, x, &direction).1);
}
