//! Versions of what clients read and change: the `ETag`, and what a client asks of it before a change (RFC 9110 §13).

use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;

/// A version, as quoted text. A record's is made from when it was last written, which is never twice the same; that of
/// anything else from what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ETag(i64);

impl ETag {
    /// Of a record last written then.
    pub const fn new(updated_at: Timestamp) -> Self {
        Self(updated_at.as_micros())
    }

    /// Of what has this content.
    pub(crate) fn of(content: &impl Serialize) -> Self {
        // JSON has a form for all that is asked for here.
        Self::of_text(&serde_json::to_vec(content).unwrap_or_default())
    }

    /// Of what is sent as this text.
    pub fn of_text(text: &[u8]) -> Self {
        let digest = Sha256::digest(text);
        Self(digest.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte)))
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{:x}\"", self.0)
    }
}

/// What a client asks of the version that it writes over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// That there is one (`If-Match: *`).
    Exists,
    /// That there is none (`If-None-Match: *`).
    Absent,
    /// That it is one of these, as text (`If-Match: "…"`).
    OneOf(Vec<String>),
}

/// There is another version than the client has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has changed since it was read")]
pub struct PreconditionFailed;

impl Precondition {
    /// Whether it holds for what is there.
    pub(crate) fn check(&self, current: Option<ETag>) -> Result<(), PreconditionFailed> {
        let holds = match (self, current) {
            (Self::None, _) | (Self::Exists, Some(_)) | (Self::Absent, None) => true,
            (Self::OneOf(tags), Some(current)) => {
                let current = current.to_string();
                tags.contains(&current)
            }
            (Self::Exists | Self::OneOf(_), None) | (Self::Absent, Some(_)) => false,
        };
        if holds { Ok(()) } else { Err(PreconditionFailed) }
    }
}
