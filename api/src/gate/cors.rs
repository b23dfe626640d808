//! Which pages' scripts may read an answer.
//!
//! The browser asks twice. The preflight carries no credential, so it names no tenant and no setting of a tenant
//! can be asked: it is answered yes to any origin, for our methods and headers, and for requests with cookies. That
//! gives nothing away. A bearer token is none that the browser would add for a hostile page. A
//! [cookie](crate::cookies) is, where the page is of the same site; what would change something by one is refused
//! from an origin that the tenant has not named, whatever a preflight was told.
//!
//! What is guarded is the answer. It carries `Access-Control-Allow-Origin` only where the tenant that
//! authentication found allows the origin. An error from before a tenant was found contains nothing of anybody's
//! and may be read, so that an app can tell a wrong key from a broken network. All other answers without a tenant
//! (`/metrics`, the platform's own operations) stay unreadable to foreign pages: the page may run in a browser
//! that reaches a server its author cannot.
//!
//! Never `*`. `Access-Control-Allow-Credentials`, without which a page cannot read what was answered to a request with
//! cookies, only where the tenant names the origin itself: `*` in its settings is for pages without.

use poem::Response;
use poem::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN, VARY,
};
use poem::http::{HeaderMap, Method, StatusCode};

use crate::request::RequestContext;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Modified-Since, Last-Event-ID, \
     Range, Traceparent, Tracestate, X-Neonex-Session, X-Neonex-Tenant, X-Request-Id, Tus-Resumable, Upload-Length, \
     Upload-Offset, Upload-Metadata",
);
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Tus-Resumable, Upload-Offset",
);
const CREDENTIALS: HeaderValue = HeaderValue::from_static("true");
/// Two hours: the most that Chromium keeps.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

pub(super) fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
    let headers = response.headers_mut();
    if let Some(origin) = asked.get(ORIGIN) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, CREDENTIALS);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}

/// Lets the page's script read the answer where the tenant allows it. Says in any case that the answer depends on
/// who asks, or a shared cache would hand one origin's leave to another.
pub(super) fn allow(headers: &mut HeaderMap, context: &RequestContext, is_error: bool) {
    let Some(origin) = context.origin() else { return };
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if context.origin_allowed().unwrap_or(is_error && context.tenant().is_none()) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if context.credentials_allowed() {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, CREDENTIALS);
        }
    }
}
