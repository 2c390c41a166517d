//! Newton's method for many parameters: the Hessian is seen only through its products with vectors.

use alloc::vec::Vec;

use nalgebra::DVector;

use super::line_search::backtrack;
use super::report::{Evaluations, Iteration, Limits, Solution, StopReason, limit_setters, progresses};
use super::{SolveError, flat};
use crate::Differentiable;
use crate::optim::HyperParameterError;

/// How exactly the Newton system `H p = −g` is solved: until `‖H p + g‖ ≤ η ‖g‖`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Forcing {
    /// `η = min(½, √‖g‖)`: the iterates converge superlinearly, with the exponent 3/2 (Nocedal and Wright, (7.3)).
    #[default]
    Superlinear,
    /// `η = min(½, ‖g‖)`: they converge quadratically.
    Quadratic,
    /// The same `η` always, in (0, 1): they converge linearly.
    Constant(f64),
}

impl Forcing {
    fn eta(self, gradient_norm: f64) -> f64 {
        match self {
            Self::Superlinear => gradient_norm.sqrt().min(0.5),
            Self::Quadratic => gradient_norm.min(0.5),
            Self::Constant(eta) => eta,
        }
    }
}

/// Truncated Newton: the system for Newton's step is solved by conjugate gradients, no more exactly than is worth it,
/// and a line search makes the step one of descent.
///
/// An iteration costs one gradient, a few Hessian-vector products, and a few vectors of memory; no matrix is ever
/// formed. Where conjugate gradients meet a direction of negative curvature they end, with the steepest descent if it
/// is the first direction, so that the step always points downhill.
///
/// # Source
///
/// J. Nocedal and S. Wright, *Numerical Optimization*, 2nd edition, Springer 2006, algorithm 7.1 (line search
/// Newton–CG), after R. Dembo and T. Steihaug, *Truncated-Newton algorithms for large-scale unconstrained optimization*,
/// Math. Programming 26, 1983.
///
/// # Example
///
/// `f(x) = Σ (xᵢ⁴ / 4 − i xᵢ)` in 100 variables, with its minimum where `xᵢ³ = i`:
///
/// ```
/// use autodiff_runtime::second_order::NewtonCg;
///
/// let value_and_grad = |x: &Vec<f64>| {
///     let value = x.iter().enumerate().map(|(i, x)| x.powi(4) / 4.0 - i as f64 * x).sum();
///     let gradient = x.iter().enumerate().map(|(i, x)| x.powi(3) - i as f64).collect();
///     (value, gradient)
/// };
/// let hvp = |x: &Vec<f64>, v: &Vec<f64>| x.iter().zip(v).map(|(x, v)| 3.0 * x * x * v).collect();
///
/// let found = NewtonCg::new().minimize(&vec![1.0; 100], value_and_grad, hvp)?;
/// assert!(found.stopped.converged());
/// assert!((found.x[27] - 3.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct NewtonCg {
    limits: Limits,
    forcing: Forcing,
    inner_iterations: Option<usize>,
}

impl Default for NewtonCg {
    fn default() -> Self {
        Self::new()
    }
}

impl NewtonCg {
    /// Newton–CG with superlinear forcing. Ends at a gradient of 10⁻⁸, at a step of 10⁻¹⁵ times the iterate, or after
    /// 1000 iterations.
    pub fn new() -> Self {
        let limits = Limits { gradient: 1e-8, step: 1e-15, iterations: 1000 };
        Self { limits, forcing: Forcing::default(), inner_iterations: None }
    }

    /// How exactly the Newton systems are solved.
    pub fn forcing(mut self, forcing: Forcing) -> Self {
        self.forcing = forcing;
        self
    }

    /// The largest number of conjugate-gradient iterations for one step; twice the number of parameters unless set. In
    /// exact arithmetic as many as parameters are enough.
    pub fn max_inner_iterations(mut self, iterations: usize) -> Self {
        self.inner_iterations = Some(iterations);
        self
    }

    limit_setters!();

    /// Minimises from `start`.
    ///
    /// - `value_and_grad(x)` is the objective and its gradient in the shape of `x`: `f::value_and_grad(x)`;
    /// - `hvp(x, v)` is the Hessian at `x` times `v`, in the shape of `x`: `f::hvp(x, v)`.
    ///
    /// # Errors
    ///
    /// See [`SolveError`].
    pub fn minimize<P: Differentiable<Scalar = f64>>(
        &self,
        start: &P,
        mut value_and_grad: impl FnMut(&P) -> (f64, P),
        mut hvp: impl FnMut(&P, &P) -> P,
    ) -> Result<Solution<P>, SolveError> {
        self.limits.check()?;
        if let Forcing::Constant(eta) = self.forcing {
            // From 1 on, no step at all would do.
            let expected = "greater than 0 and less than 1";
            if !(eta > 0.0 && eta < 1.0) {
                return Err(SolveError::Setting(HyperParameterError { name: "forcing", value: eta, expected }));
            }
        }
        let mut x = flat::start(start)?;
        let n = x.len();
        let inner = self.inner_iterations.unwrap_or(2 * n).max(1);
        let mut evaluations = Evaluations::default();
        let mut evaluate = |x: &DVector<f64>, evaluations: &mut Evaluations| {
            evaluations.gradients += 1;
            let (value, gradient) = value_and_grad(&flat::shaped(start, x));
            flat::vector("gradient", &gradient, n).map(|gradient| (value, gradient))
        };
        let (mut value, mut gradient) = evaluate(&x, &mut evaluations)?;
        SolveError::check_start("value", &[value])?;
        SolveError::check_start("gradient", gradient.as_slice())?;

        let mut iterations = Vec::new();
        let stopped = loop {
            let gradient_norm = gradient.amax();
            if gradient_norm <= self.limits.gradient {
                break StopReason::SmallGradient;
            }
            if iterations.len() == self.limits.iterations {
                break StopReason::MaxIterations;
            }
            let at = flat::shaped(start, &x);
            let norm = gradient.norm();
            let direction = conjugate_gradients(&gradient, self.forcing.eta(norm) * norm, inner, |v| {
                evaluations.hessian_products += 1;
                flat::vector("hessian-vector product", &hvp(&at, &flat::shaped(start, v)), n)
            })?;
            let Some(direction) = direction else { break StopReason::NonFinite };

            let mut next = None;
            let mut failed = None;
            let found = backtrack(value, gradient.dot(&direction), |alpha| {
                let trial = &x + alpha * &direction;
                match evaluate(&trial, &mut evaluations) {
                    // A gradient that is not finite is as bad as a value.
                    Ok((_, gradient)) if !flat::is_finite(gradient.as_slice()) => f64::NAN,
                    Ok((value, gradient)) => {
                        next = Some((trial, gradient));
                        value
                    }
                    Err(error) => {
                        failed = Some(error);
                        f64::NAN
                    }
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            // The last trial is the one that was accepted.
            let (Some((parameter, next_value)), Some((next, next_gradient))) = (found, next) else {
                break StopReason::Stalled;
            };
            if !progresses((value, gradient_norm), (next_value, next_gradient.amax())) {
                break StopReason::Stalled;
            }
            let step = &next - &x;
            let step_norm = step.norm();
            iterations.push(Iteration { value, gradient_norm, step_norm, parameter });
            (x, value, gradient) = (next, next_value, next_gradient);
            if self.limits.is_small_step(&step, &x) && gradient.amax() > self.limits.gradient {
                break StopReason::SmallStep;
            }
        };
        Ok(Solution {
            x: flat::shaped(start, &x),
            value,
            gradient_norm: gradient.amax(),
            stopped,
            iterations,
            evaluations,
        })
    }
}

/// The inner loop of algorithm 7.1: `H p ≈ −g` with a residual of at most `tolerance`; `None` when a product is not
/// finite before there is a direction.
fn conjugate_gradients(
    gradient: &DVector<f64>,
    tolerance: f64,
    iterations: usize,
    mut product: impl FnMut(&DVector<f64>) -> Result<DVector<f64>, SolveError>,
) -> Result<Option<DVector<f64>>, SolveError> {
    let mut z = DVector::zeros(gradient.len());
    let mut residual = gradient.clone();
    let mut direction = -gradient;
    let mut residual_squared = residual.norm_squared();
    for j in 0..iterations {
        let product = product(&direction)?;
        let curvature = direction.dot(&product);
        if !curvature.is_finite() {
            return Ok((j > 0).then_some(z));
        }
        if curvature <= 0.0 {
            return Ok(Some(if j == 0 { direction } else { z }));
        }
        let alpha = residual_squared / curvature;
        z.axpy(alpha, &direction, 1.0);
        residual.axpy(alpha, &product, 1.0);
        let next_squared = residual.norm_squared();
        if next_squared.sqrt() <= tolerance {
            break;
        }
        let beta = next_squared / residual_squared;
        residual_squared = next_squared;
        direction *= beta;
        direction -= &residual;
    }
    Ok(Some(z))
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};

    use super::conjugate_gradients;

    /// Conjugate gradients end after as many iterations as there are distinct eigenvalues (Nocedal and Wright, theorem
    /// 5.4).
    #[test]
    fn iterations_are_distinct_eigenvalues() {
        let n = 40;
        for distinct in [1, 2, 5] {
            // Householder's reflection of a diagonal matrix: the eigenvalues are known, the matrix is full.
            let u = DVector::from_fn(n, |i, _| 1.0 + (i as f64).sin()).normalize();
            let reflection = DMatrix::identity(n, n) - 2.0 * &u * u.transpose();
            let eigenvalues = DVector::from_fn(n, |i, _| 1.0 + (i % distinct) as f64);
            let matrix = &reflection * DMatrix::from_diagonal(&eigenvalues) * &reflection;
            let gradient = DVector::from_fn(n, |i, _| (i as f64 * 0.7).cos());

            let mut products = 0;
            let solution = conjugate_gradients(&gradient, 1e-12 * gradient.norm(), n, |v| {
                products += 1;
                Ok(&matrix * v)
            });
            let solution = solution.unwrap().unwrap();
            assert_eq!(products, distinct);
            assert!((&matrix * solution + &gradient).amax() < 1e-12);
        }
    }

    #[test]
    fn negative_curvature_in_the_first_direction_gives_the_steepest_descent() {
        let gradient = DVector::from_vec(vec![1.0, -2.0]);
        let found = conjugate_gradients(&gradient, 1e-9, 10, |v| Ok(-v)).unwrap().unwrap();
        assert_eq!(found, -gradient);
    }
}
