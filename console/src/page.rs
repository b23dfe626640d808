//! What every page has in common: its headers, and how a fault is shown.

use askama::Template;
use poem::Response;
use poem::http::StatusCode;
use poem::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// Renders a page. The headers keep what is on it, and the token in its address, to the browser.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "text/html; charset=utf-8")
            .header(CACHE_CONTROL, "no-store")
            .header(CONTENT_SECURITY_POLICY, POLICY)
            .header("referrer-policy", "no-referrer")
            .header("cross-origin-opener-policy", "same-origin")
            .header("x-content-type-options", "nosniff")
            .body(html),
        Err(error) => fault(&error),
    }
}

/// A fault of ours: logged, and no more said than that it happened.
pub(crate) fn fault(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error, "a page could not be made");
    Response::builder()
        .status(StatusCode::INTERNAL_SERVER_ERROR)
        .header(CONTENT_TYPE, "text/plain; charset=utf-8")
        .body("The server failed to make this page. Its log says why.")
}
