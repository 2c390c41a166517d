//! Points and directions: the same ones on every machine.

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
pub(crate) struct SplitMix64(pub(crate) u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0.1 to 1.5 with a random sign.
    pub(crate) fn signed(&mut self) -> f64 {
        let bits = self.next();
        let magnitude = 0.1 + 1.4 * ((bits >> 11) as f64 / (1_u64 << 53) as f64);
        if bits & 1 == 0 { magnitude } else { -magnitude }
    }
}
