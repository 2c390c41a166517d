//! Training: the mini-batch loop around a gradient and an optimizer.
//!
//! # Design
//!
//! [`Training`] owns the order of things and nothing else: it visits every sample once per epoch in a shuffled order,
//! lets the caller add the gradient of each sample of a batch into one shadow of the parameters, and gives the mean to
//! an [`Optimizer`](crate::optim::Optimizer). Parameters and optimizer are borrowed, so that training can go on later,
//! with other settings, where it stopped; data stay with the caller, who gets the index of a sample.
//!
//! The loop ends with a [`History`]: the loss of every step and epoch, the caller's metrics, the number of gradients it
//! took, and the [`StopReason`]. Numbers that are not finite end the training with a reason; they never reach the
//! parameters and never panic. Two runs with the same seed, data and parameters give the same history but for the time.
//!
//! Needs the feature `train`; the progress bar needs `progress`. Both are on by default.
//!
//! # Example
//!
//! A line through four points:
//!
//! ```
//! use autodiff_runtime::differentiate;
//! use autodiff_runtime::optim::{Momentum, Stepper};
//! use autodiff_runtime::train::{StopReason, Training};
//!
//! #[differentiate]
//! fn loss(w: &[f64; 2], #[constant] x: f64, #[constant] y: f64) -> f64 {
//!     let residual = w[0] + w[1] * x - y;
//!     residual * residual
//! }
//!
//! let (xs, ys) = ([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0]);
//! let mut w = [0.0, 0.0];
//! let mut descent = Stepper::new(Momentum::new(0.02, 0.9)?, &w);
//! let history = Training::new(&mut w, &mut descent)
//!     .epochs(200)
//!     .batch_size(2)
//!     .seed(7)
//!     .run(xs.len(), |w, i, shadow| loss::grad_into(w, xs[i], ys[i], shadow))?;
//! assert!((w[0] - 1.0_f64).abs() < 1e-6 && (w[1] - 2.0).abs() < 1e-6);
//! assert_eq!(history.stopped, StopReason::EpochsDone);
//! assert_eq!((history.steps(), history.gradient_evaluations), (400, 800));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod history;
#[cfg(feature = "progress")]
mod progress;
mod shuffle;
#[cfg(test)]
mod tests;
mod training;

pub use history::{EpochRecord, History, NoMetrics, StopReason};
pub use training::Training;
