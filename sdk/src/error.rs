//! What can go wrong with a call.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;

use crate::answer::Answer;
use crate::retry;
use crate::types::{Problem, ProblemDetail};

const REQUEST_ID: &str = "x-request-id";

/// Why a call failed.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> anyhow::Result<()> {
/// use neonex_sdk::{Client, Error};
///
/// let client = Client::from_env()?;
/// match client.tenants().get("nobody").await {
///     Ok(tenant) => println!("{} is {}", tenant.name, tenant.status),
///     Err(error) if error.is_not_found() => println!("there is none"),
///     Err(error) if error.is_retryable() => println!("try again after {:?}", error.retry_after()),
///     Err(Error::Refused(refusal)) => println!("{refusal}"),
///     Err(error) => return Err(error.into()),
/// }
///
/// // What is wrong with the input is said place by place.
/// let error = client.collections().create(&serde_json::from_str(r#"{"name": "1st"}"#)?).await.unwrap_err();
/// assert_eq!(error.code(), Some("invalid_body"));
/// assert_eq!(error.details()[0].pointer, "/name");
/// println!("quote {:?} to whoever runs the server", error.request_id());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing was sent: a setting or a value cannot be put into a request.
    #[error("the request cannot be made: {0}")]
    Invalid(String),
    /// No whole answer came.
    #[error("the server did not answer")]
    NoAnswer(#[source] reqwest::Error),
    /// The server answered with an error.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The server answered with a success that is not what was expected.
    #[error(transparent)]
    Unreadable(Box<Unreadable>),
}

/// An answer that is an error.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// What the server says about it; `None` where that could not be read, as from a proxy in between.
    pub problem: Option<Problem>,
    /// The request's id, to be quoted to whoever runs the server.
    pub request_id: Option<String>,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
    /// The body as it came.
    pub body: Bytes,
}

/// A success whose body could not be read. `Debug` does not show the body, in which a new key may stand.
#[derive(thiserror::Error)]
#[error("the server's answer ({status}) could not be read{}", in_brackets(.request_id.as_deref()))]
#[non_exhaustive]
pub struct Unreadable {
    /// The HTTP status.
    pub status: StatusCode,
    /// The request's id, to be quoted to whoever runs the server.
    pub request_id: Option<String>,
    /// The body as it came.
    pub body: Bytes,
    /// What about it could not be read.
    pub source: serde_json::Error,
}

impl Error {
    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            Self::Unreadable(unreadable) => Some(unreadable.status),
            Self::Invalid(_) | Self::NoAnswer(_) => None,
        }
    }

    /// The problem's name for programs, as `not_found`.
    pub fn code(&self) -> Option<&str> {
        self.problem().map(|problem| problem.code.as_str())
    }

    /// What is wrong with the input, place by place.
    pub fn details(&self) -> &[ProblemDetail] {
        self.problem().map_or(&[], |problem| &problem.errors)
    }

    /// All that the server says about it.
    pub fn problem(&self) -> Option<&Problem> {
        if let Self::Refused(refusal) = self { refusal.problem.as_ref() } else { None }
    }

    /// The request's id, to be quoted to whoever runs the server.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.request_id.as_deref(),
            Self::Unreadable(unreadable) => unreadable.request_id.as_deref(),
            Self::Invalid(_) | Self::NoAnswer(_) => None,
        }
    }

    /// The body as it came, if there was an answer.
    pub fn body(&self) -> Option<&[u8]> {
        match self {
            Self::Refused(refusal) => Some(&refusal.body),
            Self::Unreadable(unreadable) => Some(&unreadable.body),
            Self::Invalid(_) | Self::NoAnswer(_) => None,
        }
    }

    /// Whether there is no such thing, or none that the credential may know of.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the same call may succeed later. The client has already tried again where that could do no harm; of a
    /// change without an answer, look first whether it was made.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Refused(refusal) => retry::is_transient(refusal.status),
            Self::NoAnswer(error) => !error.is_builder(),
            Self::Invalid(_) | Self::Unreadable(_) => false,
        }
    }

    /// How long the server asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        if let Self::Refused(refusal) = self { refusal.retry_after } else { None }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(Box::new(unreadable))
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() { Self::Invalid(error.to_string()) } else { Self::NoAnswer(error) }
    }
}

impl From<Answer> for Refusal {
    fn from(answer: Answer) -> Self {
        let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
        let told = problem.as_ref().and_then(|problem| problem.request_id.clone());
        let request_id = request_id(&answer).or(told);
        Self {
            status: answer.status,
            problem,
            request_id,
            retry_after: answer.retry_after(),
            body: answer.body,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Some(problem) => write!(formatter, "{} ({}, {})", problem.detail, self.status, problem.code)?,
            None => write!(formatter, "the server answered {}", self.status)?,
        }
        for detail in self.problem.iter().flat_map(|problem| &problem.errors) {
            write!(formatter, "; {}: {}", detail.pointer, detail.message)?;
        }
        formatter.write_str(&in_brackets(self.request_id.as_deref()))
    }
}

fn in_brackets(request_id: Option<&str>) -> String {
    request_id.map(|id| format!(" [request {id}]")).unwrap_or_default()
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Unreadable")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .field("source", &self.source)
            .finish()
    }
}

impl Unreadable {
    pub(crate) fn new(answer: Answer, source: serde_json::Error) -> Self {
        Self { status: answer.status, request_id: request_id(&answer), body: answer.body, source }
    }
}

fn request_id(answer: &Answer) -> Option<String> {
    answer.headers.get(REQUEST_ID)?.to_str().ok().map(str::to_owned)
}
