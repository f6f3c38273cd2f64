use std::fmt;

/// How a number may stand to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `==`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

/// The two-character operators stand first, so that `<=` is not read as `<`.
const OPERATORS: &[(&str, Operator)] = &[
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("==", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::More),
];

/// A bound a number has to keep: `< 10`, `<= 1.05`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// How.
    pub operator: Operator,
    /// To what, in base units.
    pub value: f64,
}

/// What an interval says about a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Wherever the number lies, it keeps the bound.
    Yes,
    /// Wherever it lies, it breaks it.
    No,
    /// It may do either.
    Unknown,
}

impl Bound {
    /// Splits `<= +5%` into the operator and the text of the value.
    ///
    /// # Errors
    /// A sentence, when no operator stands at the beginning.
    pub fn split(text: &str) -> Result<(Operator, &str), String> {
        let text = text.trim();
        OPERATORS
            .iter()
            .find_map(|(symbol, operator)| Some((*operator, text.strip_prefix(symbol)?.trim())))
            .ok_or_else(|| format!("`{text}` does not begin with <, <=, ==, >= or >"))
    }

    /// Whether one number keeps the bound.
    pub fn holds(&self, number: f64) -> bool {
        match self.operator {
            Operator::Less => number < self.value,
            Operator::AtMost => number <= self.value,
            Operator::Equal => number == self.value,
            Operator::AtLeast => number >= self.value,
            Operator::More => number > self.value,
        }
    }

    /// Whether a number that lies somewhere from `low` to `high` keeps the bound.
    pub fn keeps(&self, low: f64, high: f64) -> Keeps {
        let inside = low <= self.value && self.value <= high;
        match (self.holds(low), self.holds(high)) {
            (true, true) => Keeps::Yes,
            (false, false) if self.operator == Operator::Equal && inside && low < high => Keeps::Unknown,
            (false, false) => Keeps::No,
            _ => Keeps::Unknown,
        }
    }

    /// Whether small numbers keep it (`<`, `<=`); `None` for `==`.
    pub fn is_upper(&self) -> Option<bool> {
        match self.operator {
            Operator::Less | Operator::AtMost => Some(true),
            Operator::AtLeast | Operator::More => Some(false),
            Operator::Equal => None,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = OPERATORS.iter().find(|(_, operator)| operator == self).map_or("?", |(symbol, _)| symbol);
        f.write_str(symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_keeps_a_bound_when_both_ends_do() {
        let at_most = Bound { operator: Operator::AtMost, value: 1.05 };
        assert_eq!(at_most.keeps(1.0, 1.05), Keeps::Yes);
        assert_eq!(at_most.keeps(1.04, 1.06), Keeps::Unknown);
        assert_eq!(at_most.keeps(1.06, 1.07), Keeps::No);
        let zero = Bound { operator: Operator::Equal, value: 0.0 };
        assert_eq!(zero.keeps(0.0, 0.0), Keeps::Yes);
        assert_eq!(zero.keeps(0.0, 1.0), Keeps::Unknown);
        assert_eq!(zero.keeps(1.0, 2.0), Keeps::No);
        assert_eq!(zero.keeps(-1.0, 1.0), Keeps::Unknown);
    }

    #[test]
    fn operators_are_read_longest_first() {
        assert_eq!(Bound::split("<= +5%"), Ok((Operator::AtMost, "+5%")));
        assert_eq!(Bound::split("<10"), Ok((Operator::Less, "10")));
        assert!(Bound::split("10").is_err());
    }
}
