//! Optimizers: what to do with a gradient.
//!
//! # Design
//!
//! An [`Optimizer`] is a rule that turns the gradient of one iteration into the *step* to add to the parameters, on
//! flat slices: `x ← x + step(g, x)`. The rule itself is a small value of hyper-parameters that never changes; what it
//! remembers between iterations is its [`State`](Optimizer::State), an explicit value with public fields that can be
//! looked at, saved and put back.
//!
//! Because gradient and step have the same shape, rules compose: a pair `(a, b)` is the optimizer that hands the output
//! of `a` to `b`. Clipping is a part in front of a rule, a learning-rate schedule or decoupled weight decay a part
//! behind it, and a new rule is a new file that leaves the others alone. This is the gradient transformation of
//! [optax](https://github.com/google-deepmind/optax), in place and without allocation.
//!
//! A [`Stepper`] ties a rule and its state to parameters of any [`Differentiable`](crate::Differentiable) type.
//!
//! | rule | step | state |
//! |---|---|---|
//! | [`Sgd`] | `−α g` | none |
//! | [`Momentum`] | `β Δx − α g` | the last step `Δx` |
//! | [`Adam`] | `−α m̂ / (√v̂ + ε)` | first and second moment `m`, `v`, and the number of steps |
//!
//! # Example
//!
//! One step of gradient descent on `f(x, y) = x² + 10 y²` from (1, 1), where the gradient is (2, 20):
//!
//! ```
//! use autodiff_runtime::optim::{Sgd, Stepper};
//!
//! let mut x = [1.0, 1.0];
//! let mut descent = Stepper::new(Sgd::new(0.05)?, &x);
//! descent.step(&mut x, &[2.0, 20.0])?;
//! assert_eq!(x, [0.9, 0.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A part of your own: the gradient is scaled down to a Euclidean norm of at most 1 before momentum sees it.
//!
//! ```
//! use autodiff_runtime::optim::{Momentum, Optimizer, StepError, Stepper};
//!
//! struct ClipToUnit;
//!
//! impl Optimizer<f64> for ClipToUnit {
//!     type State = ();
//!     fn init(&self, _len: usize) {}
//!     fn update(&self, _state: &mut (), step: &mut [f64], _params: &[f64]) -> Result<(), StepError> {
//!         let norm = step.iter().map(|g| g * g).sum::<f64>().sqrt();
//!         step.iter_mut().for_each(|g| *g /= norm.max(1.0));
//!         Ok(())
//!     }
//! }
//!
//! let mut x = [0.0, 0.0];
//! let mut descent = Stepper::new((ClipToUnit, Momentum::new(0.5, 0.9)?), &x);
//! descent.step(&mut x, &[30.0, 40.0])?;
//! assert_eq!(x, [-0.3, -0.4]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adam;
mod error;
mod momentum;
mod sgd;
mod stepper;
#[cfg(test)]
mod tests;

pub use adam::{Adam, AdamState};
pub use error::{HyperParameterError, StepError};
pub use momentum::{Momentum, MomentumState};
pub use sgd::Sgd;
pub use stepper::Stepper;

/// A rule that turns a gradient into the step to add to the parameters, and a part that such rules are made of.
///
/// `T` is the type of the numbers, `f32` or `f64`. The slices hold all numbers of the parameters in the order of
/// [`Differentiable`](crate::Differentiable)'s flat view, so that a rule may also look at the gradient as a whole (its
/// norm, say).
pub trait Optimizer<T> {
    /// What the rule remembers from one iteration to the next.
    type State;

    /// The state before the first iteration, for `len` numbers.
    fn init(&self, len: usize) -> Self::State;

    /// Replaces the gradient in `step` by the step that the caller adds to `params`, and advances the state.
    ///
    /// # Errors
    ///
    /// [`StepError::Length`] when `step`, `params` and the state do not have the same length; all three are then as
    /// before.
    fn update(&self, state: &mut Self::State, step: &mut [T], params: &[T]) -> Result<(), StepError>;
}

/// Two parts, the first one's output being the second one's input.
impl<T, A: Optimizer<T>, B: Optimizer<T>> Optimizer<T> for (A, B) {
    type State = (A::State, B::State);

    fn init(&self, len: usize) -> Self::State {
        (self.0.init(len), self.1.init(len))
    }

    fn update(&self, state: &mut Self::State, step: &mut [T], params: &[T]) -> Result<(), StepError> {
        self.0.update(&mut state.0, step, params)?;
        self.1.update(&mut state.1, step, params)
    }
}
