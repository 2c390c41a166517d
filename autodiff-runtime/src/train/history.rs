//! What a training did, what it cost, and why it ended.

use std::fmt;
use std::time::Duration;

use crate::optim::StepError;

/// The record of a training. `T` is the type of the loss, `M` what the caller's evaluation returned after each epoch.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct History<T, M = NoMetrics> {
    /// The completed epochs, in order.
    pub epochs: Vec<EpochRecord<T, M>>,
    /// The mean loss over the batch of each step, at the parameters before the step.
    pub batch_losses: Vec<T>,
    /// How often the gradient of a sample was computed.
    pub gradient_evaluations: u64,
    /// Why the training ended.
    pub stopped: StopReason,
    /// How long it took, evaluation included.
    pub elapsed: Duration,
}

impl<T, M> History<T, M> {
    /// How many steps the optimizer took.
    pub fn steps(&self) -> usize {
        self.batch_losses.len()
    }

    /// The last completed epoch, if there is one.
    pub fn last(&self) -> Option<&EpochRecord<T, M>> {
        self.epochs.last()
    }
}

/// One epoch: a pass over all samples.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EpochRecord<T, M = NoMetrics> {
    /// The number of the epoch, from 1.
    pub epoch: usize,
    /// The mean over the samples of the loss, each taken when its batch was up. Since the parameters move meanwhile it
    /// is not the loss of the final parameters: early in a training it is higher.
    pub loss: T,
    /// What the caller's evaluation returned for the parameters at the end of the epoch.
    pub metrics: M,
}

/// The metrics of a training without evaluation: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoMetrics;

impl fmt::Display for NoMetrics {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// Why a training ended. Epochs are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// All epochs were done.
    EpochsDone,
    /// The caller's evaluation returned [`ControlFlow::Break`](std::ops::ControlFlow::Break).
    Requested {
        /// After which epoch.
        epoch: usize,
    },
    /// The loss of a sample was infinite or NaN. The parameters are those before its batch.
    NonFiniteLoss {
        /// In which epoch.
        epoch: usize,
        /// The index of the sample.
        sample: usize,
    },
    /// The optimizer refused the gradient of a batch. The parameters are those before that batch.
    Step {
        /// In which epoch.
        epoch: usize,
        /// Why.
        error: StepError,
    },
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EpochsDone => write!(f, "all epochs were done"),
            Self::Requested { epoch } => write!(f, "the evaluation asked to stop after epoch {epoch}"),
            Self::NonFiniteLoss { epoch, sample } => {
                write!(f, "the loss of sample {sample} was not finite in epoch {epoch}")
            }
            Self::Step { epoch, error } => write!(f, "no step was possible in epoch {epoch}: {error}"),
        }
    }
}
