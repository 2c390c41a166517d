//! How well are the parameters of a fit known?

use nalgebra::{DMatrix, DVector};

use super::super::{Solution, SolveError, flat};
use crate::Differentiable;

/// The standard errors of fitted parameters, in the shape of the parameters: the square roots of the diagonal of
/// `s² (JᵀJ)⁻¹` with `s² = ‖r‖² / (m − n)`, for the `m` residuals and `n` parameters of a `fit` and the `jacobian` at
/// its end.
///
/// They are the standard deviations that the estimates would have if the observations were repeated, to first order in
/// the errors of the observations, which must be independent and of equal variance (D. Bates and D. Watts, *Nonlinear
/// Regression Analysis and Its Applications*, 1988, section 2.3). Weight the residuals where the variances differ.
///
/// # Errors
///
/// [`SolveError::Length`] when the number of floats in `jacobian` is no multiple of `n`, [`SolveError::Undetermined`]
/// when there are not more residuals than parameters, or the columns of the Jacobian are linearly dependent.
///
/// # Example
///
/// The mean of numbers as a fit: its standard error is the standard deviation over the root of their number.
///
/// ```
/// use autodiff_runtime::second_order::{LevenbergMarquardt, standard_errors};
///
/// let data = [1.0, 2.0, 4.0, 5.0];
/// let residuals = |mean: &f64| data.map(|y| mean - y);
/// let jacobian = |_: &f64| [1.0; 4];
/// let fit = LevenbergMarquardt::new().fit(&0.0, residuals, jacobian)?;
/// let error = standard_errors(&fit, &jacobian(&fit.x))?;
/// assert!((fit.x - 3.0).abs() < 1e-12 && (error - (10.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn standard_errors<P, M>(fit: &Solution<P>, jacobian: &M) -> Result<P, SolveError>
where
    P: Differentiable<Scalar = f64>,
    M: Differentiable<Scalar = f64>,
{
    let n = fit.x.flat_len();
    if n == 0 {
        return Err(SolveError::Empty);
    }
    let m = jacobian.flat_len() / n;
    let jacobian = flat::matrix("jacobian", jacobian, m, n)?;
    if m <= n || !flat::is_finite(jacobian.as_slice()) {
        return Err(SolveError::Undetermined);
    }
    let variance = 2.0 * fit.value / (m - n) as f64;
    // With J = Q R the inverse of JᵀJ is R⁻¹ R⁻ᵀ, whose diagonal holds the squared norms of the rows of R⁻¹.
    let r = jacobian.qr().r();
    if (0..n).any(|i| r[(i, i)].abs() <= f64::EPSILON * r.column(i).norm()) {
        return Err(SolveError::Undetermined);
    }
    let inverse = r.solve_upper_triangular(&DMatrix::identity(n, n)).ok_or(SolveError::Undetermined)?;
    let errors = DVector::from_iterator(n, inverse.row_iter().map(|row| row.norm() * variance.sqrt()));
    Ok(flat::shaped(&fit.x, &errors))
}
