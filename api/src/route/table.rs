//! The router, assembled from what the operations declare.

use std::collections::HashMap;
use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Route};
use poem_openapi::OpenApi;
use poem_openapi::registry::{MetaOperation, MetaParamIn, Registry};

use super::diagnose::Schemas;
use super::{BodyKind, Bounds, Entry, Methods, Operation, body, too_slow};
use crate::metrics::RouteMetrics;
use crate::request::RequestContext;

/// Adds the operations of `api` to a router.
pub(crate) fn operations<T: OpenApi>(mut router: Route, api: T, bounds: Bounds) -> Route {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let schemas = Arc::new(Schemas::new(registry.schemas));
    let mut declared = declared::<T>();
    let mut endpoints = HashMap::new();
    api.add_routes(&mut endpoints);
    for (path, methods) in endpoints {
        let entries = methods.into_iter().map(|(method, endpoint)| {
            let operation = match declared.remove(&(path.clone(), method.clone())) {
                Some((path, meta)) => Operation::declared(path, &method, &meta),
                None => Operation::undeclared(path.clone(), &method, BodyKind::Streamed),
            };
            Entry { method, operation: Arc::new(operation), endpoint }
        });
        let methods = Methods::new(entries.collect(), schemas.clone(), bounds);
        router = router.at(path, methods);
    }
    router
}

/// A single GET outside the document, with the same bounds as an operation.
pub(crate) fn get<E>(router: Route, path: &str, endpoint: E, bounds: Bounds) -> Route
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    let operation = Operation::undeclared(path.to_owned(), &Method::GET, BodyKind::Json(None));
    let endpoint: BoxEndpoint<'static> = endpoint.map_to_response().boxed();
    let entry = Entry { method: Method::GET, operation: Arc::new(operation), endpoint };
    router.at(path, Methods::new(vec![entry], Arc::new(Schemas::default()), bounds))
}

/// Operations as the document has them, by the path and method that the router knows them under.
fn declared<T: OpenApi>() -> HashMap<(String, Method), (String, MetaOperation)> {
    let paths = T::meta().into_iter().flat_map(|api| api.paths);
    let operations = paths.flat_map(|path| {
        let routed = routed(&path.path);
        path.operations.into_iter().map(move |operation| {
            ((routed.clone(), operation.method.clone()), (path.path.clone(), operation))
        })
    });
    operations.collect()
}

/// `/v1/tenants/{tenant}` → `/v1/tenants/:param0`, as poem-openapi numbers them.
fn routed(path: &str) -> String {
    let mut count = 0;
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') && part.ends_with('}') {
            let numbered = format!(":param{count}");
            count += 1;
            return numbered;
        }
        part.to_owned()
    });
    parts.collect::<Vec<_>>().join("/")
}

impl Operation {
    fn declared(path: String, method: &Method, meta: &MetaOperation) -> Self {
        let query = meta.params.iter().filter(|parameter| parameter.in_type == MetaParamIn::Query);
        let query = query.map(|parameter| parameter.name.clone()).collect();
        let content = meta.request.as_ref().map(|request| request.content.as_slice()).unwrap_or_default();
        let body = match content {
            [] => BodyKind::Json(None),
            [one] if one.content_type.starts_with("application/json") => {
                BodyKind::Json(Some(one.schema.clone()))
            }
            // Also where JSON is one type among several: such an operation reads its body itself.
            _ => BodyKind::Streamed,
        };
        Self { metrics: RouteMetrics::new(method, &path), path, query: Some(query), body }
    }

    fn undeclared(path: String, method: &Method, body: BodyKind) -> Self {
        Self { metrics: RouteMetrics::new(method, &path), path, query: None, body }
    }
}

/// A part of the site that routes for itself, the console say. Its metrics have one label for all of it.
pub(crate) struct Subtree {
    operation: Arc<Operation>,
    endpoint: BoxEndpoint<'static>,
    bounds: Option<Bounds>,
}

impl Subtree {
    /// `bounds` hold for all that is below; with none, it bounds itself.
    pub(crate) fn new<E>(path: &str, endpoint: E, bounds: Option<Bounds>) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let path = format!("{path}/*");
        let metrics = RouteMetrics::any_method(&path);
        let operation = Operation { path, metrics, query: None, body: BodyKind::Streamed };
        Self { operation: Arc::new(operation), endpoint: endpoint.map_to_response().boxed(), bounds }
    }
}

impl Endpoint for Subtree {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if let Some(context) = request.data::<RequestContext>() {
            context.set_operation(self.operation.clone());
        }
        let Some(bounds) = self.bounds else { return self.endpoint.call(request).await };
        body::bound(&mut request, bounds.body)?;
        let answer = tokio::time::timeout(bounds.time, self.endpoint.call(request)).await;
        answer.unwrap_or_else(|_| Err(too_slow().into()))
    }
}
