//! What is measured on.

use std::process::Command;

use crate::process::output;

/// Lines of `name: value`.
pub fn description(began: &str) -> String {
    let first_line = |program: &str, argument: &str| {
        output(Command::new(program).arg(argument)).ok()?.lines().next().map(str::to_owned)
    };
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let facts = [
        ("processor", processor()),
        ("cores", Some(cores.to_string())),
        ("system", first_line("uname", "-srm").or_else(|| Some(std::env::consts::OS.to_owned()))),
        ("compiler", first_line(&rustc, "--version")),
        ("taken", Some(began.to_owned())),
    ];
    let lines = facts.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}\n", value?)));
    lines.collect()
}

/// Name, family and model: virtual machines shorten the name.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |wanted: &str| {
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        fields
            .map(|(name, value)| (name.trim(), value.trim()))
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value)
    };
    let Some(name) = field("model name").or_else(|| field("CPU part")) else {
        return output(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]))
            .ok()
            .map(|text| text.trim().to_owned());
    };
    Some(match (field("cpu family"), field("model")) {
        (Some(family), Some(model)) => format!("{name} (family {family} model {model})"),
        _ => name.to_owned(),
    })
}
