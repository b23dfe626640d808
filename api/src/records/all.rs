//! The records of a collection together: lists, what is new, and what is written by how it is found.

use neonex_core::idempotency::Outcome;
use neonex_core::records::{BulkQuery, ListQuery, PastQuery, RecordBody, Terms};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::found::{BulkResult, found_problem};
use super::history::instant;
use super::params::{CountMode, MetricMode};
use super::question::RecordQuery;
use super::{Written, once, query_problem};
use crate::caller::{Caller, Surface};
use crate::errors::invalid_query;
use crate::paging;
use crate::payload::{AnyRecord, AnyRecordInput, RawBody, RawJson};
use crate::precondition::precondition;
use crate::problem::Problem;

/// The operations on the records of a collection.
#[derive(Clone)]
pub struct Records(pub Surface);

/// A page of records.
#[derive(Object)]
pub(super) struct RecordList {
    /// The records.
    items: Vec<AnyRecord>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
    /// How many there are; null where that was not asked for.
    total: Option<i64>,
}

#[derive(ApiResponse)]
enum Created {
    /// The record.
    #[oai(status = 201)]
    Record(
        RawJson<AnyRecord>,
        #[oai(header = "ETag")] Option<String>,
        #[oai(header = "Location")] Option<String>,
    ),
}

#[derive(ApiResponse)]
enum Listed {
    /// A page of records.
    #[oai(status = 200)]
    Page(RawJson<RecordList>, #[oai(header = "Link")] Option<String>),
}

#[OpenApi]
impl Records {
    /// Create a record
    #[oai(
        path = "/v1/collections/:collection/records",
        method = "post",
        operation_id = "create_record",
        tag = "crate::Tag::Records"
    )]
    async fn create(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: RawBody<AnyRecordInput>,
    ) -> Result<Created, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("POST {}", scope.records(&collection)?.collection().id());
        let once = once(idempotency_key.0.as_deref(), &scope, &route, body.as_bytes())?;
        let (named, body, once) = (&collection.0, body.as_bytes(), &once);
        let made = scope.renewing(|scope| async move {
            let records = scope.records(named)?;
            records.create(records.input(body)?, once.clone()).await
        });
        let record = match made.await? {
            Outcome::Fresh(record) => record,
            Outcome::Replayed(json) => {
                let Some(record) = RecordBody::kept(json.clone()) else {
                    return Ok(Created::Record(RawJson::new(json), None, None));
                };
                record
            }
        };
        let location = format!("/v1/collections/{}/records/{}", collection.0, record.id);
        let etag = record.etag.to_string();
        Ok(Created::Record(RawJson::new(record.json), Some(etag), Some(location)))
    }

    /// List records
    #[oai(
        path = "/v1/collections/:collection/records",
        method = "get",
        operation_id = "list_records",
        tag = "crate::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn list(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// A condition in CEL over the fields, as `year >= 1990 && director != null`.
        filter: Query<Option<String>>,
        /// Fields apart by commas, `-` before one for the other way around; nulls come first. By id if not given. `@random`
        /// is another order each time, and has one page.
        sort: Query<Option<String>>,
        /// Fields to be shown, apart by commas; all if not given. `room.name` is a field of the record that `room` points
        /// to, which then stands in `expand`; `*` stands for all fields, as in `*,room.name`.
        fields: Query<Option<String>>,
        /// Relations to be followed, by paths apart by commas, as `room,room.owner`: the records that they point to
        /// stand in `expand`, as far as they may be seen. `notes_via_room` are the records of `notes` whose `room` points
        /// here.
        expand: Query<Option<String>>,
        /// Records on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
        /// Whether the total is counted.
        count: Query<Option<CountMode>>,
        /// Words that are searched for in the fields of the collection's search index: all of them, `"phrases"`,
        /// `beginnings*`, and `-` before what must not be there. What fits best comes first if `sort` is not given;
        /// each record has its `_score`.
        search: Query<Option<String>>,
        /// Whether each record has `_highlights`: an excerpt of each text in which something was found, as HTML with
        /// `<mark>` around it.
        highlight: Query<Option<bool>>,
        /// `field:latitude,longitude`: records whose `geo_point` is nearest come first; each has its `_distance` in
        /// metres.
        near: Query<Option<String>>,
        /// `field:latitude,longitude,metres` or `field:south,west,north,east`: records whose `geo_point` lies in that
        /// circle or box.
        within: Query<Option<String>>,
        /// `field:[0.5,…]`: records whose `vector` is most like it come first; each has its `_distance`. One
        /// that is too long for a URL can be sent by `query`.
        nearest: Query<Option<String>>,
        /// How vectors are compared; `cosine` by default.
        metric: Query<Option<MetricMode>>,
        /// All records as they were at that time (RFC 3339), in the order of their ids; with `fields`, `limit` and
        /// `cursor` only. A page may have fewer records than it has room for. Needs the scope `records:read`.
        as_of: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let records = scope.records(&collection)?;
        let sent = RecordQuery {
            filter: filter.0,
            sort: sort.0,
            fields: fields.0,
            expand: expand.0,
            limit: limit.0,
            cursor: cursor.0,
            count: count.0,
            search: search.0,
            highlight: highlight.0,
            near: near.0,
            within: within.0,
            nearest: nearest.0,
            metric: metric.0,
        };
        let query = ListQuery::from(sent);
        let page = match as_of.0.filter(|as_of| !as_of.is_empty()) {
            Some(as_of) => {
                let query = PastQuery::from_list(query).map_err(|invalid| invalid_query(&invalid))?;
                records.list_as_of(&scope.permit()?, instant(&as_of, "as_of")?, &query).await
            }
            None => records.list(&query).await,
        };
        let page = page.map_err(query_problem)?;
        let link = paging::next_link(caller.uri(), page.next.as_deref());
        Ok(Listed::Page(RawJson::new(page.json), link))
    }

    /// Change the records that a filter finds
    ///
    /// All of them are changed, or none: of those that may be seen, those that may be changed. At most 10,000.
    #[oai(
        path = "/v1/collections/:collection/records",
        method = "patch",
        operation_id = "update_records",
        tag = "crate::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn update_all(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// A condition in CEL over the fields; `true` stands for all.
        filter: Query<String>,
        /// Only counts.
        dry_run: Query<Option<bool>>,
        /// How many records there must be; 409 if there are more or less by now.
        expect: Query<Option<u64>>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: RawBody<AnyRecordInput>,
    ) -> Result<Json<BulkResult>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("PATCH {} {}", scope.records(&collection)?.collection().id(), filter.0);
        let once = once(idempotency_key.0.as_deref(), &scope, &route, body.as_bytes())?;
        let query = BulkQuery { filter: filter.0, expect: expect.0, once };
        let dry_run = dry_run.0.unwrap_or_default();
        let (named, body, query) = (&collection.0, body.as_bytes(), &query);
        let done = scope.renewing(|scope| async move {
            let records = scope.records(named)?;
            let input = records.patch(body)?;
            if dry_run {
                records.count_updates(&query.filter, &input).await
            } else {
                records.update_all(query, input).await
            }
        });
        Ok(Json(BulkResult { count: done.await.map_err(found_problem)?, dry_run }))
    }

    /// Delete the records that a filter finds
    ///
    /// All of them are deleted, or none: of those that may be seen, those that may be deleted. At most 10,000, with those
    /// that go along.
    #[oai(
        path = "/v1/collections/:collection/records",
        method = "delete",
        operation_id = "delete_records",
        tag = "crate::Tag::Records"
    )]
    async fn delete_all(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// A condition in CEL over the fields; `true` stands for all.
        filter: Query<String>,
        /// Only counts.
        dry_run: Query<Option<bool>>,
        /// How many records there must be; 409 if there are more or less by now.
        expect: Query<Option<u64>>,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
    ) -> Result<Json<BulkResult>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let route = format!("DELETE {} {}", scope.records(&collection)?.collection().id(), filter.0);
        let once = once(idempotency_key.0.as_deref(), &scope, &route, &[])?;
        let query = BulkQuery { filter: filter.0, expect: expect.0, once };
        let dry_run = dry_run.0.unwrap_or_default();
        let (named, query) = (&collection.0, &query);
        let done = scope.renewing(|scope| async move {
            let records = scope.records(named)?;
            if dry_run {
                records.count_deletions(&query.filter).await
            } else {
                records.delete_all(query).await
            }
        });
        Ok(Json(BulkResult { count: done.await.map_err(found_problem)?, dry_run }))
    }

    /// Create or replace the record of a key
    ///
    /// The record that has the values which are sent in the fields of `key`, whether there is one or not. Fields that are
    /// not sent get their default, or null.
    #[oai(
        path = "/v1/collections/:collection/records",
        method = "put",
        operation_id = "upsert_record_by_key",
        tag = "crate::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn upsert_by_key(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// A unique field, or the fields of a unique index apart by commas.
        key: Query<String>,
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
        let route = format!("PUT {} {}", scope.records(&collection)?.collection().id(), key.0);
        let terms = Terms {
            precondition: precondition(if_match.0.as_deref(), if_none_match.0.as_deref())?,
            once: once(idempotency_key.0.as_deref(), &scope, &route, body.as_bytes())?,
        };
        let (named, key, body, terms) = (&collection.0, &key.0, body.as_bytes(), &terms);
        let written = scope.renewing(|scope| async move {
            let records = scope.records(named)?;
            records.upsert_by(key, records.input(body)?, terms.clone()).await
        });
        Ok(written.await.map_err(found_problem)?.into())
    }
}
