//! What a slow query is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::store::StoreError;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A page of records, with their total and what is shown of records that they point to.
    List,
    /// A record.
    Read,
    /// Counts, sums and the like.
    Aggregate,
    /// A part of an export.
    Export,
    /// How many records a write by filter would change.
    Count,
    /// A new record.
    Create,
    /// A change of a record.
    Update,
    /// A record as it is to be.
    Upsert,
    /// A deletion.
    Delete,
    /// A change of all records that a filter finds.
    UpdateMany,
    /// A deletion of these.
    DeleteMany,
}

/// A kind of query.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Kind {
    /// The id of the collection.
    pub(super) collection: String,
    pub(super) operation: Operation,
    pub(super) filter: Option<String>,
    pub(super) order: Option<String>,
    pub(super) ruled: bool,
}

impl Kind {
    /// As it is written.
    pub(super) fn text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Fault(error.into()))
    }
}

/// Names a kind.
pub(super) fn digest(kind: &str) -> Vec<u8> {
    Sha256::digest(kind.as_bytes()).to_vec()
}

/// How often, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) calls: i64,
    pub(super) timeouts: i64,
    pub(super) total_micros: i64,
    pub(super) max_micros: i64,
    pub(super) last_at: Timestamp,
    pub(super) request: String,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.timeouts = self.timeouts.saturating_add(other.timeouts);
        self.total_micros = self.total_micros.saturating_add(other.total_micros);
        self.max_micros = self.max_micros.max(other.max_micros);
        if other.last_at >= self.last_at {
            self.last_at = other.last_at;
            self.request.clone_from(&other.request);
        }
    }
}

/// Queries of one kind that were slow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowQuery {
    /// Names the kind.
    pub id: String,
    /// The collection's name; its id where it is gone.
    pub collection: String,
    /// What was asked for.
    pub operation: Operation,
    /// The filter, with `?` for its constants.
    pub filter: Option<String>,
    /// By what the records are sorted.
    pub order: Option<String>,
    /// Whether the collection's rule bound it.
    pub ruled: bool,
    /// How many took longer than they should and came to an end.
    pub calls: i64,
    /// How many the database gave up, because they took longer than a statement may. Their times are not counted.
    pub timeouts: i64,
    /// How long they took together, in microseconds.
    pub total_micros: i64,
    /// How long the longest took, in microseconds.
    pub max_micros: i64,
    /// When the last of them was.
    pub last_at: Timestamp,
    /// Which request that was.
    pub request: String,
}

/// A page of slow queries; those that took the most time in all come first.
#[derive(Debug, Clone)]
pub struct SlowQueryPage {
    /// The kinds.
    pub items: Vec<SlowQuery>,
    /// Where the next page begins, where there is one.
    pub next: Option<SlowQueryCursor>,
}

/// Where a page begins: after a kind that took so long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowQueryCursor {
    pub(super) total_micros: i64,
    pub(super) id: String,
}

impl SlowQueryCursor {
    pub(super) fn of(last: &SlowQuery) -> Self {
        Self { total_micros: last.total_micros, id: last.id.clone() }
    }

    /// Whether a kind comes after it.
    pub(super) fn is_before(&self, query: &SlowQuery) -> bool {
        (query.total_micros, self.id.as_str()) < (self.total_micros, query.id.as_str())
    }
}

impl fmt::Display for SlowQueryCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.total_micros, self.id)
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor of a page before")]
pub struct InvalidCursor;

impl FromStr for SlowQueryCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (total, id) = text.split_once('-').ok_or(InvalidCursor)?;
        Ok(Self { total_micros: total.parse().map_err(|_| InvalidCursor)?, id: id.to_owned() })
    }
}
