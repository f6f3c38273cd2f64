//! The questions before a release, one line each.
//!
//! What stands here comes from the checklists that teams keep before a release: baseline captured, profiles looked at,
//! no leaks, contention analysed, allocations within budget, P99 in target, no regression, tests passing, goals met.

mod armed;
mod attested;
mod kept;
mod origin;
mod quiet;
mod trend;

use super::answer::{Case, Found};

/// A question of the checklist.
pub struct Check {
    /// Its name on the command line and in `--evidence NAME=FILE`.
    pub name: &'static str,
    /// What is asked for, as a statement that is true when it passes.
    pub question: &'static str,
    pub(super) ask: fn(&Case<'_>) -> Found,
}

const fn check(name: &'static str, question: &'static str, ask: fn(&Case<'_>) -> Found) -> Check {
    Check { name, question, ask }
}

/// All questions, in the order of the documents.
pub const CHECKS: &[Check] = &[
    check("baseline", "the last release's results were kept", origin::baseline),
    check("commit", "what was measured is a commit, without local changes", origin::commit),
    check("coverage", "every benchmark of the last release was measured again", origin::coverage),
    check("environment", "measured on the machine and with the toolchain of the last release", origin::environment),
    check("settings", "harness versions and the number of measurements are known", origin::settings),
    check("armed", "every rule fires on a breach made of these results", armed::armed),
    check("judged", "every row has a verdict, and every budget a row", kept::judged),
    check("allocations", "allocations are within budget", kept::allocations),
    check("instructions", "instructions are within budget", kept::instructions),
    check("time", "times are within budget", kept::time),
    check("p99", "P99 meets its target", kept::p99),
    check("regressions", "no regression beyond what is allowed", trend::regressions),
    check("best", "small losses have not added up against the best ever", trend::best),
    check("goals", "improvements that were promised are reached", kept::goals),
    check("growth", "growth with the size of the input keeps its law", kept::growth),
    check("leaks", "nothing is left on the heap at the end", kept::leaks),
    check("contention", "waiting for locks is within budget", kept::contention),
    check("steady", "measurements were warm and did not drift", quiet::steady),
    check("null-run", "the noise of this machine was measured within 30 days", quiet::null_run),
    check("false-alarms", "false alarms are as rare as promised", quiet::false_alarms),
    check("waivers", "no waiver is expired, exceeded or unused", kept::waivers),
    check("cpu-profile", "a CPU profile was looked at", attested::cpu_profile),
    check("memory-profile", "a memory profile was looked at", attested::memory_profile),
    check("tests", "all tests pass", attested::tests),
];
