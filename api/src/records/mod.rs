//! Records of collections.

mod aggregate;
mod batch;
mod explain;
mod files;
mod found;
mod history;
mod precondition;

use neonex_core::access::TenantScope;
use neonex_core::idempotency::{IdempotencyKey, Outcome};
use neonex_core::invalid::Invalid;
use neonex_core::records::{
    BulkQuery, Count, ListQuery, Metric, PastQuery, RecordBody, RecordError, RecordId, Terms,
};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

pub use self::aggregate::Aggregate;
pub use self::batch::Batch;
pub use self::explain::Explain;
pub use self::files::Files;
use self::found::{BulkResult, found_problem};
pub use self::history::History;
use self::history::instant;
use self::precondition::{precondition, shows};
use crate::caller::{Caller, Surface};
use crate::errors::invalid_query;
use crate::paging;
use crate::payload::{AnyRecord, AnyRecordInput, RawBody, RawJson};
use crate::problem::Problem;
use crate::tenants::idempotency_key;

/// The operations on records.
#[derive(Clone)]
pub struct Records(pub Surface);

/// A page of records.
#[derive(Object)]
struct RecordList {
    /// The records.
    items: Vec<AnyRecord>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
    /// How many there are; null where that was not asked for.
    total: Option<i64>,
}

/// Whether and how the total is counted.
#[derive(Enum)]
#[oai(rename_all = "snake_case")]
enum CountMode {
    /// Every record that the list shows.
    Exact,
    /// No further than 10,000, which then means "at least".
    Estimated,
}

/// How vectors are compared.
#[derive(Enum)]
#[oai(rename_all = "snake_case")]
enum MetricMode {
    /// By one less the cosine of the angle between them.
    Cosine,
    /// By the length of their difference.
    L2,
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
enum Written {
    /// The record as it is now.
    #[oai(status = 200)]
    Replaced(RawJson<AnyRecord>, #[oai(header = "ETag")] String),
    /// There was none; this is the new one.
    #[oai(status = 201)]
    Created(RawJson<AnyRecord>, #[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Updated {
    /// The record as it is now.
    #[oai(status = 200)]
    Record(RawJson<AnyRecord>, #[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
enum Deleted {
    /// The record is gone.
    #[oai(status = 204)]
    Done,
}

#[OpenApi]
impl Records {
    /// Create a record
    #[oai(
        path = "/v1/collections/:collection/records",
        method = "post",
        operation_id = "create_record",
        tag = "super::Tag::Records"
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
        tag = "super::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn list(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// A condition in CEL over the fields, as `year >= 1990 && director != null`.
        filter: Query<Option<String>>,
        /// Fields apart by commas, `-` before one for the other way around; nulls come first. By id if not given.
        sort: Query<Option<String>>,
        /// Fields to be shown, apart by commas; all if not given.
        fields: Query<Option<String>>,
        /// Relations to be followed, by paths apart by commas, as `room,room.owner`: the records that they point to
        /// stand in `expand`, as far as they may be seen.
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
        /// `field:[0.5,…]`: records whose `vector` is most like it come first; each has its `_distance`. Not on MariaDB.
        nearest: Query<Option<String>>,
        /// How vectors are compared; `cosine` by default.
        metric: Query<Option<MetricMode>>,
        /// All records as they were at that time (RFC 3339), in the order of their ids; with `fields`, `limit` and
        /// `cursor` only. A page may have fewer records than it has room for. Needs the scope `records:read`.
        as_of: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let records = scope.records(&collection)?;
        let query = ListQuery {
            filter: filter.0,
            sort: sort.0,
            fields: fields.0,
            expand: expand.0,
            search: search.0,
            highlight: highlight.0.unwrap_or_default(),
            near: near.0,
            within: within.0,
            nearest: nearest.0,
            metric: match metric.0 {
                None | Some(MetricMode::Cosine) => Metric::Cosine,
                Some(MetricMode::L2) => Metric::L2,
            },
            limit: limit.0,
            cursor: cursor.0,
            count: match count.0 {
                None => Count::None,
                Some(CountMode::Exact) => Count::Exact,
                Some(CountMode::Estimated) => Count::Estimated,
            },
        };
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
        tag = "super::Tag::Records"
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
        tag = "super::Tag::Records"
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
        tag = "super::Tag::Records"
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

    /// Get a record
    #[oai(
        path = "/v1/collections/:collection/records/:record",
        method = "get",
        operation_id = "get_record",
        tag = "super::Tag::Records"
    )]
    async fn get(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// The record's id.
        record: Path<String>,
        /// Fields to be shown, apart by commas; all if not given.
        fields: Query<Option<String>>,
        /// Relations to be followed, by paths apart by commas, as `room,room.owner`: the records that they point to
        /// stand in `expand`, as far as they may be seen.
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
        if expand.0.is_none() && if_none_match.0.is_some_and(|sent| shows(&sent, &etag)) {
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
        tag = "super::Tag::Records"
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
        tag = "super::Tag::Records"
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
        tag = "super::Tag::Records"
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

/// An id that is none belongs to no record.
fn id(text: &str) -> Result<RecordId, Problem> {
    RecordId::parse(text).ok_or_else(|| Problem::not_found("There is no such record."))
}

fn chosen_id(text: &str) -> Result<RecordId, Problem> {
    RecordId::parse(text).ok_or_else(|| {
        let problem = Problem::bad_request("invalid_parameter", "A parameter cannot be accepted as it is.");
        problem.error("record", "invalid_id", "an id is a UUID in the hyphenated form, best of version 7")
    })
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
