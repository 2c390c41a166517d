//! Gradient descent with momentum.

use alloc::{vec, vec::Vec};

use num_traits::Float;

use super::{HyperParameterError, Optimizer, StepError};

/// Polyak's heavy ball: each step continues the last one,
///
/// ```text
/// Δx ← β Δx − α g
/// x  ← x + Δx
/// ```
///
/// with Δx = 0 at the start, so that the first step is that of [`Sgd`](super::Sgd), and β = 0 is gradient descent.
/// Along an eigenvector of eigenvalue λ of a quadratic it is the recurrence `xₖ₊₁ = (1 + β − α λ) xₖ − β xₖ₋₁`, which
/// converges for `0 < α λ < 2 (1 + β)`.
///
/// # Papers and libraries
///
/// PyTorch and optax keep the velocity without its learning rate, `v ← β v + g` and `x ← x − α v`. For a constant α the
/// two give the same parameters. They differ when α changes on the way: there the whole velocity is rescaled at once,
/// here (as in the paper) the steps that were already taken keep the rate they were taken with. PyTorch's `dampening`
/// has no counterpart.
///
/// # Source
///
/// B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Computational Mathematics and
/// Mathematical Physics 4(5), 1964.
///
/// # Example
///
/// With a constant gradient of 1 the steps grow towards −α / (1 − β):
///
/// ```
/// use autodiff_runtime::optim::{Momentum, Stepper};
///
/// let mut x = 0.0;
/// let mut descent = Stepper::new(Momentum::new(1.0, 0.5)?, &x);
/// for expected in [-1.0, -2.5, -4.25] {
///     descent.step(&mut x, &1.0)?;
///     assert_eq!(x, expected);
/// }
/// assert_eq!(descent.state().last_step, [-1.75]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum<T> {
    learning_rate: T,
    beta: T,
}

impl<T: Float> Momentum<T> {
    /// The heavy ball with the learning rate α and the share β of the last step that is kept.
    ///
    /// # Errors
    ///
    /// When α is not finite and greater than 0, or β is not in [0, 1).
    pub fn new(learning_rate: T, beta: T) -> Result<Self, HyperParameterError> {
        Ok(Self {
            learning_rate: HyperParameterError::positive("learning_rate", learning_rate)?,
            beta: HyperParameterError::decay("beta", beta)?,
        })
    }
}

/// What [`Momentum`] remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct MomentumState<T> {
    /// The last step Δx, one number per parameter.
    pub last_step: Vec<T>,
}

impl<T: Float> Optimizer<T> for Momentum<T> {
    type State = MomentumState<T>;

    fn init(&self, len: usize) -> MomentumState<T> {
        MomentumState { last_step: vec![T::zero(); len] }
    }

    fn update(&self, state: &mut MomentumState<T>, step: &mut [T], params: &[T]) -> Result<(), StepError> {
        StepError::check_len(params.len(), step.len())?;
        StepError::check_len(params.len(), state.last_step.len())?;
        for (d, last) in step.iter_mut().zip(&mut state.last_step) {
            *last = self.beta * *last - self.learning_rate * *d;
            *d = *last;
        }
        Ok(())
    }
}
