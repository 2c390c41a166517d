//! Ratios of running times that hold on a noisy machine.
//!
//! Two absolute times, taken one after the other, differ by whatever else the machine did in between. So all
//! candidates are timed in turns, a fraction of a millisecond each, for many rounds; the order rotates from round to
//! round; a ratio is formed within each round, where both sides saw the same machine; and the answer is the median of
//! those ratios. An interrupted slice is an outlier of one round and moves the median by one rank.
//!
//! That leaves the luck of the layout: where a process has its stack and libraries decides which branches and stores
//! collide, which can move a function of twenty nanoseconds by half its time, the same way in every round (Mytkowicz
//! et al., *Producing wrong data without doing anything obviously wrong!*, ASPLOS 2009). So one process is one
//! sample, and a [`Summary`] of several gives their median with the least and the greatest.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one candidate runs before the next has its turn.
const SLICE: Duration = Duration::from_micros(400);

/// What is timed: a function of no arguments, whose inputs the caller hides from the optimizer with [`black_box`].
pub struct Candidate<'a> {
    /// Runs the function that many times. The loop is inside, so that a call costs no indirection.
    run: Box<dyn FnMut(u32) -> Duration + 'a>,
}

impl<'a> Candidate<'a> {
    /// Times `f` and the drop of its result.
    pub fn new<R>(mut f: impl FnMut() -> R + 'a) -> Self {
        let run = Box::new(move |calls| {
            let start = Instant::now();
            for _ in 0..calls {
                // By reference: a large result would be copied once more, which is no part of `f`.
                black_box(&f());
            }
            start.elapsed()
        });
        Self { run }
    }

    /// Runs the function once.
    pub fn once(&mut self) {
        (self.run)(1);
    }

    /// The number of calls that fill a slice.
    fn calibrate(&mut self) -> u32 {
        let mut calls = 1;
        loop {
            let elapsed = (self.run)(calls);
            if elapsed >= SLICE / 2 {
                return calls;
            }
            calls *= 2;
        }
    }
}

/// The seconds per call of one candidate, round by round.
#[derive(Clone, Debug, PartialEq)]
pub struct Times(Vec<f64>);

impl Times {
    /// The median over the rounds, in seconds.
    pub fn median(&self) -> f64 {
        Summary::of(self.0.clone()).median
    }

    /// How many times as long as `base` this candidate takes: the median of the ratios within the rounds.
    pub fn over(&self, base: &Self) -> f64 {
        Summary::of(self.0.iter().zip(&base.0).map(|(a, b)| a / b).collect()).median
    }
}

/// Times the candidates in turns until `budget` is spent, at least three rounds; the answer has the order of
/// `candidates`.
pub fn measure(candidates: &mut [Candidate<'_>], budget: Duration) -> Vec<Times> {
    let calls: Vec<u32> = candidates.iter_mut().map(Candidate::calibrate).collect();
    let mut times = vec![Times(Vec::new()); candidates.len()];
    let start = Instant::now();
    let mut round = 0;
    while round < 3 || start.elapsed() < budget {
        for turn in 0..candidates.len() {
            let i = (round + turn) % candidates.len();
            let elapsed = (candidates[i].run)(calls[i]);
            times[i].0.push(elapsed.as_secs_f64() / f64::from(calls[i]));
        }
        round += 1;
    }
    times
}

/// The median of a series, with its least and its greatest number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The least number.
    pub low: f64,
    /// The median, the upper one of two.
    pub median: f64,
    /// The greatest number.
    pub high: f64,
}

impl Summary {
    /// Summarizes a series.
    ///
    /// # Panics
    ///
    /// If it is empty.
    pub fn of(mut series: Vec<f64>) -> Self {
        series.sort_by(f64::total_cmp);
        Self { low: series[0], median: series[series.len() / 2], high: series[series.len() - 1] }
    }
}

/// As `1.52 [1.50, 1.57]`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} [{:.2}, {:.2}]", self.median, self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_of_a_shuffled_series() {
        let summary = Summary::of((0..101).map(|i| f64::from(i * 37 % 101)).collect());
        assert_eq!(summary.to_string(), "50.00 [0.00, 100.00]");
    }

    /// A machine that slows down tenfold half-way, and one interrupted slice: the ratio of the rounds does not move,
    /// where that of the means would.
    #[test]
    fn ratio_survives_drift_and_interruption() {
        let base: Vec<f64> = (0..40).map(|i| if i < 20 { 1.0 } else { 10.0 }).collect();
        let mut other: Vec<f64> = base.iter().map(|t| 1.5 * t).collect();
        other[7] = 1e3;
        assert_eq!(Times(other).over(&Times(base)), 1.5);
    }

    #[test]
    fn every_candidate_has_a_time_per_round() {
        let mut counts = [0, 0];
        let [a, b] = &mut counts;
        let times = measure(&mut [Candidate::new(|| *a += 1), Candidate::new(|| *b += 1)], Duration::from_millis(2));
        assert_eq!(times.len(), 2);
        assert_eq!(times[0].0.len(), times[1].0.len());
        assert!(times[0].0.len() >= 3 && times.iter().all(|t| t.median() >= 0.0));
        assert!(counts[0] > 0 && counts[1] > 0);
    }
}
