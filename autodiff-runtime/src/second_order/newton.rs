//! Newton's method.

use alloc::vec::Vec;

use nalgebra::{DMatrix, DVector};

use super::line_search::backtrack;
use super::regularize::Regularization;
use super::report::{Evaluations, Iteration, Limits, Solution, StopReason, limit_setters, progresses};
use super::{SolveError, flat};
use crate::Differentiable;

/// Newton's method, with the Hessian `H` and the gradient `g` of an objective `f`:
///
/// ```text
/// x ← x − α H(x)⁻¹ g(x)
/// ```
///
/// There are two of it:
///
/// - [`Newton::plain`] is this formula with a fixed step size `α`, 1 in most lectures. It finds critical points of every
///   kind, saddles and maxima too, and converges quadratically to a regular one from nearby with `α = 1`; with
///   `0 < α < 1` linearly at the rate `1 − α`. From far away it may diverge.
/// - [`Newton::new`] minimises: the Hessian is [regularised](Regularization) where it is not positive definite, and `α`
///   found by backtracking from 1 (Nocedal and Wright, algorithm 3.2). Every iteration lowers the objective, and close
///   to a minimum with a positive definite Hessian the two are the same.
///
/// # Source
///
/// J. Nocedal and S. Wright, *Numerical Optimization*, 2nd edition, Springer 2006, chapter 3.
///
/// # Example
///
/// Rosenbrock's function from its usual starting point:
///
/// ```
/// use autodiff_runtime::second_order::Newton;
///
/// fn rosenbrock(x: &[f64; 2]) -> f64 {
///     (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)
/// }
///
/// fn value_grad_hessian(x: &[f64; 2]) -> (f64, [f64; 2], [[f64; 2]; 2]) {
///     let t = x[1] - x[0] * x[0];
///     let gradient = [-2.0 * (1.0 - x[0]) - 400.0 * x[0] * t, 200.0 * t];
///     let hessian = [[2.0 - 400.0 * t + 800.0 * x[0] * x[0], -400.0 * x[0]], [-400.0 * x[0], 200.0]];
///     (rosenbrock(x), gradient, hessian)
/// }
///
/// let found = Newton::new().minimize(&[-1.2, 1.0], rosenbrock, value_grad_hessian)?;
/// assert!(found.stopped.converged());
/// assert!((found.x[0] - 1.0).abs() < 1e-8 && (found.x[1] - 1.0).abs() < 1e-8);
/// assert!(found.iterations.len() < 30);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct Newton {
    limits: Limits,
    regularization: Regularization,
}

/// Newton's method with a fixed step size; see [`Newton::plain`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct PlainNewton {
    limits: Limits,
    step_size: f64,
}

/// A gradient of 1e-8 leaves an error of 1e-16 in the objective where its curvature is about 1.
const LIMITS: Limits = Limits { gradient: 1e-8, step: 1e-15, iterations: 200 };

impl Default for Newton {
    fn default() -> Self {
        Self::new()
    }
}

impl Newton {
    /// Newton's method with regularisation and line search. Ends at a gradient of 10⁻⁸, at a step of 10⁻¹⁵ times the
    /// iterate, or after 200 iterations.
    pub fn new() -> Self {
        Self { limits: LIMITS, regularization: Regularization::default() }
    }

    /// Newton's method with the step size `α` and nothing else; the limits are those of [`Newton::new`].
    pub fn plain(step_size: f64) -> PlainNewton {
        PlainNewton { limits: LIMITS, step_size }
    }

    /// What to do with a Hessian that is not positive definite; [`Regularization::Shift`] unless set.
    pub fn regularization(mut self, regularization: Regularization) -> Self {
        self.regularization = regularization;
        self
    }

    limit_setters!();

    /// Minimises from `start`.
    ///
    /// - `value(x)` is the objective, `f(x)`;
    /// - `value_grad_hessian(x)` is the objective, its gradient in the shape of `x`, and its Hessian as anything that
    ///   holds n² floats row by row: `f::value_grad_hessian(x)`.
    ///
    /// # Errors
    ///
    /// See [`SolveError`].
    pub fn minimize<P, H>(
        &self,
        start: &P,
        mut value: impl FnMut(&P) -> f64,
        value_grad_hessian: impl FnMut(&P) -> (f64, P, H),
    ) -> Result<Solution<P>, SolveError>
    where
        P: Differentiable<Scalar = f64>,
        H: Differentiable<Scalar = f64>,
    {
        self.limits.check()?;
        iterate(start, &self.limits, progresses, value_grad_hessian, |at| {
            let Some(direction) = self.regularization.step(at.hessian, at.gradient) else {
                return Err(StopReason::Singular);
            };
            let found = backtrack(at.value, at.gradient.dot(&direction), |alpha| {
                at.evaluations.values += 1;
                value(&flat::shaped(start, &(at.x + alpha * &direction)))
            });
            let (alpha, _) = found.ok_or(StopReason::Stalled)?;
            Ok((alpha, direction * alpha))
        })
    }
}

impl PlainNewton {
    limit_setters!();

    /// Looks for a critical point from `start`. `value_grad_hessian` is as in [`Newton::minimize`].
    ///
    /// # Errors
    ///
    /// See [`SolveError`].
    pub fn find<P, H>(
        &self,
        start: &P,
        value_grad_hessian: impl FnMut(&P) -> (f64, P, H),
    ) -> Result<Solution<P>, SolveError>
    where
        P: Differentiable<Scalar = f64>,
        H: Differentiable<Scalar = f64>,
    {
        self.limits.check()?;
        SolveError::check_positive("step_size", self.step_size)?;
        // The plain method looks for critical points, not for minima: any step is progress.
        iterate(
            start,
            &self.limits,
            |_, _| true,
            value_grad_hessian,
            |at| {
                let step = at.hessian.lu().solve(at.gradient).ok_or(StopReason::Singular)?;
                Ok((self.step_size, step * -self.step_size))
            },
        )
    }
}

/// What a step is made of.
struct At<'a> {
    x: &'a DVector<f64>,
    value: f64,
    gradient: &'a DVector<f64>,
    hessian: DMatrix<f64>,
    evaluations: &'a mut Evaluations,
}

/// The loop that both have in common. `step` gives the step with its step size, or the reason why there is none;
/// `progresses` tells from value and gradient, before and after, whether it was worth it.
fn iterate<P, H>(
    start: &P,
    limits: &Limits,
    progresses: impl Fn((f64, f64), (f64, f64)) -> bool,
    mut value_grad_hessian: impl FnMut(&P) -> (f64, P, H),
    mut step: impl FnMut(At<'_>) -> Result<(f64, DVector<f64>), StopReason>,
) -> Result<Solution<P>, SolveError>
where
    P: Differentiable<Scalar = f64>,
    H: Differentiable<Scalar = f64>,
{
    let mut x = flat::start(start)?;
    let n = x.len();
    let mut evaluations = Evaluations::default();
    let mut evaluate = |x: &DVector<f64>, evaluations: &mut Evaluations| {
        let (value, gradient, hessian) = value_grad_hessian(&flat::shaped(start, x));
        evaluations.gradients += 1;
        evaluations.hessians += 1;
        let gradient = flat::vector("gradient", &gradient, n)?;
        Ok((value, gradient, flat::matrix("hessian", &hessian, n, n)?))
    };
    let (mut value, mut gradient, mut hessian) = evaluate(&x, &mut evaluations)?;
    SolveError::check_start("value", &[value])?;
    SolveError::check_start("gradient", gradient.as_slice())?;
    SolveError::check_start("hessian", hessian.as_slice())?;

    let mut iterations = Vec::new();
    let stopped = loop {
        let gradient_norm = gradient.amax();
        if gradient_norm <= limits.gradient {
            break StopReason::SmallGradient;
        }
        if iterations.len() == limits.iterations {
            break StopReason::MaxIterations;
        }
        let at = At { x: &x, value, gradient: &gradient, hessian, evaluations: &mut evaluations };
        let (parameter, step) = match step(at) {
            Ok(found) => found,
            Err(reason) => break reason,
        };
        let next = &x + &step;
        let (next_value, next_gradient, next_hessian) = evaluate(&next, &mut evaluations)?;
        let finite = flat::is_finite(next_gradient.as_slice()) && flat::is_finite(next_hessian.as_slice());
        if !(next_value.is_finite() && finite) {
            break StopReason::NonFinite;
        }
        if !progresses((value, gradient_norm), (next_value, next_gradient.amax())) {
            break StopReason::Stalled;
        }
        let step_norm = step.norm();
        iterations.push(Iteration { value, gradient_norm, step_norm, parameter });
        (x, value, gradient, hessian) = (next, next_value, next_gradient, next_hessian);
        if limits.is_small_step(&step, &x) && gradient.amax() > limits.gradient {
            break StopReason::SmallStep;
        }
    };
    Ok(Solution { x: flat::shaped(start, &x), value, gradient_norm: gradient.amax(), stopped, iterations, evaluations })
}
