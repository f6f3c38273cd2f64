//! Made-up machines: does a p of 0.01 come up once in a hundred, where the truth sits on the boundary?

use regress::trial::{Round, Summary};

use super::random::Random;

/// Times of processes, made up.
pub struct Profile {
    pub name: &'static str,
    /// A pair of processes whose new side takes `effect` times as long, in round `number`.
    make: fn(&mut Random, usize, f64) -> (f64, f64),
}

pub const PROFILES: &[Profile] = &[
    Profile { name: "quiet: 0.5 %, normal", make: quiet },
    Profile { name: "drift: a machine that swings by 40 % over 50 rounds", make: drift },
    Profile { name: "bimodal: 30 % of the processes 8 % slower", make: bimodal },
    Profile { name: "heavy tail: Pareto 1.5 on top", make: heavy },
];

impl Profile {
    pub fn rounds(&self, random: &mut Random, count: usize, effect: f64) -> Vec<Round> {
        let summary = |x: f64| Summary { min: x, median: x, q90: x };
        let round = |(old, new)| Round { old: summary(old), new: summary(new), lockstep: None };
        (0..count).map(|number| round((self.make)(random, number, effect))).collect()
    }
}

fn quiet(random: &mut Random, _: usize, effect: f64) -> (f64, f64) {
    let mut time = || (0.005 * random.normal()).exp();
    (time(), effect * time())
}

/// Old and new of one round half a round apart, in random order.
fn drift(random: &mut Random, number: usize, effect: f64) -> (f64, f64) {
    let is_old_first = random.coin();
    let mut time = |is_first: bool| {
        let place = number as f64 + if is_first { 0.0 } else { 0.5 };
        1.0 + 0.2 * (place / 50.0 * std::f64::consts::TAU).sin() + 0.01 * random.normal()
    };
    (time(is_old_first), effect * time(!is_old_first))
}

fn bimodal(random: &mut Random, _: usize, effect: f64) -> (f64, f64) {
    let mut time = || (if random.uniform() < 0.3 { 1.08 } else { 1.0 }) * (0.01 * random.normal()).exp();
    (time(), effect * time())
}

fn heavy(random: &mut Random, _: usize, effect: f64) -> (f64, f64) {
    let mut time = || 1.0 + 0.01 * (1.0 - random.uniform()).powf(-1.0 / 1.5);
    (time(), effect * time())
}
