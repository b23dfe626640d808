//! Bodies, bounded before anything parses them.

use std::error::Error as StdError;
use std::io;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body as _;
use neonex_core::json::is_deeper;
use poem::http::StatusCode;
use poem::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use poem::{Body, Request};

use crate::problem::Problem;

/// How deep JSON may nest. Parsers recurse, and so does what walks the parsed value.
const MAX_DEPTH: u32 = 32;

/// Reads a JSON body whole and puts it back for the operation. Type, size and depth are checked here, so that no
/// parser sees more than it can bear.
pub(crate) async fn read_json(request: &mut Request, limit: usize) -> Result<Bytes, Problem> {
    check_type(request)?;
    check_length(request, limit)?;
    let bytes = match Limited::new(BoxBody::from(request.take_body()), limit).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large(limit)),
        Err(_) => return Err(Problem::bad_request("incomplete_body", "The body broke off before its end.")),
    };
    if is_deeper(&bytes, MAX_DEPTH) {
        let detail = format!("The body's JSON is nested deeper than {MAX_DEPTH} levels.");
        return Err(Problem::bad_request("json_too_deep", detail));
    }
    request.set_body(Body::from_bytes(bytes.clone()));
    Ok(bytes)
}

/// Bounds a body that is read piece by piece, also where its length is not announced.
pub(super) fn bound(request: &mut Request, limit: usize) -> Result<(), Problem> {
    check_length(request, limit)?;
    let body = BoxBody::from(request.take_body());
    let body = if body.size_hint().exact().is_some_and(|length| length <= limit as u64) {
        body
    } else {
        Limited::new(body, limit).map_err(io::Error::other).boxed()
    };
    request.set_body(body);
    Ok(())
}

/// Whether reading failed at the bound. The error is wrapped once per layer that it came through.
pub(crate) fn hit_the_bound(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<LengthLimitError>() {
            return true;
        }
        // An I/O error shows what is inside of it only here, and its source is the source of that.
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inside.map(|inside| inside as &(dyn StdError + 'static)).or_else(|| error.source());
    }
    false
}

pub(crate) fn too_large(limit: usize) -> Problem {
    let detail = format!("The body is larger than the {limit} bytes that are taken here.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}

/// Refuses a body that would have to be unpacked.
pub(crate) fn check_coding(request: &Request) -> Result<(), Problem> {
    if request.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(unsupported("A request's body must not be compressed."));
    }
    Ok(())
}

pub(crate) fn unsupported(detail: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
}

fn check_type(request: &Request) -> Result<(), Problem> {
    check_coding(request)?;
    let sent = request.content_type().unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(unsupported("The body must be JSON and say so: `Content-Type: application/json`."))
}

fn check_length(request: &Request, limit: usize) -> Result<(), Problem> {
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_recognised_through_its_wrappings() {
        #[derive(Debug, thiserror::Error)]
        #[error("wrapped")]
        struct Wrapped(#[source] io::Error);
        assert!(!hit_the_bound(&Wrapped(io::Error::other("broken pipe"))));
    }
}
