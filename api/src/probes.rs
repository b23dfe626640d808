//! `/livez`, `/readyz` and `/metrics`: what those who run the server ask it.
//!
//! `/livez` says that the process answers and looks at nothing else: restarting it would not mend a database.
//! `/readyz` says whether to send it work. `/livez` passes the whole gate with a constant body, which makes it
//! the yardstick of the benchmarks.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use poem::endpoint::{make, make_sync};
use poem::http::StatusCode;
use poem::{Endpoint, Response};

use crate::metrics::Exposition;
use crate::problem::Problem;

/// A check that takes longer has failed: who asks gives up about then.
const CHECK_TIME: Duration = Duration::from_secs(5);

/// A part that cannot do its work now.
#[derive(Debug)]
pub struct NotReady {
    /// The part's name, which the answer shows: `database`.
    pub part: &'static str,
    /// Why, for the log.
    pub reason: String,
}

type Check = dyn Fn() -> BoxFuture<'static, Vec<NotReady>> + Send + Sync;

/// Whether this process should be sent work.
pub struct Readiness {
    draining: AtomicBool,
    check: Box<Check>,
}

impl Readiness {
    /// Asks `check` on each probe; nothing back means ready.
    pub fn new<F, A>(check: F) -> Arc<Self>
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Vec<NotReady>> + Send + 'static,
    {
        Arc::new(Self { draining: AtomicBool::new(false), check: Box::new(move || check().boxed()) })
    }

    /// From now on the answer is no: the process is about to stop.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    async fn ask(&self) -> Result<(), Problem> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(refuse(&["shutting down"]));
        }
        let Ok(missing) = tokio::time::timeout(CHECK_TIME, (self.check)()).await else {
            tracing::warn!("the readiness check took too long");
            return Err(refuse(&["check"]));
        };
        if missing.is_empty() {
            return Ok(());
        }
        for one in &missing {
            tracing::warn!(part = one.part, reason = one.reason, "not ready");
        }
        Err(refuse(&missing.iter().map(|one| one.part).collect::<Vec<_>>()))
    }
}

fn refuse(parts: &[&str]) -> Problem {
    let detail = format!("Not ready: {}.", parts.join(", "));
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail).retry_after(1);
    parts.iter().fold(problem, |problem, part| problem.error(*part, "not_ready", "cannot do its work now"))
}

/// An endpoint that says the same to everybody.
pub(crate) fn ready(content_type: &'static str, body: impl Into<Bytes>) -> impl Endpoint + 'static {
    let body = body.into();
    make_sync(move |_| Response::builder().content_type(content_type).body(body.clone()))
}

pub(crate) fn livez() -> impl Endpoint + 'static {
    ready("application/json", OK)
}

pub(crate) fn readyz(readiness: Arc<Readiness>) -> impl Endpoint + 'static {
    make(move |_| {
        let readiness = readiness.clone();
        async move {
            readiness.ask().await?;
            Ok::<_, poem::Error>(Response::builder().content_type("application/json").body(OK))
        }
    })
}

/// Prometheus' text format.
pub(crate) fn metrics(exposition: Exposition) -> impl Endpoint + 'static {
    make_sync(move |_| {
        Response::builder().content_type("text/plain; version=0.0.4").body(exposition.render())
    })
}

const OK: &str = "{\"status\":\"ok\"}";
