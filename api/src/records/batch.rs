//! Many writes of records as one.

use std::sync::Arc;

use neonex_core::idempotency::Outcome;
use neonex_core::records::Batch as Operations;
use poem_openapi::param::Header;
use poem_openapi::{Enum, Object, OpenApi};

use super::once;
use crate::caller::{Caller, Surface};
use crate::payload::{AnyRecordInput, RawBody, RawJson, RecordOrNull};
use crate::problem::Problem;

/// The operation on batches.
#[derive(Clone)]
pub struct Batch(pub Surface);

/// Writes that are done together or not at all.
#[derive(Object)]
#[oai(rename = "Batch", deny_unknown_fields)]
struct BatchBody {
    /// What to do, in this order.
    #[oai(validator(min_items = 1, max_items = 50))]
    operations: Vec<OperationBody>,
}

/// One write.
#[derive(Object)]
#[oai(rename = "BatchOperation", deny_unknown_fields)]
struct OperationBody {
    /// What is done.
    method: Method,
    /// The collection's name or id.
    collection: String,
    /// The record's id, or `$` and the name of one that was made before. Of `create` only where the client chooses it.
    id: Option<String>,
    /// Of `upsert`, instead of the id: a unique field, or the fields of a unique index apart by commas. The record with
    /// these values is replaced, or there is a new one.
    key: Option<String>,
    /// A name for the record that is made. Later operations write `$` and this name for its id, in `id` and in
    /// relations.
    #[oai(rename = "as")]
    name: Option<String>,
    /// The fields; not of `delete`.
    record: Option<AnyRecordInput>,
    /// The `ETag` of the record that is to be changed; 412 if it is another by now.
    if_match: Option<String>,
}

/// What is done with a record.
#[derive(Enum)]
#[oai(rename = "BatchMethod", rename_all = "snake_case")]
enum Method {
    /// There is a new one.
    Create,
    /// The fields that are sent change.
    Update,
    /// It is what is sent, whether there is one or not.
    Upsert,
    /// It is gone.
    Delete,
}

/// What came of a batch.
#[derive(Object)]
struct BatchResults {
    /// The records as they are now, in the order of their operations; null for a deleted one.
    results: Vec<RecordOrNull>,
}

#[OpenApi]
impl Batch {
    /// Write many records at once
    ///
    /// All of the operations are done, or none. Each asks what it would ask alone, and counts as a request of its own.
    #[oai(path = "/v1/batch", method = "post", operation_id = "write_batch", tag = "crate::Tag::Records")]
    async fn write(
        &self,
        caller: Caller,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: RawBody<BatchBody>,
    ) -> Result<RawJson<BatchResults>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let batch = Arc::new(Operations::parse(body.as_bytes())?);
        self.0.charge(&caller, &scope, batch.operations.len() - 1).await?;
        let once = once(idempotency_key.0.as_deref(), &scope, "POST /v1/batch", body.as_bytes())?;
        let (batch, once) = (&batch, &once);
        let done = scope.renewing(|scope| async move { scope.batch(batch, once.clone()).await });
        let (Outcome::Fresh(answer) | Outcome::Replayed(answer)) = done.await?;
        Ok(RawJson::new(answer))
    }
}
