//! The progress of a training: a bar on a terminal, lines elsewhere.

use std::fmt::Display;

use indicatif::{ProgressBar, ProgressStyle};

/// How many lines a training writes where no bar can be drawn.
const LINES: usize = 10;

/// Shows on standard error how far a training is, with the loss and the metrics of the last epoch.
pub(super) struct Progress {
    bar: ProgressBar,
    epochs: usize,
}

impl Progress {
    pub(super) fn new(epochs: usize, batches: usize) -> Self {
        let bar = ProgressBar::new((epochs as u64).saturating_mul(batches as u64));
        // Short enough for 80 columns, and cut off where they are fewer. The template is fixed; were it wrong, the plain bar
        // would do.
        if let Ok(style) = ProgressStyle::with_template("{bar:16.cyan} {eta:>3} · {wide_msg}") {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self { bar, epochs }
    }

    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    pub(super) fn epoch(&self, epoch: usize, loss: f64, metrics: &dyn Display) {
        let message = format!("epoch {epoch}/{} · loss {loss:.4} {metrics}", self.epochs);
        if self.bar.is_hidden() {
            // Standard error is a file or a pipe.
            if epoch.is_multiple_of(self.epochs.div_ceil(LINES)) || epoch == self.epochs {
                eprintln!("{message}");
            }
        } else {
            self.bar.set_message(message);
        }
    }

    /// Leaves the last state of the bar on the terminal.
    pub(super) fn finish(&self) {
        self.bar.abandon();
    }
}
