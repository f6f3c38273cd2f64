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

    /// How many days after `earlier` this is; negative when it is before.
    pub fn days_since(self, earlier: Day) -> i64 {
        self.number() - earlier.number()
    }

    /// Days since the last day of the year 0 before March.
    ///
    /// Years that begin in March have their leap day at the end, and months of 153 days for each five of them.
    ///
    /// Source: Richards, Explanatory Supplement to the Astronomical Almanac, 3rd edition, 15.11.
    fn number(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        365 * year + leap_days + (153 * month + 2) / 5 + day
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

    #[test]
    fn days_are_counted_across_months_and_leap_years() {
        let days = |later, earlier| Day::parse(later).unwrap().days_since(Day::parse(earlier).unwrap());
        assert_eq!(days("2026-11-21", "2026-11-21"), 0);
        assert_eq!(days("2026-12-01", "2026-11-30"), 1);
        assert_eq!(days("2024-03-01", "2024-02-28"), 2);
        assert_eq!(days("2026-03-01", "2026-02-28"), 1);
        assert_eq!(days("2027-01-01", "2026-01-01"), 365);
        assert_eq!(days("2000-03-01", "1970-01-01"), 11_017); // 951 868 800 s after the epoch, ÷ 86 400
        assert_eq!(days("2026-01-01", "2026-02-01"), -31);
    }
}
