//! Pages that need nothing else: no server, no other file, no script from elsewhere.
//!
//! ```text
//!   frame       around every page: policy, style, script
//!     └─▶ page      a report
//!           ├─▶ summary   the answer, its reasons, the two sides
//!           ├─▶ rows      the table, and what opens below a row
//!           └─▶ plots     pictures of one row, as SVG
//! ```
//!
//! Everything that was written by somebody passes [`markup`], which escapes it.

mod frame;
mod markup;
mod page;
mod plots;
mod rows;
mod summary;

pub(super) use frame::{Frame, class, head, scroll};
pub(super) use markup::Html;
pub(super) use page::RENDERER;
