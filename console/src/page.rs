//! What every page has in common: its headers, and how a fault is shown.

use std::error::Error;

use askama::Template;
use neonex_core::store::StoreError;
use poem::http::StatusCode;
use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use poem::{IntoResponse as _, Response};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "failed.html")]
pub(crate) struct Failed {
    /// Whether it may well succeed in a moment.
    pub(crate) busy: bool,
}

/// Renders a page. The headers keep what is on it, and the token in its address, to the browser.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "text/html; charset=utf-8")
            .header(CACHE_CONTROL, "no-store")
            .header(CONTENT_SECURITY_POLICY, POLICY)
            .header(REFERRER_POLICY, "no-referrer")
            .header("cross-origin-opener-policy", "same-origin")
            .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
            .body(html),
        Err(error) => {
            log(&error);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A fault of ours: logged, and no more said than that it happened.
pub(crate) fn fault(error: &(dyn Error + 'static)) -> Response {
    log(error);
    page(StatusCode::INTERNAL_SERVER_ERROR, &Failed { busy: false })
}

/// The database failed: for good, or for a moment.
pub(crate) fn store_failed(error: &StoreError) -> Response {
    if error.is_retryable() { try_again(&Failed { busy: true }) } else { fault(error) }
}

/// A page that asks for a second attempt.
pub(crate) fn try_again(template: &impl Template) -> Response {
    page(StatusCode::SERVICE_UNAVAILABLE, template).with_header(RETRY_AFTER, "1").into_response()
}

fn log(error: &(dyn Error + 'static)) {
    tracing::error!(error, "a page could not be made");
}
