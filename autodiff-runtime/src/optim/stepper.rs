//! A rule at work on parameters of some shape.

use alloc::{vec, vec::Vec};
use core::fmt;

use super::{Optimizer, StepError};
use crate::{Differentiable, Scalar};

/// An optimizer with its state and buffers, at work on parameters whose numbers are of type `T`.
///
/// It holds neither the parameters nor a gradient: both are handed to [`step`](Stepper::step), so that the parameters
/// stay the caller's to read, save or change between steps. Steps allocate nothing.
#[derive(Clone)]
pub struct Stepper<O: Optimizer<T>, T> {
    optimizer: O,
    state: O::State,
    /// The gradient on the way to becoming the step.
    step: Vec<T>,
    /// A flat copy of the parameters, for the parts that read them.
    params: Vec<T>,
}

impl<T: Scalar, O: Optimizer<T>> Stepper<O, T> {
    /// Starts `optimizer` on parameters of the shape of `params`.
    pub fn new<P: Differentiable<Scalar = T>>(optimizer: O, params: &P) -> Self {
        let len = params.flat_len();
        let state = optimizer.init(len);
        Self { optimizer, state, step: vec![T::zero(); len], params: vec![T::zero(); len] }
    }

    /// One iteration: adds to `params` the step that the optimizer makes of the gradient `grad`.
    ///
    /// # Errors
    ///
    /// [`StepError::Shape`] when parameters and gradient differ in shape, [`StepError::Length`] when the optimizer was
    /// started for another number of floats, and [`StepError::NonFiniteGradient`] when the gradient holds an infinite
    /// number or a NaN. Parameters and state are then unchanged.
    pub fn step<P: Differentiable<Scalar = T>>(&mut self, params: &mut P, grad: &P) -> Result<(), StepError> {
        self.step_scaled(params, grad, T::one())
    }

    /// One iteration with the gradient `scale · grad`: a mini-batch's mean from its sum.
    pub(crate) fn step_scaled<P: Differentiable<Scalar = T>>(
        &mut self,
        params: &mut P,
        grad: &P,
        scale: T,
    ) -> Result<(), StepError> {
        if !params.same_shape(grad) {
            return Err(StepError::Shape { parameters: params.shape(), gradient: grad.shape() });
        }
        StepError::check_len(params.flat_len(), self.step.len())?;
        params.write_flat(&mut self.params);
        grad.write_flat(&mut self.step);
        self.step.iter_mut().for_each(|g| *g = scale * *g);
        if let Some(index) = self.step.iter().position(|g| !g.is_finite()) {
            return Err(StepError::NonFiniteGradient { path: grad.paths("gradient").swap_remove(index) });
        }
        self.optimizer.update(&mut self.state, &mut self.step, &self.params)?;
        let mut step = self.step.iter();
        params.for_each_mut(|x| {
            if let Some(&d) = step.next() {
                *x = *x + d;
            }
        });
        Ok(())
    }
}

impl<T, O: Optimizer<T>> Stepper<O, T> {
    /// The rule.
    pub fn optimizer(&self) -> &O {
        &self.optimizer
    }

    /// What the rule remembers.
    pub fn state(&self) -> &O::State {
        &self.state
    }

    /// The state for writing, to put back one that was saved. One for another number of parameters makes the next step
    /// a [`StepError::Length`].
    pub fn state_mut(&mut self) -> &mut O::State {
        &mut self.state
    }
}

impl<T, O: Optimizer<T> + fmt::Debug> fmt::Debug for Stepper<O, T>
where
    O::State: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The buffers hold nothing that outlives a step.
        f.debug_struct("Stepper")
            .field("optimizer", &self.optimizer)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
