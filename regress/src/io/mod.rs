//! The world: disk, git, clock, environment, other programs. Only here.
//!
//! ```text
//! what the user typed ─ side ─▶ Item ─ catalogue (where harnesses put results) ─▶ bytes ─ formats ─▶ Run
//!             └─ recorded (which kept run stands for a revision) ─ git
//! regress.toml ─ config ─▶ Settings           Run ─ baseline ─▶ baselines/<name>.json, or a note of its commit
//! two programs ─ measure ─▶ times in turns    Noise ─ noise ─▶ baselines/noise/<machine>.json
//! ```

mod baseline;
mod catalogue;
mod config;
mod error;
mod estimates;
mod files;
mod git;
mod group;
mod kept;
mod machine;
mod measure;
mod noise;
mod place;
mod project;
mod recorded;
mod replace;
mod side;
mod sides;
mod ssh;
mod taken;
mod units;
mod walk;

pub use baseline::{
    Stored, can_be_noted, list as list_baselines, path as baseline_path, save as save_baseline, save_note,
    stated as state_commit,
};
pub use config::{
    Change, ConfigFile, Occasion, Settings, file_of as config_of, find as find_config, load as load_config,
    place_of_first as place_of_first_config,
};
pub use error::{Failure, Message};
pub use estimates::load_estimates;
pub use files::{Pieces, read_lines};
pub use kept::{kept_results, kept_runs, read_file, read_this_program};
pub use machine::{Stopwatch, load, now, parse_time, terminal_width, today, wanted_width, wants_colour};
pub use measure::{
    Company, Conditions, Crash, Difference, Entry, Harness, InStep, Journal, Lane, Length, Lock, Origin, Side,
    Snapshot, Subject, Turn, claim, heed_interrupts, interrupted, measure_in_turns,
};
pub use noise::{find as find_noise, load as load_noise, read as read_noise, save as save_noise};
pub use project::Project;
pub use recorded::{Machines, list_noted};
pub use replace::NewFile;
pub use side::{Reader, SideSpec};
pub use sides::refuse_one_measurement;
pub use ssh::{Signature, sign, verify};
pub use units::UnitRule;
