//! The order in which an epoch visits the samples.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

/// Shuffles 0, 1, …, n − 1 anew for each epoch.
///
/// The order of an epoch depends on the seed and the epoch's number alone: every epoch is a stream of its own of the
/// ChaCha generator (D. J. Bernstein, 2008), whose output is fixed by its specification and so is the same on every
/// platform.
pub(super) struct Shuffle {
    seed: u64,
    order: Vec<usize>,
}

impl Shuffle {
    pub(super) fn new(seed: u64, samples: usize) -> Self {
        Self { seed, order: (0..samples).collect() }
    }

    /// A uniformly random order of the samples.
    pub(super) fn epoch(&mut self, epoch: usize) -> &[usize] {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(epoch as u64);
        for (i, sample) in self.order.iter_mut().enumerate() {
            *sample = i;
        }
        self.order.shuffle(&mut rng);
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_is_a_permutation_of_its_own() {
        let mut shuffle = Shuffle::new(1, 100);
        let first = shuffle.epoch(1).to_vec();
        let second = shuffle.epoch(2).to_vec();
        assert_ne!(first, second);
        for order in [&first, &second] {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert!(sorted.iter().copied().eq(0..100));
        }
    }

    #[test]
    fn an_order_depends_on_seed_and_epoch_alone() {
        let fresh = Shuffle::new(1, 100).epoch(2).to_vec();
        let mut used = Shuffle::new(1, 100);
        used.epoch(1);
        assert_eq!(used.epoch(2), fresh);
        assert_ne!(Shuffle::new(2, 100).epoch(2), fresh);
    }

    /// Of 6 orders of 3 samples each should come up once in 6 epochs; 6000 epochs give 1000 ± 29 of each.
    #[test]
    fn all_orders_are_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        let mut shuffle = Shuffle::new(3, 3);
        for epoch in 0..6000 {
            *counts.entry(shuffle.epoch(epoch).to_vec()).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|n| (850..1150).contains(n)), "{counts:?}");
    }
}
