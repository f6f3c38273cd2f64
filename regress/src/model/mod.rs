//! The words every later stage speaks.
//!
//! A [`Run`] is everything one side of a comparison measured: per benchmark ([`BenchId`]) and [`Metric`]
//! one [`Observation`], with its [`Provenance`] and the [`Warning`]s that reading it gave.
//! Nothing here knows how it is stored.

mod bench_id;
mod metric;
mod noise;
mod observation;
mod provenance;
mod run;
mod warning;

pub use bench_id::BenchId;
pub use metric::{Aspect, METRICS, Metric, Metrics, Nature, Standing, WORDS};
pub use noise::{BenchNoise, Noise};
pub use observation::{Exact, Kept, Observation, Processes, Values};
pub use provenance::{Commit, Host, Provenance};
pub use run::{Collision, PACKAGE, Run, Settings};
pub use warning::Warning;
