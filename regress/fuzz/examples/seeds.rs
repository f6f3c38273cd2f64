//! Inputs between libFuzzer's directories and the files that keep them; `scripts/fuzz.sh` calls it.
//!
//! ```text
//! seeds unpack FILE DIRECTORY     a file in DIRECTORY for each line of FILE
//! seeds pack DIRECTORY FILE       a line in FILE for each file of DIRECTORY
//! ```

use std::io;
use std::path::Path;

use regress_fuzz::seeds;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, from, to] = &arguments[..] else { return Err(io::Error::other("wanted: unpack or pack, from, to")) };
    match &what[..] {
        "unpack" => unpack(Path::new(from), Path::new(to)),
        "pack" => pack(Path::new(from), Path::new(to)),
        other => Err(io::Error::other(format!("`{other}`: wanted `unpack` or `pack`"))),
    }
}

fn unpack(file: &Path, directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for (index, input) in seeds::read(&std::fs::read_to_string(file)?).iter().enumerate() {
        std::fs::write(directory.join(format!("kept-{index:04}")), input)?;
    }
    Ok(())
}

/// Shortest first, then by content: the same inputs are the same file.
fn pack(directory: &Path, file: &Path) -> io::Result<()> {
    let inputs = std::fs::read_dir(directory)?.map(|entry| std::fs::read(entry?.path()));
    let mut inputs = inputs.collect::<io::Result<Vec<_>>>()?;
    inputs.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    inputs.dedup();
    std::fs::write(file, inputs.iter().map(|input| seeds::line(input) + "\n").collect::<String>())
}
