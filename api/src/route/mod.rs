//! Operations behind their paths, and what holds for each before its own code runs.
//!
//! poem-openapi would assemble the router itself, but says nothing of what an operation declares once the
//! request is there. [`table`] assembles it instead, once, from the same source as the document, so that each
//! operation knows its parameters, its body's schema and its metrics with no look-up by path.

pub(crate) mod body;
mod diagnose;
pub(crate) mod table;

use std::sync::Arc;
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use hyper::body::Body as _;
use poem::endpoint::BoxEndpoint;
use poem::http::header::{ALLOW, CONTENT_LENGTH, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::{Body, Endpoint, Request, Response};
use poem_openapi::__private::UrlQuery;
use poem_openapi::error::{ParseParamError, ParsePathError, ParseRequestPayloadError};
use poem_openapi::registry::MetaSchemaRef;

use crate::metrics::RouteMetrics;
use crate::problem::Problem;
use crate::request::RequestContext;
use diagnose::Schemas;

/// What is known of an operation before a request comes.
pub(crate) struct Operation {
    /// The path as the document has it, `/v1/tenants/{tenant}`.
    pub(crate) path: String,
    /// Times its answers.
    pub(crate) metrics: RouteMetrics,
    /// The query parameters it takes; `None` where that is its own affair.
    query: Option<Vec<String>>,
    /// What it reads from the body.
    body: BodyKind,
}

/// What an operation reads from the body.
enum BodyKind {
    /// JSON of this schema, or nothing: bounded in size, depth and time.
    Json(Option<MetaSchemaRef>),
    /// Bytes as they come, however many and however long it takes; the operation bounds them.
    Streamed,
}

/// The bounds of every operation that does not stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes of a body.
    pub(crate) body: usize,
    /// Time until the answer begins.
    pub(crate) time: Duration,
}

/// One path's operations by method.
pub(crate) struct Methods {
    entries: Vec<Entry>,
    allow: HeaderValue,
    schemas: Arc<Schemas>,
    bounds: Bounds,
}

struct Entry {
    method: Method,
    operation: Arc<Operation>,
    endpoint: BoxEndpoint<'static>,
}

impl Methods {
    fn new(entries: Vec<Entry>, schemas: Arc<Schemas>, bounds: Bounds) -> Self {
        let mut methods: Vec<&str> = entries.iter().map(|entry| entry.method.as_str()).collect();
        if methods.contains(&"GET") && !methods.contains(&"HEAD") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        let allow = HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static(""));
        Self { entries, allow, schemas, bounds }
    }

    fn find(&self, method: &Method) -> Option<&Entry> {
        let of = |wanted: &Method| self.entries.iter().find(|entry| entry.method == *wanted);
        of(method).or_else(|| if *method == Method::HEAD { of(&Method::GET) } else { None })
    }

    async fn run(&self, entry: &Entry, mut request: Request) -> poem::Result<Response> {
        let operation = &entry.operation;
        if let Some(context) = request.data::<RequestContext>() {
            context.set_operation(operation.clone());
        }
        operation.read_query(&mut request)?;
        let call = async {
            let json = match &operation.body {
                BodyKind::Json(Some(schema)) => {
                    Some((body::read_json(&mut request, self.bounds.body).await?, schema))
                }
                BodyKind::Json(None) | BodyKind::Streamed => None,
            };
            let answer = entry.endpoint.call(request).await;
            answer.map_err(|error| operation.explain(error, json, &self.schemas))
        };
        if matches!(operation.body, BodyKind::Streamed) {
            return call.await;
        }
        tokio::time::timeout(self.bounds.time, call).await.unwrap_or_else(|_| Err(too_slow().into()))
    }
}

impl Endpoint for Methods {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let Some(entry) = self.find(request.method()) else {
            let options = request.method() == Method::OPTIONS;
            return if options { Ok(self.options()) } else { Err(self.not_allowed().into()) };
        };
        let head = request.method() == Method::HEAD;
        let response = self.run(entry, request).await?;
        Ok(if head { without_body(response) } else { response })
    }
}

impl Methods {
    fn options(&self) -> Response {
        let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
        response.headers_mut().insert(ALLOW, self.allow.clone());
        response
    }

    fn not_allowed(&self) -> Problem {
        let detail = "This path does not answer to that method; `Allow` has those it does.";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
            .header(ALLOW, self.allow.clone())
    }
}

/// 503 and not 504: nothing stands behind us that we could blame, and 503 is what clients know to retry.
fn too_slow() -> Problem {
    let detail = "The server gave up on the request because it took too long. A change may have been made or not; \
                  repeat it with the same Idempotency-Key to be sure.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail).retry_after(1)
}

/// The answer to HEAD: what GET would say, without the body, but with its length.
fn without_body(mut response: Response) -> Response {
    let body: BoxBody<_, _> = response.take_body().into();
    if let Some(length) = body.size_hint().exact() {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
    }
    response.set_body(Body::empty());
    response
}

impl Operation {
    /// Splits the query for poem-openapi's extractors, after looking for names that the operation does not take.
    fn read_query(&self, request: &mut Request) -> Result<(), Problem> {
        let Some(known) = &self.query else { return Ok(()) };
        let pairs: Vec<(String, String)> = match request.uri().query() {
            None | Some("") => Vec::new(),
            Some(_) => request.params().map_err(|_| {
                Problem::bad_request("malformed_query", "The query string is not made of `name=value` pairs.")
            })?,
        };
        let unknown: Vec<&str> = pairs
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !known.iter().any(|one| one == name))
            .collect();
        if !unknown.is_empty() {
            return Err(unknown_parameters(&unknown, known));
        }
        request.set_data(UrlQuery(pairs));
        Ok(())
    }

    /// Names the place in the body or the parameters that poem-openapi's message leaves out.
    fn explain(
        &self,
        error: poem::Error,
        json: Option<(bytes::Bytes, &MetaSchemaRef)>,
        schemas: &Schemas,
    ) -> poem::Error {
        if let Some(ParsePathError { name, reason }) = error.downcast_ref() {
            return unreadable(self.path_parameter(name), reason).into();
        }
        if let Some(ParseParamError { name, reason }) = error.downcast_ref() {
            let in_query = self.query.iter().flatten().any(|known| known == name);
            return unreadable(&format!("{}{name}", if in_query { "?" } else { "" }), reason).into();
        }
        match (error.downcast_ref::<ParseRequestPayloadError>(), json) {
            (Some(payload), Some((bytes, schema))) => {
                schemas.diagnose(schema, &bytes, &payload.reason).into()
            }
            _ => error,
        }
    }

    /// The declared name of what poem-openapi calls `param0`, `param1`, …
    fn path_parameter<'a>(&'a self, internal: &'a str) -> &'a str {
        let index = internal.strip_prefix("param").and_then(|digits| digits.parse().ok());
        let mut names = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        index.and_then(|index| names.nth(index)).unwrap_or(internal)
    }
}

fn unreadable(place: &str, reason: &str) -> Problem {
    let detail = format!("The parameter `{}` cannot be read: {reason}", place.trim_start_matches('?'));
    Problem::bad_request("invalid_parameter", detail).error(place, "invalid", reason)
}

fn unknown_parameters(unknown: &[&str], known: &[String]) -> Problem {
    let taken = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let detail = format!("Unknown query parameter: {}. This operation takes: {taken}.", unknown.join(", "));
    let problem = Problem::bad_request("unknown_parameter", detail);
    unknown.iter().fold(problem, |problem, name| {
        problem.error(format!("?{name}"), "unknown_parameter", "this operation has no such parameter")
    })
}
