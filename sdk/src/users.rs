//! Users from elsewhere.

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Body, Method, Request, Url};

use crate::answer::Answer;
use crate::types::{ImportReport, OnError};
use crate::{Client, Error};

/// An import of users that is still being described.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until `send`"]
pub struct UserImport {
    client: Client,
    url: Url,
}

impl Client {
    /// Makes users of the lines of a file, which may have the hashes of their passwords.
    pub fn import_users(&self) -> UserImport {
        let url = self.transport().url(&["v1", "users", "import"]);
        UserImport { client: self.clone(), url }
    }
}

impl UserImport {
    /// What to do after a line that failed.
    pub fn on_error(mut self, then: OnError) -> Self {
        self.url.query_pairs_mut().append_pair("on_error", &String::from(then));
        self
    }

    /// Tries everything and keeps nothing.
    pub fn dry_run(mut self) -> Self {
        self.url.query_pairs_mut().append_pair("dry_run", "true");
        self
    }

    /// Sends the file, NDJSON: bytes, or a stream in [`Body::wrap_stream`]. It is sent once.
    pub async fn send(self, file: impl Into<Body>) -> Result<ImportReport, Error> {
        let mut request = Request::new(Method::POST, self.url);
        *request.body_mut() = Some(file.into());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
        let mut response = self.client.transport().open(request).await?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        Answer { status, headers, body: response.bytes().await?, doubtful: false }.read()
    }
}
