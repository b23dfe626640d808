//! Counts, sums and the like.

use neonex_core::records::AggregateQuery;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::query_problem;
use crate::caller::{Caller, Surface};
use crate::payload::{AnyGroup, RawJson};
use crate::problem::Problem;

/// What is computed of records.
#[derive(Clone)]
pub struct Aggregate(pub Surface);

/// Groups of records.
#[derive(Object)]
struct GroupList {
    /// The groups, each with what was computed of its records.
    items: Vec<AnyGroup>,
    /// Whether there are more than were asked for.
    has_more: bool,
}

#[derive(ApiResponse)]
enum Computed {
    /// What was computed.
    #[oai(status = 200)]
    Groups(RawJson<GroupList>),
}

#[OpenApi]
impl Aggregate {
    /// Compute counts, sums and the like of records
    ///
    /// Of the records that a list would show.
    #[oai(
        path = "/v1/collections/:collection/aggregate",
        method = "get",
        operation_id = "aggregate_records",
        tag = "crate::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn aggregate(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// What is computed, apart by commas: `count`, `count(field)`, `count_distinct(field)`, `sum(field)`,
        /// `avg(field)`, `min(field)`, `max(field)`; with a name before it if wanted, as `revenue:sum(price)`.
        /// `count` if not given; with nothing in it, groups alone are shown.
        calculate: Query<Option<String>>,
        /// Fields by whose values records are grouped, apart by commas; of times also `day(field)`, `week(field)`,
        /// `month(field)` and `year(field)`, by the first day in UTC. All records are one group if not given.
        group_by: Query<Option<String>>,
        /// A condition in CEL over the fields, as `year >= 1990 && director != null`.
        filter: Query<Option<String>>,
        /// Names of what is shown, apart by commas, `-` before one for the other way around. By the groups if not
        /// given.
        sort: Query<Option<String>>,
        /// Groups that are shown: 1 to 1,000, 100 by default.
        limit: Query<Option<u32>>,
    ) -> Result<Computed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let records = scope.records(&collection)?;
        let query = AggregateQuery {
            calculate: calculate.0,
            group_by: group_by.0,
            filter: filter.0,
            sort: sort.0,
            limit: limit.0,
        };
        let json = records.aggregate(&query).await.map_err(query_problem)?;
        Ok(Computed::Groups(RawJson::new(json)))
    }
}
