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
    /// Levenberg–Marquardt with tolerances of 10⁻¹² (cosine), 10⁻¹² (step) and 10⁻¹⁵ (reduction), an initial damping of
    /// 10⁻³, and at most 1000 iterations.
    pub fn new() -> Self {
        Self { cosine: 1e-12, step: 1e-12, reduction: 1e-15, damping: 1e-3, iterations: 1000 }
    }

    /// Ends with [`StopReason::SmallGradient`] when the residuals are orthogonal to every column of the Jacobian up to
    /// this cosine. It is free of units, as the gradient itself is not.
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

    /// Ends after this many iterations, refused steps included.
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
            if at.largest_cosine <= self.cosine {
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
            let step = source.step(&at, lambda, &scale)?;
            let small_step = step.as_ref().is_some_and(|(step, _)| {
                scale.component_mul(step).norm() <= self.step * scale.component_mul(&x).norm()
            });
            let taken = match step {
                Some(step) => take(&mut source, &x, &r, step, lambda, &scale)?,
                None => None,
            };
            let Some(next) = taken else {
                iterations.push(iteration);
                (lambda, growth) = (lambda * growth, growth * 2.0);
                if small_step || !lambda.is_finite() {
                    break StopReason::Stalled;
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
            if at.largest_cosine > self.cosine && small_reduction {
                break StopReason::SmallReduction;
            }
            if at.largest_cosine > self.cosine && small_step {
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

/// Takes a step `p` with `‖J p‖²`, or refuses it.
fn take<S: Residuals>(
    source: &mut S,
    x: &DVector<f64>,
    r: &DVector<f64>,
    (step, image): (DVector<f64>, f64),
    lambda: f64,
    scale: &DVector<f64>,
) -> Result<Option<Next<S::Detail>>, SolveError> {
    // ½ ‖r‖² − ½ ‖r + J p‖² without cancellation (Moré, section 4); it also holds for steps of conjugate gradients that
    // ended early, since they are minima over a subspace.
    let predicted = 0.5 * image + lambda * scale.component_mul(&step).norm_squared();
    let x = x + step;
    let next = source.residuals(&x)?;
    SolveError::check_len("residuals", r.len(), next.len())?;
    if !is_finite(&next) {
        return Ok(None);
    }
    let reduction = reduction(r, &next);
    // Not `<`: a NaN is refused.
    let good = reduction > 0.0 && reduction >= ACCEPTED * predicted;
    if !good {
        return Ok(None);
    }
    let at = source.linearize(&x, &next)?;
    Ok(at.finite.then_some(Next { x, r: next, at, reduction, predicted }))
}
