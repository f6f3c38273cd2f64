//! One page that needs nothing else: no server, no other file, no script from elsewhere.
//!
//! ```text
//!   page      the frame: policy, style, script
//!     ├─▶ summary   the answer, its reasons, the two sides
//!     ├─▶ rows      the table, and what opens below a row
//!     └─▶ plots     pictures of one row, as SVG
//! ```
//!
//! Everything that was written by somebody passes [`markup`], which escapes it.

mod markup;
mod page;
mod plots;
mod rows;
mod summary;

pub(super) use page::RENDERER;
