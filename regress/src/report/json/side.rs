use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::Provenance;
use crate::report::Side;

#[derive(Serialize)]
pub(super) struct SideFile<'a> {
    label: &'a str,
    provenance: ProvenanceFile<'a>,
}

#[derive(Serialize)]
pub(super) struct ProvenanceFile<'a> {
    commit: Option<CommitFile<'a>>,
    recorded_at: Option<&'a str>,
    host: Option<HostFile<'a>>,
    toolchain: Option<&'a str>,
    harnesses: &'a BTreeMap<String, String>,
    build: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
pub(super) struct CommitFile<'a> {
    hash: &'a str,
    dirty: bool,
}

#[derive(Serialize)]
pub(super) struct HostFile<'a> {
    cpu: &'a str,
    cores: usize,
    os: &'a str,
}

impl<'a> SideFile<'a> {
    pub(super) fn of(side: &'a Side) -> SideFile<'a> {
        let Provenance { commit, recorded_at, host, toolchain, harnesses, build } = &side.provenance;
        SideFile {
            label: &side.label,
            provenance: ProvenanceFile {
                commit: commit.as_ref().map(|commit| CommitFile { hash: &commit.hash, dirty: commit.dirty }),
                recorded_at: recorded_at.as_deref(),
                host: host.as_ref().map(|host| HostFile { cpu: &host.cpu, cores: host.cores, os: &host.os }),
                toolchain: toolchain.as_deref(),
                harnesses,
                build,
            },
        }
    }
}
