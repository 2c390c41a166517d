//! Random directions: the same ones on every machine.

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
#[derive(Clone, Debug)]
pub(crate) struct SplitMix64(pub(crate) u64);

impl SplitMix64 {
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Between 0.5 and 1.5 with a random sign: no part of a direction is ever near zero, where its error would hide.
    pub(crate) fn signed(&mut self) -> f64 {
        let bits = self.next_u64();
        let magnitude = 0.5 + (bits >> 11) as f64 / (1_u64 << 53) as f64;
        if bits & 1 == 0 { magnitude } else { -magnitude }
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix64;

    #[test]
    fn the_sequence_is_the_published_one() {
        // The first outputs for seed 1234567 of the authors' reference implementation (prng.di.unimi.it).
        let mut random = SplitMix64(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn directions_have_both_signs_and_no_zeros() {
        let mut random = SplitMix64(0);
        let parts: [f64; 100] = core::array::from_fn(|_| random.signed());
        assert!(parts.iter().all(|part| (0.5..1.5).contains(&part.abs())));
        assert!((30..70).contains(&parts.iter().filter(|&&part| part < 0.0).count()));
    }
}
