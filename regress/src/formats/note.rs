//! What a git note of a commit holds: runs of that commit, each `regress-run/1` on a line of its own, one for each
//! machine. Line by line is what `git notes merge` of two clones understands: `cat_sort_uniq` keeps the runs of both.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::native;
use super::{File, Reading};
use crate::model::{BenchId, Provenance, Run};

/// The runs of a note, each as it was written. A line that cannot be read is a reading with its problem.
pub fn read(path: &Arc<str>, note: &[u8]) -> Vec<Reading> {
    let file = |line: &[u8]| File { path: path.clone(), bytes: line.to_vec() };
    lines(note).map(|line| native::read_one(&file(line))).collect()
}

/// The note with one more run. What it holds of other machines stays, to the byte, also what cannot be read here.
///
/// What an earlier run of the same machine and the same build measured besides stays too: one harness runs after the
/// other, and they measured the same program.
pub fn with(note: &[u8], run: &Run) -> Vec<u8> {
    let mut whole = Reading {
        observations: run.observations().to_vec(),
        provenance: run.provenance.clone(),
        settings: run.settings.clone(),
        ..Reading::default()
    };
    let mut kept: Vec<(String, Vec<u8>)> = Vec::new();
    for line in lines(note) {
        match native::provenance(line) {
            Some(provenance) if provenance.host == run.provenance.host => {
                let earlier = native::read_one(&File { path: "".into(), bytes: line.to_vec() });
                whole = complete(whole, earlier);
            }
            Some(provenance) => kept.push((machine(&provenance), line.to_vec())),
            None => kept.push((String::new(), line.to_vec())),
        }
    }
    let Reading { observations, provenance, settings, .. } = whole;
    let key = machine(&provenance);
    // Of what is completed no two are alike, so no two can collide.
    let mut whole = Run::new("", provenance, Vec::new(), observations).unwrap_or_else(|_| run.clone());
    whole.settings = settings;
    kept.push((key, native::write_line(&whole)));
    kept.sort();
    kept.into_iter().flat_map(|(_, line)| [line, b"\n".to_vec()]).flatten().collect()
}

/// `newer`, completed by what only `older` measured of the same build. Of another build nothing is taken.
pub fn complete(newer: Reading, older: Reading) -> Reading {
    let build = |provenance: &Provenance| (provenance.toolchain.clone(), provenance.build.clone());
    if build(&newer.provenance) != build(&older.provenance) || !older.problems.is_empty() {
        return newer;
    }
    let measured: BTreeSet<(BenchId, Arc<str>)> =
        newer.observations.iter().map(|o| (o.id.clone(), o.metric.name.clone())).collect();
    let is_new = |o: &crate::model::Observation| !measured.contains(&(o.id.clone(), o.metric.name.clone()));
    let mut observations = newer.observations;
    observations.extend(older.observations.into_iter().filter(is_new));
    let mut settings = newer.settings;
    for (id, of_older) in older.settings {
        settings.entry(id).or_insert(of_older);
    }
    Reading { observations, settings, provenance: newer.provenance.or(older.provenance), ..newer }
}

fn lines(note: &[u8]) -> impl Iterator<Item = &[u8]> {
    note.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty())
}

fn machine(provenance: &Provenance) -> String {
    provenance.host.as_ref().map(ToString::to_string).unwrap_or_default()
}
