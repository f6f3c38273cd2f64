/// A way of comparing.
pub struct Method {
    /// What the JSON report calls it.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub what: &'static str,
}

/// The name of the method for measurements that one process a side took in turns.
pub const PAIRS: &str = "pairs";

/// The name of the method for processes that took turns.
pub const IN_TURNS: &str = "in-turns";
