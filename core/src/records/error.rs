//! What can come of a wish about records.

use super::service::RecordId;
use crate::access::Denied;
use crate::idempotency::KeyReused;
use crate::invalid::Invalid;
use crate::rng::RandomnessUnavailable;
use crate::store::{OfStore, StoreError};
use crate::version::PreconditionFailed;

/// What can come of a wish about records.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// There is no such collection in this tenant.
    #[error("there is no such collection")]
    NoCollection,
    /// There is no such record, or a rule hides it.
    #[error("there is no such record")]
    NotFound,
    /// The collection is a view.
    #[error("this is a view, which can only be read; write to the collection that it shows")]
    View,
    /// Users are not made like other records.
    #[error("a user is made by signing up, or by POST /v1/users; here a user's own fields are changed")]
    MadeByAuth,
    /// What was sent is not right.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is a record with this id.
    #[error("there is a record with this id already")]
    Exists,
    /// There is a record with these values.
    #[error("there is a record with the same {} already", if fields.is_empty() { "values".to_owned() } else { fields.join(", ") })]
    NotUnique {
        /// The fields that must be unique together, without those that are hidden.
        fields: Vec<String>,
    },
    /// Another record points to it, and does not let it go.
    #[error("a record of `{collection}` points to it in `{field}`")]
    Referenced {
        /// The other record's collection.
        collection: String,
        /// Its field.
        field: String,
    },
    /// More records would change or go along than one request may touch.
    #[error(
        "more than {most} records would change or be deleted with it; delete those that point to it first"
    )]
    TooManyReferrers {
        /// How many may.
        most: usize,
    },
    /// More records than one request may write.
    #[error("the filter finds more than {most} records; write them in parts, by a narrower filter")]
    TooManyRecords {
        /// How many may be.
        most: usize,
    },
    /// There are not as many records as the client expects.
    #[error("the filter finds {found} records, and not {expected}; nothing was written")]
    OtherCount {
        /// How many were to be.
        expected: u64,
        /// How many are.
        found: u64,
    },
    /// One of many records cannot be written.
    #[error("record {id}: {error}")]
    OfRecord {
        /// Which.
        id: RecordId,
        /// Why.
        #[source]
        error: Box<Self>,
    },
    /// The record is not the one that the client has seen.
    #[error("the record has changed since it was read")]
    PreconditionFailed,
    /// The collection's rule does not allow it.
    #[error("the collection's rule does not allow this")]
    Forbidden,
    /// A user is deleted by one who has to show first that it is still them.
    #[error("this needs a fresh proof that it is you: see POST /v1/auth/step-up")]
    StepUpNeeded,
    /// The rule of a field does not allow it.
    #[error("the rules of {} do not allow this", quoted(fields))]
    FieldsForbidden {
        /// The fields that were sent and have rules.
        fields: Vec<String>,
    },
    /// The collection has no rule for it, so a permission is needed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The idempotency key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn quoted(fields: &[String]) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}

impl From<PreconditionFailed> for RecordError {
    fn from(_: PreconditionFailed) -> Self {
        Self::PreconditionFailed
    }
}

impl OfStore for RecordError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::OfRecord { error, .. } => error.store(),
            _ => None,
        }
    }
}
