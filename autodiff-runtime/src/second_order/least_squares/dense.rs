//! From the Jacobian.

use nalgebra::{DMatrix, DVector};

use super::super::report::Evaluations;
use super::super::{SolveError, flat};
use super::{Linearization, Residuals, Step, is_finite};
use crate::Differentiable;

/// Residuals with a Jacobian. `R` and `J` are the closures.
pub(super) struct Dense<'p, P, R, J> {
    start: &'p P,
    residuals: R,
    jacobian: J,
    evaluations: Evaluations,
}

impl<'p, P, R, J> Dense<'p, P, R, J> {
    pub(super) fn new(start: &'p P, residuals: R, jacobian: J) -> Self {
        Self { start, residuals, jacobian, evaluations: Evaluations::default() }
    }
}

/// `J = Q R`, where only what the steps need is kept.
pub(super) struct Factored {
    r: DMatrix<f64>,
    /// The first components of `Qᵀ r`, as many as `R` has rows.
    q_tr_residuals: DVector<f64>,
}

impl<P, Y, M, R, J> Residuals for Dense<'_, P, R, J>
where
    P: Differentiable<Scalar = f64>,
    Y: Differentiable<Scalar = f64>,
    M: Differentiable<Scalar = f64>,
    R: FnMut(&P) -> Y,
    J: FnMut(&P) -> M,
{
    type Detail = Factored;

    fn residuals(&mut self, x: &DVector<f64>) -> Result<DVector<f64>, SolveError> {
        self.evaluations.values += 1;
        Ok(DVector::from_vec((self.residuals)(&flat::shaped(self.start, x)).to_flat()))
    }

    fn linearize(&mut self, x: &DVector<f64>, r: &DVector<f64>) -> Result<Linearization<Factored>, SolveError> {
        self.evaluations.jacobians += 1;
        let (m, n) = (r.len(), x.len());
        let jacobian = flat::matrix("jacobian", &(self.jacobian)(&flat::shaped(self.start, x)), m, n)?;

        let finite = flat::is_finite(jacobian.as_slice());
        let gradient = jacobian.tr_mul(r);
        let column_norms = DVector::from_iterator(n, jacobian.column_iter().map(|column| column.norm()));
        let norm = r.norm();
        let cosines = gradient.iter().zip(&column_norms).filter(|&(_, &column)| column > 0.0 && norm > 0.0);
        let largest_cosine = cosines.fold(0.0, |largest: f64, (g, column)| largest.max((g / column / norm).abs()));

        let qr = jacobian.qr();
        let mut q_tr_residuals = r.clone();
        qr.q_tr_mul(&mut q_tr_residuals);
        let q_tr_residuals = q_tr_residuals.rows(0, m.min(n)).into_owned();
        let detail = Factored { r: qr.unpack_r(), q_tr_residuals };
        // The scaled columns have norm 1.
        Ok(Linearization { gradient, column_norms, largest_cosine, damping_scale: 1.0, finite, detail })
    }

    /// By a second factorisation, of `R` above `√λ D` (J. Moré, *The Levenberg–Marquardt algorithm: implementation and
    /// theory*, Lecture Notes in Mathematics 630, 1978, section 3).
    fn step(&mut self, at: &Linearization<Factored>, lambda: f64, d: &DVector<f64>) -> Result<Step, SolveError> {
        let Factored { r, q_tr_residuals } = &at.detail;
        let (k, n) = r.shape();
        let damped = if lambda > 0.0 { n } else { 0 };
        if k + damped < n {
            return Ok(None);
        }
        let mut system = DMatrix::zeros(k + damped, n);
        system.rows_mut(0, k).copy_from(r);
        for i in 0..damped {
            system[(k + i, i)] = lambda.sqrt() * d[i];
        }
        let mut right = DVector::zeros(k + damped);
        right.rows_mut(0, k).copy_from(&-q_tr_residuals);
        let qr = system.qr();
        qr.q_tr_mul(&mut right);
        let triangle = qr.unpack_r();
        // A diagonal entry that is 0 but for rounding would make a step of rounding errors.
        if (0..n).any(|i| triangle[(i, i)].abs() <= f64::EPSILON * triangle.column(i).norm()) {
            return Ok(None);
        }
        let step = triangle.solve_upper_triangular(&right.rows(0, n)).filter(is_finite);
        Ok(step.map(|step| {
            let image = (r * &step).norm_squared();
            (step, image)
        }))
    }

    fn evaluations(&self) -> Evaluations {
        self.evaluations
    }
}
