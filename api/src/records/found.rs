//! Records that are written by how they are found: by a filter, or by a key.

use neonex_core::records::{RecordError, Upserted};
use poem_openapi::Object;

use super::{Written, query_problem};
use crate::payload::RawJson;
use crate::problem::Problem;

/// How many records it was.
#[derive(Object)]
pub(super) struct BulkResult {
    /// How many records were written, or would be.
    pub(super) count: u64,
    /// Whether nothing was written.
    pub(super) dry_run: bool,
}

impl From<Upserted> for Written {
    fn from(upserted: Upserted) -> Self {
        match upserted {
            Upserted::Created(record) => Self::Created(RawJson::new(record.json), record.etag.to_string()),
            Upserted::Replaced(record) => Self::Replaced(RawJson::new(record.json), record.etag.to_string()),
        }
    }
}

/// A filter and a key are parameters; all else that can be invalid is in the body.
pub(super) fn found_problem(error: RecordError) -> Problem {
    let named = |code| matches!(code, "invalid_filter" | "invalid_key");
    match error {
        RecordError::Invalid(invalid) if invalid.details().iter().all(|detail| named(detail.code)) => {
            query_problem(RecordError::Invalid(invalid))
        }
        error => error.into(),
    }
}
