//! Lists of records.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use reqwest::{Method, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::history::instant;
use super::record::Record;
use super::{Records, with_json};
use crate::error::Error;
use crate::paging;
use crate::types::{CountMode, MetricMode};

/// What every record that is read has, whatever else is asked for.
const ALWAYS: [&str; 3] = ["id", "created_at", "updated_at"];

/// Some servers between client and Neonex take no longer one.
const LONGEST_URL: usize = 2_000;

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
///
/// By words, by where things are, and by what they are like:
///
/// ```
/// use neonex_sdk::Client;
/// use neonex_sdk::types::{MetricMode, NewCollection, NewField};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Cafe {
///     name: String,
///     place: Place,
///     taste: Vec<f32>,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct Place {
///     lat: f64,
///     lon: f64,
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), neonex_sdk::Error> {
/// let client = Client::from_env()?;
/// let cafes = NewCollection::new("cafes")
///     .field(NewField::text("name"))
///     .field(NewField::geo_point("place"))
///     .field(NewField::vector("taste", 3))
///     .search_index(["name"]);
/// client.collections().create(&cafes).await?;
/// let cafes = client.records::<Cafe>("cafes");
/// for (name, lat, lon, taste) in [
///     ("Blue Kiosk", 52.52, 13.40, vec![1.0, 0.0, 0.2]),
///     ("Green Kiosk", 52.40, 13.06, vec![0.0, 1.0, 0.1]),
///     ("Harbour", 53.55, 9.99, vec![0.9, 0.1, 0.2]),
/// ] {
///     let name = name.to_owned();
///     cafes.create(&Cafe { name, place: Place { lat, lon }, taste }).await?;
/// }
///
/// let found = cafes.list().search("kiosk -green").highlight().send().await?;
/// assert_eq!(found.items[0].highlights["name"], "Blue <mark>Kiosk</mark>");
///
/// let near = cafes.list().near("place", 52.5, 13.4).within("place", 52.5, 13.4, 50_000.0).send().await?;
/// assert_eq!(near.items.len(), 2);
/// assert!(near.items[0].distance < near.items[1].distance);
/// assert_eq!(cafes.list().within_box("place", (53.0, 9.0), (54.0, 11.0)).total().await?, 1);
///
/// let alike = cafes.list().nearest("taste", &[1.0, 0.0, 0.2]).metric(MetricMode::L2).limit(2).send().await?;
/// let names: Vec<_> = alike.items.iter().map(|cafe| cafe.fields.name.as_str()).collect();
/// assert_eq!(names, ["Blue Kiosk", "Harbour"]);
/// # client.collections().delete("cafes").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `send` or `stream`"]
pub struct List<T> {
    records: Records<T>,
    query: Vec<(&'static str, Value)>,
    cursor: Option<String>,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Deserialize)]
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
        self.parameter("filter", condition.into())
    }

    /// In the order of these fields, apart by commas; `-` before one turns it around. By id if not given.
    pub fn sort(self, fields: impl Into<String>) -> Self {
        self.parameter("sort", fields.into())
    }

    /// Those in whose texts these words are found: all of them, `"phrases"`, `beginnings*`, and `-` before what must not
    /// be there. What fits best comes first if there is no [`sort`](Self::sort); [`Record::score`] says how well.
    pub fn search(self, words: impl Into<String>) -> Self {
        self.parameter("search", words.into())
    }

    /// Of a search: with an excerpt of each text in which something was found, in [`Record::highlights`].
    pub fn highlight(self) -> Self {
        self.parameter("highlight", true)
    }

    /// Those whose `geo_point` is nearest to that place first; [`Record::distance`] says how far, in metres.
    pub fn near(self, field: &str, latitude: f64, longitude: f64) -> Self {
        self.parameter("near", format!("{field}:{latitude},{longitude}"))
    }

    /// Those whose `geo_point` lies no farther from that place than so many metres.
    pub fn within(self, field: &str, latitude: f64, longitude: f64, metres: f64) -> Self {
        self.parameter("within", format!("{field}:{latitude},{longitude},{metres}"))
    }

    /// Those whose `geo_point` lies in a box from the south-west to the north-east, each a latitude and a longitude. Where
    /// the west is more than the east, it reaches over the date line.
    pub fn within_box(self, field: &str, (south, west): (f64, f64), (north, east): (f64, f64)) -> Self {
        self.parameter("within", format!("{field}:{south},{west},{north},{east}"))
    }

    /// Those whose `vector` is most like that one first, by the cosine of the angle between them if there is no
    /// [`metric`](Self::metric); [`Record::distance`] says how far.
    pub fn nearest(self, field: &str, vector: &[f32]) -> Self {
        let numbers: Vec<_> = vector.iter().map(f32::to_string).collect();
        self.parameter("nearest", format!("{field}:[{}]", numbers.join(",")))
    }

    /// How vectors are compared.
    pub fn metric(self, metric: MetricMode) -> Self {
        self.parameter("metric", String::from(metric))
    }

    /// With these fields only, beside `id`, `created_at` and `updated_at`. The others must be optional in `T`. `room.name`
    /// is a field of the record that `room` points to: see [`Record::expanded`], which needs its `room.id`,
    /// `room.created_at` and `room.updated_at`, too, or [`Record::expand`], which does not.
    pub fn fields<'f>(self, fields: impl IntoIterator<Item = &'f str>) -> Self {
        let fields: Vec<_> = ALWAYS.into_iter().chain(fields).collect();
        self.parameter("fields", fields.join(","))
    }

    /// With the records that relations point to, or that point here, by paths apart by commas, as
    /// `room,room.owner,notes_via_room`: see [`Record::expanded`].
    pub fn expand(self, relations: impl Into<String>) -> Self {
        self.parameter("expand", relations.into())
    }

    /// Records on a page: 1 to 200, 50 if not given.
    pub fn limit(self, records: u32) -> Self {
        self.parameter("limit", records)
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
        self.parameter("count", String::from(mode))
    }

    fn parameter(mut self, name: &'static str, value: impl Into<Value>) -> Self {
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

    /// Counts the records, without reading any but one.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), neonex_sdk::Error> {
    /// # use serde_json::{Map, Value};
    /// # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
    /// println!("{} posts are read", posts.list().filter("views > 0").total().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn total(self) -> Result<u64, Error> {
        let one = self.parameter("fields", "id").parameter("limit", 1).count(CountMode::Exact);
        let counted: Counted = one.ask(None).await?;
        Ok(counted.total)
    }

    async fn page(&self, cursor: Option<String>) -> Result<Page<T>, Error> {
        self.ask(cursor).await
    }

    /// By a body where the question is too long for a URL.
    async fn ask<R: DeserializeOwned>(&self, cursor: Option<String>) -> Result<R, Error> {
        let cursor = cursor.map(|cursor| ("cursor", Value::from(cursor)));
        let parameters = || self.query.iter().chain(&cursor);
        let mut url = self.records.url(None);
        if parameters().next().is_some() {
            url.query_pairs_mut().extend_pairs(parameters().map(|(name, value)| (name, text(value))));
        }
        let request = if url.as_str().len() <= LONGEST_URL {
            Request::new(Method::GET, url)
        } else {
            let parameters = parameters().map(|(name, value)| ((*name).to_owned(), value.clone()));
            let question: Map<String, Value> = parameters.collect();
            with_json(Request::new(Method::POST, self.records.beside("query")), &question)?
        };
        self.records.client.transport().send(request).await?.accepted()?.read()
    }
}

#[derive(Deserialize)]
struct Counted {
    total: u64,
}

/// A parameter as a URL has it.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
