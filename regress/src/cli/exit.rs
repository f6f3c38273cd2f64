use std::io;
use std::process::ExitCode;

use super::Stop;
use crate::policy::Conclusion;

/// How a command ended, as its exit code says it. 2 beats 1 beats 3 beats 0.
///
/// 1 (a verdict) and 3 (not proven) come from a [`Conclusion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(u8);

impl Exit {
    /// Nothing broke.
    pub const FINE: Exit = Exit(0);
    /// The work could not be done: bad arguments, unreadable input, no such baseline, broken configuration.
    pub const COULD_NOT: Exit = Exit(2);

    /// This, once everything is written.
    ///
    /// Who closes the pipe has seen enough: what was found stands, `regress compare old new | head -1` fails where it
    /// would without `head`.
    pub(super) fn once(self, written: io::Result<()>) -> Result<Exit, Stop> {
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            Ok(()) | Err(_) => Ok(self),
        }
    }

    /// The number.
    pub fn code(self) -> u8 {
        self.0
    }
}

impl From<Conclusion> for Exit {
    fn from(conclusion: Conclusion) -> Exit {
        Exit(conclusion.exit_code())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.0)
    }
}
