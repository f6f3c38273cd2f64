//! The processes that are measured.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Measurements a process takes.
pub const TIMES: usize = 15;

/// The executable, and what it can do.
pub struct Kernels {
    pub executable: PathBuf,
    pub names: Vec<String>,
}

impl Kernels {
    pub fn of(executable: &Path) -> Result<Kernels, String> {
        let names = output(Command::new(executable).arg("names"))?;
        Ok(Kernels { executable: executable.to_owned(), names: names.lines().map(str::to_owned).collect() })
    }

    /// Nanoseconds of each measurement of a fresh process.
    pub fn run(&self, name: &str, units: u32) -> Result<Vec<u64>, String> {
        let arguments = ["run", name, &units.to_string(), &TIMES.to_string()];
        let text = output(Command::new(&self.executable).args(arguments))?;
        text.split_whitespace().map(nanoseconds).collect()
    }

    /// A fresh process that measures when it is told to, with its input ready.
    pub fn stepper(&self, name: &str, units: u32) -> Result<Stepper, String> {
        let mut child = Command::new(&self.executable)
            .args(["steps", name, &units.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.executable.display()))?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a kernel has no pipes".to_owned());
        };
        let mut stepper = Stepper { child, orders: Some(orders), answers: BufReader::new(answers) };
        match stepper.answer()?.as_str() {
            "ready" => Ok(stepper),
            other => Err(format!("{name}: said `{other}` for `ready`")),
        }
    }
}

/// One side of a lockstep.
pub struct Stepper {
    child: Child,
    /// Closed, the process ends.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Stepper {
    /// Nanoseconds of one measurement.
    pub fn step(&mut self) -> Result<u64, String> {
        let orders = self.orders.as_mut().ok_or("a kernel was told to end")?;
        orders.write_all(b"\n").map_err(|error| format!("a kernel does not listen: {error}"))?;
        nanoseconds(&self.answer()?)
    }

    fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(|error| format!("a kernel does not answer: {error}"))?;
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Stepper {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.child.wait(); // it has been asked all there was to ask
    }
}

fn nanoseconds(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a kernel said `{text}` for nanoseconds"))
}

/// What a program that ends well writes.
pub fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("{name}: {}: {words}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{name}: not UTF-8"))
}
