//! The world: disk, git, clock, environment, other programs. Only here.
//!
//! ```text
//! what the user typed ─ side ─▶ Item ─ catalogue (where harnesses put results) ─▶ bytes ─ formats ─▶ Run
//! regress.toml ─ config ─▶ Settings           Run ─ baseline ─▶ baselines/<name>.json
//! ```

mod baseline;
mod cargo;
mod catalogue;
mod checkout;
mod code;
mod conditions;
mod config;
mod error;
mod git;
mod harness;
mod interrupt;
mod journal;
mod lane;
mod lock;
mod machine;
mod noise;
mod process;
mod project;
mod replace;
mod side;
mod turns;
mod walk;

pub use baseline::{Stored, list as list_baselines, path as baseline_path, save as save_baseline};
pub use code::Difference;
pub use conditions::{Conditions, Snapshot};
pub use config::{Settings, find as find_config, load as load_config};
pub use error::{Failure, Message};
pub use harness::{Harness, Length};
pub use interrupt::{heed_interrupts, interrupted};
pub use journal::{Entry, Journal, Side, Subject};
pub use lane::{InStep, Lane, Origin, Stopwatch, Turn, crash_failure, load, measure_in_turns};
pub use lock::{Company, Lock, claim};
pub use machine::{now, parse_time, terminal_width, wants_colour};
pub use noise::{load as load_noise, save as save_noise};
pub use process::Crash;
pub use project::Project;
pub use replace::NewFile;
pub use side::{Reader, SideSpec};
