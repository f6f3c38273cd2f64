use std::ops::Deref;

use super::ReadError;

/// What is wrong with the files of a reading: the first problems, and how many there are besides.
///
/// A file of another tool may be wrong in every one of its lines, and nobody reads a million messages: kept in memory
/// they were a hundred times as large as the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    told: Vec<ReadError>,
    untold: usize,
}

/// More than anybody reads; chosen.
const TOLD: usize = 1000;

impl Problems {
    /// Takes one more.
    pub fn push(&mut self, problem: ReadError) {
        self.extend([problem]);
    }

    /// Takes those of another reading, told or not.
    pub fn absorb(&mut self, other: Problems) {
        self.untold += other.untold;
        self.extend(other.told);
    }

    /// How many there are besides those that are told.
    pub fn untold(&self) -> usize {
        self.untold
    }
}

impl Extend<ReadError> for Problems {
    fn extend<I: IntoIterator<Item = ReadError>>(&mut self, problems: I) {
        for problem in problems {
            if self.told.len() < TOLD {
                self.told.push(problem);
            } else {
                self.untold += 1;
            }
        }
    }
}

impl From<ReadError> for Problems {
    fn from(problem: ReadError) -> Problems {
        Problems { told: vec![problem], untold: 0 }
    }
}

impl Deref for Problems {
    type Target = [ReadError];

    fn deref(&self) -> &[ReadError] {
        &self.told
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Place, Problem};
    use super::*;

    #[test]
    fn only_the_first_are_kept_and_all_are_counted() {
        let problem = |line_number| ReadError {
            path: "x".into(),
            place: Place::Line { line_number, column_number: 0 },
            problem: Problem::Empty,
        };
        let mut problems = Problems::default();
        problems.extend((1..=TOLD + 5).map(problem));
        assert_eq!((problems.len(), problems.untold()), (TOLD, 5));
        let mut all = Problems::from(problem(0));
        all.absorb(problems);
        assert_eq!((all.len(), all.untold()), (TOLD, 6));
        assert_eq!(all[1], problem(1));
    }
}
