//! One round: every kernel in every version once.

use regress::trial::{First, round_order};

use crate::process::{Kernels, TIMES};
use crate::versions::{OLD, VERSIONS};

/// How two versions are measured.
#[derive(Clone, Copy)]
pub enum Way {
    /// One process after the other.
    Apart,
    /// Two live processes, one measurement each in turn.
    Lockstep,
}

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Way::Apart => "apart",
            Way::Lockstep => "lockstep",
        }
    }
}

/// Seconds spent apart for each in lockstep. Rounds of lockstep take longer, having two processes for each number,
/// and scatter less: chosen.
pub const LOCKSTEP_TO_APART: f64 = 0.8;

/// What was measured of one kernel in one version: nanoseconds; in lockstep old and new in turn.
pub struct Line {
    pub kind: String,
    pub version: &'static str,
    pub nanoseconds: Vec<u64>,
}

/// Kernels in random order; the versions of one next to each other, in random order, as `regress run` has its pairs.
pub fn round(kernels: &Kernels, way: Way, number: u32) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for kind in order(1 + way as u64, number, kernels.names.len()) {
        let name = &kernels.names[kind];
        let versions = match way {
            Way::Apart => &VERSIONS[..],
            Way::Lockstep => &VERSIONS[1..],
        };
        for place in order(100 + kind as u64, number, versions.len()) {
            let (version, units) = versions[place];
            let nanoseconds = match way {
                Way::Apart => kernels.run(name, units)?,
                Way::Lockstep => in_turn(kernels, name, units, number)?,
            };
            lines.push(Line { kind: name.clone(), version, nanoseconds });
        }
    }
    Ok(lines)
}

/// Fifteen pairs of measurements, old and new in random order in each.
fn in_turn(kernels: &Kernels, name: &str, units: u32, round: u32) -> Result<Vec<u64>, String> {
    let mut old = kernels.stepper(name, OLD.1)?;
    let mut new = kernels.stepper(name, units)?;
    let mut nanoseconds = Vec::with_capacity(2 * TIMES);
    for pair in 0..TIMES as u64 {
        let turn = round_order(u64::from(units), u64::from(round) * TIMES as u64 + pair, &[0])[0];
        let (before, after) = match turn.first {
            First::Old => {
                let before = old.step()?;
                (before, new.step()?)
            }
            First::New => {
                let after = new.step()?;
                (old.step()?, after)
            }
        };
        nanoseconds.extend([before, after]);
    }
    Ok(nanoseconds)
}

/// The numbers below `count`, in an order of this round's own.
fn order(seed: u64, round: u32, count: usize) -> Vec<usize> {
    let all: Vec<usize> = (0..count).collect();
    round_order(seed, u64::from(round), &all).into_iter().map(|turn| turn.benchmark).collect()
}
