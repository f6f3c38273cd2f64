use super::Reason;
use crate::model::{Nature, Observation, Provenance};

/// Says which rows of two runs may be judged.
pub(super) struct Judge {
    /// Processors, cores and system differ.
    machines: Option<Reason>,
    /// Toolchain or processor differ.
    builds: Option<Reason>,
}

/// Metrics that the compiler and the processor's dispatching decide: counted, but not the same everywhere.
const OF_THE_BUILD: &[&str] = &["instructions", "estimated-cycles", "l1-hits", "ll-hits", "ram-hits"];

impl Judge {
    /// What is unknown is no objection.
    pub(super) fn of(old: &Provenance, new: &Provenance) -> Judge {
        let machines = match (&old.host, &new.host) {
            (Some(old), Some(new)) if !old.is_same(new) => {
                Some(Reason::OtherMachine { old: old.to_string(), new: new.to_string() })
            }
            _ => None,
        };
        Judge { machines, builds: builds(old, new) }
    }

    /// Why these two may not be judged, if so.
    pub(super) fn objection(&self, old: &Observation, new: &Observation) -> Option<Reason> {
        if old.metric.unit != new.metric.unit {
            let unit = |o: &Observation| o.metric.unit.to_string();
            return Some(Reason::OtherUnit { old: unit(old), new: unit(new) });
        }
        if old.harness != new.harness {
            return Some(Reason::OtherHarness { old: old.harness.to_string(), new: new.harness.to_string() });
        }
        match new.metric.nature {
            Nature::Timed => self.machines.clone(),
            Nature::Counted if OF_THE_BUILD.contains(&&*new.metric.name) => self.builds.clone(),
            Nature::Counted => None,
        }
    }
}

fn builds(old: &Provenance, new: &Provenance) -> Option<Reason> {
    let toolchains_differ = matches!((&old.toolchain, &new.toolchain), (Some(a), Some(b)) if a != b);
    let processors_differ = matches!((&old.host, &new.host), (Some(a), Some(b)) if a.cpu != b.cpu || a.os != b.os);
    let tools_differ = ["iai-callgrind", "gungraun", "valgrind"]
        .iter()
        .any(|tool| matches!((old.harnesses.get(*tool), new.harnesses.get(*tool)), (Some(a), Some(b)) if a != b));
    (toolchains_differ || processors_differ || tools_differ)
        .then(|| Reason::OtherBuild { old: build_words(old), new: build_words(new) })
}

fn build_words(provenance: &Provenance) -> String {
    let toolchain = provenance.toolchain.as_deref().unwrap_or("unknown toolchain");
    let cpu = provenance.host.as_ref().map_or("unknown processor", |host| &host.cpu);
    let valgrind = provenance.harnesses.get("valgrind").map_or(String::new(), |v| format!(", valgrind {v}"));
    format!("{toolchain} on {cpu}{valgrind}")
}
