//! Gradient descent with a constant learning rate.

use num_traits::Float;

use super::{HyperParameterError, Optimizer, StepError};

/// Gradient descent, called stochastic when the gradient is that of a mini-batch:
///
/// ```text
/// x ← x − α g
/// ```
///
/// On a quadratic `½ xᵀ A x` the error component along an eigenvector of eigenvalue λ shrinks by the factor `1 − α λ`
/// per step, so the descent converges for `0 < α < 2/λ_max`.
///
/// # Source
///
/// A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, 1847; with random gradients
/// H. Robbins and S. Monro, *A Stochastic Approximation Method*, Annals of Mathematical Statistics 22, 1951.
///
/// # Example
///
/// On `f(x) = ½ x²`, where the gradient is x, the rate 0.5 halves the error in each step.
///
/// ```
/// use autodiff_runtime::optim::{Sgd, Stepper};
///
/// let mut x = 8.0;
/// let mut descent = Stepper::new(Sgd::new(0.5)?, &x);
/// for expected in [4.0, 2.0, 1.0] {
///     let gradient = x;
///     descent.step(&mut x, &gradient)?;
///     assert_eq!(x, expected);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd<T> {
    learning_rate: T,
}

impl<T: Float> Sgd<T> {
    /// Gradient descent with the learning rate α.
    ///
    /// # Errors
    ///
    /// When α is not finite and greater than 0.
    pub fn new(learning_rate: T) -> Result<Self, HyperParameterError> {
        Ok(Self { learning_rate: HyperParameterError::positive("learning_rate", learning_rate)? })
    }
}

impl<T: Float> Optimizer<T> for Sgd<T> {
    type State = ();

    fn init(&self, _len: usize) {}

    fn update(&self, _state: &mut (), step: &mut [T], params: &[T]) -> Result<(), StepError> {
        StepError::check_len(params.len(), step.len())?;
        for d in step {
            *d = -self.learning_rate * *d;
        }
        Ok(())
    }
}
