use std::io::{self, Write};

use crate::io::Failure;
use crate::report::{visible, width};

/// Says what is being done, for whoever waits.
pub(super) fn progress(errors: &mut dyn Write, what: &str) -> io::Result<()> {
    writeln!(errors, "regress: {}", visible(what))
}

/// Writes all that is wrong, each with its next step. Text of a file or of the command line can neither move the cursor
/// nor pass for a line of ours.
pub(super) fn tell(failure: &Failure, errors: &mut dyn Write) -> io::Result<()> {
    /// More than this scroll the first ones away.
    const SHOWN: usize = 20;
    for message in failure.messages().iter().take(SHOWN) {
        writeln!(errors, "regress: {}", visible(&message.problem))?;
        if let Some((expression, column)) = &message.place {
            // The caret stands where it would without the characters that move the cursor.
            let shown: String = expression.chars().filter(|character| !character.is_control()).collect();
            let before: String = shown.chars().take(*column).collect();
            writeln!(errors, "  {}\n  {:2$}^", visible(&shown), "", width(&visible(&before)))?;
        }
        if !message.next_step.is_empty() {
            writeln!(errors, "  {}", visible(&message.next_step))?;
        }
    }
    match failure.messages().len().saturating_sub(SHOWN) + failure.untold() {
        0 => Ok(()),
        more => writeln!(errors, "regress: and {more} more problems"),
    }
}
