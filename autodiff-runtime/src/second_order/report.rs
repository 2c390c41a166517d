//! What a method found, what it cost, and why it ended.

use alloc::vec::Vec;
use core::fmt;

use nalgebra::DVector;

use super::SolveError;

/// Why a method ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The gradient is within its tolerance: a critical point. [`classify`](super::classify) says of which kind.
    SmallGradient,
    /// The last step was within its tolerance.
    SmallStep,
    /// Least squares: the last step lowered the sum of squares, and was predicted to lower it, by no more than the
    /// tolerance.
    SmallReduction,
    /// No step along the last direction, or of any damping, lowered the objective in working precision.
    Stalled,
    /// The plain step does not exist: the Hessian, or the Jacobian's normal matrix, is singular.
    Singular,
    /// The iterate that would have come next has a value or a derivative that is infinite or NaN.
    NonFinite,
    /// All iterations that were allowed are done.
    MaxIterations,
}

impl StopReason {
    /// Whether a tolerance was met.
    pub fn converged(self) -> bool {
        matches!(self, Self::SmallGradient | Self::SmallStep | Self::SmallReduction)
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SmallGradient => "the gradient is within its tolerance",
            Self::SmallStep => "the step is within its tolerance",
            Self::SmallReduction => "the reduction is within its tolerance",
            Self::Stalled => "no step lowers the objective in working precision",
            Self::Singular => "the system for the step is singular",
            Self::NonFinite => "the next iterate is not finite",
            Self::MaxIterations => "the iterations that were allowed are done",
        })
    }
}

/// How often each function was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Evaluations {
    /// The objective alone, or the residuals alone.
    pub values: u64,
    /// The gradient, with or without the value.
    pub gradients: u64,
    /// The Hessian.
    pub hessians: u64,
    /// Hessian-vector products.
    pub hessian_products: u64,
    /// The Jacobian.
    pub jacobians: u64,
    /// Products with the Jacobian or its transpose.
    pub jacobian_products: u64,
}

/// One iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Iteration {
    /// The objective before the step; for least squares half the sum of squares.
    pub value: f64,
    /// The largest component of the gradient before the step, in magnitude.
    pub gradient_norm: f64,
    /// The Euclidean norm of the step; 0 if it was rejected.
    pub step_norm: f64,
    /// What shaped the step: the step size α of a line search, the damping λ of Levenberg–Marquardt.
    pub parameter: f64,
}

/// The end of a minimisation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Solution<P> {
    /// The last iterate.
    pub x: P,
    /// The objective there; for least squares half the sum of squares, `½ ‖r(x)‖²`.
    pub value: f64,
    /// The largest component of the gradient there, in magnitude.
    pub gradient_norm: f64,
    /// Why the method ended.
    pub stopped: StopReason,
    /// The iterations, in order.
    pub iterations: Vec<Iteration>,
    /// What it cost.
    pub evaluations: Evaluations,
}

/// When to end; common to all methods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limits {
    pub(super) gradient: f64,
    pub(super) step: f64,
    pub(super) iterations: usize,
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), SolveError> {
        SolveError::check_tolerance("gradient_tolerance", self.gradient)?;
        SolveError::check_tolerance("step_tolerance", self.step)
    }

    /// Whether a step to `x` is as good as none.
    pub(super) fn is_small_step(&self, step: &DVector<f64>, x: &DVector<f64>) -> bool {
        step.amax() <= self.step * x.amax()
    }
}

/// Whether a minimisation gets anywhere: either the objective or the gradient must become smaller. At the end rounding
/// may hide the one, and the steps of the line search are allowed to go by the other; where both are lost in rounding
/// there would be no end.
pub(super) fn progresses((value, gradient): (f64, f64), (next_value, next_gradient): (f64, f64)) -> bool {
    next_value < value || next_gradient < gradient
}

/// The setters of the limits, and the documentation that they share.
macro_rules! limit_setters {
    () => {
        /// Ends when no component of the gradient is larger than this in magnitude.
        pub fn gradient_tolerance(mut self, tolerance: f64) -> Self {
            self.limits.gradient = tolerance;
            self
        }

        /// Ends when no component of the step is larger than this times the largest one of the new iterate.
        pub fn step_tolerance(mut self, tolerance: f64) -> Self {
            self.limits.step = tolerance;
            self
        }

        /// Ends after this many iterations.
        pub fn max_iterations(mut self, iterations: usize) -> Self {
            self.limits.iterations = iterations;
            self
        }
    };
}
pub(super) use limit_setters;
