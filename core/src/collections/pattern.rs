//! What a text field asks of its values beyond their length.

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// Characters of a pattern.
const MAX_SOURCE: usize = 500;
/// Bytes of a compiled pattern, so that one cannot fill the memory.
const MAX_COMPILED: usize = 256 * 1024;

/// A regular expression in the syntax of Rust's `regex`, whose time grows with the text's length alone. It is looked
/// for anywhere in the text, as in JSON Schema; `^…$` asks for the whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(regex::Regex);

impl Pattern {
    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn is_found_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl TryFrom<String> for Pattern {
    type Error = Invalid;

    fn try_from(source: String) -> Result<Self, Invalid> {
        if source.chars().count() > MAX_SOURCE {
            let message = format!("a pattern has at most {MAX_SOURCE} characters");
            return Err(Invalid::one("", "too_long", message));
        }
        let compiled = regex::RegexBuilder::new(&source).size_limit(MAX_COMPILED).build();
        compiled.map(Self).map_err(|error| Invalid::one("", "invalid_pattern", error.to_string()))
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.as_str().to_owned()
    }
}
