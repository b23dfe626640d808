//! Answers made smaller for who can read them so.
//!
//! poem's own middleware reads `Accept-Encoding` loosely (it knows zstd only as `zsdt`, and takes `q=0` for a
//! wish) and compresses two bytes as gladly as two million, so the choice is made here and only the coding is
//! poem's. An `ETag` stays as it is: it names the version of a record, which `If-Match` must find again, and not
//! the bytes that carried it.

use http_body_util::combinators::BoxBody;
use hyper::body::Body as _;
use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, HeaderValue, VARY};
use poem::web::{Compress, CompressionAlgo, CompressionLevel};
use poem::{IntoResponse, Response};

/// Below this, headers and packets outweigh what is saved.
const MIN_BYTES: u64 = 1024;

/// Compresses an answer where it is text, long enough and wanted.
pub(super) fn compress(mut response: Response, accept: Option<&HeaderValue>) -> Response {
    if !is_text(&response) || is_settled(&response) {
        return response;
    }
    let body: BoxBody<_, _> = response.take_body().into();
    let short = body.size_hint().exact().is_some_and(|length| length < MIN_BYTES);
    response.set_body(body);
    if short {
        return response;
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Encoding"));
    match accept.and_then(|accept| choose(accept.to_str().ok()?)) {
        // Level 4 of each: most of the saving at a fraction of the work of the defaults of gzip and brotli.
        Some(coding) => {
            Compress::new(response, coding).with_quality(CompressionLevel::Precise(4)).into_response()
        }
        None => response,
    }
}

/// Media types that shrink. Event streams do too, but must not wait in an encoder's buffer.
fn is_text(response: &Response) -> bool {
    let Some(sent) = response.content_type() else { return false };
    let essence = sent.split(';').next().unwrap_or_default().trim();
    match essence.split_once('/') {
        Some(("text", subtype)) => subtype != "event-stream",
        Some(("application", subtype)) => {
            matches!(subtype, "json" | "javascript" | "x-ndjson" | "xml" | "yaml" | "problem+json")
        }
        Some(("image", subtype)) => subtype == "svg+xml",
        _ => false,
    }
}

/// Whether the bytes are already what they must be.
fn is_settled(response: &Response) -> bool {
    let headers = response.headers();
    let caching = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    caching.into_iter().any(|value| value.contains("no-transform"))
        || headers.contains_key(CONTENT_ENCODING)
        || headers.contains_key(CONTENT_RANGE)
        || matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// The best coding that is accepted (RFC 9110 §12.5.3); ours first where the client does not mind.
fn choose(accept: &str) -> Option<CompressionAlgo> {
    let entries = accept.split(',').filter_map(entry);
    let best = entries
        .filter(|(_, quality)| *quality > 0.0)
        .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| rank(a.0).cmp(&rank(b.0))));
    best.map(|(coding, _)| coding)
}

fn entry(text: &str) -> Option<(CompressionAlgo, f32)> {
    let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
    let coding = match name.trim().to_ascii_lowercase().as_str() {
        "zstd" => CompressionAlgo::ZSTD,
        "br" => CompressionAlgo::BR,
        "gzip" | "x-gzip" | "*" => CompressionAlgo::GZIP,
        _ => return None,
    };
    let quality = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.trim().parse().ok())?;
    Some((coding, quality))
}

fn rank(coding: CompressionAlgo) -> u8 {
    match coding {
        CompressionAlgo::ZSTD => 2,
        CompressionAlgo::BR => 1,
        CompressionAlgo::GZIP | CompressionAlgo::DEFLATE => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_s_wish_comes_before_ours() {
        assert_eq!(choose("gzip, deflate, br, zstd"), Some(CompressionAlgo::ZSTD));
        assert_eq!(choose("gzip, deflate, br"), Some(CompressionAlgo::BR));
        assert_eq!(choose("br;q=0.5, gzip; q=0.8"), Some(CompressionAlgo::GZIP));
        assert_eq!(choose("GZIP"), Some(CompressionAlgo::GZIP));
        assert_eq!(choose("*"), Some(CompressionAlgo::GZIP));
        assert_eq!(choose("zstd;q=0"), None);
        assert_eq!(choose("identity, deflate"), None);
        assert_eq!(choose(""), None);
    }
}
