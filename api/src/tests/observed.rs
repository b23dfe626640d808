//! What the operator sees: metrics, log lines, probes and the document.

use std::io::Write;
use std::sync::{Arc, Mutex};

use poem::http::StatusCode;
use poem::test::TestClient;
use serde_json::Value;

use super::{Things, client, problem, settings};
use crate::app::App;
use crate::document;
use crate::metrics::tests::exposition;
use crate::probes::{NotReady, Readiness};

#[tokio::test]
async fn routes_are_timed_by_pattern() {
    let recorder = crate::metrics::tests::recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let client = client();
    for path in
        ["/v1/things/a/parts/1", "/v1/things/b/parts/2", "/v1/things/c/parts/x", "/nowhere", "/elsewhere"]
    {
        client.get(path).send().await;
    }
    client.delete("/v1/things").send().await;
    let text = handle.render();
    for line in [
        "neonex_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/things/{thing}/parts/{part}\",status_class=\"2xx\"} 2",
        "neonex_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/things/{thing}/parts/{part}\",status_class=\"4xx\"} 1",
        "neonex_http_request_duration_seconds_count{method=\"any\",route=\"unmatched\",status_class=\"4xx\"} 3",
        "neonex_http_requests_in_flight 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// What was logged about one request; other tests log here too.
    fn about(&self, request_id: &str) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["span"]["request_id"] == request_id).collect()
    }
}

#[tokio::test]
async fn one_line_per_request_and_one_per_fault() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    // For the whole process: what a thread's own subscriber gets to see depends on what other threads do.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let client = client();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    client.get("/v1/mine").header("x-request-id", "logged-1").header("traceparent", trace).send().await;
    client.get("/v1/fail/fault").header("x-request-id", "logged-2").send().await;

    let lines = log.about("logged-1");
    let [mine] = lines.as_slice() else { panic!("{lines:#?}") };
    assert_eq!(mine["level"], "INFO");
    assert_eq!(mine["span"]["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    let fields = &mine["fields"];
    assert_eq!(
        (&fields["method"], &fields["route"], &fields["status"]),
        (&"GET".into(), &"/v1/mine".into(), &200.into())
    );
    assert!(
        fields["tenant"].as_str().unwrap().starts_with("ten_") && fields["seconds"].is_number(),
        "{fields}"
    );
    let lines = log.about("logged-2");
    let [fault, failed] = lines.as_slice() else { panic!("{lines:#?}") };
    assert_eq!(fault["level"], "ERROR");
    assert!(fault["fields"]["fault"].as_str().unwrap().contains("hunter2"));
    assert_eq!((&failed["level"], &failed["fields"]["status"]), (&"WARN".into(), &500.into()));
}

#[tokio::test]
async fn probes_answer() {
    let readiness =
        Readiness::new(|| async { vec![NotReady { part: "database", reason: "hunter2".to_owned() }] });
    let client = TestClient::new(App::new(settings()).probes(readiness, exposition()).build());
    let live = client.get("/livez").send().await;
    live.assert_header("content-type", "application/json");
    live.assert_text("{\"status\":\"ok\"}").await;
    let not_ready = problem(client.get("/readyz").send().await, 503, "not_ready").await;
    assert_eq!(not_ready["detail"], "Not ready: database.");
    let metrics = client.get("/metrics").send().await;
    metrics.assert_status_is_ok();
    metrics.assert_header("content-type", "text/plain; version=0.0.4");

    let ready = Readiness::new(|| async { Vec::new() });
    let client = TestClient::new(App::new(settings()).probes(ready.clone(), exposition()).build());
    client.get("/readyz").send().await.assert_status_is_ok();
    ready.drain();
    client.get("/readyz").send().await.assert_status(StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_document_is_served_and_always_the_same() {
    let app = App::new(settings()).operations(Things::new()).document::<Things>().build();
    let client = TestClient::new(app);
    client.get("/openapi.yaml").send().await.assert_text(document::yaml::<Things>()).await;
    let response = client.get("/openapi.json").send().await;
    let json: Value = response.0.into_body().into_json().await.unwrap();
    assert_eq!(json["openapi"], "3.0.0");
    let put = &json["paths"]["/v1/records"]["put"];
    let reference = |name: &str| Value::from(format!("#/components/schemas/{name}"));
    let media = "application/json; charset=utf-8";
    assert_eq!(put["requestBody"]["content"][media]["schema"]["$ref"], reference("RecordInput"));
    assert_eq!(put["responses"]["200"]["content"][media]["schema"]["$ref"], reference("Record"));
    let refused = &put["responses"]["4XX"]["content"]["application/problem+json"]["schema"]["$ref"];
    assert_eq!(*refused, reference("Problem"));
    let record = &json["components"]["schemas"]["Record"];
    assert_eq!(record["required"], serde_json::json!(["id", "created_at", "updated_at"]));
    assert_eq!(record["additionalProperties"], serde_json::json!({}));
    client.get("/docs").send().await.assert_status_is_ok();
}
