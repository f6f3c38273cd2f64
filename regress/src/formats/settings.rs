//! What files say of benchmarks (`goos: linux`), as our own format keeps it: each combination once, in the order of its keys.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Run, Settings};

/// Combinations of settings, numbered from 0.
#[derive(Default)]
pub(super) struct Combinations {
    /// In the order in which benchmarks have them.
    pub all: Vec<Settings>,
    numbers: HashMap<Settings, usize>,
}

impl Combinations {
    /// Those of the benchmarks that were measured.
    pub fn of(run: &Run) -> Combinations {
        let mut combinations = Combinations::default();
        for settings in run.observations().iter().filter_map(|observation| run.settings.get(&observation.id)) {
            let next = combinations.all.len();
            if *combinations.numbers.entry(settings.clone()).or_insert(next) == next {
                combinations.all.push(settings.clone());
            }
        }
        combinations
    }

    /// The number of a benchmark's settings.
    pub fn number(&self, settings: &Settings) -> Option<usize> {
        self.numbers.get(settings).copied()
    }
}

/// One combination, as an object that keeps the order of its keys.
pub(super) struct Stored(pub Settings);

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &*self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Stored, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Stored;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys, each with a text")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Stored, A::Error> {
        let mut settings: Vec<(Box<str>, Box<str>)> = Vec::new();
        let mut known: HashSet<Box<str>> = HashSet::new();
        while let Some((key, value)) = map.next_entry::<Box<str>, Box<str>>()? {
            if !known.insert(key.clone()) {
                return Err(A::Error::custom(format_args!("`{key}` stands there twice")));
            }
            settings.push((key, value));
        }
        Ok(Stored(settings.into()))
    }
}
