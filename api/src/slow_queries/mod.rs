//! Slow queries of a tenant.

use neonex_core::slow_queries::{Operation, SlowQuery, SlowQueryCursor};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use crate::caller::{Caller, Surface};
use crate::paging;
use crate::problem::Problem;
use crate::text::Time;

/// The operation on slow queries.
#[derive(Clone)]
pub struct SlowQueries(pub Surface);

/// What was asked for.
#[derive(Enum)]
#[oai(rename = "SlowQueryOperation", rename_all = "snake_case")]
enum OperationView {
    /// A page of records, with their total and the records that they point to.
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
    /// A deletion of a record.
    Delete,
    /// A change of all records that a filter finds.
    UpdateMany,
    /// A deletion of all records that a filter finds.
    DeleteMany,
}

impl From<Operation> for OperationView {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::List => Self::List,
            Operation::Read => Self::Read,
            Operation::Aggregate => Self::Aggregate,
            Operation::Export => Self::Export,
            Operation::Count => Self::Count,
            Operation::Create => Self::Create,
            Operation::Update => Self::Update,
            Operation::Upsert => Self::Upsert,
            Operation::Delete => Self::Delete,
            Operation::UpdateMany => Self::UpdateMany,
            Operation::DeleteMany => Self::DeleteMany,
        }
    }
}

/// Queries of one kind that were slow.
#[derive(Object)]
#[oai(rename = "SlowQuery")]
struct SlowQueryView {
    /// Names the kind.
    id: String,
    /// The collection's name; its id where it is gone.
    collection: String,
    /// What was asked for.
    operation: OperationView,
    /// The filter, with `?` for its constants.
    filter: Option<String>,
    /// How the records are sorted; `search` and `nearest` with a field where these come first.
    order: Option<String>,
    /// Whether the collection's rule bound it.
    ruled: bool,
    /// How many of the kind took longer than they should.
    count: i64,
    /// How many more the database gave up, because they took longer than a statement may.
    timeouts: i64,
    /// Milliseconds that those of `count` took together.
    total_ms: f64,
    /// Milliseconds that they took on average.
    mean_ms: f64,
    /// Milliseconds that the longest took.
    max_ms: f64,
    /// When the last of the kind was.
    last_seen: Time,
    /// Which request that was.
    request_id: String,
}

/// A page of slow queries.
#[derive(Object)]
struct SlowQueryList {
    /// The kinds.
    items: Vec<SlowQueryView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

#[derive(ApiResponse)]
enum Listed {
    /// A page of slow queries.
    #[oai(status = 200)]
    Page(Json<SlowQueryList>, #[oai(header = "Link")] Option<String>),
}

#[expect(clippy::cast_precision_loss, reason = "it is exact up to 285 years")]
fn millis(micros: i64) -> f64 {
    micros as f64 / 1_000.0
}

impl From<SlowQuery> for SlowQueryView {
    fn from(query: SlowQuery) -> Self {
        Self {
            id: query.id,
            collection: query.collection,
            operation: query.operation.into(),
            filter: query.filter,
            order: query.order,
            ruled: query.ruled,
            count: query.calls,
            timeouts: query.timeouts,
            total_ms: millis(query.total_micros),
            mean_ms: millis(query.total_micros.checked_div(query.calls).unwrap_or_default()),
            max_ms: millis(query.max_micros),
            last_seen: query.last_at.into(),
            request_id: query.request,
        }
    }
}

#[OpenApi]
impl SlowQueries {
    /// List slow queries
    ///
    /// Those whose statements took longer than `NEONEX_SLOW_QUERY`, or than the tenant's own `slow_query_ms`, by kind: the
    /// kind that took the most time in all comes first. No constant of a filter is kept.
    #[oai(
        path = "/v1/slow-queries",
        method = "get",
        operation_id = "list_slow_queries",
        tag = "crate::Tag::Collections"
    )]
    async fn list(
        &self,
        caller: Caller,
        /// Kinds on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let after: Option<SlowQueryCursor> = paging::after(cursor.0.as_deref())?;
        let page = scope.slow_queries(&permit, after.as_ref(), paging::limit(limit.0)?).await?;
        let next_cursor = page.next.map(|cursor| cursor.to_string());
        let link = paging::next_link(caller.uri(), next_cursor.as_deref());
        let items = page.items.into_iter().map(SlowQueryView::from).collect();
        Ok(Listed::Page(Json(SlowQueryList { items, next_cursor }), link))
    }
}
