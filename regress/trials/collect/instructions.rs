//! Instructions of the versions, counted under valgrind: is the effect what it is said to be?

use std::collections::HashSet;
use std::process::Command;
use std::thread;

use crate::process::Kernels;
use crate::versions::VERSIONS;

/// Lines of kernel, version, instructions of two measurements and what the same allocated; `None` without valgrind.
///
/// What a process does before it measures is counted on its own, and taken off.
pub fn count(kernels: &Kernels) -> Option<Result<String, String>> {
    Command::new("valgrind").arg("--version").output().ok().filter(|output| output.status.success())?;
    let workers = thread::available_parallelism().map_or(1, usize::from).min(kernels.names.len());
    let part = kernels.names.len().div_ceil(workers);
    let counted: Result<Vec<String>, String> = thread::scope(|scope| {
        let parts: Vec<_> = kernels.names.chunks(part).map(|names| scope.spawn(|| lines(kernels, names))).collect();
        parts.into_iter().map(|part| part.join().map_err(|_| "counting panicked".to_owned())?).collect()
    });
    Some(counted.map(|parts| parts.concat()))
}

fn lines(kernels: &Kernels, names: &[String]) -> Result<String, String> {
    let mut text = String::new();
    for name in names {
        let before = counts(kernels, name, 0, 0)?;
        for (version, units) in VERSIONS {
            let after = counts(kernels, name, units, 1)?;
            let [instructions, allocations] = [0, 1].map(|i| after[i].saturating_sub(before[i]));
            text += &format!("{name} {version} {instructions} {allocations}\n");
        }
    }
    Ok(text)
}

/// Instructions and allocations of a process that measures so many times, and once more to warm up.
fn counts(kernels: &Kernels, name: &str, units: u32, times: u32) -> Result<[u64; 2], String> {
    let profile = std::env::temp_dir().join(format!("trial-{}-{name}.out", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--callgrind-out-file={}", profile.display())])
        .arg(&kernels.executable)
        .args(["run", name, &units.to_string(), &times.to_string()])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = std::fs::read_to_string(&profile);
    let _ = std::fs::remove_file(&profile); // in the way of nobody
    let text = text.map_err(|error| {
        format!("{}: {error}; valgrind said: {}", profile.display(), String::from_utf8_lossy(&output.stderr))
    })?;
    let total = text.lines().find_map(|line| line.strip_prefix("summary: ").or(line.strip_prefix("totals: ")));
    let instructions = total.and_then(|number| number.trim().parse().ok());
    Ok([instructions.ok_or_else(|| format!("{}: no total", profile.display()))?, calls_to_allocate(&text)])
}

/// How often the functions that hand out memory were called.
///
/// A call is two lines, `cfn=(12) malloc` and `calls=300 …`; a name stands at its first mention only.
fn calls_to_allocate(profile: &str) -> u64 {
    const ALLOCATE: [&str; 5] = ["malloc", "calloc", "realloc", "memalign", "posix_memalign"];
    let mut numbers = HashSet::new();
    let mut is_one = false;
    let mut calls = 0;
    for line in profile.lines() {
        if let Some((_, named)) = line.split_once("fn=(") {
            let (number, name) = named.split_once(')').unwrap_or((named, ""));
            if ALLOCATE.contains(&name.trim()) {
                numbers.insert(number);
            }
            is_one = numbers.contains(number);
        } else if let Some(rest) = line.strip_prefix("calls=") {
            let count = rest.split(' ').next().and_then(|count| count.parse::<u64>().ok());
            calls += if is_one { count.unwrap_or(0) } else { 0 };
        }
    }
    calls
}
