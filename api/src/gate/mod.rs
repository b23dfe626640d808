//! The one layer around everything; [`app`](crate::app) has the order of what happens in it.

mod compress;
mod convert;
mod cors;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt;
use poem::error::ResponseError;
use poem::http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, COOKIE, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use poem::http::{HeaderMap, Method, StatusCode, Uri};
use poem::{Endpoint, Request, Response};
use tracing::Instrument;

use crate::app::Settings;
use crate::metrics::{InFlight, RouteMetrics};
use crate::problem::Problem;
use crate::request::{Arrived, RequestContext, RequestId, TraceParent};

/// A URL longer than this is refused: no request of ours needs it, and logs and proxies choke on it.
const MAX_URL: usize = 8 * 1024;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost endpoint.
pub struct Gate<E> {
    inner: E,
    settings: Settings,
    in_flight: InFlight,
    /// Times what no route answered. One series, whatever paths are tried.
    unmatched: RouteMetrics,
}

/// What the way out needs of a request that is gone by then.
struct Asked {
    method: Method,
    uri: Uri,
    accept_encoding: Option<HeaderValue>,
    authenticated: bool,
}

impl<E: Endpoint<Output = Response>> Gate<E> {
    pub(crate) fn new(inner: E, settings: Settings) -> Self {
        Self { inner, settings, in_flight: InFlight::new(), unmatched: RouteMetrics::any_method("unmatched") }
    }

    fn arrive(&self, request: &Request) -> Arrived {
        let headers = request.headers();
        let sent_id = headers.get(X_REQUEST_ID).and_then(RequestId::accept);
        let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
        Arrived {
            id: sent_id.unwrap_or_else(|| RequestId::generate(&*self.settings.clock, &*self.settings.rng)),
            address: peer.map(|peer| self.settings.trusted_proxies.client(peer, headers)),
            origin: headers.get(ORIGIN).cloned(),
            trace: headers.get("traceparent").and_then(TraceParent::parse),
        }
    }

    /// Runs the request behind the gate; whatever happens there comes back as an answer.
    async fn answer(&self, request: Request, context: &RequestContext, asked: &Asked) -> Response {
        let refused =
            |problem: Problem| problem.met_by(context.id().as_str(), asked.uri.path()).as_response();
        if asked.uri.path_and_query().is_some_and(|url| url.as_str().len() > MAX_URL) {
            let detail = format!("The URL is longer than {MAX_URL} bytes.");
            return refused(Problem::new(StatusCode::URI_TOO_LONG, "url_too_long", detail));
        }
        if cors::is_preflight(request.method(), request.headers()) {
            return cors::preflight(request.headers());
        }
        match AssertUnwindSafe(self.inner.call(request)).catch_unwind().await {
            Ok(Ok(response)) if convert::is_bare_error(&response) => refused(convert::bare(&response)),
            Ok(Ok(response)) => response,
            Ok(Err(error)) => refused(convert::problem(error)),
            Err(panic) => {
                tracing::error!(panic = panic_text(panic.as_ref()), "panic in a request");
                refused(Problem::hidden())
            }
        }
    }

    /// Counts and logs an answer.
    fn account(&self, asked: &Asked, context: &RequestContext, status: StatusCode, started: Instant) {
        let elapsed = started.elapsed();
        let operation = context.operation();
        operation.map_or(&self.unmatched, |operation| &operation.metrics).observe(status, elapsed);
        let method = asked.method.as_str();
        let route = operation.map_or("unmatched", |operation| operation.path.as_str());
        let tenant = context.tenant().map(tracing::field::display);
        let (status, seconds) = (status.as_u16(), elapsed.as_secs_f64());
        if status >= 500 {
            tracing::warn!(method, route, status, seconds, tenant, "answered");
        } else {
            tracing::info!(method, route, status, seconds, tenant, "answered");
        }
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Gate<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let _in_flight = self.in_flight.enter();
        let context = RequestContext::new(self.arrive(&request));
        let asked = Asked {
            method: request.method().clone(),
            uri: request.uri().clone(),
            accept_encoding: request.headers().get(ACCEPT_ENCODING).cloned(),
            authenticated: [AUTHORIZATION, COOKIE].iter().any(|name| request.headers().contains_key(name)),
        };
        let span = tracing::info_span!(
            "request",
            request_id = context.id().as_str(),
            trace_id = context.trace().map(TraceParent::trace_id),
            parent_id = context.trace().map(TraceParent::parent_id),
        );
        request.set_data(context.clone());
        let answer = self.answer(request, &context, &asked).instrument(span.clone()).await;
        let mut response = compress::compress(answer, asked.accept_encoding.as_ref());
        let is_error = response.status().is_client_error() || response.status().is_server_error();
        let headers = response.headers_mut();
        if let Some(standing) = context.standing() {
            standing.write(headers);
        }
        let cookies = context.cookies();
        cors::allow(headers, &context, is_error);
        secure(headers, asked.authenticated || !cookies.is_empty());
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie);
        }
        headers.insert(X_REQUEST_ID, context.id().header());
        span.in_scope(|| self.account(&asked, &context, response.status(), started));
        Ok(response)
    }
}

/// What every answer says to browsers and caches, unless the operation said something else.
/// `Strict-Transport-Security` is for whoever ends TLS.
fn secure(headers: &mut HeaderMap, authenticated: bool) {
    headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    if authenticated {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
