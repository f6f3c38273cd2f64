//! Arguments and the two streams in, an exit code out.

use std::io::{BufWriter, stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    regress::cli::run(std::env::args_os(), &mut BufWriter::new(stdout()), &mut stderr()).into()
}
