//! What can go wrong: a hyper-parameter outside its range, a gradient that cannot be used.

use alloc::string::String;
use core::fmt;

use num_traits::Float;

use crate::Shape;

/// A hyper-parameter outside its range.
///
/// ```
/// use autodiff_runtime::optim::Adam;
///
/// let error = Adam::new(-0.1).unwrap_err();
/// assert_eq!(error.to_string(), "learning_rate = -0.1, but it must be finite and greater than 0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct HyperParameterError {
    /// The name of the hyper-parameter.
    pub name: &'static str,
    /// The value that was given.
    pub value: f64,
    /// What it must be.
    pub expected: &'static str,
}

impl HyperParameterError {
    /// `value`, if it is finite and greater than 0.
    pub(super) fn positive<T: Float>(name: &'static str, value: T) -> Result<T, Self> {
        Self::check(name, value, "finite and greater than 0", value.is_finite() && value > T::zero())
    }

    /// `value`, if it is in [0, 1): the decay rate of a running average.
    pub(super) fn decay<T: Float>(name: &'static str, value: T) -> Result<T, Self> {
        Self::check(name, value, "at least 0 and less than 1", value >= T::zero() && value < T::one())
    }

    /// `Ok` if the count is not 0.
    #[cfg(feature = "train")]
    pub(crate) fn at_least_one(name: &'static str, value: usize) -> Result<(), Self> {
        if value > 0 { Ok(()) } else { Err(Self { name, value: 0.0, expected: "at least 1" }) }
    }

    fn check<T: Float>(name: &'static str, value: T, expected: &'static str, ok: bool) -> Result<T, Self> {
        if ok { Ok(value) } else { Err(Self { name, value: value.to_f64().unwrap_or(f64::NAN), expected }) }
    }
}

impl fmt::Display for HyperParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}, but it must be {}", self.name, self.value, self.expected)
    }
}

impl core::error::Error for HyperParameterError {}

/// Why a step was not taken. Parameters and state are as they were before the call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepError {
    /// The gradient has another shape than the parameters.
    Shape {
        /// The shape of the parameters.
        parameters: Shape,
        /// The shape of the gradient.
        gradient: Shape,
    },
    /// The optimizer or its state is for another number of floats.
    Length {
        /// How many floats the parameters hold.
        parameters: usize,
        /// How many the optimizer is for.
        optimizer: usize,
    },
    /// The gradient holds an infinite number or a NaN.
    NonFiniteGradient {
        /// The first one's place in the gradient: `gradient.w1[3][0]`.
        path: String,
    },
}

impl StepError {
    pub(super) fn check_len(parameters: usize, optimizer: usize) -> Result<(), Self> {
        if parameters == optimizer { Ok(()) } else { Err(Self::Length { parameters, optimizer }) }
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { parameters, gradient } => {
                write!(f, "the gradient has the shape {gradient}, the parameters have {parameters}")
            }
            Self::Length { parameters, optimizer } => {
                write!(f, "the optimizer is for {optimizer} floats, the parameters hold {parameters}")
            }
            Self::NonFiniteGradient { path } => write!(f, "{path} is not finite"),
        }
    }
}

impl core::error::Error for StepError {}
