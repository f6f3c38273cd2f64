use std::path::{Path, PathBuf};

use super::error::Failure;
use super::project::Project;
use super::replace;
use crate::formats::noise;
use crate::model::{Host, Noise};

/// What a null run found on a machine; `None` when there was none.
///
/// # Errors
/// The file cannot be read, or is damaged.
pub fn load(project: &Project, host: &Host) -> Result<Option<Noise>, Failure> {
    match find(project, host) {
        Some(shown) => read(&project.directory.join(&shown), &shown),
        None => Ok(None),
    }
}

/// The file of what a null run found on a machine, as the user would type it; `None` when there was none.
pub fn find(project: &Project, host: &Host) -> Option<String> {
    // Cargo knows where the project's root is, but takes longer to say so than two files to be compared.
    let upwards = project.directory.ancestors().map(|directory| directory.join("baselines"));
    let found = upwards.map(|baselines| path(&baselines, host)).find(|path| path.exists())?;
    Some(project.shown(&found))
}

/// What stands in such a file; `None` when there is none.
///
/// * `shown`: as the user would type it.
///
/// # Errors
/// The file cannot be read, or is damaged.
pub fn read(path: &Path, shown: &str) -> Result<Option<Noise>, Failure> {
    let refused = |problem: String| Failure::new(problem, "measure it anew: regress null; or remove it");
    match std::fs::read(path) {
        Ok(bytes) => noise::read(&shown.into(), &bytes).map(Some).map_err(|error| refused(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(format!("{shown}: {error}"))),
    }
}

/// Keeps what a null run found on a machine. What an earlier one found of other benchmarks stays; false alarms are those
/// of this one.
///
/// * Returns the file, as the user would type it.
///
/// # Errors
/// It does not say of which machine; what the system refused, with the file's name. The earlier one is then still
/// there.
pub fn save(project: &Project, noise: &Noise) -> Result<String, Failure> {
    let nowhere = || Failure::new("nobody knows on which machine this was measured", "measure it anew: regress null");
    let path = path(&project.baselines(), noise.provenance.host.as_ref().ok_or_else(nowhere)?);
    let shown = project.shown(&path);
    // One that is damaged has nothing that could stay.
    let earlier = read(&path, &shown).ok().flatten().unwrap_or_default();
    replace::file(&path, &noise::write(&noise.clone().completed_by(earlier)))?;
    Ok(shown)
}

/// Each kind of machine has a file of its own: `baselines/noise/amd-epyc-2-cores-linux-x86-64.json`.
fn path(baselines: &Path, host: &Host) -> PathBuf {
    baselines.join("noise").join(format!("{}.json", host.key()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_machine_has_its_file() {
        let host = |cores| Host { cpu: "AMD EPYC (family 25)/../x".to_owned(), cores, os: "linux x86_64".to_owned() };
        let directory = tempfile::tempdir().unwrap();
        let of = |cores| path(directory.path(), &host(cores));
        assert_eq!(of(2).file_name().unwrap(), "amd-epyc-family-25-x-2-cores-linux-x86-64.json");
        assert_ne!(of(2), of(4));
        let found = Noise { runs: 3, ..Noise::default() };
        replace::file(&of(2), &noise::write(&found)).unwrap();
        assert_eq!(read(&of(2), "x").unwrap(), Some(found));
        assert_eq!(read(&of(4), "x").unwrap(), None);
        std::fs::write(of(2), "{").unwrap();
        let failure = read(&of(2), "x").unwrap_err();
        assert!(failure.messages()[0].problem.starts_with("x:1:1: the file ends too early"), "{failure:?}");
    }
}
