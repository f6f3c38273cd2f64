//! Where iai-callgrind and its successor gungraun put the files of valgrind's tools.
//!
//! ```text
//! target/{iai,gungraun}/<package>/<bench file>/<group>/<fn>.<id>/<tool>.<fn>.<id>[.<pid>][.t1][.p2].out[.base@NAME]
//!                                              ╰── benchmark ──╯
//! ```
//!
//! `.out.old` is the run before the last one, kept by the tool for its own comparison; it is no baseline.

use std::sync::Arc;

use super::File;
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

/// What a path says about its benchmark.
pub(super) struct Names<'a> {
    /// The group, where the path has the directories of the harness.
    group: Option<&'a str>,
    /// The bench function.
    function: &'a str,
    /// The case of it, for example `small`.
    pub(super) case: Option<&'a str>,
}

impl<'a> Names<'a> {
    /// Reads them from the directories, or from the file's name where it stands alone.
    pub(super) fn of(path: &'a str, tool: &str) -> Names<'a> {
        let mut parts = path.rsplit('/');
        let file = parts.next().unwrap_or(path);
        let (directory, group) = (parts.next(), parts.next());
        let stem = file.strip_prefix(tool).and_then(|rest| rest.strip_prefix('.'));
        if let (Some(stem), Some(directory)) = (stem, directory)
            && stem.strip_prefix(directory).is_some_and(|rest| rest.starts_with('.'))
        {
            return Names::split(group.filter(|group| !group.is_empty()), directory);
        }
        match stem.and_then(|stem| stem.split_once(".out")) {
            Some((stem, _)) if !stem.is_empty() => Names::split(None, without_part(stem)),
            _ => Names { group: None, function: file.strip_suffix(".json").unwrap_or(file), case: None },
        }
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

    /// Its name as a harness; `tool` when it was called by hand.
    pub(super) fn harness(self, tool: &'static str) -> &'static str {
        match self {
            Caller::IaiCallgrind => "iai-callgrind",
            Caller::Gungraun => "gungraun",
            Caller::Nobody => tool,
        }
    }
}

/// The files of each benchmark, in the order of its first file.
pub(super) fn by_benchmark<'a>(files: &'a [File], tool: &str) -> Vec<(BenchId, Vec<&'a File>)> {
    let mut groups: Vec<(BenchId, Vec<&File>)> = Vec::new();
    for file in files {
        let id = Names::of(&file.path, tool).bench_id();
        match groups.iter_mut().find(|(known, _)| *known == id) {
            Some((_, group)) => group.push(file),
            None => groups.push((id, vec![file])),
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
            assert_eq!(Names::of(path, "callgrind").bench_id().as_str(), expected, "for {path}");
        }
        check("target/iai/p/b/sort/large.random/callgrind.large.random.out", "sort/large/random");
        check("sort/large/callgrind.large.out.base@main", "sort/large");
        check("sort/large.random/callgrind.large.random.t1.p2.out", "sort/large/random");
        check("callgrind.large.random.out", "large/random");
        check("elsewhere/callgrind.large.random.123.t1.out", "large/random");
        check("callgrind.out.4711", "callgrind.out.4711");
        check("dir/profile.json", "profile");
    }
}
