use std::io::Write;
use std::path::{Path, PathBuf};

use super::beside;
use super::make::{self, NoiseFile};
use crate::cli::{Exit, Stop};
use crate::io::{self as world, Failure, Project, Signature};
use crate::policy::Conclusion;
use crate::report::{signoff as write, visible};
use crate::signoff::{Difference, Document, Input, differences, sha256 as hash};
use crate::unit::count;

/// What verifying found.
#[derive(Default)]
struct Findings {
    /// What holds.
    holds: Vec<String>,
    /// What does not: each of them fails.
    broken: Vec<String>,
    /// What one should know.
    notes: Vec<String>,
}

/// Makes the document again and compares.
///
/// Files are looked at before they are read: one that changed is told by its name, even where it cannot be read any more.
pub(super) fn run(file: &Path, allowed_signers: Option<&Path>, out: &mut dyn Write) -> Result<Exit, Stop> {
    let project = Project::here()?;
    let signed = world::read_file(file)?.bytes;
    let document = write::read(&signed).map_err(|problem| {
        Failure::new(format!("{}: {problem}", file.display()), "name the .json that `regress signoff` wrote")
    })?;
    let mut findings = Findings::default();
    findings.signature(file, &signed, allowed_signers)?;
    findings.own_hash(&document);
    findings.inputs(&document.inputs)?;
    match make::document(document.recipe.clone(), NoiseFile::OfTheRecipe, &project) {
        Ok(again) => {
            findings.tool(&document, &again);
            findings.content(&signed, &document, &again);
            findings.beside(file, &signed, &document, &again)?;
        }
        // What cannot be computed from changed files is no wonder, and has been told.
        Err(failure) if !findings.broken.is_empty() => {
            let problems = failure.messages().iter().map(|message| message.problem.clone());
            findings.notes.extend(problems.map(|problem| format!("it cannot be computed again: {problem}")));
        }
        Err(failure) => return Err(failure.into()),
    }
    let exit = if findings.broken.is_empty() { Exit::FINE } else { Exit::from(Conclusion::Failed) };
    exit.once(findings.tell(&document, file, out))
}

impl Findings {
    fn signature(&mut self, file: &Path, signed: &[u8], allowed_signers: Option<&Path>) -> Result<(), Failure> {
        let mut signature = file.as_os_str().to_owned();
        signature.push(".sig");
        let signature = PathBuf::from(signature);
        match allowed_signers {
            Some(allowed) => match world::verify(signed, &signature, allowed)? {
                Signature::Good(whose) => self.holds.push(format!("signature: {whose}")),
                Signature::Bad(why) => self.broken.push(format!("signature: {why}")),
            },
            None if signature.is_file() => {
                let note = format!("{}: not looked at; --allowed-signers says whose would count", signature.display());
                self.notes.push(note);
            }
            None => {}
        }
        Ok(())
    }

    /// What was changed by accident, or without care.
    fn own_hash(&mut self, document: &write::Signed) {
        let write::Signed { found_sha256, sha256, .. } = document;
        if found_sha256 != sha256 {
            self.broken.push(format!("content: changed after it was made: sha256 {found_sha256}, signed {sha256}"));
        }
    }

    fn inputs(&mut self, inputs: &[Input]) -> Result<(), Failure> {
        let mut missing: Option<Failure> = None;
        for Input { role, path, bytes, sha256 } in inputs {
            match world::read_file(Path::new(path)).map(|file| (hash(&file.bytes), file.bytes.len())) {
                Ok((found, _)) if found == *sha256 => {}
                Ok((found, length)) => self.broken.push(format!(
                    "{path} ({role}): changed: sha256 {found} of {length} bytes, signed {sha256} of {bytes}"
                )),
                Err(_) => {
                    let absent = absent(path, role);
                    missing = Some(match missing {
                        None => absent,
                        Some(before) => before.and(absent),
                    });
                }
            }
        }
        if let Some(failure) = missing {
            return Err(failure);
        }
        let changed = self.broken.iter().filter(|text| text.contains("): changed: ")).count();
        if changed == 0 {
            self.holds.push(format!("{}, as they were", count(inputs.len(), "file")));
        }
        Ok(())
    }

    /// Another program that computes the same is no difference.
    fn tool(&mut self, document: &write::Signed, again: &Document) {
        let (signed, here) = (&document.tool, &again.tool);
        if signed != here {
            self.notes.push(format!(
                "made by {} {} (sha256 {}), computed again by {} {} (sha256 {})",
                signed.name, signed.version, signed.sha256, here.name, here.version, here.sha256
            ));
        }
    }

    fn content(&mut self, signed: &[u8], document: &write::Signed, again: &Document) {
        let made = Document { tool: document.tool.clone(), ..again.clone() };
        if write::json(&made) == signed {
            self.holds.push("every number is computed again from them".to_owned());
            return;
        }
        let found = differences(&document.content, &write::content(&made).unwrap_or_default());
        self.broken.extend(found.iter().map(|Difference { place, signed, recomputed }| {
            format!("{place}: signed {signed}, computed {recomputed}")
        }));
        if found.is_empty() {
            self.broken.push("its bytes are not those that `regress signoff` writes, though its content is".to_owned());
        }
    }

    /// The documents for people, where they lie beside it.
    fn beside(&mut self, file: &Path, signed: &[u8], document: &write::Signed, again: &Document) -> Result<(), Stop> {
        let stem = file.with_extension("");
        let made = Document { tool: document.tool.clone(), ..again.clone() };
        let json_hash = hash(signed);
        for writer in write::WRITERS.iter().filter(|writer| writer.ending != "json") {
            let path = beside(&stem, writer.ending);
            let Ok(found) = world::read_file(&path) else {
                self.notes.push(format!("{} cannot be read: whether it says the same is not known", path.display()));
                continue;
            };
            let mut text = Vec::new();
            (writer.write)(&made, &json_hash, &mut text)?;
            match found.bytes == text {
                true => self.holds.push(format!("{} says the same", path.display())),
                false => self.broken.push(format!("{}: does not say what the JSON says", path.display())),
            }
        }
        Ok(())
    }

    fn tell(&self, document: &write::Signed, file: &Path, out: &mut dyn Write) -> std::io::Result<()> {
        let word = if self.broken.is_empty() { "VERIFIED" } else { "DIFFERS" };
        let what = format!("{}: {}, {}", file.display(), document.recipe.release, document.conclusion);
        writeln!(out, "{word}  {}", visible(&what))?;
        for (mark, lines) in [("FAIL", &self.broken), ("same", &self.holds), ("note", &self.notes)] {
            for line in lines {
                writeln!(out, "{mark}  {}", visible(line))?;
            }
        }
        Ok(())
    }
}

fn absent(path: &str, role: &str) -> Failure {
    Failure::new(format!("{path} ({role}): cannot be read"), "verify where the sign-off was made, with all its files")
}
