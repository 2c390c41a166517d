//! From the Jacobian.

use nalgebra::{DMatrix, DVector, Dyn, QR};

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

/// `J = Q R`.
pub(super) struct Factored {
    jacobian: DMatrix<f64>,
    qr: QR<f64, Dyn, Dyn>,
    r: DMatrix<f64>,
}

impl Factored {
    fn new(jacobian: DMatrix<f64>) -> Self {
        let qr = jacobian.clone().qr();
        let r = qr.r();
        Self { jacobian, qr, r }
    }

    /// The components of `w` in the range of `J`: the first ones of `Qᵀ w`, as many as `R` has rows.
    fn project(&self, w: &DVector<f64>) -> DVector<f64> {
        let mut components = w.clone();
        self.qr.q_tr_mul(&mut components);
        components.rows(0, self.r.nrows()).into_owned()
    }
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
        let detail = Factored::new(jacobian);
        let norm = r.norm();
        let cosine = if norm > 0.0 { detail.project(r).norm() / norm } else { 0.0 };
        // The scaled columns have norm 1.
        Ok(Linearization { gradient, column_norms, cosine, damping_scale: 1.0, finite, detail })
    }

    /// By a second factorisation, of `R` above `√λ D` (J. Moré, *The Levenberg–Marquardt algorithm: implementation and
    /// theory*, Lecture Notes in Mathematics 630, 1978, section 3).
    fn solve(
        &mut self,
        at: &Linearization<Factored>,
        w: &DVector<f64>,
        lambda: f64,
        d: &DVector<f64>,
    ) -> Result<Step, SolveError> {
        let Factored { jacobian, r, .. } = &at.detail;
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
        right.rows_mut(0, k).copy_from(&-at.detail.project(w));
        let qr = system.qr();
        qr.q_tr_mul(&mut right);
        let triangle = qr.unpack_r();
        // A diagonal entry that is 0 but for rounding would make a step of rounding errors.
        if (0..n).any(|i| triangle[(i, i)].abs() <= f64::EPSILON * triangle.column(i).norm()) {
            return Ok(None);
        }
        let step = triangle.solve_upper_triangular(&right.rows(0, n)).filter(is_finite);
        Ok(step.map(|step| {
            let image = jacobian * &step;
            (step, image)
        }))
    }

    fn evaluations(&self) -> Evaluations {
        self.evaluations
    }
}
