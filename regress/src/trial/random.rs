//! Random numbers that are the same on every machine for the same seed.

/// SplitMix64: each number a bijective mix of a counter.
///
/// Source: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators, OOPSLA, 453–472.
pub(super) struct Random(u64);

impl Random {
    /// One stream for each pair of `seed` and `stream`.
    pub(super) fn new(seed: u64, stream: u64) -> Random {
        Random(mix(seed).wrapping_add(mix(stream ^ GOLDEN)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `limit`, each equally likely to within 2^-64; `limit` at least 1.
    ///
    /// Source: Lemire 2019, ACM Transactions on Modeling and Computer Simulation 29(1), article 3.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// Fisher–Yates.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// 2^64 / the golden ratio, odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence() {
        // Rosetta Code, "Pseudo-random numbers/Splitmix64", seed 1234567
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn every_order_is_equally_likely() {
        let mut random = Random::new(1, 2);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6000 {
            let mut items = [0, 1, 2];
            random.shuffle(&mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        // 1000 ± 5 sqrt(6000 * 1/6 * 5/6) = 1000 ± 144
        assert!(counts.values().all(|count| (856..=1144).contains(count)), "{counts:?}");
    }
}
