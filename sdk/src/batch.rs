//! Many writes as one.

use std::fmt;

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use crate::retry::IDEMPOTENCY_KEY;
use crate::{Client, ETag, Error, Record};

/// Writes that are done together or not at all, up to 50; [`send`](Self::send) does them.
///
/// ```
/// use serde_json::{Map, Value, json};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), neonex_sdk::Error> {
/// # let client = neonex_sdk::Client::from_env()?;
/// let mut batch = client.batch();
/// let first = batch.create("posts", &json!({ "title": "One" }));
/// // Where a relation takes an id, it takes what stands for one that is yet to be, too.
/// batch.update("posts", &first, &json!({ "views": 7 }));
/// let done = batch.send().await?;
/// let post = done.record::<Map<String, Value>>(1)?.expect("it was not deleted");
/// assert_eq!((post.fields["title"].as_str(), &post.fields["views"]), (Some("One"), &json!(7)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is done until `send`"]
pub struct Batch {
    client: Client,
    operations: Vec<Operation>,
    key: Option<String>,
    fault: Option<String>,
}

/// A record that a batch makes, or finds by its key: stands for its id, in the operations after it and in their relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made(usize);

/// Which record an operation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(String);

/// What came of a batch: a record for each operation, in their order.
#[derive(Debug, Clone, Deserialize)]
pub struct BatchResults {
    results: Vec<Value>,
}

#[derive(Debug, Clone, Serialize)]
struct Operation {
    method: &'static str,
    collection: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    if_match: Option<ETag>,
}

impl Batch {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client, operations: Vec::new(), key: None, fault: None }
    }

    /// Makes a record.
    pub fn create(&mut self, collection: impl Into<String>, value: &impl Serialize) -> Made {
        self.operation("create", collection, None, Some(value));
        self.named()
    }

    /// Changes the fields that `patch` has.
    pub fn update(
        &mut self,
        collection: impl Into<String>,
        record: impl Into<Target>,
        patch: &impl Serialize,
    ) -> &mut Self {
        self.operation("update", collection, Some(record.into()), Some(patch));
        self
    }

    /// Makes the record of that id this one, whether there was one or not.
    pub fn upsert(
        &mut self,
        collection: impl Into<String>,
        record: impl Into<Target>,
        value: &impl Serialize,
    ) -> &mut Self {
        self.operation("upsert", collection, Some(record.into()), Some(value));
        self
    }

    /// Makes the record with the values that `value` has in the fields of `key` this one, whether there was one or not:
    /// a unique field, or the fields of a unique index apart by commas.
    pub fn upsert_by(
        &mut self,
        collection: impl Into<String>,
        key: impl Into<String>,
        value: &impl Serialize,
    ) -> Made {
        self.operation("upsert", collection, None, Some(value));
        if let Some(operation) = self.operations.last_mut() {
            operation.key = Some(key.into());
        }
        self.named()
    }

    /// Deletes a record.
    pub fn delete(&mut self, collection: impl Into<String>, record: impl Into<Target>) -> &mut Self {
        self.operation("delete", collection, Some(record.into()), None::<&()>);
        self
    }

    /// The last operation only if the record is still in that state; else none of them.
    pub fn if_match(&mut self, etag: &ETag) -> &mut Self {
        if let Some(operation) = self.operations.last_mut() {
            operation.if_match = Some(etag.clone());
        }
        self
    }

    /// Marks repetitions of one batch, across restarts of the caller too.
    pub fn idempotency_key(&mut self, key: impl Into<String>) -> &mut Self {
        self.key = Some(key.into());
        self
    }

    /// Does all of it, or nothing.
    pub async fn send(self) -> Result<BatchResults, Error> {
        if let Some(fault) = self.fault {
            return Err(Error::Invalid(fault));
        }
        let transport = self.client.transport();
        let mut request = Request::new(Method::POST, transport.url(&["v1", "batch"]));
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        if let Some(key) = self.key {
            let value = HeaderValue::from_str(&key)
                .map_err(|_| Error::Invalid(format!("`{key}` cannot be sent as {IDEMPOTENCY_KEY}")))?;
            request.headers_mut().insert(HeaderName::from_static(IDEMPOTENCY_KEY), value);
        }
        let body = serde_json::json!({ "operations": self.operations });
        *request.body_mut() = Some(body.to_string().into());
        transport.send(request).await?.accepted()?.read()
    }

    fn operation(
        &mut self,
        method: &'static str,
        collection: impl Into<String>,
        target: Option<Target>,
        value: Option<&impl Serialize>,
    ) {
        let record = value.and_then(|value| match serde_json::to_value(value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault.get_or_insert(format!("the record cannot be written as JSON: {error}"));
                None
            }
        });
        let id = target.map(|target| target.0);
        let collection = collection.into();
        self.operations.push(Operation {
            method,
            collection,
            id,
            key: None,
            name: None,
            record,
            if_match: None,
        });
    }

    /// Gives the last operation's record the name by which those after it call it.
    fn named(&mut self) -> Made {
        let made = Made(self.operations.len().saturating_sub(1));
        if let Some(operation) = self.operations.last_mut() {
            operation.name = Some(made.name());
        }
        made
    }
}

impl Made {
    fn name(&self) -> String {
        format!("record_{}", self.0)
    }
}

impl Serialize for Made {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("${}", self.name()))
    }
}

impl From<Uuid> for Target {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

impl From<&Made> for Target {
    fn from(made: &Made) -> Self {
        Self(format!("${}", made.name()))
    }
}

impl BatchResults {
    /// How many operations were done.
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// Whether there were none, which no server does.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// The record that came of the operation at that place, from 0; `None` of a deletion, and where there was none.
    pub fn record<T: DeserializeOwned>(&self, at: usize) -> Result<Option<Record<T>>, Error> {
        let result = self.results.get(at).filter(|result| !result.is_null()).cloned();
        result.map(serde_json::from_value).transpose().map_err(|error| {
            Error::Invalid(format!("the record of operation {at} cannot be read as asked: {error}"))
        })
    }

    /// The record that was made.
    pub fn made<T: DeserializeOwned>(&self, made: &Made) -> Result<Record<T>, Error> {
        let none = || Error::Invalid(format!("operation {} is none of this batch", made.0));
        self.record(made.0)?.ok_or_else(none)
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Batch").field("operations", &self.operations).finish_non_exhaustive()
    }
}
