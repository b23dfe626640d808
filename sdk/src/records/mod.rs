//! Records of a collection, as values of a type of the caller's.

mod aggregate;
mod file;
mod history;
mod list;
mod pending;
mod record;

use std::fmt;
use std::marker::PhantomData;

use reqwest::{Method, Request, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

pub use self::aggregate::{Aggregate, Distinct, Groups};
pub use self::file::{Export, Import};
pub use self::history::{Deleted, RevisionState};
pub use self::list::{List, Page};
pub use self::pending::Pending;
pub use self::record::{AnyRecord, ETag, Record};
use crate::answer::Answer;
use crate::{Client, Error};

/// The records of one collection, read into `T`.
///
/// `T` has the collection's fields. One that it lacks is not read; one that is null in a record is an `Option` in
/// `T`. What is written is a `T` or anything else that serialises to the fields, as `serde_json::json!({…})`; if it has
/// an `id`, a new record gets that id.
///
/// ```
/// use neonex_sdk::Client;
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Debug, Serialize, Deserialize)]
/// struct Post {
///     title: String,
///     views: i64,
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), neonex_sdk::Error> {
/// let posts = Client::from_env()?.records::<Post>("posts");
/// let post = posts.create(&json!({ "title": "Hello" })).await?;
/// let read = posts.get(post.id).await?;
/// assert_eq!((read.fields.title.as_str(), read.fields.views), ("Hello", 0));
///
/// let changed = posts.update(post.id, &json!({ "views": 1 })).await?;
/// assert_eq!(changed.fields.views, 1);
///
/// posts.delete(post.id).await?;
/// assert!(posts.get(post.id).await.unwrap_err().is_not_found());
/// # Ok(())
/// # }
/// ```
pub struct Records<T> {
    client: Client,
    collection: String,
    value: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Records<T> {
    /// Makes a record.
    pub fn create(&self, value: &impl Serialize) -> Pending<Record<T>> {
        self.pending(with_json(Request::new(Method::POST, self.url(None)), value), Record::read)
    }

    /// Reads a record.
    pub fn get(&self, id: Uuid) -> Pending<Record<T>> {
        self.pending(Ok(Request::new(Method::GET, self.url(Some(id)))), Record::read)
    }

    /// Reads a record unless it is still the one of that tag.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> anyhow::Result<()> {
    /// # use serde_json::{Map, Value, json};
    /// # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
    /// let post = posts.create(&json!({ "title": "Read often" })).await?;
    /// let etag = post.etag.expect("a record that was written has one");
    /// assert_eq!(posts.get_if_changed(post.id, &etag).await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_if_changed(&self, id: Uuid, etag: &ETag) -> Pending<Option<Record<T>>> {
        let request = Request::new(Method::GET, self.url(Some(id)));
        self.pending(Ok(request), Record::read_changed).if_none_match(etag)
    }

    /// Changes the fields that `patch` has; null is a value too. Numbers and arrays may be told by what is done to them:
    /// see [`change`](crate::change).
    pub fn update(&self, id: Uuid, patch: &impl Serialize) -> Pending<Record<T>> {
        self.pending(with_json(Request::new(Method::PATCH, self.url(Some(id))), patch), Record::read).keyed()
    }

    /// Makes the record of that id this one, whether there was one or not.
    pub fn upsert(&self, id: Uuid, value: &impl Serialize) -> Pending<Record<T>> {
        self.pending(with_json(Request::new(Method::PUT, self.url(Some(id))), value), Record::read)
    }

    /// Makes the record that has `value`'s values in the fields of `key` this one, whether there was one or not. A key is a
    /// unique field, or the fields of a unique index apart by commas.
    pub fn upsert_by(&self, key: &str, value: &impl Serialize) -> Pending<Record<T>> {
        let request = Request::new(Method::PUT, self.url_with("key", key));
        self.pending(with_json(request, value), Record::read).keyed()
    }

    /// Changes the records that a condition in CEL finds, all or none, and counts them.
    pub fn update_where(&self, filter: &str, patch: &impl Serialize) -> Pending<u64> {
        let request = Request::new(Method::PATCH, self.url_with("filter", filter));
        self.pending(with_json(request, patch), count).keyed()
    }

    /// Deletes the records that a condition in CEL finds, all or none, and counts them.
    pub fn delete_where(&self, filter: &str) -> Pending<u64> {
        let request = Request::new(Method::DELETE, self.url_with("filter", filter));
        self.pending(Ok(request), count).keyed()
    }

    /// Deletes a record.
    pub fn delete(&self, id: Uuid) -> Pending<()> {
        let request = Request::new(Method::DELETE, self.url(Some(id)));
        self.pending(Ok(request), Answer::gone)
    }

    /// Lists records.
    pub fn list(&self) -> List<T> {
        List::new(self.clone())
    }

    /// Computes counts, sums and the like: `count`, `count(field)`, `count_distinct(field)`, `sum(field)`,
    /// `avg(field)`, `min(field)`, `max(field)`, apart by commas and each with a name if wanted
    /// (`revenue:sum(price)`), in which groups are read into `G`.
    pub fn aggregate<G>(&self, calculate: impl Into<String>) -> Aggregate<T, G> {
        Aggregate::new(self.clone(), calculate.into())
    }

    /// The values that a field has, each once.
    ///
    /// ```
    /// use neonex_sdk::Distinct;
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), neonex_sdk::Error> {
    /// # use serde_json::{Map, Value};
    /// # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
    ///
    /// let titles = posts.distinct::<String>("title").filter("views >= 0").limit(1_000).send().await?;
    /// for Distinct(title) in titles.items {
    ///     println!("{title}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn distinct<V>(&self, field: &str) -> Aggregate<T, Distinct<V>> {
        self.aggregate("").group_by(field)
    }

    fn pending<R>(
        &self,
        request: Result<Request, Error>,
        read: fn(Answer) -> Result<R, Error>,
    ) -> Pending<R> {
        Pending::new(self.client.clone(), request, read)
    }
}

impl<T> Records<T> {
    pub(crate) fn new(client: Client, collection: String) -> Self {
        Self { client, collection, value: PhantomData }
    }

    fn url_with(&self, name: &str, value: &str) -> Url {
        let mut url = self.url(None);
        url.query_pairs_mut().append_pair(name, value);
        url
    }

    /// What the collection has beside its records.
    fn beside(&self, name: &str) -> Url {
        self.client.transport().url(&["v1", "collections", &self.collection, name])
    }

    fn url(&self, id: Option<Uuid>) -> Url {
        let path = ["v1", "collections", &self.collection, "records"];
        match id {
            None => self.client.transport().url(&path),
            Some(id) => self.client.transport().url(&[path.as_slice(), &[&id.to_string()]].concat()),
        }
    }
}

fn count(answer: Answer) -> Result<u64, Error> {
    #[derive(serde::Deserialize)]
    struct Counted {
        count: u64,
    }
    answer.accepted()?.read().map(|Counted { count }| count)
}

pub(crate) fn with_json(mut request: Request, value: &impl Serialize) -> Result<Request, Error> {
    let json = serde_json::to_vec(value)
        .map_err(|error| Error::Invalid(format!("what is to be sent cannot be written as JSON: {error}")))?;
    *request.body_mut() = Some(json.into());
    let json = reqwest::header::HeaderValue::from_static("application/json");
    request.headers_mut().insert(reqwest::header::CONTENT_TYPE, json);
    Ok(request)
}

impl<T> Clone for Records<T> {
    fn clone(&self) -> Self {
        Self::new(self.client.clone(), self.collection.clone())
    }
}

impl<T> fmt::Debug for Records<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Records")
            .field("client", &self.client)
            .field("collection", &self.collection)
            .finish_non_exhaustive()
    }
}
