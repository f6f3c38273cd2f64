//! Which series of a benchmark is the one of a unit.

use rustc_hash::FxHashMap;

/// Finds a unit among those of a benchmark, however many there are.
///
/// A handful is looked through. What comes behind it is remembered here: so a line of thousands of units, each in its
/// place or not, takes no longer for each of them.
#[derive(Debug, Default)]
pub(super) struct ByUnit(FxHashMap<(usize, usize), usize>);

const HANDFUL: usize = 16;

impl ByUnit {
    /// The place of a unit.
    ///
    /// * `units`: of the benchmark, by their places.
    /// * `likely`: every line of a benchmark has the same units in the same order, nearly always.
    #[inline]
    pub fn place<T>(
        &self,
        bench: usize,
        unit: usize,
        units: &[T],
        unit_of: impl Fn(&T) -> usize,
        likely: usize,
    ) -> Option<usize> {
        if units.get(likely).is_some_and(|known| unit_of(known) == unit) {
            return Some(likely);
        }
        let handful = &units[..units.len().min(HANDFUL)];
        let here = handful.iter().position(|known| unit_of(known) == unit);
        here.or_else(|| self.0.get(&(bench, unit)).copied())
    }

    /// Takes down the place of a new unit.
    pub fn add(&mut self, bench: usize, unit: usize, place: usize) {
        if HANDFUL <= place {
            self.0.insert((bench, unit), place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_found_in_its_place() {
        let (mut by_unit, mut benches) = (ByUnit::default(), [Vec::new(), Vec::new()]);
        for (bench, units) in benches.iter_mut().enumerate() {
            for unit in (0..100).map(|n| n * 7 % 101 + bench) {
                assert_eq!(by_unit.place(bench, unit, units, |unit| *unit, units.len()), None);
                by_unit.add(bench, unit, units.len());
                units.push(unit);
            }
        }
        for (bench, units) in benches.iter().enumerate() {
            for (place, unit) in units.iter().enumerate() {
                for likely in [0, place, place + 1, 1000] {
                    assert_eq!(by_unit.place(bench, *unit, units, |unit| *unit, likely), Some(place));
                }
            }
        }
    }
}
