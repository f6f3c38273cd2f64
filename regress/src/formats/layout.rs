//! Where iai-callgrind and its successor gungraun put the files of valgrind's tools.
//!
//! ```text
//! target/{iai,gungraun}/<package>/<bench file>/<group>/<fn>.<id>/<tool>.<fn>.<id>[.<pid>][.t1][.p2].out[.base@NAME]
//!                                              ╰── benchmark ──╯
//! ```
//!
//! `.out.old` is the run before the last one, kept by the tool for its own comparison; it is no baseline.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{File, Reading};
use crate::model::BenchId;

/// The runs that no `--save-baseline` named.
const LAST_RUN: &str = "new";

/// The baseline of a file `<tool>.….out` or `<tool>.….out.base@NAME`.
pub(super) fn baseline_of<'a>(path: &'a str, tool: &str) -> Option<&'a str> {
    let name = file_name(path).strip_prefix(tool)?.strip_prefix('.')?;
    if name.ends_with(".out") {
        return Some(LAST_RUN);
    }
    let (_, baseline) = name.rsplit_once(".out.base@")?;
    let named = !baseline.is_empty() && baseline.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    named.then_some(baseline)
}

/// What a path says about its benchmark, where a harness has laid it out.
pub(super) struct Names<'a> {
    /// The group, where the path has the directories of the harness.
    group: Option<&'a str>,
    /// The bench function.
    function: &'a str,
    /// The case of it, for example `small`.
    pub(super) case: Option<&'a str>,
}

impl<'a> Names<'a> {
    /// Reads them from the directories, or from the name `<tool>.<benchmark>.out` of a file that stands alone.
    /// `None`: no harness gives such names.
    pub(super) fn of(path: &'a str, tool: &str) -> Option<Names<'a>> {
        let mut parts = path.rsplit('/');
        let file = parts.next().unwrap_or(path);
        let (directory, group) = (parts.next(), parts.next());
        let stem = file.strip_prefix(tool)?.strip_prefix('.')?;
        if let Some(directory) = directory
            && stem.strip_prefix(directory).is_some_and(|rest| rest.starts_with('.'))
        {
            return Some(Names::split(group.filter(|group| !group.is_empty()), directory));
        }
        let (stem, _) = stem.split_once(".out").filter(|(stem, _)| !stem.is_empty())?;
        Some(Names::split(None, without_part(stem)))
    }

    fn split(group: Option<&'a str>, directory: &'a str) -> Names<'a> {
        match directory.split_once('.') {
            Some((function, case)) => Names { group, function, case: Some(case) },
            None => Names { group, function: directory, case: None },
        }
    }

    /// `group/function/case`, as far as known.
    pub(super) fn bench_id(&self) -> BenchId {
        BenchId::from_parts([self.group, Some(self.function), self.case].into_iter().flatten())
    }
}

/// The name of a benchmark that somebody measured by hand: the program and its arguments, without the way to it.
///
/// Both runs of a comparison have that in common, which their files' names (`callgrind.out.4711`) do not. Of a
/// program that cargo built for tests or benches (`deps/sort-0123456789abcdef --bench`) the rest is left out too. A
/// file that names no command gives its own name.
pub(super) fn plain_id(command: &str, path: &str) -> BenchId {
    let (program, arguments) = command.trim().split_once(' ').unwrap_or((command.trim(), ""));
    let program = file_name(program);
    let (program, arguments) = match program.rsplit_once('-') {
        Some((name, hash)) if is_hash(hash) && !name.is_empty() => {
            (name, arguments.strip_suffix("--bench").unwrap_or(arguments))
        }
        _ => (program, arguments),
    };
    match (program, arguments.trim()) {
        ("", _) => BenchId::new(without_extension(file_name(path))),
        (program, "") => BenchId::new(program),
        (program, arguments) => BenchId::new(&format!("{program} {arguments}")),
    }
}

/// What cargo puts behind the names of what it builds.
fn is_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn without_extension(name: &str) -> &str {
    [".json", ".out"].into_iter().find_map(|extension| name.strip_suffix(extension)).unwrap_or(name)
}

/// Takes process, thread and part numbers off the end: `sort.small.4711.t1.p2` is `sort.small`.
fn without_part(stem: &str) -> &str {
    let mut rest = stem;
    while let Some((before, last)) = rest.rsplit_once('.') {
        let digits = last.strip_prefix(['t', 'p']).unwrap_or(last);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        rest = before;
    }
    rest
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Who called the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// iai-callgrind, up to 0.16.
    IaiCallgrind,
    /// gungraun, its successor.
    Gungraun,
    /// Somebody by hand.
    Nobody,
}

impl Caller {
    /// By the command that was measured; a binary benchmark runs the user's own program, and only the path tells.
    pub(super) fn of(command: &str, path: &str) -> Caller {
        let has = |flag: &str| command.split_ascii_whitespace().any(|word| word == flag);
        let below = |directory: &str| path.split('/').rev().skip(1).any(|part| part == directory);
        match () {
            () if has("--iai-run") => Caller::IaiCallgrind,
            () if has("--gungraun-run") => Caller::Gungraun,
            () if below("gungraun") => Caller::Gungraun,
            () if below("iai") => Caller::IaiCallgrind,
            () => Caller::Nobody,
        }
    }

    /// Whether the command calls a benchmark function, which a harness does in its own executable.
    pub(super) fn runs_a_function(command: &str) -> bool {
        command.split_ascii_whitespace().any(|word| matches!(word, "--iai-run" | "--gungraun-run"))
    }

    /// Its name as a harness; `tool` when it was called by hand.
    pub(super) fn harness(self, tool: &'static str) -> &'static str {
        match self {
            Caller::IaiCallgrind => "iai-callgrind",
            Caller::Gungraun => "gungraun",
            Caller::Nobody => tool,
        }
    }
}

/// Reads the files of each benchmark together.
pub(super) fn read_each(files: &[File], tool: &str, read: impl Fn(Option<BenchId>, &[&File], &mut Reading)) -> Reading {
    let mut reading = Reading::default();
    for (id, files) in by_benchmark(files, tool) {
        read(id, &files, &mut reading);
    }
    reading
}

/// The files of each benchmark, in the order of its first file. A file that no harness has laid out stands alone, and
/// has no name yet.
pub(super) fn by_benchmark<'a>(files: &'a [File], tool: &str) -> Vec<(Option<BenchId>, Vec<&'a File>)> {
    let mut groups: Vec<(Option<BenchId>, Vec<&File>)> = Vec::new();
    let mut places: BTreeMap<BenchId, usize> = BTreeMap::new();
    for file in files {
        let Some(id) = Names::of(&file.path, tool).map(|names| names.bench_id()) else {
            groups.push((None, vec![file]));
            continue;
        };
        let place = *places.entry(id.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(file),
            None => groups.push((Some(id), vec![file])),
        }
    }
    groups
}

/// Shares a name that stands in every observation of a file.
pub(super) fn shared(name: &'static str) -> Arc<str> {
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_baselines_and_the_last_run_count() {
        #[track_caller]
        fn check(path: &str, expected: Option<&str>) {
            assert_eq!(baseline_of(path, "callgrind"), expected, "for {path}");
        }
        check("p/b/g/f.i/callgrind.f.i.out", Some("new"));
        check("p/b/g/f.i/callgrind.f.i.out.base@main", Some("main"));
        check("p/b/g/f.i/callgrind.f.i.t1.p2.out.base@main", Some("main"));
        check("p/b/g/f.i/callgrind.f.i.out.old", None);
        check("p/b/g/f.i/callgrind.f.i.out.base@", None);
        check("p/b/g/f.i/dhat.f.i.out", None);
        check("p/b/g/f.i/callgrind.f.i.log", None);
        check("p/b/g/f.i/callgrind.f.i.total.Ir.flamegraph.svg", None);
    }

    #[test]
    fn the_directories_name_the_benchmark() {
        #[track_caller]
        fn check(path: &str, expected: &str) {
            let names = Names::of(path, "callgrind").map(|names| names.bench_id());
            assert_eq!(names.as_ref().map_or("", BenchId::as_str), expected, "for {path}");
        }
        check("target/iai/p/b/sort/large.random/callgrind.large.random.out", "sort/large/random");
        check("sort/large/callgrind.large.out.base@main", "sort/large");
        check("sort/large.random/callgrind.large.random.t1.p2.out", "sort/large/random");
        check("callgrind.large.random.out", "large/random");
        check("elsewhere/callgrind.large.random.123.t1.out", "large/random");
        check("callgrind.out.4711", "");
        check("callgrind.out", "");
        check("dir/profile.json", "");
    }

    #[test]
    fn the_command_names_what_was_measured_by_hand() {
        #[track_caller]
        fn check(command: &str, expected: &str) {
            assert_eq!(plain_id(command, "dir/profile.json").as_str(), expected, "for {command}");
        }
        check("./target/release/sort 1000 a/b", "sort 1000 a/b");
        check(" sort", "sort");
        check("/p/target/release/deps/sort-f526d688a5f66dc1 --bench", "sort");
        check("deps/sort-f526d688a5f66dc1 --quick --bench", "sort --quick");
        check("deps/sort-f526d688a5f66dc1", "sort");
        check("my-sort --bench", "my-sort --bench");
        check("", "profile");
        check("/", "profile");
    }
}
