use std::hash::Hasher;
use std::path::Path;

use object::{Object, ObjectSection, SectionKind};

use super::error::Failure;

/// A hash of what an executable does: its machine code and its constants.
///
/// Two executables with the same hash run the same instructions on the same data: a difference in time between them
/// is the machine's. Names, line numbers and paths for a debugger are not in it.
///
/// # Errors
/// The file cannot be read, or is no executable.
pub fn fingerprint(path: &Path) -> Result<String, Failure> {
    let refused = |problem: String| Failure::new(format!("{}: {problem}", path.display()), "build it again");
    let bytes = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
    let file = object::File::parse(bytes.as_slice()).map_err(|error| refused(error.to_string()))?;
    let mut hash = siphasher::sip128::SipHasher13::new();
    let mut sections = 0;
    for section in file.sections().filter(|section| is_code_or_constant(section.kind())) {
        let data = section.data().map_err(|error| refused(error.to_string()))?;
        hash.write(section.name().unwrap_or_default().as_bytes());
        hash.write(data);
        sections += 1;
    }
    if sections == 0 {
        return Err(refused("there is no machine code in it".to_owned()));
    }
    let hash = siphasher::sip128::Hasher128::finish128(&hash);
    Ok(format!("{:016x}{:016x}", hash.h1, hash.h2))
}

fn is_code_or_constant(kind: SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Text
            | SectionKind::ReadOnlyData
            | SectionKind::ReadOnlyDataWithRel
            | SectionKind::ReadOnlyString
            | SectionKind::Data
            | SectionKind::Tls
    )
}
