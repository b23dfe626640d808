//! Records of collections.
//!
//! All operations of one path are in one of these structures: of two that share a path, the document has only one's.

mod advice;
mod aggregate;
mod all;
mod batch;
mod explain;
mod files;
mod found;
mod history;
mod one;
mod params;
mod question;

use neonex_core::access::TenantScope;
use neonex_core::idempotency::IdempotencyKey;
use neonex_core::records::{RecordError, RecordId};
use poem_openapi::ApiResponse;

pub use self::advice::Advice;
pub use self::aggregate::Aggregate;
pub use self::all::Records;
pub use self::batch::Batch;
pub use self::explain::Explain;
pub(crate) use self::explain::ExplanationView;
pub use self::files::Files;
pub(crate) use self::files::{OnError, Report};
pub use self::history::History;
pub use self::one::Record;
pub use self::question::Question;
use crate::errors::invalid_query;
use crate::payload::{AnyRecord, RawJson};
use crate::problem::Problem;
use crate::tenants::idempotency_key;

#[derive(ApiResponse)]
enum Updated {
    /// The record as it is now.
    #[oai(status = 200)]
    Record(RawJson<AnyRecord>, #[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Written {
    /// The record as it is now.
    #[oai(status = 200)]
    Replaced(RawJson<AnyRecord>, #[oai(header = "ETag")] String),
    /// There was none; this is the new one.
    #[oai(status = 201)]
    Created(RawJson<AnyRecord>, #[oai(header = "ETag")] String),
}

/// An id that is none belongs to no record.
fn id(text: &str) -> Result<RecordId, Problem> {
    RecordId::parse(text).ok_or_else(|| Problem::not_found("There is no such record."))
}

/// The key of a request to `route` (method and what it is for) with `body`, if it has one.
fn once(
    key: Option<&str>,
    scope: &TenantScope,
    route: &str,
    body: &[u8],
) -> Result<Option<IdempotencyKey>, Problem> {
    key.map(|key| idempotency_key(key, scope.actor(), route, body)).transpose()
}

/// Here only the query can be invalid.
fn query_problem(error: RecordError) -> Problem {
    match error {
        RecordError::Invalid(invalid) => invalid_query(&invalid),
        error => error.into(),
    }
}
