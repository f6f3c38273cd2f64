//! The recorded rounds: see `ORIGIN`.

/// What was run; each with the same amount of work in every version but for the effect.
pub const KINDS: [&str; 8] = ["alu", "sort", "map", "chase", "alloc", "parse", "pingpong", "syscall"];

/// The new versions: how much work they do, new ÷ old. The first does the same.
pub const EFFECTS: [f64; 5] = [1.00, 1.01, 1.02, 1.05, 1.10];

/// Seconds that a pair of processes took, one after the other and in lockstep, averaged over the kinds.
pub const SECONDS_APART: f64 = 0.12;
/// See [`SECONDS_APART`].
pub const SECONDS_LOCKSTEP: f64 = 0.11;

/// One process: 15 measurements of about 2 ms, summed up, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    pub min: f64,
    pub median: f64,
    pub q90: f64,
    pub mean: f64,
    pub sd: f64,
}

/// Measurements of one process.
pub const MEASUREMENTS: f64 = 15.0;

pub struct Samples {
    /// By kind; the old version.
    pub old: Vec<Vec<Process>>,
    /// By kind, by effect.
    pub new: Vec<Vec<Vec<Process>>>,
    /// By kind, by effect: the median of log(new ÷ old) over the pairs of one round in lockstep.
    pub lockstep: Vec<Vec<Vec<f64>>>,
}

impl Samples {
    /// The files beside this folder.
    pub fn read() -> Samples {
        let apart: Vec<Vec<f64>> = series(include_str!("../apart.txt"));
        let processes: Vec<Vec<Process>> = apart.chunks(5).map(processes).collect();
        let kinds = || processes.chunks(1 + EFFECTS.len());
        let lockstep = series(include_str!("../lockstep.txt"));
        Samples {
            old: kinds().map(|versions| versions[0].clone()).collect(),
            new: kinds().map(|versions| versions[1..].to_vec()).collect(),
            lockstep: lockstep.chunks(EFFECTS.len()).map(<[Vec<f64>]>::to_vec).collect(),
        }
    }
}

/// The numbers of each line, after its three names.
fn series(text: &str) -> Vec<Vec<f64>> {
    let numbers = |line: &str| line.split(' ').skip(3).map(|number| number.parse().expect("a number")).collect();
    text.lines().map(numbers).collect()
}

/// From the five lines of one version, in the order in which `extract.py` writes them.
fn processes(lines: &[Vec<f64>]) -> Vec<Process> {
    let process = |i: usize| Process {
        min: lines[0][i],
        median: lines[1][i],
        q90: lines[2][i],
        mean: lines[3][i],
        sd: lines[4][i],
    };
    (0..lines[0].len()).map(process).collect()
}
