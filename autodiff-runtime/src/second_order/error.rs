//! What makes a method refuse to start or to go on.

use core::fmt;

use crate::optim::HyperParameterError;

/// Input that a method cannot work with. How a method ended on input that it could work with is a
/// [`StopReason`](super::StopReason).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SolveError {
    /// A setting is outside its range.
    Setting(HyperParameterError),
    /// There is nothing to solve for: the start holds no float.
    Empty,
    /// A closure returned another number of floats than the start calls for.
    Length {
        /// What was returned: `"gradient"`, `"hessian"`, …
        what: &'static str,
        /// How many floats it must hold: n for a gradient, n² for a Hessian, m·n for a Jacobian.
        expected: usize,
        /// How many it holds.
        got: usize,
    },
    /// Something that the method begins with is infinite or NaN.
    NonFiniteStart {
        /// What it is: `"start"`, `"value"`, `"gradient"`, `"hessian"`, `"residuals"`, `"jacobian"`.
        what: &'static str,
    },
    /// The residuals do not determine the parameters: there are too few of them, or the columns of the Jacobian are
    /// linearly dependent.
    Undetermined,
}

impl SolveError {
    /// `Ok` if the two lengths agree.
    pub(super) fn check_len(what: &'static str, expected: usize, got: usize) -> Result<(), Self> {
        if expected == got { Ok(()) } else { Err(Self::Length { what, expected, got }) }
    }

    /// `Ok` if a setting is finite and at least 0, as tolerances are.
    pub(super) fn check_tolerance(name: &'static str, value: f64) -> Result<(), Self> {
        let expected = "finite and at least 0";
        if value.is_finite() && value >= 0.0 {
            Ok(())
        } else {
            Err(Self::Setting(HyperParameterError { name, value, expected }))
        }
    }

    /// `Ok` if a setting is finite and greater than 0.
    pub(super) fn check_positive(name: &'static str, value: f64) -> Result<(), Self> {
        let expected = "finite and greater than 0";
        if value.is_finite() && value > 0.0 {
            Ok(())
        } else {
            Err(Self::Setting(HyperParameterError { name, value, expected }))
        }
    }

    /// `Ok` if all numbers of what a method begins with are finite.
    pub(super) fn check_start(what: &'static str, numbers: &[f64]) -> Result<(), Self> {
        if numbers.iter().all(|x| x.is_finite()) { Ok(()) } else { Err(Self::NonFiniteStart { what }) }
    }
}

impl fmt::Display for SolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(error) => error.fmt(f),
            Self::Empty => f.write_str("there is nothing to solve for: the start holds no float"),
            Self::Length { what, expected, got } => {
                write!(f, "the {what} holds {got} floats, but {expected} were expected")
            }
            Self::NonFiniteStart { what } => write!(f, "the {what} at the start is not finite"),
            Self::Undetermined => f.write_str("the residuals do not determine the parameters"),
        }
    }
}

impl core::error::Error for SolveError {}
