//! Inputs from fixed seeds. A test pins their bytes: whoever changes a generator changes every result.

/// SplitMix64: 64 random bits for each of the 2⁶⁴ states, in five operations.
///
/// Source: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators",
/// OOPSLA '14, 453–472; the constants are those of the reference implementation by Vigna.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`. Every workload has a seed of its own.
    pub fn from_seed(seed: u64) -> Random {
        Random(seed)
    }

    /// 64 uniform bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A uniform number below `end`, which is at least 1.
    ///
    /// The remainder prefers small numbers by less than `end` in 2⁶⁴: no workload can tell.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    /// A uniform number in [-1, 1), a multiple of 2⁻²³.
    pub fn unit(&mut self) -> f32 {
        const STEP: f32 = 1.0 / (1 << 23) as f32;
        ((self.bits() >> 40) as i32 - (1 << 23)) as f32 * STEP
    }
}

/// `len` random bytes.
pub fn bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut random = Random::from_seed(seed);
    (0..len).map(|_| random.bits() as u8).collect()
}

/// A face embedding: `len` numbers in [-1, 1).
pub fn embedding(seed: u64, len: usize) -> Vec<f32> {
    let mut random = Random::from_seed(seed);
    (0..len).map(|_| random.unit()).collect()
}

/// `count` different face ids of 36 characters, in the form of a UUID.
pub fn face_ids(seed: u64, count: usize) -> Vec<String> {
    let mut random = Random::from_seed(seed);
    (0..count).map(|_| uuid(random.bits(), random.bits())).collect()
}

fn uuid(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
