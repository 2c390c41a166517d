//! The problems of the benchmark, each as a plain function and as an adjoint written by hand.
//!
//! Every module holds
//!
//! - `plain`, the function as a user writes it: loops over indices, nothing arranged for differentiation;
//! - `by_hand`, value and gradient by an adjoint derived on paper, in the form that one would commit: one fused pass
//!   where the mathematics allows it, slices and iterators, nothing saved or computed twice;
//! - `by_hand_into` where a caller may own the gradient's memory; it *adds*, so that samples sum without a temporary;
//! - deterministic inputs.
//!
//! The adjoints keep the plain function's order of evaluation, so their value has its bits. A faster primal (blocked or
//! reassociated sums) would serve both sides equally and hide what the benchmark measures, the price of the derivative.

pub mod lecture;
pub mod log_sum_exp;
pub mod logistic;
pub mod perceptron;
pub mod rosenbrock;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A generator of reproducible numbers.
fn generator(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// `n` reproducible numbers, uniform on [-1, 1).
pub fn uniform(n: usize, seed: u64) -> Vec<f64> {
    let mut generator = generator(seed);
    (0..n).map(|_| generator.random_range(-1.0..1.0)).collect()
}
