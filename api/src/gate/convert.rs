//! Every error of the frameworks as a problem.

use poem::Response;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::StatusCode;
use poem::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use poem_openapi::error::{AuthorizationError, ContentTypeError, ParseRequestPayloadError};

use crate::problem::Problem;
use crate::route::body;

/// The problem of an error that came out of the router or an operation.
pub(super) fn problem(error: poem::Error) -> Problem {
    let error = match error.downcast::<Problem>() {
        Ok(problem) => return problem,
        Err(error) => error,
    };
    if let Some(problem) = known(&error) {
        return problem;
    }
    if error.is_from_response() {
        return bare(&error.into_response());
    }
    let status = error.status();
    if status.is_server_error() {
        return with_status(Problem::internal(&error), status);
    }
    Problem::new(status, code(status), error.to_string())
}

/// An error answer that says nothing, or says it in plain text. One of another type is left alone: a page for
/// people, or a body that some other protocol prescribes.
pub(super) fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    let says_nothing = response.content_type().is_none_or(|sent| sent.starts_with("text/plain"));
    (status.is_client_error() || status.is_server_error()) && says_nothing
}

/// The problem of such an answer: its status and headers, and nothing of its text, which may be anything.
pub(super) fn bare(response: &Response) -> Problem {
    let status = response.status();
    let detail = status.canonical_reason().unwrap_or("The request failed");
    let of_body = |name: &HeaderName| name == CONTENT_TYPE || name.as_str().starts_with("content-");
    let kept = response.headers().iter().filter(|(name, _)| !of_body(name));
    let problem = Problem::new(status, code(status), format!("{detail}."));
    kept.fold(problem, |problem, (name, value)| problem.header(name.clone(), value.clone()))
}

/// Errors that have more to say than their status.
fn known(error: &poem::Error) -> Option<Problem> {
    if error.is::<NotFoundError>() {
        return Some(Problem::not_found("There is nothing at this path."));
    }
    if error.is::<MethodNotAllowedError>() {
        let detail = "This path does not answer to that method.";
        return Some(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail));
    }
    if error.is::<AuthorizationError>() {
        let detail = "A credential is needed: `Authorization: Bearer <key or token>`.";
        let challenge = HeaderValue::from_static("Bearer");
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail);
        return Some(problem.header(WWW_AUTHENTICATE, challenge));
    }
    if let Some(ParseRequestPayloadError { reason }) = error.downcast_ref() {
        return Some(Problem::bad_request("invalid_body", reason.as_str()));
    }
    if let Some(unsupported) = error.downcast_ref::<ContentTypeError>() {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Some(Problem::new(status, code(status), format!("{unsupported}.")));
    }
    body::hit_the_bound(error).then(|| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The body is larger than is taken here.",
        )
    })
}

fn with_status(hidden: Problem, status: StatusCode) -> Problem {
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        return hidden;
    }
    Problem::new(status, code(status), hidden.to_string())
}

/// A status's name as a code.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "bad_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        406 => "not_acceptable",
        408 => "timeout",
        409 => "conflict",
        410 => "gone",
        412 => "precondition_failed",
        413 => "body_too_large",
        415 => "unsupported_media_type",
        416 => "range_not_satisfiable",
        422 => "unprocessable",
        428 => "precondition_required",
        429 => "rate_limited",
        500 => "internal",
        501 => "not_implemented",
        503 => "unavailable",
        _ if status.is_server_error() => "server_error",
        _ => "request_refused",
    }
}
