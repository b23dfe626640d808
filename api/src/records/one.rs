//! One record, by its id.

use neonex_core::invalid::Invalid;
use neonex_core::records::{RecordId, Terms};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{ApiResponse, OpenApi};

use super::history::instant;
use super::{Updated, Written, id, once, query_problem};
use crate::caller::{Caller, Surface};
use crate::errors::invalid_query;
use crate::payload::{AnyRecord, AnyRecordInput, RawBody, RawJson};
use crate::precondition::{precondition, shows};
use crate::problem::Problem;

/// The operations on a record.
#[derive(Clone)]
pub struct Record(pub Surface);

#[derive(ApiResponse)]
enum Read {
    /// The record.
    #[oai(status = 200)]
    Record(RawJson<AnyRecord>, #[oai(header = "ETag")] String),
    /// The record is the one that the client has.
    #[oai(status = 304)]
    NotModified(#[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The record is gone.
    #[oai(status = 204)]
    Done,
}

#[OpenApi]
impl Record {
    /// Get a record
    #[oai(
        path = "/v1/collections/:collection/records/:record",
        method = "get",
        operation_id = "get_record",
        tag = "crate::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn get(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// Fields to be shown, apart by commas; all if not given. `room.name` is a field of the record that `room` points
        /// to, which then stands in `expand`; `*` stands for all fields, as in `*,room.name`.
        fields: Query<Option<String>>,
        /// Relations to be followed, by paths apart by commas, as `room,room.owner`: the records that they point to
        /// stand in `expand`, as far as they may be seen. `notes_via_room` are the records of `notes` whose `room` points
        /// here.
        expand: Query<Option<String>>,
        /// The record as it was at that time (RFC 3339), without `expand`. Needs the scope `records:read`.
        as_of: Query<Option<String>>,
        /// The `ETag` of the record that the client has. It tells nothing of records that are pointed to.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Read, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let records = scope.records(&collection)?;
        let (id, fields) = (id(&record)?, fields.0.as_deref());
        let found = match as_of.0.filter(|as_of| !as_of.is_empty()) {
            Some(as_of) => {
                no_expansion(expand.0.as_deref())?;
                records.read_as_of(&scope.permit()?, id, instant(&as_of, "as_of")?, fields).await
            }
            None => records.read(id, fields, expand.0.as_deref()).await,
        };
        let found = found.map_err(query_problem)?;
        let etag = found.etag.to_string();
        // What is pointed to may have changed where the record has not.
        let alone = expand.0.is_none() && fields.is_none_or(|fields| !fields.contains('.'));
        if alone && if_none_match.0.is_some_and(|sent| shows(&sent, &etag)) {
            return Ok(Read::NotModified(etag));
        }
        Ok(Read::Record(RawJson::new(found.json), etag))
    }

    /// Change a record
    ///
    /// The fields that are sent; null is a value, and what is not sent stays as it is. A number may be told by what is
    /// added to it, `{"$increment": 1}`, and an array by what leaves it and what comes to its end,
    /// `{"$remove": ["a"], "$append": ["b"]}`.
    #[oai(
        path = "/v1/collections/:collection/records/:record",
        method = "patch",
        operation_id = "update_record",
        tag = "crate::Tag::Records"
    )]
    async fn update(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// The `ETag` of the record that is to be changed; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: RawBody<AnyRecordInput>,
    ) -> Result<Updated, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("PATCH {} {}", scope.records(&collection)?.collection().id(), record.0);
        let id = id(&record)?;
        let terms = Terms {
            precondition: precondition(if_match.0.as_deref(), None)?,
            once: once(idempotency_key.0.as_deref(), &scope, &route, body.as_bytes())?,
        };
        let (named, body, terms) = (&collection.0, body.as_bytes(), &terms);
        let changed = scope.renewing(|scope| async move {
            let records = scope.records(named)?;
            records.update(id, records.patch(body)?, terms.clone()).await
        });
        let record = changed.await?;
        Ok(Updated::Record(RawJson::new(record.json), record.etag.to_string()))
    }

    /// Create or replace a record
    ///
    /// Fields that are not sent get their default, or null.
    #[oai(
        path = "/v1/collections/:collection/records/:record",
        method = "put",
        operation_id = "upsert_record",
        tag = "crate::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn upsert(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id, which the client may choose.
        record: Path<String>,
        /// The `ETag` of the record that is to be replaced; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// `*`: only if there is no such record; 412 if there is.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: RawBody<AnyRecordInput>,
    ) -> Result<Written, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("PUT {} {}", scope.records(&collection)?.collection().id(), record.0);
        let id = chosen_id(&record)?;
        let terms = Terms {
            precondition: precondition(if_match.0.as_deref(), if_none_match.0.as_deref())?,
            once: once(idempotency_key.0.as_deref(), &scope, &route, body.as_bytes())?,
        };
        let (named, body, terms) = (&collection.0, body.as_bytes(), &terms);
        let written = scope.renewing(|scope| async move {
            let records = scope.records(named)?;
            records.upsert(id, records.input(body)?, terms.clone()).await
        });
        Ok(written.await?.into())
    }

    /// Delete a record
    #[oai(
        path = "/v1/collections/:collection/records/:record",
        method = "delete",
        operation_id = "delete_record",
        tag = "crate::Tag::Records"
    )]
    async fn delete(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// The `ETag` of the record that is to be deleted; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
    ) -> Result<Deleted, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("DELETE {} {}", scope.records(&collection)?.collection().id(), record.0);
        let id = id(&record)?;
        let terms = Terms {
            precondition: precondition(if_match.0.as_deref(), None)?,
            once: once(idempotency_key.0.as_deref(), &scope, &route, &[])?,
        };
        let (named, terms) = (&collection.0, &terms);
        let gone =
            scope.renewing(|scope| async move { scope.records(named)?.delete(id, terms.clone()).await });
        gone.await?;
        Ok(Deleted::Done)
    }
}

/// What a record points to is followed as it is now, not as it was.
fn no_expansion(expand: Option<&str>) -> Result<(), Problem> {
    if expand.is_some_and(|expand| !expand.is_empty()) {
        let message = "a record of the past is read without what it points to";
        return Err(invalid_query(&Invalid::one("/expand", "not_applicable", message)));
    }
    Ok(())
}

fn chosen_id(text: &str) -> Result<RecordId, Problem> {
    RecordId::parse(text).ok_or_else(|| {
        let problem = Problem::bad_request("invalid_parameter", "A parameter cannot be accepted as it is.");
        problem.error("record", "invalid_id", "an id is a UUID in the hyphenated form, best of version 7")
    })
}
