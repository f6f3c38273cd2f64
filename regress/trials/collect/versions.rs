//! The versions of every kernel: how much work they do.

/// Name, and units of work a measurement. `a`: the old work; `b5`: 5 % more of it.
pub const VERSIONS: [(&str, u32); 7] =
    [("a0", 100), ("a1", 100), ("b1", 101), ("b2", 102), ("b3", 103), ("b5", 105), ("b10", 110)];

/// What the others are compared with.
pub const OLD: (&str, u32) = VERSIONS[0];
