//! The loop: what it visits, what it sums, and why it stops.

use std::ops::ControlFlow;

use super::*;
use crate::optim::{Momentum, Sgd, StepError, Stepper};

const XS: [f64; 5] = [-1.0, 0.5, 1.0, 2.0, 4.0];

/// The loss ½ (w − xᵢ)² and its gradient: the minimum over all samples is their mean.
fn squared_distance(w: &f64, i: usize, shadow: &mut f64) -> f64 {
    *shadow += w - XS[i];
    0.5 * (w - XS[i]).powi(2)
}

#[test]
fn every_sample_is_visited_once_per_epoch() {
    let mut visited = vec![];
    let mut w = 0.0;
    let mut descent = Stepper::new(Sgd::new(0.1).unwrap(), &w);
    let history = Training::new(&mut w, &mut descent)
        .epochs(3)
        .batch_size(4)
        .run(10, |_, i, _| {
            visited.push(i);
            0.0
        })
        .unwrap();
    assert_eq!(visited.len(), 30);
    assert_ne!(visited[..10], visited[10..20]);
    for epoch in visited.chunks_mut(10) {
        epoch.sort_unstable();
        assert!(epoch.iter().copied().eq(0..10));
    }
    // Batches of 4, 4 and 2.
    assert_eq!((history.steps(), history.gradient_evaluations, history.epochs.len()), (9, 30, 3));
    assert_eq!(history.stopped, StopReason::EpochsDone);
}

/// One batch of everything is gradient descent on the mean loss: w ← w − α (w − mean).
#[test]
fn a_step_uses_the_mean_gradient_of_its_batch() {
    let mut w = 10.0;
    let mut descent = Stepper::new(Sgd::new(0.25).unwrap(), &w);
    let history =
        Training::new(&mut w, &mut descent).epochs(8).batch_size(100).run(XS.len(), squared_distance).unwrap();
    let mean = XS.iter().sum::<f64>() / 5.0;
    assert!((w - (mean + 0.75_f64.powi(8) * (10.0 - mean))).abs() < 1e-14);
    let first_loss = XS.iter().map(|x| 0.5 * (10.0 - x).powi(2)).sum::<f64>() / 5.0;
    assert!((history.epochs[0].loss - first_loss).abs() < 1e-13);
    assert_eq!(history.batch_losses, history.epochs.iter().map(|e| e.loss).collect::<Vec<_>>());
}

/// The loss of an epoch weighs samples, not batches: 4 and 1 here.
#[test]
fn the_loss_of_an_epoch_is_the_mean_over_samples() {
    let mut w = 0.0;
    let mut descent = Stepper::new(Sgd::new(0.1).unwrap(), &w);
    let history = Training::new(&mut w, &mut descent).batch_size(4).run(5, |_, i, _| i as f64).unwrap();
    assert_eq!(history.epochs[0].loss, 2.0);
    assert_eq!(history.batch_losses[0] * 4.0 + history.batch_losses[1], 10.0);
}

#[test]
fn the_seed_decides_everything() {
    let run = |seed| {
        let mut w = 0.0;
        let mut descent = Stepper::new(Momentum::new(0.1, 0.9).unwrap(), &w);
        let history = Training::new(&mut w, &mut descent)
            .epochs(4)
            .batch_size(2)
            .seed(seed)
            .run(XS.len(), squared_distance)
            .unwrap();
        (w, history.batch_losses)
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// Going on with the same stepper is one longer training, but for the order of samples.
#[test]
fn training_goes_on_where_it_stopped() {
    let train = |epochs: &[usize]| {
        let mut w = 0.0;
        let mut descent = Stepper::new(Momentum::new(0.1, 0.9).unwrap(), &w);
        for &epochs in epochs {
            Training::new(&mut w, &mut descent)
                .epochs(epochs)
                .batch_size(1)
                .run(1, |w, _, shadow| squared_distance(w, 4, shadow))
                .unwrap();
        }
        w
    };
    assert_eq!(train(&[2, 3]), train(&[5]));
}

#[test]
fn a_loss_that_is_not_finite_stops_before_its_batch_counts() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut w = 1.0;
        let mut descent = Stepper::new(Sgd::new(0.1).unwrap(), &w);
        let mut evaluations = 0;
        let history = Training::new(&mut w, &mut descent)
            .epochs(5)
            .batch_size(2)
            .run(4, |_, i, shadow| {
                evaluations += 1;
                *shadow += 1.0;
                if evaluations > 4 && i == 2 { bad } else { 0.0 }
            })
            .unwrap();
        assert_eq!(history.stopped, StopReason::NonFiniteLoss { epoch: 2, sample: 2 });
        assert_eq!(history.gradient_evaluations, evaluations);
        assert_eq!(history.epochs.len(), 1);
        assert!((w - (1.0 - 0.1 * history.steps() as f64)).abs() < 1e-15);
    }
}

#[test]
fn a_gradient_that_is_not_finite_stops_before_the_step() {
    let mut w = [1.0, 1.0];
    let mut descent = Stepper::new(Sgd::new(0.1).unwrap(), &w);
    let history = Training::new(&mut w, &mut descent)
        .run(1, |_, _, shadow| {
            shadow[1] = f64::INFINITY;
            0.0
        })
        .unwrap();
    assert_eq!(
        history.stopped,
        StopReason::Step { epoch: 1, error: StepError::NonFiniteGradient { path: "gradient[1]".into() } }
    );
    assert_eq!(w, [1.0, 1.0]);
}

/// A rate above 2/λ diverges until the loss overflows: the history ends, and all that was recorded is finite.
#[test]
fn divergence_ends_with_a_reason() {
    let mut w = 1.0_f64;
    let mut descent = Stepper::new(Sgd::new(1e30).unwrap(), &w);
    let history = Training::new(&mut w, &mut descent)
        .epochs(1000)
        .run(1, |w, _, shadow| {
            *shadow += w;
            0.5 * w * w
        })
        .unwrap();
    assert!(matches!(history.stopped, StopReason::NonFiniteLoss { sample: 0, .. }), "{:?}", history.stopped);
    assert!(history.batch_losses.iter().all(|loss| loss.is_finite()));
    assert!(w.is_finite());
}

#[test]
fn the_evaluation_can_end_the_training() {
    let mut w = 0.0;
    let mut descent = Stepper::new(Sgd::new(0.5).unwrap(), &w);
    let history = Training::new(&mut w, &mut descent)
        .epochs(100)
        .run_with(
            1,
            |w, _, shadow| squared_distance(w, 4, shadow),
            |&w| if w > 3.0 { ControlFlow::Break(w) } else { ControlFlow::Continue(w) },
        )
        .unwrap();
    // 4 (1 − 2⁻ᵏ) exceeds 3 after the third epoch.
    assert_eq!(history.stopped, StopReason::Requested { epoch: 3 });
    assert_eq!(history.epochs.iter().map(|e| e.metrics).collect::<Vec<_>>(), [2.0, 3.0, 3.5]);
    assert_eq!(history.last().map(|e| e.epoch), Some(3));
}

#[test]
fn a_training_of_nothing_is_refused() {
    let name = |epochs, batch_size, samples| {
        let mut w = 0.0;
        let mut descent = Stepper::new(Sgd::new(0.5).unwrap(), &w);
        let result =
            Training::new(&mut w, &mut descent).epochs(epochs).batch_size(batch_size).run(samples, |_, _, _| 0.0);
        result.unwrap_err().to_string()
    };
    assert_eq!(name(0, 1, 1), "epochs = 0, but it must be at least 1");
    assert_eq!(name(1, 0, 1), "batch_size = 0, but it must be at least 1");
    assert_eq!(name(1, 1, 0), "samples = 0, but it must be at least 1");
}
