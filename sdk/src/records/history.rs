//! What became of records, and how they are had back.

use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::stream::BoxStream;
use reqwest::{Method, Request, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use uuid::Uuid;

use super::pending::Pending;
use super::record::Record;
use super::{Records, with_json};
use crate::answer::Answer;
use crate::error::Error;
use crate::paging;
use crate::types::Revision;

/// A change of a record, with what the record was then.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct RevisionState<T> {
    /// The change.
    #[serde(flatten)]
    pub revision: Revision,
    /// The record after it; `None` if it was deleted.
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    pub record: Option<Record<T>>,
}

/// A record that is gone and can be had back.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Deleted<T> {
    /// Its id.
    pub id: Uuid,
    /// When it went.
    pub deleted_at: DateTime<Utc>,
    /// Who deleted it, or what it pointed to.
    pub actor: String,
    /// By which request.
    pub request_id: String,
    /// What it was in the end.
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    pub record: Record<T>,
}

#[derive(Deserialize)]
struct Page<I> {
    items: Vec<I>,
    next_cursor: Option<String>,
}

impl<T: DeserializeOwned> Records<T> {
    /// The changes of a record, the latest first, page by page as they are used up; an error ends them. Of a deleted
    /// record too.
    ///
    /// ```
    /// use futures_util::TryStreamExt as _;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), neonex_sdk::Error> {
    /// # use serde_json::{Map, Value, json};
    /// # let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
    /// let post = posts.create(&json!({ "title": "Draft" })).await?;
    /// posts.update(post.id, &json!({ "title": "Final" })).await?;
    ///
    /// let latest = posts.revisions(post.id).try_next().await?.expect("it was changed");
    /// assert_eq!(latest.changes[0].before, Some(json!("Draft")));
    ///
    /// // What it was, and is again.
    /// let before = posts.get(post.id).as_of(post.updated_at).await?;
    /// let post = posts.revert(post.id, post.updated_at).await?;
    /// assert_eq!(post.fields["title"], before.fields["title"]);
    ///
    /// posts.delete(post.id).await?;
    /// let post = posts.undelete(post.id).await?;
    /// assert_eq!(post.fields["title"], "Draft");
    /// # Ok(())
    /// # }
    /// ```
    pub fn revisions(&self, id: Uuid) -> BoxStream<'static, Result<Revision, Error>> {
        self.pages(self.of_record(id, "revisions"))
    }

    /// The change of a record that was the latest at that time.
    pub fn revision(&self, id: Uuid, at: DateTime<Utc>) -> Pending<RevisionState<T>> {
        let mut url = self.of_record(id, "revisions");
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(&instant(at));
        }
        self.pending(Ok(Request::new(Method::GET, url)), |answer| answer.accepted()?.read())
    }

    /// Gives a record's fields the values that they had at that time.
    pub fn revert(&self, id: Uuid, to: DateTime<Utc>) -> Pending<Record<T>> {
        let request = Request::new(Method::POST, self.of_record(id, "revert"));
        self.pending(with_json(request, &json!({ "to": instant(to) })), Record::read)
    }

    /// The same of these fields alone.
    pub fn revert_fields<'f>(
        &self,
        id: Uuid,
        to: DateTime<Utc>,
        fields: impl IntoIterator<Item = &'f str>,
    ) -> Pending<Record<T>> {
        let fields: Vec<_> = fields.into_iter().collect();
        let request = Request::new(Method::POST, self.of_record(id, "revert"));
        self.pending(with_json(request, &json!({ "to": instant(to), "fields": fields })), Record::read)
    }

    /// Makes a deleted record again, with its id and the values that it had in the end.
    pub fn undelete(&self, id: Uuid) -> Pending<Record<T>> {
        self.pending(Ok(Request::new(Method::POST, self.of_record(id, "undelete"))), Record::read)
    }
}

impl<T: DeserializeOwned + Send + 'static> Records<T> {
    /// The records that are gone and can be had back, those that went last first, page by page as they are used up; an
    /// error ends them.
    pub fn deleted(&self) -> BoxStream<'static, Result<Deleted<T>, Error>> {
        let path = ["v1", "collections", &self.collection, "deleted"];
        self.pages(self.client.transport().url(&path))
    }
}

impl<T> Records<T> {
    fn of_record(&self, id: Uuid, what: &str) -> Url {
        let mut url = self.url(Some(id));
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(what);
        }
        url
    }

    fn pages<I: DeserializeOwned + Send + 'static>(&self, url: Url) -> BoxStream<'static, Result<I, Error>> {
        let client = self.client.clone();
        paging::stream(None, move |cursor: Option<String>| {
            let (client, mut url) = (client.clone(), url.clone());
            async move {
                if let Some(cursor) = cursor {
                    url.query_pairs_mut().append_pair("cursor", &cursor);
                }
                let answer: Answer = client.transport().send(Request::new(Method::GET, url)).await?;
                let page: Page<I> = answer.accepted()?.read()?;
                Ok((page.items, page.next_cursor))
            }
        })
    }
}

/// A time as the API writes it.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
