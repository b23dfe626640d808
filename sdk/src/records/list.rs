//! Lists of records.

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use reqwest::{Method, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Records;
use super::history::instant;
use super::record::Record;
use crate::error::Error;
use crate::paging;
use crate::types::CountMode;

/// What every record that is read has, whatever else is asked for.
const ALWAYS: [&str; 3] = ["id", "created_at", "updated_at"];

/// A list that is still being asked for: [`send`](Self::send) reads a page of it, [`stream`](Self::stream) all.
///
/// ```
/// use futures_util::TryStreamExt as _;
/// use neonex_sdk::types::CountMode;
/// # #[tokio::main]
/// # async fn main() -> Result<(), neonex_sdk::Error> {
/// # use serde_json::{Map, Value};
/// # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
///
/// let few = posts.list().filter("views > 10").sort("-views").limit(10).count(CountMode::Exact).send().await?;
/// println!("{} of {:?} posts", few.items.len(), few.total);
///
/// let mut all = posts.list().fields(["title"]).stream();
/// while let Some(post) = all.try_next().await? {
///     println!("{} {:?}", post.id, post.fields.get("title"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `send` or `stream`"]
pub struct List<T> {
    records: Records<T>,
    query: Vec<(&'static str, String)>,
    cursor: Option<String>,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The records.
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    pub items: Vec<Record<T>>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
    /// How many there are, if that was asked for.
    pub total: Option<i64>,
}

impl<T> List<T> {
    pub(super) fn new(records: Records<T>) -> Self {
        Self { records, query: Vec::new(), cursor: None }
    }

    /// Those for which a condition in CEL holds, as `year >= 1990 && director != null`.
    pub fn filter(self, condition: impl Into<String>) -> Self {
        self.parameter("filter", condition)
    }

    /// In the order of these fields, apart by commas; `-` before one turns it around. By id if not given.
    pub fn sort(self, fields: impl Into<String>) -> Self {
        self.parameter("sort", fields)
    }

    /// Those in whose texts these words are found: all of them, `"phrases"`, `beginnings*`, and `-` before what must not
    /// be there. What fits best comes first if there is no [`sort`](Self::sort).
    pub fn search(self, words: impl Into<String>) -> Self {
        self.parameter("search", words)
    }

    /// Those whose `geo_point` is nearest to that place first.
    pub fn near(self, field: &str, latitude: f64, longitude: f64) -> Self {
        self.parameter("near", format!("{field}:{latitude},{longitude}"))
    }

    /// Those whose `geo_point` lies no farther from that place than so many metres.
    pub fn within(self, field: &str, latitude: f64, longitude: f64, metres: f64) -> Self {
        self.parameter("within", format!("{field}:{latitude},{longitude},{metres}"))
    }

    /// Those whose `vector` is most like that one first, by the cosine of the angle between them.
    pub fn nearest(self, field: &str, vector: &[f32]) -> Self {
        let numbers: Vec<_> = vector.iter().map(f32::to_string).collect();
        self.parameter("nearest", format!("{field}:[{}]", numbers.join(",")))
    }

    /// With these fields only, beside `id`, `created_at` and `updated_at`. The others must be optional in `T`.
    pub fn fields<'f>(self, fields: impl IntoIterator<Item = &'f str>) -> Self {
        let fields: Vec<_> = ALWAYS.into_iter().chain(fields).collect();
        self.parameter("fields", fields.join(","))
    }

    /// With the records that relations point to, by paths apart by commas, as `room,room.owner`: see
    /// [`Record::expanded`].
    pub fn expand(self, relations: impl Into<String>) -> Self {
        self.parameter("expand", relations)
    }

    /// Records on a page: 1 to 200, 50 if not given.
    pub fn limit(self, records: u32) -> Self {
        self.parameter("limit", records.to_string())
    }

    /// Goes on where a page ended. The rest of the question must be the same.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        Self { cursor: Some(cursor.into()), ..self }
    }

    /// All of them as they were at that time, in the order of their ids. Only [`fields`](Self::fields),
    /// [`limit`](Self::limit) and [`cursor`](Self::cursor) go with it, and a page may have fewer than its limit.
    pub fn as_of(self, at: DateTime<Utc>) -> Self {
        self.parameter("as_of", instant(at))
    }

    /// Counts them all.
    pub fn count(self, mode: CountMode) -> Self {
        self.parameter("count", mode)
    }

    fn parameter(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value.into()));
        self
    }
}

impl<T: DeserializeOwned + Send + 'static> List<T> {
    /// Reads one page.
    pub async fn send(self) -> Result<Page<T>, Error> {
        self.page(self.cursor.clone()).await
    }

    /// Reads all pages, each when the one before has been used up; an error ends it. What changes meanwhile may be seen
    /// or not; nothing is seen twice, unless what it is sorted by changes.
    pub fn stream(self) -> BoxStream<'static, Result<Record<T>, Error>> {
        let first = self.cursor.clone();
        paging::stream(first, move |cursor| {
            let list = Self { records: self.records.clone(), query: self.query.clone(), cursor: None };
            async move {
                let page = list.page(cursor).await?;
                Ok((page.items, page.next_cursor))
            }
        })
    }

    async fn page(&self, cursor: Option<String>) -> Result<Page<T>, Error> {
        let mut url = self.records.url(None);
        let cursor = cursor.map(|cursor| ("cursor", cursor));
        if !self.query.is_empty() || cursor.is_some() {
            url.query_pairs_mut().extend_pairs(self.query.iter().chain(&cursor));
        }
        let request = Request::new(Method::GET, url);
        self.records.client.transport().send(request).await?.accepted()?.read()
    }
}
