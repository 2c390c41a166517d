//! The loop.

use std::fmt::Display;
use std::ops::ControlFlow;
use std::time::Instant;

use num_traits::{Float, Zero};

use super::history::{EpochRecord, History, NoMetrics, StopReason};
use super::shuffle::Shuffle;
use crate::optim::{HyperParameterError, Optimizer, Stepper};
use crate::{Differentiable, Scalar};

/// A mini-batch training, to be configured and run. `P` is the type of the parameters, `O` the optimizer.
///
/// The settings are 1 epoch, batches of 32 samples, seed 0 and no progress bar unless others are given.
pub struct Training<'a, P: Differentiable, O: Optimizer<P::Scalar>> {
    params: &'a mut P,
    stepper: &'a mut Stepper<O, P::Scalar>,
    epochs: usize,
    batch_size: usize,
    seed: u64,
    #[cfg(feature = "progress")]
    progress: bool,
}

impl<'a, P: Differentiable, O: Optimizer<P::Scalar>> Training<'a, P, O> {
    /// A training of `params` by `stepper`.
    pub fn new(params: &'a mut P, stepper: &'a mut Stepper<O, P::Scalar>) -> Self {
        Self {
            params,
            stepper,
            epochs: 1,
            batch_size: 32,
            seed: 0,
            #[cfg(feature = "progress")]
            progress: false,
        }
    }

    /// How often every sample is visited.
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// How many samples make one step. The last batch of an epoch has those that are left.
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// The seed of the order in which samples are visited. The order of epoch e depends on the seed and e alone.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Whether to show progress on standard error: a bar on a terminal, about ten lines elsewhere.
    #[cfg(feature = "progress")]
    pub fn progress(self, progress: bool) -> Self {
        Self { progress, ..self }
    }

    /// Trains without evaluation: [`run_with`](Training::run_with) with nothing to compute after an epoch.
    ///
    /// # Errors
    ///
    /// When the number of samples, of epochs, or of samples in a batch is 0.
    pub fn run(
        self,
        samples: usize,
        gradient: impl FnMut(&P, usize, &mut P) -> P::Scalar,
    ) -> Result<History<P::Scalar>, HyperParameterError> {
        self.run_with(samples, gradient, |_| ControlFlow::Continue(NoMetrics))
    }

    /// Trains on the samples 0 to `samples − 1`.
    ///
    /// - `gradient(params, i, shadow)` returns the loss of sample i and *adds* its gradient into `shadow`, as
    ///   `loss::grad_into` does. A step uses the mean over the batch.
    /// - `evaluate(params)` is called at the end of each epoch. What it returns goes to the history and to the
    ///   progress bar; [`ControlFlow::Break`] ends the training after this epoch.
    ///
    /// A loss or gradient that is not finite ends the training before its batch changes the parameters; see
    /// [`StopReason`].
    ///
    /// # Errors
    ///
    /// When the number of samples, of epochs, or of samples in a batch is 0.
    pub fn run_with<M: Display>(
        self,
        samples: usize,
        mut gradient: impl FnMut(&P, usize, &mut P) -> P::Scalar,
        mut evaluate: impl FnMut(&P) -> ControlFlow<M, M>,
    ) -> Result<History<P::Scalar, M>, HyperParameterError> {
        HyperParameterError::at_least_one("samples", samples)?;
        HyperParameterError::at_least_one("epochs", self.epochs)?;
        HyperParameterError::at_least_one("batch_size", self.batch_size)?;

        let start = Instant::now();
        let mut shuffle = Shuffle::new(self.seed, samples);
        let mut shadow = self.params.zeros_like();
        #[cfg(feature = "progress")]
        let progress =
            self.progress.then(|| super::progress::Progress::new(self.epochs, samples.div_ceil(self.batch_size)));
        let mut history = History {
            epochs: Vec::new(),
            batch_losses: Vec::new(),
            gradient_evaluations: 0,
            stopped: StopReason::EpochsDone,
            elapsed: start.elapsed(),
        };

        'training: for epoch in 1..=self.epochs {
            let mut epoch_loss = P::Scalar::zero();
            for batch in shuffle.epoch(epoch).chunks(self.batch_size) {
                shadow.set_zero();
                let mut batch_loss = P::Scalar::zero();
                for &sample in batch {
                    let loss = gradient(self.params, sample, &mut shadow);
                    history.gradient_evaluations += 1;
                    if !loss.is_finite() {
                        history.stopped = StopReason::NonFiniteLoss { epoch, sample };
                        break 'training;
                    }
                    batch_loss = batch_loss + loss;
                }
                let weight = reciprocal(batch.len());
                if let Err(error) = self.stepper.step_scaled(self.params, &shadow, weight) {
                    history.stopped = StopReason::Step { epoch, error };
                    break 'training;
                }
                epoch_loss = epoch_loss + batch_loss;
                history.batch_losses.push(batch_loss * weight);
                #[cfg(feature = "progress")]
                progress.iter().for_each(|p| p.step());
            }

            let loss = epoch_loss * reciprocal(samples);
            let (metrics, stop) = match evaluate(self.params) {
                ControlFlow::Continue(metrics) => (metrics, false),
                ControlFlow::Break(metrics) => (metrics, true),
            };
            #[cfg(feature = "progress")]
            progress.iter().for_each(|p| p.epoch(epoch, loss.to_double(), &metrics));
            history.epochs.push(EpochRecord { epoch, loss, metrics });
            if stop {
                history.stopped = StopReason::Requested { epoch };
                break;
            }
        }

        #[cfg(feature = "progress")]
        progress.iter().for_each(|p| p.finish());
        history.elapsed = start.elapsed();
        Ok(history)
    }
}

fn reciprocal<T: Scalar>(n: usize) -> T {
    T::from_double(n as f64).recip()
}
