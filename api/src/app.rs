//! The HTTP surface put together, and the order in which a request passes it.
//!
//! On the way in:
//!
//! 1. **Gate** ([`gate`](crate::gate)), one layer written by hand instead of a dozen stacked: counts the request
//!    as in flight; takes or makes its id; reads `traceparent`; finds the client's address; opens the span;
//!    refuses an overlong URL (414); answers CORS preflights. From here on nothing escapes: errors and panics
//!    of everything below become problems.
//! 2. **Router**: the path is matched once. No path: 404. No such method: 405 with `Allow`.
//! 3. **Operation's surroundings** (`route`), knowing what the operation declares: unknown query
//!    parameters (400), the body's type (415), size (413, 1 MiB, also when chunked) and depth (400, 32), and
//!    the clock that stops it (503 after 30 s). What takes a body that is not JSON streams: it has neither bound
//!    of size nor of time here and sets its own.
//! 4. **Operation**: poem-openapi's extractors in the order of its arguments. Authentication is one of them: it
//!    finds the tenant, notes it in the [`RequestContext`](crate::request::RequestContext), decides on the
//!    origin, and charges the [rate limit](crate::rate_limit).
//!
//! On the way out the gate turns errors into problems, names the place in a body that was refused, compresses,
//! writes the rate limit's, CORS, security and request id headers, records the time and logs one line.
//!
//! Install the metrics recorder before building the app.

use std::sync::Arc;
use std::time::Duration;

use neonex_core::clock::Clock;
use neonex_core::platform::Platform;
use neonex_core::rng::Rng;
use poem::{IntoEndpoint, Route};
use poem_openapi::OpenApi;

use crate::client_address::TrustedProxies;
use crate::document;
use crate::gate::Gate;
use crate::metrics::Exposition;
use crate::probes::{self, Readiness};
use crate::root::Root;
use crate::route::Bounds;
use crate::route::table::{self, Subtree};

/// What the surface needs to know.
#[derive(Clone)]
pub struct Settings {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub rng: Arc<dyn Rng>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: TrustedProxies,
    /// Bytes of a request's body, where the operation does not stream.
    pub max_body: usize,
    /// Time until an answer begins, where the operation does not stream.
    pub timeout: Duration,
}

impl Settings {
    /// The defaults: no proxies, 1 MiB, 30 s.
    pub fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        let (max_body, timeout) = (1024 * 1024, Duration::from_secs(30));
        Self { clock, rng, trusted_proxies: TrustedProxies::default(), max_body, timeout }
    }
}

/// The surface while it is put together. Two things at one path are a mistake in the program: it panics.
pub struct App {
    router: Route,
    settings: Settings,
}

impl App {
    /// Nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self { router: Route::new(), settings }
    }

    fn bounds(&self) -> Bounds {
        Bounds { body: self.settings.max_body, time: self.settings.timeout }
    }

    /// With operations: one `#[OpenApi]` type, or a tuple of them.
    #[must_use]
    pub fn operations<T: OpenApi>(mut self, api: T) -> Self {
        let bounds = self.bounds();
        self.router = table::operations(self.router, api, bounds);
        self
    }

    /// With a GET that the document does not mention.
    #[must_use]
    pub fn get<E>(mut self, path: &str, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let bounds = self.bounds();
        self.router = table::get(self.router, path, endpoint, bounds);
        self
    }

    /// With a part that routes for itself below `path`, the console say.
    #[must_use]
    pub fn nest<E>(mut self, path: &str, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let subtree = Subtree::new(path, endpoint, Some(self.bounds()));
        self.router = self.router.nest(path, subtree);
        self
    }

    /// The same for a part that streams, the S3 endpoint say: it bounds size and time itself.
    #[must_use]
    pub fn nest_streaming<E>(mut self, path: &str, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.router = self.router.nest(path, Subtree::new(path, endpoint, None));
        self
    }

    /// With `/openapi.json`, `/openapi.yaml` and `/docs` for the operations of `T`.
    #[must_use]
    pub fn document<T: OpenApi>(self) -> Self {
        let json = document::endpoint("application/json", document::json::<T>);
        let yaml = document::endpoint("application/yaml", document::yaml::<T>);
        self.get("/openapi.json", json).get("/openapi.yaml", yaml).get("/docs", document::page::<T>())
    }

    /// With `/`: `page` for people, a problem that says where things are for programs.
    #[must_use]
    pub fn root<E>(self, platform: Platform, page: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.get("/", Root::new(platform, page))
    }

    /// With `/livez`, `/readyz` and `/metrics`.
    #[must_use]
    pub fn probes(self, readiness: Arc<Readiness>, metrics: Exposition) -> Self {
        self.get("/livez", probes::livez())
            .get("/readyz", probes::readyz(readiness))
            .get("/metrics", probes::metrics(metrics))
    }

    /// The whole, to be served.
    pub fn build(self) -> Gate<Route> {
        Gate::new(self.router, self.settings)
    }
}
