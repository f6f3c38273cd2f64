use std::fmt;

/// A day of the calendar, UTC. Earlier days are less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The day of these numbers; `None` when the calendar has none.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Day> {
        let is_one = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        is_one.then_some(Day { year, month, day })
    }

    /// Reads `2026-12-31`.
    ///
    /// # Errors
    /// What was found, and what would be understood.
    pub fn parse(text: &str) -> Result<Day, String> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part =
                parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()));
            part.and_then(|part| part.parse::<u16>().ok())
        };
        let day = (|| {
            let (year, month, day) = (number(4)?, number(2)?, number(2)?);
            Day::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        })();
        day.filter(|_| parts.next().is_none())
            .ok_or_else(|| format!("`{text}` is no day of the calendar; write one like 2026-12-31"))
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_day: bool) {
        let read = Day::parse(text);
        assert_eq!(read.is_ok(), is_day, "{text}: {read:?}");
        if let Ok(day) = read {
            assert_eq!(day.to_string(), text);
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_read() {
        check("2026-12-31", true);
        check("2024-02-29", true);
        check("2000-02-29", true);
        check("2026-02-29", false);
        check("1900-02-29", false);
        check("2026-04-31", false);
        check("2026-13-01", false);
        check("2026-00-10", false);
        check("2026-1-1", false);
        check("2026-01-01-", false);
        check("+026-01-01", false);
        check("tomorrow", false);
        check("", false);
    }

    #[test]
    fn earlier_days_are_less() {
        let days = ["2025-12-31", "2026-01-02", "2026-01-10", "2026-02-01"].map(|text| Day::parse(text).unwrap());
        assert!(days.is_sorted());
    }
}
