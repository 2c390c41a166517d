//! Nonlinear least squares: `½ ‖r(x)‖²` for residuals `r`, from first derivatives alone.
//!
//! Both methods see the residuals through [`Residuals`], of which there are two: [`dense`], from the Jacobian by
//! orthogonal factorisation, which never squares its condition number as the normal equations do; and [`products`],
//! from products with the Jacobian and its transpose by conjugate gradients.

mod dense;
mod errors;
mod gauss_newton;
mod levenberg_marquardt;
mod products;

pub use errors::standard_errors;
pub use gauss_newton::{GaussNewton, PlainGaussNewton};
pub use levenberg_marquardt::LevenbergMarquardt;
use nalgebra::DVector;

use super::report::Evaluations;
use super::{SolveError, flat};

/// The residuals near a point, `r(x + p) ≈ r + J p`. `D` is what the source of the residuals solves with.
struct Linearization<D> {
    /// `Jᵀ r`, the gradient of half the sum of squares.
    gradient: DVector<f64>,
    /// The norms of the columns of `J`; ones where they are not known.
    column_norms: DVector<f64>,
    /// The cosine of the angle between `r` and the range of `J`: 0 at a critical point, and without units. 0 if `r`
    /// vanishes. Where the range is not known, that of the angle with `J Jᵀ r`, which is at most as large.
    cosine: f64,
    /// What is large for a damping `λ`.
    damping_scale: f64,
    /// Whether all derivatives are finite.
    finite: bool,
    detail: D,
}

/// A step `p` and its image `J p`; `None` if the system for it is singular.
type Step = Option<(DVector<f64>, DVector<f64>)>;

/// Where residuals and their linearizations come from.
trait Residuals {
    /// What a linearization keeps.
    type Detail;

    /// `r(x)`.
    fn residuals(&mut self, x: &DVector<f64>) -> Result<DVector<f64>, SolveError>;

    /// The linearization at `x`, where the residuals are `r`.
    fn linearize(&mut self, x: &DVector<f64>, r: &DVector<f64>) -> Result<Linearization<Self::Detail>, SolveError>;

    /// The `p` that minimises `‖w + J p‖² + λ ‖D p‖²` for the diagonal `D`; with `w = r` the step of the method.
    fn solve(
        &mut self,
        at: &Linearization<Self::Detail>,
        w: &DVector<f64>,
        lambda: f64,
        d: &DVector<f64>,
    ) -> Result<Step, SolveError>;

    /// What it cost so far.
    fn evaluations(&self) -> Evaluations;
}

/// The residuals and linearization at the start, checked.
fn begin<S: Residuals>(
    source: &mut S,
    x: &DVector<f64>,
) -> Result<(DVector<f64>, Linearization<S::Detail>), SolveError> {
    let r = source.residuals(x)?;
    SolveError::check_start("residuals", r.as_slice())?;
    let at = source.linearize(x, &r)?;
    if at.finite { Ok((r, at)) } else { Err(SolveError::NonFiniteStart { what: "jacobian" }) }
}

/// `½ ‖r‖²`.
fn half_square(r: &DVector<f64>) -> f64 {
    0.5 * r.norm_squared()
}

/// `½ ‖r‖² − ½ ‖s‖²`, which the difference of the two would drown in rounding.
fn reduction(r: &DVector<f64>, s: &DVector<f64>) -> f64 {
    0.5 * r.iter().zip(s).map(|(r, s)| (r - s) * (r + s)).sum::<f64>()
}

/// Whether a vector can be worked with.
fn is_finite(vector: &DVector<f64>) -> bool {
    flat::is_finite(vector.as_slice())
}
