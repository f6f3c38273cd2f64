use crate::model::{Metric, Observation, PACKAGE, Run};
use crate::select::{Name, Subject};

/// The results of a run as filters and projections see them.
///
/// Settings of a result are those that its file has (`goos`, `pkg`), what is known of the run (`cpu`, `os`, `cores`,
/// `toolchain`, `commit`, settings of the build), and the tool that measured as `harness`.
pub struct Subjects<'r> {
    run: &'r Run,
    of_run: Vec<(&'r str, String)>,
}

impl<'r> Subjects<'r> {
    /// Those of this run.
    pub fn of(run: &'r Run) -> Subjects<'r> {
        let provenance = &run.provenance;
        let host = provenance.host.as_ref();
        let known = [
            ("cpu", host.map(|host| host.cpu.clone())),
            ("os", host.map(|host| host.os.clone())),
            ("cores", host.filter(|host| host.cores > 0).map(|host| host.cores.to_string())),
            ("toolchain", provenance.toolchain.clone()),
            ("commit", provenance.commit.as_ref().map(|commit| commit.hash.clone())),
        ];
        let of_build = provenance.build.iter().map(|(key, value)| (key.as_str(), value.clone()));
        let of_run = known.into_iter().filter_map(|(key, value)| Some((key, value?))).chain(of_build).collect();
        Subjects { run, of_run }
    }

    /// Asks something about one of its results.
    ///
    /// * `ask`: gets the result, and all names of its unit: the metric's, the unit's, and what Go calls it.
    pub fn ask<T>(&self, observation: &Observation, ask: impl FnOnce(&Subject, &[&str]) -> T) -> T {
        let id = observation.id.as_str();
        let of_file = self.run.settings.get(&observation.id).map_or(&[][..], |settings| settings);
        let mut settings: Vec<(&str, &str)> = of_file.iter().map(|(key, value)| (&**key, &**value)).collect();
        for (key, value) in &self.of_run {
            if !settings.iter().any(|(known, _)| known == key) {
                settings.push((key, value));
            }
        }
        settings.push(("harness", &observation.harness));
        let package = settings.iter().find(|(key, _)| *key == PACKAGE).map(|(_, package)| *package);
        let bare = package.and_then(|package| id.strip_prefix(package)?.strip_prefix('.')).unwrap_or(id);
        let name = if &*observation.harness == "go" { Name::new(bare) } else { Name::plain(bare) };
        let units = unit_names(&observation.metric);
        let units: Vec<&str> = units.iter().map(String::as_str).collect();
        ask(&Subject { file: &self.run.label, id, name, settings: &settings }, &units)
    }
}

/// `time`, `s`, `sec/op`, `ns/op`.
fn unit_names(metric: &Metric) -> Vec<String> {
    let of_go: &[&str] = match &*metric.name {
        "time" => &["sec/op", "ns/op"],
        "alloc-bytes" => &["B/op"],
        "allocs" => &["allocs/op"],
        "throughput" => &["MB/s"],
        _ => &[],
    };
    let mut names = vec![metric.name.to_string(), metric.unit.name().to_owned()];
    names.extend(of_go.iter().map(|name| (*name).to_owned()));
    // A unit that was tidied when it was read is known by what stood there, too.
    let written = [("sec", "ns"), ("B/s", "MB/s")];
    let ends = written.iter().filter_map(|(tidy, written)| {
        let (head, tail) = metric.name.split_once(&format!("-{tidy}"))?;
        Some(format!("{head}-{written}{tail}"))
    });
    names.extend(ends);
    names
}
