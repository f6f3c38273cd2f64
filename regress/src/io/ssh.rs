//! SSH signatures, by OpenSSH's own `ssh-keygen -Y` (8.1 and newer).
//!
//! Source: <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig>

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::error::Failure;

/// What a signature is for: one of something else does not pass for one of a sign-off.
const NAMESPACE: &str = "regress-signoff";

/// What a signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It is good. Whose it is, and the key, in the words of ssh-keygen.
    Good(String),
    /// It is not: why, in the words of ssh-keygen.
    Bad(String),
}

/// Signs bytes with a private key, or with a public key whose private one an agent holds.
///
/// * Returns the signature as ssh-keygen writes it.
///
/// # Errors
/// There is no ssh-keygen; it does not take the key.
pub fn sign(bytes: &[u8], key: &Path) -> Result<Vec<u8>, Failure> {
    if !key.is_file() {
        return Err(Failure::new(
            format!("{}: no such key", key.display()),
            "name the file of an SSH key: --sign ~/.ssh/id_ed25519; to make one: ssh-keygen -t ed25519",
        ));
    }
    let output = feed(Command::new(PROGRAM).args(["-Y", "sign", "-q", "-n", NAMESPACE, "-f"]).arg(key), bytes)?;
    match output.status.success() && !output.stdout.is_empty() {
        true => Ok(output.stdout),
        false => Err(Failure::new(
            format!("{}: {PROGRAM} does not sign with this key: {}", key.display(), said(&output)),
            "check the key and its passphrase; a public key needs its private one in ssh-agent",
        )),
    }
}

/// Whether `signature` is one of `bytes`, by somebody whom the file `allowed_signers` names.
///
/// # Errors
/// There is no ssh-keygen, or one of the files cannot be read.
pub fn verify(bytes: &[u8], signature: &Path, allowed_signers: &Path) -> Result<Signature, Failure> {
    for (file, next_step) in [
        (signature, "sign it: regress signoff … --sign KEY; or leave --allowed-signers out"),
        (allowed_signers, "a line for each: NAME ssh-ed25519 AAAA…; see ALLOWED SIGNERS in man ssh-keygen"),
    ] {
        std::fs::File::open(file)
            .map_err(|error| Failure::new(format!("{}: cannot be read: {error}", file.display()), next_step))?;
    }
    let files = |action: &str| {
        let mut command = Command::new(PROGRAM);
        command.args(["-Y", action, "-n", NAMESPACE, "-f"]).arg(allowed_signers).arg("-s").arg(signature);
        command
    };
    let found = feed(&mut files("find-principals"), bytes)?;
    let names = String::from_utf8_lossy(&found.stdout).into_owned();
    let Some(name) = names.lines().next().filter(|_| found.status.success()) else {
        return Ok(Signature::Bad(format!(
            "{} names nobody with its key: {}",
            allowed_signers.display(),
            said(&found)
        )));
    };
    let output = feed(files("verify").args(["-I", name]), bytes)?;
    Ok(match output.status.success() {
        true => Signature::Good(said(&output)),
        false => Signature::Bad(said(&output)),
    })
}

const PROGRAM: &str = "ssh-keygen";

fn feed(command: &mut Command, bytes: &[u8]) -> Result<Output, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("{PROGRAM} cannot be run: {error}"),
            "install OpenSSH 8.1 or newer (openssh-client); or do without a signature",
        )
    };
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends early has its reason, and says it.
        let _ = stdin.write_all(bytes);
    }
    child.wait_with_output().map_err(failed)
}

/// The last line that it wrote, of its errors first.
fn said(output: &Output) -> String {
    let streams = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let line = streams.iter().find_map(|text| text.lines().rev().find(|line| !line.trim().is_empty()));
    line.map_or_else(|| format!("it ended with {}", output.status), |line| line.trim().to_owned())
}
