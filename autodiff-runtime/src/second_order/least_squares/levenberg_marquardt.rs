//! Levenberg–Marquardt.

use alloc::vec::Vec;

use nalgebra::DVector;

use super::super::report::{Iteration, Solution, StopReason};
use super::super::{SolveError, flat};
use super::dense::Dense;
use super::products::Products;
use super::{Linearization, Residuals, begin, half_square, is_finite, reduction};
use crate::Differentiable;

/// The Levenberg–Marquardt method: Gauss–Newton steps, damped as far as their model of the residuals is wrong.
///
/// For residuals `r` with the Jacobian `J` an iteration solves
///
/// ```text
/// (JᵀJ + λ D²) p = −Jᵀ r
/// ```
///
/// and takes the step if it lowers the sum of squares. What is chosen, and from where:
///
/// - **Scaling**: `D` holds the largest norm that each column of `J` has had so far (J. Moré, *The Levenberg–Marquardt
///   algorithm: implementation and theory*, 1978, section 6, and MINPACK). The iterates do not depend on the units of
///   the parameters, and the length of a step is bounded in the directions that the residuals hardly see.
/// - **Damping**: `λ` follows the gain ratio `ρ`, the actual over the predicted reduction:
///   `λ ← λ max(⅓, 1 − (2ρ − 1)³)` after a step, `λ ← ν λ` with `ν = 2, 4, 8, …` after each refusal in a row (H. Nielsen,
///   *Damping Parameter in Marquardt's Method*, IMM-REP-1999-05, Technical University of Denmark, 1999; K. Madsen,
///   H. Nielsen and O. Tingleff, *Methods for Non-Linear Least Squares Problems*, 2004, algorithm 3.16).
/// - **Acceleration**: the step is `p + ½ a`, where `a` solves the same system for the second derivative of the residuals
///   along `p`, and a step with `2 ‖D a‖ > ¾ ‖D p‖` is refused as too long for its model. The path follows curved
///   valleys, and does not run off to where a parameter has no effect any more (M. Transtrum and J. Sethna,
///   *Improvements to the Levenberg–Marquardt algorithm for nonlinear least-squares minimization*, 2012,
///   [arXiv:1201.5885](https://arxiv.org/abs/1201.5885)). That derivative is a difference of residuals at the cost of
///   one more evaluation; its error shapes the path and not where it ends. [Can be
///   switched off](Self::acceleration).
/// - **Linear algebra**: orthogonal factorisation, see [`fit`](Self::fit), or conjugate gradients, see
///   [`fit_products`](Self::fit_products).
///
/// # Example
///
/// An exponential decay, from its values at 0, 1, 2 and 3:
///
/// ```
/// use autodiff_runtime::differentiate;
/// use autodiff_runtime::second_order::LevenbergMarquardt;
///
/// #[differentiate]
/// fn model(b: &[f64; 2], #[constant] t: f64) -> f64 {
///     b[0] * (-b[1] * t).exp()
/// }
///
/// let data = [2.0, 1.0, 0.5, 0.25];
/// let residuals = |b: &[f64; 2]| -> Vec<f64> {
///     data.iter().enumerate().map(|(t, y)| model(b, t as f64) - y).collect()
/// };
/// let jacobian = |b: &[f64; 2]| -> Vec<[f64; 2]> { (0..data.len()).map(|t| model::grad(b, t as f64)).collect() };
///
/// let fit = LevenbergMarquardt::new().fit(&[1.0, 0.1], residuals, jacobian)?;
/// assert!(fit.stopped.converged());
/// assert!((fit.x[0] - 2.0).abs() < 1e-9 && (fit.x[1] - 2_f64.ln()).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct LevenbergMarquardt {
    cosine: f64,
    step: f64,
    reduction: f64,
    damping: f64,
    acceleration: bool,
    iterations: usize,
}

/// The gain ratio from which on a step is taken (MINPACK).
const ACCEPTED: f64 = 1e-4;

impl Default for LevenbergMarquardt {
    fn default() -> Self {
        Self::new()
    }
}

impl LevenbergMarquardt {
    /// Levenberg–Marquardt with acceleration, tolerances of 10⁻¹² for cosine and step and none for the reduction, an
    /// initial damping of 10⁻³, and at most 5000 iterations.
    pub fn new() -> Self {
        Self { cosine: 1e-12, step: 1e-12, reduction: 0.0, damping: 1e-3, acceleration: true, iterations: 5000 }
    }

    /// Ends with [`StopReason::SmallGradient`] when the residuals are orthogonal to the range of the Jacobian up to
    /// this cosine. It is free of units, as the gradient is not, and says how far the parameters are from the solution
    /// in terms of their standard errors (D. Bates and D. Watts, *A relative offset orthogonality convergence criterion
    /// for nonlinear least squares*, Technometrics 23, 1981).
    pub fn cosine_tolerance(mut self, tolerance: f64) -> Self {
        self.cosine = tolerance;
        self
    }

    /// Ends with [`StopReason::SmallStep`] when the scaled step `D p` is no longer than this times `D x`.
    pub fn step_tolerance(mut self, tolerance: f64) -> Self {
        self.step = tolerance;
        self
    }

    /// Ends with [`StopReason::SmallReduction`] when the sum of squares was lowered, and was predicted to be lowered,
    /// by at most this part of it.
    pub fn reduction_tolerance(mut self, tolerance: f64) -> Self {
        self.reduction = tolerance;
        self
    }

    /// The damping `λ` of the first step, in units of the scaled `JᵀJ`: small for a start that is thought to be good.
    pub fn initial_damping(mut self, damping: f64) -> Self {
        self.damping = damping;
        self
    }

    /// Whether to correct steps by the second derivative along them; true unless set.
    pub fn acceleration(mut self, acceleration: bool) -> Self {
        self.acceleration = acceleration;
        self
    }

    /// Ends after this many iterations, refused steps included. Most problems take less than a hundred; the path through
    /// a narrow curved valley can take thousands, as from the first starting point of NIST's MGH10.
    pub fn max_iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Minimises half the sum of squares of the residuals from `start`, by orthogonal factorisation: for up to some
    /// hundreds of parameters, and for the last digit.
    ///
    /// - `residuals(x)` is anything that holds m floats;
    /// - `jacobian(x)` holds their gradients, m·n floats row by row: `f::jacobian(x)`, or the gradient of one
    ///   residual after the other.
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

    /// Minimises half the sum of squares of the residuals from `start`, by conjugate gradients and without a matrix:
    /// for many parameters. The scaling `D` is 1, since the norms of the columns are not known.
    ///
    /// - `residuals(x)` is anything that holds m floats;
    /// - `jvp(x, v)` is the residuals and `J v`: `f::jvp(x, v)`;
    /// - `vjp(x, w)` is the residuals and `Jᵀ w`: `f::vjp(x, w)`.
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

    fn run<P, S>(&self, start: &P, mut source: S) -> Result<Solution<P>, SolveError>
    where
        P: Differentiable<Scalar = f64>,
        S: Residuals,
    {
        SolveError::check_tolerance("cosine_tolerance", self.cosine)?;
        SolveError::check_tolerance("step_tolerance", self.step)?;
        SolveError::check_tolerance("reduction_tolerance", self.reduction)?;
        SolveError::check_positive("initial_damping", self.damping)?;
        let mut x = flat::start(start)?;
        let (mut r, mut at) = begin(&mut source, &x)?;
        let mut scale = at.column_norms.map(|norm| if norm > 0.0 { norm } else { 1.0 });
        let mut lambda = self.damping * at.damping_scale;
        let mut growth = 2.0;

        let mut iterations = Vec::new();
        let stopped = loop {
            if at.cosine <= self.cosine {
                break StopReason::SmallGradient;
            }
            if iterations.len() == self.iterations {
                break StopReason::MaxIterations;
            }
            let mut iteration = Iteration {
                value: half_square(&r),
                gradient_norm: at.gradient.amax(),
                step_norm: 0.0,
                parameter: lambda,
            };
            let step = source.solve(&at, &r, lambda, &scale)?;
            let small_step = step.as_ref().is_some_and(|(step, _)| self.is_small_step(step, &x, &scale));
            let next = match step {
                Some(step) => {
                    let here = Here { x: &x, r: &r, at: &at, lambda, scale: &scale };
                    self.take(&mut source, here, step, !small_step)?
                }
                None => None,
            };
            let Some(next) = next else {
                iterations.push(iteration);
                (lambda, growth) = (lambda * growth, growth * 2.0);
                if small_step || !lambda.is_finite() {
                    break self.stalled(&mut source, &x, &r, &at, &scale)?;
                }
                continue;
            };
            iteration.step_norm = (&next.x - &x).norm();
            iterations.push(iteration);
            let least = self.reduction * half_square(&r);
            let small_reduction = next.reduction <= least && next.predicted <= least;
            let gain = next.reduction / next.predicted;
            lambda *= (1.0 - (2.0 * gain - 1.0).powi(3)).max(1.0 / 3.0);
            growth = 2.0;
            (x, r, at) = (next.x, next.r, next.at);
            scale.zip_apply(&at.column_norms, |scale, norm| *scale = scale.max(norm));
            if at.cosine > self.cosine && small_reduction {
                break StopReason::SmallReduction;
            }
            if at.cosine > self.cosine && small_step {
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

    fn is_small_step(&self, step: &DVector<f64>, x: &DVector<f64>, scale: &DVector<f64>) -> bool {
        let (step, x) = (scale.component_mul(step).norm(), scale.component_mul(x).norm());
        // Infinite where the squares overflow.
        x.is_finite() && step <= self.step * x
    }

    /// Takes a step `p`, given with `J p`, or refuses it.
    fn take<S: Residuals>(
        &self,
        source: &mut S,
        Here { x, r, at, lambda, scale }: Here<'_, S::Detail>,
        (mut step, image): (DVector<f64>, DVector<f64>),
        accelerate: bool,
    ) -> Result<Option<Next<S::Detail>>, SolveError> {
        let norm = scale.component_mul(&step).norm();
        // ½ ‖r‖² − ½ ‖r + J p‖² without cancellation (Moré, section 4); it also holds for steps of conjugate gradients
        // that ended early, since they are minima over a subspace.
        let predicted = 0.5 * image.norm_squared() + lambda * norm * norm;
        if self.acceleration && accelerate {
            let ahead = source.residuals(&(x + PROBE * &step))?;
            SolveError::check_len("residuals", r.len(), ahead.len())?;
            let bend = ((ahead - r) / PROBE - image) * (2.0 / PROBE);
            // Half of it is the length of the correction; below the rounding errors of the difference there is none.
            if bend.norm() > 1e2 * f64::EPSILON * r.norm() / (PROBE * PROBE) {
                let Some((bent, _)) = source.solve(at, &bend, lambda, scale)? else { return Ok(None) };
                // Not `>`: a NaN is refused.
                let short = 2.0 * scale.component_mul(&bent).norm() <= LARGEST_BEND * norm;
                if !short {
                    return Ok(None);
                }
                step.axpy(0.5, &bent, 1.0);
            }
        }
        let x = x + step;
        let next = source.residuals(&x)?;
        SolveError::check_len("residuals", r.len(), next.len())?;
        if !is_finite(&next) {
            return Ok(None);
        }
        let reduction = reduction(r, &next);
        let hidden = predicted <= ROUNDING * half_square(r);
        // Not `<`: a NaN is refused.
        let good = reduction > 0.0 && reduction >= ACCEPTED * predicted;
        if !(good || hidden) {
            return Ok(None);
        }
        let next_at = source.linearize(&x, &next)?;
        // What rounding hides from the sum of squares the cosine still shows, which is of first order in what is left.
        let reduction = if good { reduction } else { predicted };
        let accepted = next_at.finite && (good || next_at.cosine < at.cosine);
        Ok(accepted.then_some(Next { x, r: next, at: next_at, reduction, predicted }))
    }

    /// Why no step lowers the sum of squares: because there is nothing to gain that rounding would not hide, or because
    /// the parameters are known to all the digits that were asked for, or for neither of the two.
    fn stalled<S: Residuals>(
        &self,
        source: &mut S,
        x: &DVector<f64>,
        r: &DVector<f64>,
        at: &Linearization<S::Detail>,
        scale: &DVector<f64>,
    ) -> Result<StopReason, SolveError> {
        // The undamped step would lower half the sum of squares by this part, were the residuals linear.
        if at.cosine * at.cosine <= ROUNDING {
            return Ok(StopReason::SmallReduction);
        }
        // No more damping than what makes the system regular.
        let undamped = source.solve(at, r, f64::EPSILON * at.damping_scale, scale)?;
        let small = undamped.is_some_and(|(step, _)| self.is_small_step(&step, x, scale));
        Ok(if small { StopReason::SmallStep } else { StopReason::Stalled })
    }
}

/// The part of the sum of squares that rounding may hide.
const ROUNDING: f64 = 1e2 * f64::EPSILON;

/// How far along a step the second derivative looks (Transtrum and Sethna, section 5.1).
const PROBE: f64 = 0.1;

/// How long the correction of a step may be, as a part of it (Transtrum and Sethna, section 5.2).
const LARGEST_BEND: f64 = 0.75;

/// What a step starts from.
struct Here<'a, D> {
    x: &'a DVector<f64>,
    r: &'a DVector<f64>,
    at: &'a Linearization<D>,
    lambda: f64,
    scale: &'a DVector<f64>,
}

/// Where a step leads that lowers the sum of squares.
struct Next<D> {
    x: DVector<f64>,
    r: DVector<f64>,
    at: Linearization<D>,
    /// By how much it lowers half the sum of squares.
    reduction: f64,
    /// By how much it was predicted to.
    predicted: f64,
}
