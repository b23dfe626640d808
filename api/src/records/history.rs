//! The history of records.

use neonex_core::clock::Timestamp;
use neonex_core::invalid::Invalid;
use neonex_core::records::{RecordError, Reversion, Terms};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::{Any, ToJSON as _};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use serde_json::Value;

use super::{Updated, id, once, query_problem};
use crate::caller::{Caller, Surface};
use crate::paging;
use crate::payload::{AnyRecord, RawJson, RecordOrNull};
use crate::precondition::precondition;
use crate::problem::Problem;
use crate::text::Time;

/// The operations on what was.
#[derive(Clone)]
pub struct History(pub Surface);

/// What a change did.
#[derive(Enum)]
#[oai(rename = "RevisionAction", rename_all = "snake_case")]
enum Action {
    /// There was no such record.
    Created,
    /// It was another.
    Updated,
    /// There is none any more.
    Deleted,
}

/// What a change did to a field.
#[derive(Object)]
struct FieldChange {
    /// The field's name now; of a field that is no more, the one it had.
    field: String,
    /// Its value before; null where there was none.
    before: Option<Any<Value>>,
    /// Its value after; null where there is none.
    after: Option<Any<Value>>,
}

/// A change of a record.
#[derive(Object)]
struct Revision {
    /// When it was made, which names it: no two changes of a record have the same time.
    at: Time,
    /// What it did.
    action: Action,
    /// Who made it.
    actor: String,
    /// By which request.
    request_id: String,
    /// The fields that differ.
    changes: Vec<FieldChange>,
}

/// Changes of a record.
#[derive(Object)]
struct RevisionList {
    /// The changes, the latest first.
    items: Vec<Revision>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// A change of a record, with what the record was then.
#[derive(Object)]
struct RevisionState {
    /// When it was made, which names it: no two changes of a record have the same time.
    at: Time,
    /// What it did.
    action: Action,
    /// Who made it.
    actor: String,
    /// By which request.
    request_id: String,
    /// The fields that differ.
    changes: Vec<FieldChange>,
    /// The record after it, with fields that are no more; null if it was deleted.
    record: RecordOrNull,
}

/// A record that is gone.
#[derive(Object)]
struct DeletedRecord {
    /// Its id.
    id: String,
    /// When it went.
    deleted_at: Time,
    /// Who deleted it, or what it pointed to.
    actor: String,
    /// By which request.
    request_id: String,
    /// What it was in the end.
    record: AnyRecord,
}

/// Records that are gone.
#[derive(Object)]
struct DeletedRecordList {
    /// The records, those that went last first.
    items: Vec<DeletedRecord>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// To when a record is taken back.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct RevertBody {
    /// To what it was at that time, which may be that of a change.
    to: Time,
    /// Only these fields; all that it had then if not given.
    fields: Option<Vec<String>>,
}

#[derive(ApiResponse)]
enum Revisions {
    /// A page of changes.
    #[oai(status = 200)]
    Page(RawJson<RevisionList>, #[oai(header = "Link")] Option<String>),
}

#[derive(ApiResponse)]
enum OneRevision {
    /// The change.
    #[oai(status = 200)]
    Revision(RawJson<RevisionState>),
}

#[derive(ApiResponse)]
enum Deleted {
    /// A page of records that are gone.
    #[oai(status = 200)]
    Page(RawJson<DeletedRecordList>, #[oai(header = "Link")] Option<String>),
}

#[OpenApi]
impl History {
    /// List the changes of a record
    ///
    /// The latest first, each with the fields that it changed; of a deleted record too.
    #[oai(
        path = "/v1/collections/:collection/records/:record/revisions",
        method = "get",
        operation_id = "list_revisions",
        tag = "crate::Tag::Records"
    )]
    async fn revisions(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// Changes on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Revisions, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let records = scope.records(&collection)?;
        let limit = paging::limit(limit.0)?;
        let page = records.revisions(&permit, id(&record)?, cursor.0.as_deref(), limit).await;
        let page = page.map_err(query_problem)?;
        let link = paging::next_link(caller.uri(), page.next.as_deref());
        Ok(Revisions::Page(RawJson::new(page.json), link))
    }

    /// Get a change of a record
    ///
    /// The latest one at that time, with the record as it was then.
    #[oai(
        path = "/v1/collections/:collection/records/:record/revisions/:at",
        method = "get",
        operation_id = "get_revision",
        tag = "crate::Tag::Records"
    )]
    async fn revision(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// The change's time, or a later one: RFC 3339.
        at: Path<String>,
    ) -> Result<OneRevision, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let records = scope.records(&collection)?;
        let at = instant(&at, "at")?;
        let json = records.revision(&permit, id(&record)?, at).await?;
        Ok(OneRevision::Revision(RawJson::new(json)))
    }

    /// Revert a record
    ///
    /// Its fields get the values that they had at a time. It is an ordinary change of the record, and asks what any other
    /// asks. Fields that it did not have then stay as they are.
    #[oai(
        path = "/v1/collections/:collection/records/:record/revert",
        method = "post",
        operation_id = "revert_record",
        tag = "crate::Tag::Records"
    )]
    async fn revert(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// The `ETag` of the record that is to be reverted; 412 if it is another by now.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<RevertBody>,
    ) -> Result<Updated, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("POST {} {}/revert", scope.records(&collection)?.collection().id(), record.0);
        let id = id(&record)?;
        let sent = body.0.to_json_string();
        let terms = Terms {
            precondition: precondition(if_match.0.as_deref(), None)?,
            once: once(idempotency_key.0.as_deref(), &scope, &route, sent.as_bytes())?,
        };
        let RevertBody { to, fields } = body.0;
        let wrong =
            || Invalid::one("/to", "invalid_value", "an instant, as \"2026-11-23T12:00:00Z\" (RFC 3339)");
        let wanted = Reversion { to: Timestamp::parse(&to.0).ok_or_else(wrong)?, fields };
        let (named, terms, wanted) = (&collection.0, &terms, &wanted);
        let reverted = scope.renewing(|scope| async move {
            let permit = scope.permit()?;
            scope.records(named)?.revert(&permit, id, wanted, terms.clone()).await
        });
        let record = reverted.await?;
        Ok(Updated::Record(RawJson::new(record.json), record.etag.to_string()))
    }

    /// Undelete a record
    ///
    /// It is made again with its id, and with the values that it had when it was deleted. What it points to must be there.
    #[oai(
        path = "/v1/collections/:collection/records/:record/undelete",
        method = "post",
        operation_id = "undelete_record",
        tag = "crate::Tag::Records"
    )]
    async fn undelete(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
    ) -> Result<Updated, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("POST {} {}/undelete", scope.records(&collection)?.collection().id(), record.0);
        let id = id(&record)?;
        let once = once(idempotency_key.0.as_deref(), &scope, &route, &[])?;
        let (named, once) = (&collection.0, &once);
        let made = scope.renewing(|scope| async move {
            let permit = scope.permit()?;
            scope.records(named)?.undelete(&permit, id, once.clone()).await
        });
        let record = made.await?;
        Ok(Updated::Record(RawJson::new(record.json), record.etag.to_string()))
    }

    /// List deleted records
    ///
    /// Those that went last first. Each can be undeleted as long as it is in this list.
    #[oai(
        path = "/v1/collections/:collection/deleted",
        method = "get",
        operation_id = "list_deleted_records",
        tag = "crate::Tag::Records"
    )]
    async fn deleted(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// Records on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Deleted, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let records = scope.records(&collection)?;
        let page = records.deleted(&permit, cursor.0.as_deref(), paging::limit(limit.0)?).await;
        let page = page.map_err(query_problem)?;
        let link = paging::next_link(caller.uri(), page.next.as_deref());
        Ok(Deleted::Page(RawJson::new(page.json), link))
    }
}

/// The time that a parameter names.
pub(super) fn instant(text: &str, name: &str) -> Result<Timestamp, Problem> {
    let wrong = || {
        Invalid::one(format!("/{name}"), "invalid_value", "an instant, as 2026-11-23T12:00:00Z (RFC 3339)")
    };
    let read = Timestamp::parse(text).ok_or_else(wrong);
    read.map_err(|invalid| query_problem(RecordError::Invalid(invalid)))
}
