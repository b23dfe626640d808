//! What is wrong with a configuration.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong: what, where it was said, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The setting, or what was taken for one.
    pub setting: String,
    /// Where it was set: a flag, a variable, a file.
    pub origin: String,
    /// What is wrong, and what would be right. Never contains a secret.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` {} (set in {})", self.setting, self.message, self.origin)
    }
}

/// All that is wrong, at least one thing.
#[derive(Debug, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct Faults(pub Vec<Fault>);

fn lines(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    lines.join("\n")
}

/// The name among `known` that `name` was most likely meant to be.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.min_by_key(|candidate| strsim::damerau_levenshtein(name, candidate))
}
