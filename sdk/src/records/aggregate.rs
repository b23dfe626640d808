//! What is computed of records.

use std::collections::HashMap;
use std::marker::PhantomData;

use reqwest::{Method, Request};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::Records;
use crate::error::Error;

/// Something that is to be computed of records.
///
/// ```
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Month {
///     month: String,
///     count: u64,
///     views: Option<i64>,
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), neonex_sdk::Error> {
/// # use serde_json::{Map, Value};
/// # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
/// let months = posts
///     .aggregate::<Month>("count,views:sum(views)")
///     .group_by("month:month(created_at)")
///     .sort("-month")
///     .limit(12)
///     .send()
///     .await?;
/// for month in months.items {
///     println!("{}: {} posts, seen {:?} times", month.month, month.count, month.views);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `send`"]
pub struct Aggregate<T, G> {
    records: Records<T>,
    query: Vec<(&'static str, String)>,
    group: PhantomData<fn() -> G>,
}

/// Groups of records with what was computed of each.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Groups<G> {
    /// The groups.
    pub items: Vec<G>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
}

/// A value that a field has, as [`Records::distinct`] reads it. Where records have none, it is null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct<V>(pub V);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Distinct<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let group = HashMap::<String, V>::deserialize(deserializer)?;
        group.into_values().next().map(Self).ok_or_else(|| D::Error::custom("a group has no value"))
    }
}

impl<T, G> Aggregate<T, G> {
    pub(super) fn new(records: Records<T>, calculate: String) -> Self {
        Self { records, query: vec![("calculate", calculate)], group: PhantomData }
    }

    /// By the values of these fields, apart by commas; of times also `day(field)`, `week(field)`, `month(field)` and
    /// `year(field)`. A name may stand before each: `month:month(created_at)`.
    pub fn group_by(self, fields: impl Into<String>) -> Self {
        self.parameter("group_by", fields.into())
    }

    /// Of those records for which a condition in CEL holds.
    pub fn filter(self, condition: impl Into<String>) -> Self {
        self.parameter("filter", condition.into())
    }

    /// In the order of these of the names that are shown, apart by commas; `-` before one turns it around. By the
    /// groups if not given.
    pub fn sort(self, names: impl Into<String>) -> Self {
        self.parameter("sort", names.into())
    }

    /// Groups that are shown: 1 to 1,000, 100 if not given.
    pub fn limit(self, groups: u32) -> Self {
        self.parameter("limit", groups.to_string())
    }

    fn parameter(mut self, name: &'static str, value: String) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value));
        self
    }
}

impl<T, G: DeserializeOwned> Aggregate<T, G> {
    /// Computes it.
    pub async fn send(self) -> Result<Groups<G>, Error> {
        let transport = self.records.client.transport();
        let mut url = self.records.beside("aggregate");
        url.query_pairs_mut().extend_pairs(&self.query);
        transport.send(Request::new(Method::GET, url)).await?.accepted()?.read()
    }
}
