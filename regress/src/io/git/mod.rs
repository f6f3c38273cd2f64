//! Git, as far as it says which code was measured, and keeps what was measured of it.
//!
//! ```text
//! repository (the one around a directory) ─ revision (a name → a commit) ─ line (it and its first parents)
//! named (what the user may write for a commit: `HEAD~5`, `merge-base:main`)
//! head (what is checked out here)           notes (what is kept beside a commit) · tree (what lies in one)
//! ```

mod head;
mod line;
mod named;
mod notes;
mod repository;
mod revision;
mod tree;

pub(super) use head::commit;
pub(super) use line::{Line, own_since};
pub(super) use named::Named;
pub(super) use notes::{NOTES, all as noted, change as change_note};
pub(super) use repository::{discover, is_its_own};
pub(super) use revision::{DEEPEN, Revision, find, has_name, names, resolve, short, unknown_to_git};
pub(super) use tree::files_in;
