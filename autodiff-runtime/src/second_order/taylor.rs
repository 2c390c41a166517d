//! What a step is expected to do, to second order.

use super::{SolveError, flat};
use crate::Differentiable;

/// The derivative of a function along `direction`, `gᵀ d`, from its `gradient` at a point.
///
/// It is that of `t ↦ f(x + t d)` at 0; divide by the length of `d` for the slope per unit of distance.
///
/// # Errors
///
/// When the two do not hold the same number of floats.
///
/// # Example
///
/// ```
/// use autodiff_runtime::second_order::directional_derivative;
///
/// assert_eq!(directional_derivative(&[3.0, 4.0], &[0.5, -1.0])?, -2.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn directional_derivative<P: Differentiable<Scalar = f64>>(gradient: &P, direction: &P) -> Result<f64, SolveError> {
    let gradient = gradient.to_flat();
    let direction = flat::vector("direction", direction, gradient.len())?;
    Ok(gradient.iter().zip(&direction).map(|(g, d)| g * d).sum())
}

/// The second-order Taylor model of `f` along a step `s` from `x`:
///
/// ```text
/// m(t) = f(x) + t gᵀs + ½ t² sᵀHs ≈ f(x + t s)
/// ```
///
/// It costs one Hessian-vector product.
///
/// # Example
///
/// `f(x, y) = x² + 10 y²` at (1, 1), along the step (−1, −1) to its minimum; the model of a quadratic is exact:
///
/// ```
/// use autodiff_runtime::second_order::TaylorModel;
///
/// let step = [-1.0, -1.0];
/// let model = TaylorModel::new(&step, 11.0, &[2.0, 20.0], &[-2.0, -20.0])?;
/// assert_eq!((model.slope, model.curvature), (-22.0, 22.0));
/// assert_eq!(model.at(1.0), 0.0);
/// assert_eq!(model.predicted_decrease(1.0), 11.0);
/// assert_eq!(model.minimizer(), Some(1.0));
/// assert_eq!(model.gain_ratio(1.0, 0.0), 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TaylorModel {
    /// `f(x)`.
    pub value: f64,
    /// `gᵀs`, the directional derivative.
    pub slope: f64,
    /// `sᵀHs`.
    pub curvature: f64,
}

impl TaylorModel {
    /// The model along `step`, from the value, the gradient, and the Hessian's product with the step,
    /// `f::hvp(x, step)`.
    ///
    /// # Errors
    ///
    /// When the three do not hold the same number of floats.
    pub fn new<P: Differentiable<Scalar = f64>>(
        step: &P,
        value: f64,
        gradient: &P,
        hessian_times_step: &P,
    ) -> Result<Self, SolveError> {
        let n = step.flat_len();
        SolveError::check_len("gradient", n, gradient.flat_len())?;
        SolveError::check_len("hessian-vector product", n, hessian_times_step.flat_len())?;
        let slope = directional_derivative(gradient, step)?;
        Ok(Self { value, slope, curvature: directional_derivative(hessian_times_step, step)? })
    }

    /// `m(t)`.
    pub fn at(&self, t: f64) -> f64 {
        self.value - self.predicted_decrease(t)
    }

    /// `m(0) − m(t)`, computed without the value, in which it might drown.
    pub fn predicted_decrease(&self, t: f64) -> f64 {
        -t * (self.slope + 0.5 * t * self.curvature)
    }

    /// The `t` that minimises `m`; `None` unless the curvature is positive.
    pub fn minimizer(&self) -> Option<f64> {
        (self.curvature > 0.0).then(|| -self.slope / self.curvature)
    }

    /// The actual decrease over the predicted one, where `f(x + t s)` is `actual`: close to 1 where the model can be
    /// trusted (Nocedal and Wright, (4.4)).
    pub fn gain_ratio(&self, t: f64, actual: f64) -> f64 {
        (self.value - actual) / self.predicted_decrease(t)
    }
}
