//! Names of collections and fields: what may stand in a path, in an expression and as a column.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// Fields that every record has; no other field may take their names.
pub const RESERVED_FIELDS: [&str; 3] = ["id", "created_at", "updated_at"];

/// Words that mean something in an expression (CEL's reserved words and the variables of rules).
const EXPRESSION_WORDS: [&str; 26] = [
    "as",
    "auth",
    "break",
    "collection",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "input",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "record",
    "request",
    "return",
    "true",
    "var",
    "void",
    "while",
];

const MAX_LENGTH: usize = 60;

/// The reason why `text` is no name, if there is one.
fn fault(text: &str, what: &str) -> Option<Invalid> {
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let goes_on = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !begins || !goes_on || text.len() > MAX_LENGTH {
        let message = format!(
            "`{text}` is no name for a {what}: it begins with a letter, goes on with letters, digits and `_`, and \
             has at most {MAX_LENGTH} characters"
        );
        return Some(Invalid::one("", "invalid_name", message));
    }
    None
}

/// The name of a collection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CollectionName(String);

impl TryFrom<String> for CollectionName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        fault(&text, "collection").map_or_else(|| Ok(Self(text)), Err)
    }
}

/// The name of a field. Names that differ in case alone are the same column, so a collection has one of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName(String);

impl TryFrom<String> for FieldName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if let Some(fault) = fault(&text, "field") {
            return Err(fault);
        }
        let lower = text.to_ascii_lowercase();
        if RESERVED_FIELDS.contains(&lower.as_str()) {
            let message = format!("every record has a field `{lower}` already");
            return Err(Invalid::one("", "reserved_name", message));
        }
        if lower == "expand" {
            let message = "records that are pointed to stand under `expand`, so no field can have the name";
            return Err(Invalid::one("", "reserved_name", message));
        }
        if EXPRESSION_WORDS.contains(&lower.as_str()) {
            let message =
                format!("`{lower}` means something in filters and rules, so no field can have the name");
            return Err(Invalid::one("", "reserved_name", message));
        }
        Ok(Self(text))
    }
}

macro_rules! name_text {
    ($name:ident) => {
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

name_text!(CollectionName);
name_text!(FieldName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_paths_expressions_and_columns() {
        for good in ["a", "movies", "IMDB_Rating", "x2", &"a".repeat(60)] {
            assert_eq!(FieldName::try_from(good.to_owned()).unwrap().as_str(), good);
            assert_eq!(CollectionName::try_from(good.to_owned()).unwrap().as_str(), good);
        }
        for bad in ["", "2x", "_x", "a b", "a-b", "a.b", "a\"b", "é", &"a".repeat(61)] {
            assert_eq!(
                FieldName::try_from(bad.to_owned()).unwrap_err().details()[0].code,
                "invalid_name",
                "{bad}"
            );
            assert!(CollectionName::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_with_a_meaning_are_reserved_in_any_case() {
        for taken in ["id", "ID", "created_at", "record", "auth", "true", "In"] {
            let refused = FieldName::try_from(taken.to_owned()).unwrap_err();
            assert_eq!(refused.details()[0].code, "reserved_name", "{taken}");
        }
    }
}
