//! The world: disk, git, clock, environment, other programs. Only here.
//!
//! ```text
//! what the user typed ─ side ─▶ Item ─ catalogue (where harnesses put results) ─▶ bytes ─ formats ─▶ Run
//! regress.toml ─ config ─▶ Settings           Run ─ baseline ─▶ baselines/<name>.json
//! ```

mod baseline;
mod catalogue;
mod config;
mod error;
mod git;
mod machine;
mod project;
mod side;
mod walk;

pub use baseline::{Stored, list as list_baselines, path as baseline_path, save as save_baseline};
pub use config::{Settings, find as find_config, load as load_config};
pub use error::{Failure, Message};
pub use machine::{now, terminal_width, wants_colour};
pub use project::Project;
pub use side::{Reader, SideSpec};
