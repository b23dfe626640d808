//! What a record is, whatever its fields.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::ETAG;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::answer::Answer;
use crate::error::Error;

/// A record: what all of them have, and the fields of its collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record<T> {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Its state, to be given back with a change that depends on it. Records in a list come without.
    #[serde(skip)]
    pub etag: Option<ETag>,
    /// The records that it points to, by relation, where they were asked for: see [`expanded`](Self::expanded).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expand: Option<Map<String, Value>>,
    /// How well it fits, where words were searched for: more is better.
    #[serde(rename = "_score", default, skip_serializing)]
    pub score: Option<f64>,
    /// How far it is, where what is nearest was asked for.
    #[serde(rename = "_distance", default, skip_serializing)]
    pub distance: Option<f64>,
    /// For each field in which something was found, an excerpt as HTML with `<mark>` around it, where that was asked for.
    #[serde(rename = "_highlights", default, skip_serializing)]
    pub highlights: BTreeMap<String, String>,
    /// Its fields.
    #[serde(flatten)]
    pub fields: T,
}

/// A record of any collection.
pub type AnyRecord = Record<Map<String, Value>>;

/// Names one state of a record, as its `ETag` header does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ETag(String);

impl ETag {
    /// The tag as the API writes it, with its quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for ETag {
    fn from(tag: String) -> Self {
        Self(tag)
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<T> Record<T> {
    /// The records that a relation points to, in the order of their ids, or as `notes_via_room` those that point here, the
    /// newest first; as far as they may be seen and were asked for.
    pub fn expanded<U: DeserializeOwned>(&self, relation: &str) -> Result<Vec<Record<U>>, Error> {
        let found = self.expand.as_ref().and_then(|expand| expand.get(relation)).cloned();
        let records = match found {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(records)) => records,
            Some(one) => vec![one],
        };
        let read = |record| {
            serde_json::from_value(record).map_err(|error| {
                Error::Invalid(format!("what `{relation}` points to cannot be read as asked: {error}"))
            })
        };
        records.into_iter().map(read).collect()
    }
}

impl<T: DeserializeOwned> Record<T> {
    /// The record that was answered.
    pub(super) fn read(answer: Answer) -> Result<Self, Error> {
        let answer = answer.accepted()?;
        let etag = answer.header(ETAG).map(|tag| ETag(tag.to_owned()));
        let record: Self = answer.read()?;
        Ok(Self { etag, ..record })
    }

    /// The record that was answered, if it is another than the caller has.
    pub(super) fn read_changed(answer: Answer) -> Result<Option<Self>, Error> {
        if answer.status == StatusCode::NOT_MODIFIED { Ok(None) } else { Self::read(answer).map(Some) }
    }
}
