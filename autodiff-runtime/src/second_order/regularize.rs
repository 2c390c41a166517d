//! Systems for Newton steps that point downhill.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn, SymmetricEigen};

/// How Newton's method makes a step of descent where the Hessian is not positive definite. Where it safely is, both
/// leave it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Regularization {
    /// Adds `τ` times the unit matrix, with the first `τ` of a growing sequence that makes the Cholesky factorisation
    /// succeed: J. Nocedal and S. Wright, *Numerical Optimization*, 2nd edition, 2006, algorithm 3.3. Costs a few
    /// Cholesky factorisations. The `β` of the book, an absolute 10⁻³, is here 10⁻³ times the largest diagonal entry in
    /// magnitude, so that multiplying the objective by a constant changes no iterate.
    #[default]
    Shift,
    /// Replaces every eigenvalue `λ` by `max(|λ|, δ)` with `δ = 10⁻⁸ max |λ|`: directions of negative curvature are
    /// walked down with the length that their curvature suggests, which leaves saddle points quickly (Nocedal and
    /// Wright, section 3.4, eigenvalue modification; Y. Dauphin et al., *Identifying and attacking the saddle point
    /// problem in high-dimensional non-convex optimization*, NeurIPS 2014). Costs an eigendecomposition.
    AbsoluteEigenvalues,
}

impl Regularization {
    /// `−B⁻¹ g`, where `B` is the regularised Hessian; `None` if the numbers are too large or small to factorise.
    pub(super) fn step(self, hessian: DMatrix<f64>, gradient: &DVector<f64>) -> Option<DVector<f64>> {
        let step = match self {
            Self::Shift => -shifted_cholesky(hessian)?.solve(gradient),
            Self::AbsoluteEigenvalues => absolute_eigenvalues(hessian, gradient)?,
        };
        step.iter().all(|d| d.is_finite()).then_some(step)
    }
}

fn shifted_cholesky(mut hessian: DMatrix<f64>) -> Option<Cholesky<f64, Dyn>> {
    let n = hessian.nrows();
    let diagonal = hessian.diagonal();
    let scale = diagonal.amax();
    // A diagonal of zeros says nothing of the scale; the entries beside it do.
    let scale = if scale > 0.0 { scale } else { hessian.amax() };
    // Never 0, so that the shift grows.
    let beta = (1e-3 * if scale > 0.0 { scale } else { 1.0 }).max(f64::MIN_POSITIVE);
    let smallest = diagonal.min();
    let mut shift = if smallest > 0.0 { 0.0 } else { beta - smallest };
    let mut added = 0.0;
    loop {
        for i in 0..n {
            hessian[(i, i)] += shift - added;
        }
        added = shift;
        if let Some(factor) = Cholesky::new(hessian.clone()) {
            return Some(factor);
        }
        shift = (2.0 * shift).max(beta);
        if !shift.is_finite() {
            return None;
        }
    }
}

/// The eigendecomposition of a symmetric matrix of finite numbers, of which the lower triangle is read. Two or three
/// sweeps per eigenvalue are usual; the limit is far from that, and makes sure that there is an end.
pub(super) fn eigen(matrix: DMatrix<f64>) -> Option<SymmetricEigen<f64, Dyn>> {
    let sweeps = 100 * matrix.nrows();
    SymmetricEigen::try_new(matrix, f64::EPSILON, sweeps)
}

fn absolute_eigenvalues(hessian: DMatrix<f64>, gradient: &DVector<f64>) -> Option<DVector<f64>> {
    let eigen = eigen(hessian)?;
    let largest = eigen.eigenvalues.amax();
    let floor = if largest > 0.0 { 1e-8 * largest } else { 1.0 };
    let mut components = eigen.eigenvectors.tr_mul(gradient);
    for (component, eigenvalue) in components.iter_mut().zip(&eigen.eigenvalues) {
        *component /= -eigenvalue.abs().max(floor);
    }
    Some(&eigen.eigenvectors * components)
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};

    use super::Regularization;

    fn matrix(rows: [[f64; 2]; 2]) -> DMatrix<f64> {
        DMatrix::from_row_slice(2, 2, rows.as_flattened())
    }

    fn vector(numbers: [f64; 2]) -> DVector<f64> {
        DVector::from_row_slice(&numbers)
    }

    #[test]
    fn a_positive_definite_hessian_is_left_alone() {
        let hessian = matrix([[4.0, 1.0], [1.0, 3.0]]);
        let gradient = vector([1.0, 2.0]);
        // The solution of H p = −g by Cramer's rule: det H = 11.
        let expected = vector([-1.0 / 11.0, -7.0 / 11.0]);
        for regularization in [Regularization::Shift, Regularization::AbsoluteEigenvalues] {
            let step = regularization.step(hessian.clone(), &gradient).unwrap();
            assert!((&step - &expected).amax() < 1e-15, "{regularization:?}: {step}");
        }
    }

    #[test]
    fn indefinite_and_singular_hessians_give_descent() {
        let gradient = vector([1.0, -2.0]);
        let hessians = [
            matrix([[1.0, 0.0], [0.0, -1.0]]),
            matrix([[0.0, 3.0], [3.0, 0.0]]),
            matrix([[0.0, 0.0], [0.0, 0.0]]),
            matrix([[-5.0, 1.0], [1.0, -2.0]]),
            matrix([[1.0, 1.0], [1.0, 1.0]]),
            matrix([[1e-200, 2e-200], [2e-200, 1e-200]]),
        ];
        for hessian in hessians {
            for regularization in [Regularization::Shift, Regularization::AbsoluteEigenvalues] {
                let step = regularization.step(hessian.clone(), &gradient).unwrap();
                assert!(step.dot(&gradient) < 0.0, "{regularization:?} of {hessian}: {step}");
            }
        }
    }

    #[test]
    fn absolute_eigenvalues_flip_negative_curvature() {
        let step =
            Regularization::AbsoluteEigenvalues.step(matrix([[2.0, 0.0], [0.0, -4.0]]), &vector([2.0, 2.0])).unwrap();
        assert!((step - vector([-1.0, -0.5])).amax() < 1e-15);
    }
}
