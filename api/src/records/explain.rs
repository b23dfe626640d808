//! How a list would be carried out.

use neonex_core::records::{Explanation, ListQuery};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::query_problem;
use crate::caller::{Caller, Surface};
use crate::problem::Problem;

/// The operation that explains others.
#[derive(Clone)]
pub struct Explain(pub Surface);

/// How a list is carried out.
#[derive(Object)]
#[oai(rename = "Explanation")]
pub(crate) struct ExplanationView {
    /// The statement, with the collection's name for its table.
    sql: String,
    /// What the database says it does, line by line, in its own words.
    plan: Vec<String>,
    /// The fields of an index by which the records would be found, or found in their order, where there is none. An
    /// index costs something with each write: a collection with few records needs none.
    missing_index: Option<Vec<String>>,
}

impl From<Explanation> for ExplanationView {
    fn from(explained: Explanation) -> Self {
        Self { sql: explained.sql, plan: explained.plan, missing_index: explained.missing_index }
    }
}

#[OpenApi]
impl Explain {
    /// Explain a list
    ///
    /// The database is asked how it would do it, and no record is shown.
    #[oai(
        path = "/v1/collections/:collection/explain",
        method = "get",
        operation_id = "explain_list",
        tag = "crate::Tag::Collections"
    )]
    async fn explain(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// As for the list.
        filter: Query<Option<String>>,
        /// As for the list.
        sort: Query<Option<String>>,
        /// Whether the list is one of those whom the collection's list rule binds.
        #[oai(default)]
        ruled: Query<bool>,
    ) -> Result<Json<ExplanationView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let records = scope.records(&collection)?;
        let query = ListQuery { filter: filter.0, sort: sort.0, ..ListQuery::default() };
        let explained = records.explain(&permit, &query, ruled.0).await.map_err(query_problem)?;
        Ok(Json(explained.into()))
    }
}
