//! Whole collections as files, which neither side holds.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use futures_util::stream::{BoxStream, StreamExt as _};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Body, Method, Request, Url};

use super::Records;
use crate::answer::Answer;
use crate::types::{FileFormat, ImportReport, OnError, RaggedRows};
use crate::{Client, Error};

/// An export that is still being asked for.
///
/// ```
/// use futures_util::TryStreamExt as _;
/// use neonex_sdk::types::FileFormat;
///
/// # #[tokio::main]
/// # async fn main() -> anyhow::Result<()> {
/// # use serde_json::{Map, Value};
/// let posts = neonex_sdk::Client::from_env()?.records::<Map<String, Value>>("posts");
/// let mut file = Vec::new();
/// let mut parts = posts.export(FileFormat::Csv).filter("views >= 0").send().await?;
/// while let Some(part) = parts.try_next().await? {
///     file.extend_from_slice(&part);
/// }
///
/// let report = posts.import(FileFormat::Csv).upsert_by("id").send(file).await?;
/// assert_eq!((report.created, report.failed), (0, 0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `send`"]
pub struct Export {
    client: Client,
    url: Url,
}

/// An import that is still being described.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `send`"]
pub struct Import {
    client: Client,
    url: Url,
}

impl<T> Records<T> {
    /// All records as one file, as it comes.
    pub fn export(&self, format: FileFormat) -> Export {
        Export { client: self.client.clone(), url: self.file("export", format) }
    }

    /// Writes the records of a file.
    pub fn import(&self, format: FileFormat) -> Import {
        Import { client: self.client.clone(), url: self.file("import", format) }
    }

    fn file(&self, verb: &str, format: FileFormat) -> Url {
        let path = ["v1", "collections", &self.collection, "records", verb];
        with(self.client.transport().url(&path), "format", &String::from(format))
    }
}

fn with(mut url: Url, name: &str, value: &str) -> Url {
    url.query_pairs_mut().append_pair(name, value);
    url
}

impl Export {
    /// Those for which a condition in CEL holds.
    pub fn filter(self, condition: &str) -> Self {
        Self { url: with(self.url, "filter", condition), ..self }
    }

    /// With these fields only, apart by commas.
    pub fn fields(self, fields: &str) -> Self {
        Self { url: with(self.url, "fields", fields), ..self }
    }

    /// Begins it. An error in the stream says that the file is not whole.
    pub async fn send(self) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let response = self.client.transport().open(Request::new(Method::GET, self.url)).await?;
        Ok(response.bytes_stream().map_err(Error::from).boxed())
    }
}

impl Import {
    /// A JSON object from names in the file to fields, or to null for what is left out.
    pub fn columns(self, json: &str) -> Self {
        Self { url: with(self.url, "columns", json), ..self }
    }

    /// What stands between cells of a CSV file: one character, or `tab`.
    pub fn delimiter(self, delimiter: &str) -> Self {
        Self { url: with(self.url, "delimiter", delimiter), ..self }
    }

    /// What to do with rows that have other numbers of cells than the first line.
    pub fn ragged(self, rows: RaggedRows) -> Self {
        Self { url: with(self.url, "ragged", &String::from(rows)), ..self }
    }

    /// Changes records that are there: those with the line's value in `id`, or in a field that is unique.
    pub fn upsert_by(self, field: &str) -> Self {
        Self { url: with(self.url, "upsert_by", field), ..self }
    }

    /// What to do after a line that failed.
    pub fn on_error(self, then: OnError) -> Self {
        Self { url: with(self.url, "on_error", &String::from(then)), ..self }
    }

    /// Tries everything and keeps nothing.
    pub fn dry_run(self) -> Self {
        Self { url: with(self.url, "dry_run", "true"), ..self }
    }

    /// Sends the file: bytes, or a stream in [`Body::wrap_stream`]. It is sent once, and may take as long as it does.
    pub async fn send(self, file: impl Into<Body>) -> Result<ImportReport, Error> {
        let mut request = Request::new(Method::POST, self.url);
        *request.body_mut() = Some(file.into());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        let mut response = self.client.transport().open(request).await?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        Answer { status, headers, body: response.bytes().await?, doubtful: false }.read()
    }
}
