//! What a server answered, read to its end.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, FixedOffset};
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde::de::DeserializeOwned;

use crate::error::{Error, Refusal, Unreadable};

/// An answer of any status.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether an earlier try of the same request may have been carried out without an answer.
    pub(crate) doubtful: bool,
}

impl Answer {
    /// The answer, if it is a success.
    pub(crate) fn accepted(self) -> Result<Self, Error> {
        if self.status.is_success() { Ok(self) } else { Err(Refusal::from(self).into()) }
    }

    /// That what was to be deleted is gone: now, or since an earlier try whose answer was lost.
    pub(crate) fn gone(self) -> Result<(), Error> {
        if self.doubtful && self.status == StatusCode::NOT_FOUND { Ok(()) } else { self.accepted().map(drop) }
    }

    /// Reads the body.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|source| Unreadable::new(self, source).into())
    }

    /// What was answered, if it is a success.
    pub(crate) fn value<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.accepted()?.read()
    }

    pub(crate) fn header(&self, name: impl Into<HeaderName>) -> Option<&str> {
        self.headers.get(name.into())?.to_str().ok()
    }

    /// How long the server asks to be left alone. A date counts from the answer's own, so that this machine's clock
    /// may be wrong.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER)?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let wait = date(text)? - date(self.header(DATE)?)?;
        Some(wait.to_std().unwrap_or_default())
    }

    /// The answer as the generated code takes it.
    pub(crate) fn to_response(&self) -> reqwest::Response {
        let mut response = http::Response::new(self.body.clone());
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        response.into()
    }
}

fn date(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc2822(text).ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let at = |retry_after: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, HeaderValue::from_static("Mon, 23 Nov 2026 11:00:00 GMT"));
            headers.insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Answer { status, headers, body: Bytes::new(), doubtful: false }.retry_after()
        };
        assert_eq!(at("7"), Some(Duration::from_secs(7)));
        assert_eq!(at("Mon, 23 Nov 2026 11:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(at("Mon, 23 Nov 2026 10:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(at("soon"), None);
    }
}
