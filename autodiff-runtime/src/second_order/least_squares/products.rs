//! From products with the Jacobian and its transpose, for many parameters.

use nalgebra::DVector;

use super::super::report::Evaluations;
use super::super::{SolveError, flat};
use super::{Linearization, Residuals, Step};
use crate::Differentiable;

/// Residuals with products. `R`, `F` and `B` are the closures: residuals, `(r, J v)` and `(r, Jᵀ w)`.
pub(super) struct Products<'p, P, Y, R, F, B> {
    start: &'p P,
    residuals: R,
    jvp: F,
    vjp: B,
    /// The last residuals that were computed, for their shape.
    last: Option<Y>,
    /// The norm of the first gradient.
    first_gradient: Option<f64>,
    evaluations: Evaluations,
}

impl<'p, P, Y, R, F, B> Products<'p, P, Y, R, F, B>
where
    P: Differentiable<Scalar = f64>,
    Y: Differentiable<Scalar = f64>,
    R: FnMut(&P) -> Y,
    F: FnMut(&P, &P) -> (Y, Y),
    B: FnMut(&P, &Y) -> (Y, P),
{
    pub(super) fn new(start: &'p P, residuals: R, jvp: F, vjp: B) -> Self {
        let evaluations = Evaluations::default();
        Self { start, residuals, jvp, vjp, last: None, first_gradient: None, evaluations }
    }

    /// `J v`, of `m` numbers.
    fn forward(&mut self, x: &P, v: &DVector<f64>, m: usize) -> Result<DVector<f64>, SolveError> {
        self.evaluations.jacobian_products += 1;
        let (_, product) = (self.jvp)(x, &flat::shaped(self.start, v));
        flat::vector("Jacobian-vector product", &product, m)
    }

    /// `Jᵀ w`.
    fn reverse(&mut self, x: &P, w: &DVector<f64>) -> Result<DVector<f64>, SolveError> {
        self.evaluations.jacobian_products += 1;
        let like = self.last.get_or_insert_with(|| (self.residuals)(x));
        SolveError::check_len("residuals", w.len(), like.flat_len())?;
        let (_, product) = (self.vjp)(x, &flat::shaped(like, w));
        flat::vector("vector-Jacobian product", &product, x.flat_len())
    }
}

/// Where a linearization is.
pub(super) struct Place<P> {
    x: P,
    /// How exactly steps are computed: the part of the gradient that may be left over.
    forcing: f64,
}

impl<P, Y, R, F, B> Residuals for Products<'_, P, Y, R, F, B>
where
    P: Differentiable<Scalar = f64>,
    Y: Differentiable<Scalar = f64>,
    R: FnMut(&P) -> Y,
    F: FnMut(&P, &P) -> (Y, Y),
    B: FnMut(&P, &Y) -> (Y, P),
{
    type Detail = Place<P>;

    fn residuals(&mut self, x: &DVector<f64>) -> Result<DVector<f64>, SolveError> {
        self.evaluations.values += 1;
        let residuals = (self.residuals)(&flat::shaped(self.start, x));
        let flat = residuals.to_flat();
        self.last = Some(residuals);
        Ok(DVector::from_vec(flat))
    }

    /// Costs one product of each kind.
    fn linearize(&mut self, x: &DVector<f64>, r: &DVector<f64>) -> Result<Linearization<Place<P>>, SolveError> {
        let place = flat::shaped(self.start, x);
        let gradient = self.reverse(&place, r)?;
        let image = self.forward(&place, &gradient, r.len())?;
        let finite = flat::is_finite(gradient.as_slice()) && flat::is_finite(image.as_slice());

        // What `J` does to the gradient stands for what it does to the parameters.
        let (norm, image, residuals) = (gradient.norm(), image.norm(), r.norm());
        let cosine = if image > 0.0 && residuals > 0.0 { norm / image * (norm / residuals) } else { 0.0 };
        let damping_scale = if image > 0.0 { (image / norm).powi(2) } else { 1.0 };
        let first = *self.first_gradient.get_or_insert(norm);
        // Superlinear convergence, as in Newton–CG, but without the unit of the gradient.
        let forcing = if first > 0.0 { (norm / first).sqrt().min(0.1) } else { 0.1 };

        let column_norms = DVector::repeat(x.len(), 1.0);
        let detail = Place { x: place, forcing };
        Ok(Linearization { gradient, column_norms, cosine, damping_scale, finite, detail })
    }

    /// By conjugate gradients for the normal equations, which never forms them (M. Hestenes and E. Stiefel, *Methods of
    /// conjugate gradients for solving linear systems*, 1952, section 10; Å. Björck, *Numerical Methods for Least
    /// Squares Problems*, 1996, algorithm 7.4.1), ended early as in Newton–CG. Ends at a gradient of the system that is
    /// a part of the first one, so that a step exists even where the undamped system is singular.
    fn solve(
        &mut self,
        at: &Linearization<Place<P>>,
        w: &DVector<f64>,
        lambda: f64,
        d: &DVector<f64>,
    ) -> Result<Step, SolveError> {
        let Place { x, forcing } = &at.detail;
        let weights = d.map(|d| lambda * d * d);
        let mut step = DVector::zeros(d.len());
        // w + J p, and minus the gradient of the system in p.
        let mut left = w.clone();
        let mut descent = -self.reverse(x, w)?;
        let mut direction = descent.clone();
        let mut squared = descent.norm_squared();
        let tolerance = forcing * squared.sqrt();
        if squared == 0.0 {
            return Ok(Some((step, left - w)));
        }
        for _ in 0..2 * d.len() {
            let image = self.forward(x, &direction, left.len())?;
            let damping: f64 = direction.iter().zip(&weights).map(|(d, w)| w * d * d).sum();
            let alpha = squared / (image.norm_squared() + damping);
            if !alpha.is_finite() {
                return Ok(None);
            }
            step.axpy(alpha, &direction, 1.0);
            left.axpy(alpha, &image, 1.0);
            descent = -self.reverse(x, &left)? - weights.component_mul(&step);
            let next = descent.norm_squared();
            if !next.is_finite() {
                return Ok(None);
            }
            if next.sqrt() <= tolerance {
                break;
            }
            direction *= next / squared;
            direction += &descent;
            squared = next;
        }
        Ok(Some((step, left - w)))
    }

    fn evaluations(&self) -> Evaluations {
        self.evaluations
    }
}
