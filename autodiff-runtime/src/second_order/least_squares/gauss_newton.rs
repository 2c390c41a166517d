//! Gauss–Newton.

use alloc::vec::Vec;

use nalgebra::DVector;

use super::super::line_search::backtrack;
use super::super::report::{Iteration, Limits, Solution, StopReason, limit_setters};
use super::super::{SolveError, flat};
use super::dense::Dense;
use super::products::Products;
use super::{Residuals, begin, half_square};
use crate::Differentiable;

/// The Gauss–Newton method: Newton's method for half the sum of squares of residuals `r`, with the Hessian replaced by
/// `JᵀJ`, which is its part without second derivatives:
///
/// ```text
/// x ← x − α (JᵀJ)⁻¹ Jᵀ r
/// ```
///
/// Close to a solution where the residuals are 0 it converges quadratically, elsewhere linearly, at a rate that grows
/// with the residuals and their curvature. [`GaussNewton::new`] finds `α` by backtracking from 1; [`GaussNewton::plain`]
/// has a fixed one. Where the columns of the Jacobian are linearly dependent there is no step;
/// [`LevenbergMarquardt`](super::LevenbergMarquardt) does not mind.
///
/// # Source
///
/// J. Nocedal and S. Wright, *Numerical Optimization*, 2nd edition, Springer 2006, section 10.3. The linear least-squares
/// problem is solved by orthogonal factorisation of `J`, not by forming `JᵀJ`.
///
/// # Example
///
/// Residuals that are linear in the parameters, here those of a line through three points, take one step:
///
/// ```
/// use autodiff_runtime::second_order::GaussNewton;
///
/// let residuals = |b: &[f64; 2]| [b[0] - 1.0, b[0] + b[1] - 2.0, b[0] + 2.0 * b[1] - 6.0];
/// let jacobian = |_: &[f64; 2]| [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]];
/// let fit = GaussNewton::plain(1.0).fit(&[7.0, -3.0], residuals, jacobian)?;
/// assert_eq!(fit.iterations.len(), 1);
/// assert!((fit.x[0] - 0.5).abs() < 1e-12 && (fit.x[1] - 2.5).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct GaussNewton {
    limits: Limits,
}

/// Gauss–Newton with a fixed step size; see [`GaussNewton::plain`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct PlainGaussNewton {
    limits: Limits,
    step_size: f64,
}

const LIMITS: Limits = Limits { gradient: 1e-10, step: 1e-14, iterations: 200 };

impl Default for GaussNewton {
    fn default() -> Self {
        Self::new()
    }
}

/// The two ways in, and their documentation, are the same for both step rules.
macro_rules! fits {
    () => {
        limit_setters!();

        /// Minimises half the sum of squares of the residuals from `start`, by orthogonal factorisation. The closures
        /// are those of [`LevenbergMarquardt::fit`](super::LevenbergMarquardt::fit).
        ///
        /// # Errors
        ///
        /// See [`SolveError`].
        pub fn fit<P, Y, M>(
            &self,
            start: &P,
            residuals: impl FnMut(&P) -> Y,
            jacobian: impl FnMut(&P) -> M,
        ) -> Result<Solution<P>, SolveError>
        where
            P: Differentiable<Scalar = f64>,
            Y: Differentiable<Scalar = f64>,
            M: Differentiable<Scalar = f64>,
        {
            self.run(start, Dense::new(start, residuals, jacobian))
        }

        /// Minimises half the sum of squares of the residuals from `start`, by conjugate gradients and without a
        /// matrix. The closures are those of
        /// [`LevenbergMarquardt::fit_products`](super::LevenbergMarquardt::fit_products).
        ///
        /// # Errors
        ///
        /// See [`SolveError`].
        pub fn fit_products<P, Y>(
            &self,
            start: &P,
            residuals: impl FnMut(&P) -> Y,
            jvp: impl FnMut(&P, &P) -> (Y, Y),
            vjp: impl FnMut(&P, &Y) -> (Y, P),
        ) -> Result<Solution<P>, SolveError>
        where
            P: Differentiable<Scalar = f64>,
            Y: Differentiable<Scalar = f64>,
        {
            self.run(start, Products::new(start, residuals, jvp, vjp))
        }
    };
}

impl GaussNewton {
    /// Gauss–Newton with a line search. Ends at a gradient `Jᵀ r` of 10⁻¹⁰, at a step of 10⁻¹⁴ times the iterate, or
    /// after 200 iterations.
    pub fn new() -> Self {
        Self { limits: LIMITS }
    }

    /// Gauss–Newton with the step size `α` and nothing else; the limits are those of [`GaussNewton::new`].
    pub fn plain(step_size: f64) -> PlainGaussNewton {
        PlainGaussNewton { limits: LIMITS, step_size }
    }

    fits!();

    fn run<P: Differentiable<Scalar = f64>, S: Residuals>(
        &self,
        start: &P,
        source: S,
    ) -> Result<Solution<P>, SolveError> {
        iterate(start, source, &self.limits, |source, x, value, slope, direction| {
            let mut failed = None;
            let found = backtrack(value, slope, |alpha| match source.residuals(&(x + alpha * direction)) {
                Ok(r) => half_square(&r),
                Err(error) => {
                    failed = Some(error);
                    f64::NAN
                }
            });
            failed.map_or(Ok(found.map(|(alpha, _)| alpha)), Err)
        })
    }
}

impl PlainGaussNewton {
    fits!();

    fn run<P: Differentiable<Scalar = f64>, S: Residuals>(
        &self,
        start: &P,
        source: S,
    ) -> Result<Solution<P>, SolveError> {
        SolveError::check_positive("step_size", self.step_size)?;
        iterate(start, source, &self.limits, |_, _, _, _, _| Ok(Some(self.step_size)))
    }
}

/// The loop. `step_size` gives `α`, if there is one, from the source, the iterate, half the sum of squares there, its
/// slope along the direction, and the direction.
fn iterate<P: Differentiable<Scalar = f64>, S: Residuals>(
    start: &P,
    mut source: S,
    limits: &Limits,
    mut step_size: impl FnMut(&mut S, &DVector<f64>, f64, f64, &DVector<f64>) -> Result<Option<f64>, SolveError>,
) -> Result<Solution<P>, SolveError> {
    limits.check()?;
    let mut x = flat::start(start)?;
    let (mut r, mut at) = begin(&mut source, &x)?;
    let unscaled = DVector::repeat(x.len(), 1.0);

    let mut iterations = Vec::new();
    let stopped = loop {
        let (value, gradient_norm) = (half_square(&r), at.gradient.amax());
        if gradient_norm <= limits.gradient {
            break StopReason::SmallGradient;
        }
        if iterations.len() == limits.iterations {
            break StopReason::MaxIterations;
        }
        let Some((direction, _)) = source.solve(&at, &r, 0.0, &unscaled)? else { break StopReason::Singular };
        let slope = at.gradient.dot(&direction);
        let Some(alpha) = step_size(&mut source, &x, value, slope, &direction)? else { break StopReason::Stalled };
        let step = direction * alpha;
        let next = &x + &step;
        let next_r = source.residuals(&next)?;
        SolveError::check_len("residuals", r.len(), next_r.len())?;
        let next_at = source.linearize(&next, &next_r)?;
        if !(flat::is_finite(next_r.as_slice()) && next_at.finite) {
            break StopReason::NonFinite;
        }
        let step_norm = step.norm();
        iterations.push(Iteration { value, gradient_norm, step_norm, parameter: alpha });
        (x, r, at) = (next, next_r, next_at);
        if limits.is_small_step(&step, &x) && at.gradient.amax() > limits.gradient {
            break StopReason::SmallStep;
        }
    };
    Ok(Solution {
        x: flat::shaped(start, &x),
        value: half_square(&r),
        gradient_norm: at.gradient.amax(),
        stopped,
        iterations,
        evaluations: source.evaluations(),
    })
}
