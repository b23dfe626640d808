//! Lists that are asked for by a body, where a URL is too short.

use neonex_core::records::{Count, ListQuery, Metric};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::all::RecordList;
use super::params::{CountMode, MetricMode};
use crate::caller::{Caller, Surface};
use crate::payload::RawJson;
use crate::problem::Problem;

/// The operation that lists by a body.
#[derive(Clone)]
pub struct Question(pub Surface);

/// What a list is to show. Each part says what the parameter of the same name says of a list.
#[derive(Object)]
#[oai(rename = "RecordQuery", deny_unknown_fields)]
pub(super) struct RecordQuery {
    /// A condition in CEL over the fields.
    pub(super) filter: Option<String>,
    /// Fields apart by commas, `-` before one for the other way around.
    pub(super) sort: Option<String>,
    /// Fields to be shown, apart by commas.
    pub(super) fields: Option<String>,
    /// Relations to be followed, by paths apart by commas.
    pub(super) expand: Option<String>,
    /// Records on the page: 1 to 200, 50 by default.
    pub(super) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(super) cursor: Option<String>,
    /// Whether the total is counted.
    pub(super) count: Option<CountMode>,
    /// Words that are searched for.
    pub(super) search: Option<String>,
    /// Whether each record has `_highlights`.
    pub(super) highlight: Option<bool>,
    /// `field:latitude,longitude`.
    pub(super) near: Option<String>,
    /// `field:latitude,longitude,metres` or `field:south,west,north,east`.
    pub(super) within: Option<String>,
    /// `field:[0.5,…]`.
    pub(super) nearest: Option<String>,
    /// How vectors are compared; `cosine` by default.
    pub(super) metric: Option<MetricMode>,
}

impl From<RecordQuery> for ListQuery {
    fn from(sent: RecordQuery) -> Self {
        Self {
            filter: sent.filter,
            sort: sent.sort,
            fields: sent.fields,
            expand: sent.expand,
            limit: sent.limit,
            cursor: sent.cursor,
            count: sent.count.map(Count::from).unwrap_or_default(),
            search: sent.search,
            highlight: sent.highlight.unwrap_or_default(),
            near: sent.near,
            within: sent.within,
            nearest: sent.nearest,
            metric: sent.metric.map(Metric::from).unwrap_or_default(),
        }
    }
}

#[OpenApi]
impl Question {
    /// List records by a body
    ///
    /// The list that is asked for with the same parameters in a URL, for a question that is too long for one: a `nearest`
    /// of hundreds of numbers, or a long filter. Nothing is written.
    #[oai(
        path = "/v1/collections/:collection/query",
        method = "post",
        operation_id = "query_records",
        tag = "crate::Tag::Records"
    )]
    async fn query(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        body: Json<RecordQuery>,
    ) -> Result<RawJson<RecordList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let page = scope.records(&collection)?.list(&body.0.into()).await?;
        Ok(RawJson::new(page.json))
    }
}
