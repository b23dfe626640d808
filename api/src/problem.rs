//! Errors as clients read them: RFC 9457 problem details.
//!
//! [`Problem`] is the one error type of every operation. It says what is wrong in words written for clients;
//! where it came from is for the log alone. `request_id` and `instance` are filled in by the
//! [gate](crate::gate), which knows the request.
//!
//! `type` is `/problems/<code>`: a stable reference, to be compared and not fetched. Programs switch on `code`.
//!
//! In the document the error stands under `4XX` and `5XX`, not under `default`: the SDK's generator counts
//! `default` among the successes too and refuses an operation with two types of success. It also reads a typed
//! body only under `application/json`, so that name is listed beside `application/problem+json`; what is sent
//! is always the latter.

use std::error::Error as StdError;
use std::fmt;

use neonex_core::invalid::Invalid;
use poem::error::ResponseError;
use poem::http::header::{CONTENT_TYPE, RETRY_AFTER};
use poem::http::{HeaderName, HeaderValue, StatusCode};
use poem::{Body, Response};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Object};

use crate::text::Secret;

/// The media type of every error body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong (RFC 9457).
#[derive(Debug, Clone, Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none, skip_serializing_if_is_empty)]
pub struct ProblemBody {
    /// Which problem this is: `/problems/` and the code.
    #[oai(rename = "type")]
    pub kind: String,
    /// The problem in a few words, the same for each occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do about it.
    pub detail: String,
    /// The path of the request that met it.
    pub instance: Option<String>,
    /// The problem's name for programs.
    pub code: String,
    /// The request's id, to be quoted to whoever runs the server.
    pub request_id: Option<String>,
    /// What is wrong with the input, place by place.
    #[oai(default)]
    pub errors: Vec<ProblemDetail>,
    /// How the sign-in goes on, where the problem is `second_factor_needed` or `second_factor_enrolment_needed`.
    pub second_factor: Option<PendingSecondFactor>,
}

/// A sign-in that waits for a second factor.
#[derive(Debug, Clone, Object)]
pub struct PendingSecondFactor {
    /// To be sent with the second factor, or to set one up.
    pub(crate) token: Secret,
    /// What can be shown, or set up: `totp`, `passkey`, `recovery_code`.
    pub(crate) methods: Vec<String>,
    /// Seconds for which the sign-in waits.
    pub(crate) expires_in: u32,
}

/// One thing that is wrong with the input.
#[derive(Debug, Clone, Object)]
pub struct ProblemDetail {
    /// Where: a JSON Pointer (RFC 6901) into the body, `?name` for a query parameter, or the bare name of a
    /// parameter in the path or a header.
    pub pointer: String,
    /// What kind of wrong, for programs.
    pub code: String,
    /// What kind of wrong, for people.
    pub message: String,
}

/// An error as a client gets it. Small to pass around; the parts are on the heap.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    body: ProblemBody,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of the given status. `code` is its lasting name in `snake_case`; `detail` is read by clients.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        let body = ProblemBody {
            kind: format!("/problems/{code}"),
            title: title(code),
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
            code: code.to_owned(),
            request_id: None,
            errors: Vec::new(),
            second_factor: None,
        };
        Self(Box::new(Parts { status, body, headers: Vec::new() }))
    }

    /// 400.
    pub fn bad_request(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 404. Says the same whether a thing is absent or somebody else's.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// A fault of ours. It goes to the log with its sources, once, here; the client reads only that it happened.
    pub fn internal(fault: &(dyn StdError + 'static)) -> Self {
        tracing::error!(fault = %Chain(fault), "internal fault");
        Self::hidden()
    }

    /// What a client reads of a fault that is already in the log.
    pub(crate) fn hidden() -> Self {
        let detail = "The server failed to answer. Quote the request id to whoever runs it.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// With what is wrong, place by place.
    #[must_use]
    pub fn errors(mut self, invalid: &Invalid) -> Self {
        for detail in invalid.details() {
            self = self.error(detail.pointer.clone(), detail.code, detail.message.clone());
        }
        self
    }

    /// With one thing that is wrong.
    #[must_use]
    pub fn error(mut self, pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        let detail =
            ProblemDetail { pointer: pointer.into(), code: code.to_owned(), message: message.into() };
        self.0.body.errors.push(detail);
        self
    }

    /// As a part of a larger request: what is wrong stands below `pointer` there, and `part` says in words where.
    #[must_use]
    pub(crate) fn within(mut self, part: &str, pointer: &str) -> Self {
        self.0.body.detail = format!("{part}: {}", self.0.body.detail);
        for error in &mut self.0.body.errors {
            error.pointer.insert_str(0, pointer);
        }
        self
    }

    /// With one more sentence.
    #[must_use]
    pub(crate) fn and(mut self, sentence: &str) -> Self {
        self.0.body.detail = format!("{} {sentence}", self.0.body.detail);
        self
    }

    /// With how a sign-in goes on.
    #[must_use]
    pub(crate) fn second_factor(mut self, pending: PendingSecondFactor) -> Self {
        self.0.body.second_factor = Some(pending);
        self
    }

    /// With `Retry-After`.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// With a header, such as `Allow` or `WWW-Authenticate`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The HTTP status.
    pub fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// The problem's name for programs.
    pub fn code(&self) -> &str {
        &self.0.body.code
    }

    /// What a client reads where the problem is a part of an answer.
    pub(crate) fn into_body(self) -> ProblemBody {
        self.0.body
    }

    /// Fills in which request met it.
    #[must_use]
    pub(crate) fn met_by(mut self, request_id: &str, path: &str) -> Self {
        self.0.body.request_id = Some(request_id.to_owned());
        self.0.body.instance = Some(path.to_owned());
        self
    }
}

/// `unknown_parameter` → `Unknown parameter`.
fn title(code: &str) -> String {
    let mut words = code.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// An error and its sources, for the log.
struct Chain<'a>(&'a (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(formatter, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.body.detail)
    }
}

impl StdError for Problem {}

/// Makes `?` work in operations and handlers, and lets the gate find the problem inside poem's error.
impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.0.status
    }

    fn as_response(&self) -> Response {
        let mut response =
            Response::builder().status(self.0.status).body(Body::from(self.0.body.to_json_string()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        for (name, value) in &self.0.headers {
            headers.insert(name.clone(), value.clone());
        }
        response
    }
}

impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        let client = response("4XX", "The request cannot be carried out as it stands.");
        let server = response("5XX", "The server could not carry out the request.");
        MetaResponses { responses: vec![client, server] }
    }

    fn register(registry: &mut Registry) {
        ProblemBody::register(registry);
    }
}

fn response(range: &str, description: &'static str) -> MetaResponse {
    let media = |content_type| MetaMediaType { content_type, schema: ProblemBody::schema_ref() };
    MetaResponse {
        description,
        status: None,
        status_range: Some(range.to_owned()),
        content: vec![media(PROBLEM_JSON), media("application/json")],
        headers: vec![MetaHeader {
            name: "Retry-After".to_owned(),
            description: Some("Seconds to wait before trying again, on 429 and 503.".to_owned()),
            required: false,
            deprecated: false,
            schema: u64::schema_ref(),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn is_rfc_9457_on_the_wire() {
        let invalid = Invalid::one("/name", "required", "a name is needed");
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Slow down.")
            .errors(&invalid)
            .retry_after(7)
            .met_by("req-1", "/v1/things");
        let response = problem.as_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        assert_eq!(response.header("retry-after"), Some("7"));
        let body: serde_json::Value = response.into_body().into_json().await.unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "/problems/rate_limited",
                "title": "Rate limited",
                "status": 429,
                "detail": "Slow down.",
                "instance": "/v1/things",
                "code": "rate_limited",
                "request_id": "req-1",
                "errors": [{"pointer": "/name", "code": "required", "message": "a name is needed"}],
            })
        );
    }

    #[test]
    fn a_fault_stays_with_us() {
        let fault = std::io::Error::other("password is hunter2");
        let problem = Problem::internal(&fault);
        assert_eq!(problem.status_code(), 500);
        assert!(!problem.0.body.to_json_string().contains("hunter2"));
    }

    #[test]
    fn the_document_has_one_error_type_under_two_ranges() {
        let meta = Problem::meta();
        let ranges: Vec<_> = meta.responses.iter().map(|one| one.status_range.as_deref()).collect();
        assert_eq!(ranges, [Some("4XX"), Some("5XX")]);
    }
}
