//! A call that is made when it is awaited, and can be given conditions until then.

use std::fmt;
use std::future::IntoFuture;

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt as _};
use reqwest::Request;
use reqwest::header::{HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use super::history::instant;
use super::record::ETag;
use crate::answer::Answer;
use crate::random;
use crate::retry::IDEMPOTENCY_KEY;
use crate::{Client, Error};

/// A call that answers with an `R`. Await it to make it.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> anyhow::Result<()> {
/// # use serde_json::{Map, Value, json};
/// # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
/// // However often this program is run within a day, the order makes one post.
/// let post = posts.create(&json!({ "title": "Order 17" })).idempotency_key("order-17").await?;
/// let seen = post.etag.expect("a record that was written has one");
///
/// // Who read the post before somebody else changed it is told so.
/// posts.update(post.id, &json!({ "views": 1 })).if_match(&seen).await?;
/// let late = posts.update(post.id, &json!({ "views": 2 })).if_match(&seen).await.unwrap_err();
/// assert_eq!(late.code(), Some("precondition_failed"));
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct Pending<R> {
    client: Client,
    request: Result<Request, Error>,
    read: fn(Answer) -> Result<R, Error>,
}

impl<R> Pending<R> {
    pub(crate) fn new(
        client: Client,
        request: Result<Request, Error>,
        read: fn(Answer) -> Result<R, Error>,
    ) -> Self {
        Self { client, request, read }
    }

    /// Only if what is written over is still in that state; else the call fails with 412.
    pub fn if_match(self, etag: &ETag) -> Self {
        self.header(IF_MATCH, etag.as_str())
    }

    /// Only if there is no such record yet; else the call fails with 412. For an upsert.
    pub fn if_absent(self) -> Self {
        self.header(IF_NONE_MATCH, "*")
    }

    /// Marks repetitions of one write, across restarts of the caller too: the server keeps the key for a day.
    /// Without it each call gets one of its own.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header(HeaderName::from_static(IDEMPOTENCY_KEY), key)
    }

    /// Of a read: with the records that relations point to, by paths apart by commas, as `room,room.owner`.
    pub fn expand(self, relations: &str) -> Self {
        self.parameter("expand", relations)
    }

    /// Of a read: the record as it was at that time.
    pub fn as_of(self, at: DateTime<Utc>) -> Self {
        self.parameter("as_of", &instant(at))
    }

    /// Of a write by filter: only counts.
    pub fn dry_run(self) -> Self {
        self.parameter("dry_run", "true")
    }

    /// Of a write by filter: only if it finds so many records; else the call fails with 409.
    pub fn expect_count(self, records: u64) -> Self {
        self.parameter("expect", &records.to_string())
    }

    /// With an idempotency key of its own, so that it may be sent again. Without randomness there is none.
    pub(super) fn keyed(self) -> Self {
        match random::key() {
            Some(key) => self.idempotency_key(&key),
            None => self,
        }
    }

    pub(super) fn if_none_match(self, etag: &ETag) -> Self {
        self.header(IF_NONE_MATCH, etag.as_str())
    }

    fn parameter(mut self, name: &str, value: &str) -> Self {
        if let Ok(request) = &mut self.request {
            request.url_mut().query_pairs_mut().append_pair(name, value);
        }
        self
    }

    fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(request) = &mut self.request {
            match HeaderValue::from_str(value) {
                Ok(value) => drop(request.headers_mut().insert(name, value)),
                Err(_) => self.request = Err(Error::Invalid(format!("`{value}` cannot be sent as {name}"))),
            }
        }
        self
    }
}

impl<R: 'static> IntoFuture for Pending<R> {
    type Output = Result<R, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { client, request, read } = self;
        async move { read(client.transport().send(request?).await?) }.boxed()
    }
}

impl<R> fmt::Debug for Pending<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pending").field("request", &self.request).finish_non_exhaustive()
    }
}
