//! What is measured, and how it leaves the process.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{
    Gauge, Histogram, SharedString, Unit, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use poem::http::{Method, StatusCode};

const DURATION: &str = "neonex_http_request_duration_seconds";
const IN_FLIGHT: &str = "neonex_http_requests_in_flight";

/// Seconds: from a cached read to the request timeout.
const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Units of work in one commit.
const BATCH: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// Makes Prometheus the process's recorder. Call it once, before the store opens and the app is built: both look
/// their metrics up once and keep what they find.
pub fn install_recorder() -> Result<PrometheusHandle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe();
    Ok(handle)
}

/// Folds what was recorded into the buckets every five seconds, for ever; run it as a task. Without it,
/// observations pile up in memory for as long as nobody asks for `/metrics`.
pub async fn keep_up(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_batch_size".to_owned()), BATCH)
}

/// Every metric of the process, in words. A name that is missing here is missing its `# HELP`.
fn describe() {
    describe_histogram!(DURATION, Unit::Seconds, "Time from a request's arrival to the head of its answer.");
    describe_gauge!(IN_FLIGHT, "Requests that have arrived and are not answered yet.");
    describe_histogram!("neonex_writer_batch_size", "Units of work that were committed together.");
    describe_histogram!(
        "neonex_writer_queue_seconds",
        Unit::Seconds,
        "Time a unit of work waited for its writer."
    );
    describe_histogram!("neonex_commit_seconds", Unit::Seconds, "Time a commit took, with its sync to disk.");
    describe_histogram!("neonex_reader_queue_seconds", Unit::Seconds, "Time a read waited for a reader.");
    describe_gauge!("neonex_writer_queue_depth", "Units of work that wait for a writer.");
    describe_gauge!("neonex_engine_open_files", "Database files that are open.");
    describe_gauge!("neonex_pool_connections", "Connections of a pool, by whether they are in use.");
    describe_gauge!("neonex_pool_connections_max", "Connections that a pool may have.");
    describe_gauge!("neonex_pool_waiting", "Those who wait for a connection of a pool.");
    describe_gauge!("neonex_redis_up", "Whether Redis answers: 1 or 0.");
    describe_counter!("neonex_redis_failures_total", "Requests to Redis that failed or took too long.");
    describe_histogram!(
        "neonex_pool_wait_seconds",
        Unit::Seconds,
        "Time until a connection of a pool was lent, with its making, or refused."
    );
}

/// The metrics as Prometheus reads them, taken at the moment of asking.
pub struct Exposition {
    handle: PrometheusHandle,
    observe: Box<dyn Fn() + Send + Sync>,
}

impl Exposition {
    /// Calls `observe` each time before it renders, for figures that nobody writes down as they change.
    pub fn new(handle: PrometheusHandle, observe: impl Fn() + Send + Sync + 'static) -> Self {
        Self { handle, observe: Box::new(observe) }
    }

    pub(crate) fn render(&self) -> String {
        (self.observe)();
        self.handle.render()
    }
}

/// How many requests are being answered.
pub(crate) struct InFlight(Gauge);

impl InFlight {
    pub(crate) fn new() -> Self {
        Self(gauge!(IN_FLIGHT))
    }

    /// Counts a request until the guard is dropped, which also happens when the client hangs up.
    pub(crate) fn enter(&self) -> InFlightGuard<'_> {
        self.0.increment(1.0);
        InFlightGuard(&self.0)
    }
}

pub(crate) struct InFlightGuard<'a>(&'a Gauge);

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// The times of one route and method. Labels have bounds: the route is a pattern, the status a class. A class's
/// handle is made when first needed and then kept, so that the hot path builds no labels.
pub(crate) struct RouteMetrics {
    method: SharedString,
    route: SharedString,
    classes: [OnceLock<Histogram>; 5],
}

impl RouteMetrics {
    pub(crate) fn new(method: &Method, route: &str) -> Self {
        Self::labelled(method.as_str(), route)
    }

    /// For what is not told apart by method.
    pub(crate) fn any_method(route: &str) -> Self {
        Self::labelled("any", route)
    }

    fn labelled(method: &str, route: &str) -> Self {
        let classes = std::array::from_fn(|_| OnceLock::new());
        Self { method: method.to_owned().into(), route: route.to_owned().into(), classes }
    }

    pub(crate) fn observe(&self, status: StatusCode, elapsed: Duration) {
        let class = status.as_u16() / 100;
        let Some(slot) = self.classes.get(usize::from(class.saturating_sub(1))) else { return };
        let histogram = slot.get_or_init(|| {
            let (method, route) = (self.method.clone(), self.route.clone());
            histogram!(DURATION, "method" => method, "route" => route, "status_class" => format!("{class}xx"))
        });
        histogram.record(elapsed);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use metrics_exporter_prometheus::PrometheusRecorder;

    use super::*;

    pub(crate) fn recorder() -> PrometheusRecorder {
        builder().unwrap().build_recorder()
    }

    /// Where a test wants `/metrics` but does not look at it.
    pub(crate) fn exposition() -> Exposition {
        Exposition::new(recorder().handle(), || ())
    }

    #[test]
    fn what_is_rendered_has_help_type_and_buckets() {
        let recorder = recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            describe();
            let in_flight = InFlight::new();
            let guard = in_flight.enter();
            let route = RouteMetrics::new(&Method::GET, "/v1/things/{thing}");
            route.observe(StatusCode::OK, Duration::from_millis(3));
            route.observe(StatusCode::NOT_FOUND, Duration::from_millis(3));
            drop(guard);
        });
        let text = handle.render();
        for line in [
            "# TYPE neonex_http_request_duration_seconds histogram",
            "# TYPE neonex_http_requests_in_flight gauge",
            "neonex_http_requests_in_flight 0",
            "neonex_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/things/{thing}\",status_class=\"2xx\",le=\"0.005\"} 1",
            "neonex_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/things/{thing}\",status_class=\"4xx\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
        }
        assert!(text.contains("# HELP neonex_http_request_duration_seconds Time from"), "{text}");
    }

    #[test]
    fn the_domain_s_metrics_are_described() {
        let source = concat!(
            include_str!("../../core/src/engine/metrics.rs"),
            include_str!("../../core/src/store/metrics.rs"),
            include_str!("../../core/src/redis/mod.rs")
        );
        let names: Vec<_> = source.split('"').filter(|text| text.starts_with("neonex_")).collect();
        assert!(!names.is_empty());
        let recorder = recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            for name in &names {
                gauge!((*name).to_owned()).set(1.0);
            }
        });
        let text = recorder.handle().render();
        for name in names {
            assert!(text.contains(&format!("# HELP {name} ")), "{name} has no description");
        }
    }
}
