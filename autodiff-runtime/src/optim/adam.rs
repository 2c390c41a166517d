//! Adam: steps scaled by running estimates of the gradient's first two moments.

use alloc::{vec, vec::Vec};

use num_traits::Float;

use super::{HyperParameterError, Optimizer, StepError};

/// Adam, with bias correction. In step t = 1, 2, … with gradient g, for each number:
///
/// ```text
/// m ← β₁ m + (1 − β₁) g          m̂ = m / (1 − β₁ᵗ)
/// v ← β₂ v + (1 − β₂) g²         v̂ = v / (1 − β₂ᵗ)
/// x ← x − α m̂ / (√v̂ + ε)
/// ```
///
/// m and v start at 0, which biases them towards 0; the divisions undo that exactly when the gradient does not change.
/// The first step is `−α g / (|g| + ε)`, so α is about the size of a step whatever the scale of the loss.
///
/// # Papers and libraries
///
/// This is Algorithm 1 of the paper, with ε added to √v̂ *after* the correction, as in PyTorch and optax. TensorFlow and
/// Keras follow the paper's remark on efficiency (end of its section 2) and fold the corrections into the rate,
/// `α √(1 − β₂ᵗ) / (1 − β₁ᵗ)`; their ε̂ is then added to √v and acts like our `ε = ε̂ / √(1 − β₂ᵗ)`, which is larger in
/// the first steps. Weight decay is not part of the rule: with L2 added to the gradient it would be scaled by `1 / √v̂`
/// too (I. Loshchilov and F. Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019).
///
/// # Source
///
/// D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015,
/// [arXiv:1412.6980](https://arxiv.org/abs/1412.6980), Algorithm 1.
///
/// # Example
///
/// The first step has the size of the rate, whatever the gradient's, and so has every step while the gradient stays the
/// same:
///
/// ```
/// use autodiff_runtime::optim::{Adam, Stepper};
///
/// let mut x = [1.0, 1.0];
/// let mut descent = Stepper::new(Adam::new(0.1)?, &x);
/// descent.step(&mut x, &[200.0, -0.002])?;
/// assert!((x[0] - 0.9_f64).abs() < 1e-6 && (x[1] - 1.1).abs() < 1e-6);
/// descent.step(&mut x, &[200.0, -0.002])?;
/// assert!((x[0] - 0.8).abs() < 1e-6 && (x[1] - 1.2).abs() < 1e-6);
/// assert_eq!(descent.state().steps, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam<T> {
    learning_rate: T,
    beta1: T,
    beta2: T,
    epsilon: T,
}

impl<T: Float> Adam<T> {
    /// Adam with the learning rate α and the paper's β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    ///
    /// # Errors
    ///
    /// When α is not finite and greater than 0.
    pub fn new(learning_rate: T) -> Result<Self, HyperParameterError> {
        // Ratios of small integers, since `T` has no literals; each is the float nearest to the decimal number.
        let ratio = |a: f64, b: f64| T::from(a).zip(T::from(b)).map_or_else(T::nan, |(a, b)| a / b);
        Ok(Self {
            learning_rate: HyperParameterError::positive("learning_rate", learning_rate)?,
            beta1: ratio(9.0, 10.0),
            beta2: ratio(999.0, 1000.0),
            epsilon: ratio(1.0, 1e8),
        })
    }

    /// Other decay rates β₁ and β₂ of the moments.
    ///
    /// # Errors
    ///
    /// When one of them is not in [0, 1).
    pub fn betas(self, beta1: T, beta2: T) -> Result<Self, HyperParameterError> {
        Ok(Self {
            beta1: HyperParameterError::decay("beta1", beta1)?,
            beta2: HyperParameterError::decay("beta2", beta2)?,
            ..self
        })
    }

    /// Another ε.
    ///
    /// # Errors
    ///
    /// When ε is not finite and greater than 0; with ε = 0 a gradient that is always 0 would give 0/0.
    pub fn epsilon(self, epsilon: T) -> Result<Self, HyperParameterError> {
        Ok(Self { epsilon: HyperParameterError::positive("epsilon", epsilon)?, ..self })
    }
}

/// What [`Adam`] remembers: one number per parameter in each moment, not yet corrected for bias.
#[derive(Debug, Clone, PartialEq)]
pub struct AdamState<T> {
    /// How many steps were taken, t.
    pub steps: u64,
    /// The running average of the gradient, m.
    pub first_moment: Vec<T>,
    /// The running average of the squared gradient, v.
    pub second_moment: Vec<T>,
}

impl<T: Float> Optimizer<T> for Adam<T> {
    type State = AdamState<T>;

    fn init(&self, len: usize) -> AdamState<T> {
        AdamState { steps: 0, first_moment: vec![T::zero(); len], second_moment: vec![T::zero(); len] }
    }

    fn update(&self, state: &mut AdamState<T>, step: &mut [T], params: &[T]) -> Result<(), StepError> {
        StepError::check_len(params.len(), step.len())?;
        StepError::check_len(params.len(), state.first_moment.len())?;
        StepError::check_len(params.len(), state.second_moment.len())?;
        state.steps = state.steps.saturating_add(1);
        // β is less than 1, so a power beyond the exponent's range has been 0 for long.
        let t = i32::try_from(state.steps).unwrap_or(i32::MAX);
        let one = T::one();
        let correction1 = one - self.beta1.powi(t);
        let correction2 = one - self.beta2.powi(t);
        let moments = state.first_moment.iter_mut().zip(&mut state.second_moment);
        for (d, (m, v)) in step.iter_mut().zip(moments) {
            let g = *d;
            *m = self.beta1 * *m + (one - self.beta1) * g;
            *v = self.beta2 * *v + (one - self.beta2) * g * g;
            *d = -self.learning_rate * (*m / correction1) / ((*v / correction2).sqrt() + self.epsilon);
        }
        Ok(())
    }
}
