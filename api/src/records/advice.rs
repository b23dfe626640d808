//! Advice about a collection's indexes.

use neonex_core::collections::{Index, IndexKind};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};

use crate::caller::{Caller, Surface};
use crate::problem::Problem;
use crate::text::Time;

/// The operation that gives advice.
#[derive(Clone)]
pub struct Advice(pub Surface);

/// What is to be said about a collection's indexes.
#[derive(Object)]
#[oai(rename = "Advice")]
struct AdviceView {
    /// Since when the process that answers has seen lists of the tenant's collections as they are: since it started, or
    /// since one was last changed.
    since: Time,
    /// Whether all kinds of lists could be told apart. Else no index is called unused.
    complete: bool,
    /// Indexes that would help; that which would help most lists comes first. An index costs something with each write:
    /// a collection with few records needs none.
    missing_indexes: Vec<MissingIndexView>,
    /// Indexes that no list since then can have used. Those that keep something unique are not among them.
    unused_indexes: Vec<UnusedIndexView>,
}

/// An index that would help.
#[derive(Object)]
#[oai(rename = "MissingIndex")]
struct MissingIndexView {
    /// Its fields, as `indexes` of the collection takes them.
    fields: Vec<String>,
    /// How many lists it would have helped.
    lists: u64,
    /// The filter of one of them, with `?` for its constants.
    filter: Option<String>,
    /// How that one is sorted.
    sort: Option<String>,
    /// Whether the collection's list rule bound it.
    ruled: bool,
}

/// An index without use.
#[derive(Object)]
#[oai(rename = "UnusedIndex")]
struct UnusedIndexView {
    /// Its fields.
    fields: Vec<String>,
    /// For what it is.
    kind: UnusedIndexKind,
    /// Which records stand in it, where not all do.
    #[oai(rename = "where")]
    condition: Option<String>,
}

/// For what an index is.
#[derive(Enum)]
#[oai(rename_all = "snake_case")]
enum UnusedIndexKind {
    /// For values and their order.
    Ordered,
    /// For words.
    Search,
}

impl From<Index> for UnusedIndexView {
    fn from(index: Index) -> Self {
        let kind = match index.kind {
            IndexKind::Ordered => UnusedIndexKind::Ordered,
            IndexKind::Search => UnusedIndexKind::Search,
        };
        Self { fields: index.fields, kind, condition: index.condition }
    }
}

#[OpenApi]
impl Advice {
    /// Get advice about indexes
    ///
    /// From the lists, aggregates, exports and writes by filter that there were: which indexes they lack, and which they do
    /// without.
    #[oai(
        path = "/v1/collections/:collection/advice",
        method = "get",
        operation_id = "get_advice",
        tag = "crate::Tag::Collections"
    )]
    async fn get(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
    ) -> Result<Json<AdviceView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let advice = scope.records(&collection)?.advice(&permit);
        let missing = advice.missing.into_iter().map(|missing| MissingIndexView {
            fields: missing.fields,
            lists: missing.lists,
            filter: missing.filter,
            sort: missing.sort,
            ruled: missing.ruled,
        });
        Ok(Json(AdviceView {
            since: advice.since.into(),
            complete: advice.complete,
            missing_indexes: missing.collect(),
            unused_indexes: advice.unused.into_iter().map(Into::into).collect(),
        }))
    }
}
