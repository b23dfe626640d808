//! What Prometheus reads of a running server, on a new folder or on a database server.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use neonex_testkit::redis_url;
use reqwest::{Client, Method};
use serde_json::json;

use super::databases::{Database, KEY};
use super::running::Running;

/// A database with its schema, and a server on it.
async fn start() -> (Database, Running) {
    let database = Database::new().await;
    let (url, redis) = (database.url(), redis_url().unwrap());
    let mut environment = vec![("NEONEX_MASTER_KEY", KEY), ("NEONEX_REDIS_URL", redis.as_str())];
    if let Some(url) = &url {
        assert_eq!(database.run(&["migrate", "up"]).code, Some(0));
        environment.push(("NEONEX_DATABASE_URL", url));
    }
    let server = Running::start_with(&database.place, "127.0.0.1:0", &environment).await;
    (database, server)
}

/// A tenant with a collection and a record, made by an operator whose token this is.
async fn work(database: &Database, server: &Running) -> String {
    let token = database.run(&["token", "create"]).stdout.trim().to_owned();
    server.call(&token, "/v1/tenants", Some(&json!({ "slug": "acme", "name": "Acme" }))).await;
    let client = Client::new();
    let post = async |path: &str, body: serde_json::Value| {
        let request = client.post(format!("{}{path}", server.base)).bearer_auth(&token).json(&body);
        let answer = request.header("x-neonex-tenant", "acme").send().await.unwrap();
        assert_eq!(answer.status(), 201, "{path}: {}", answer.text().await.unwrap());
    };
    let fields = json!([{ "name": "title", "type": "text" }]);
    post("/v1/collections", json!({ "name": "notes", "fields": fields })).await;
    post("/v1/collections/notes/records", json!({ "title": "a" })).await;
    token
}

async fn metrics(server: &Running) -> String {
    Client::new().get(format!("{}/metrics", server.base)).send().await.unwrap().text().await.unwrap()
}

/// The server begins before it has found Redis.
async fn until_redis_is_up(server: &Running) -> String {
    let started = Instant::now();
    loop {
        let text = metrics(server).await;
        if text.contains("\nneonex_redis_up 1\n") {
            return text;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "Redis is not found:\n{text}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Prometheus' own word on names, types, units and descriptions. A missing `promtool` fails the test: Debian has it
/// in the package `prometheus`, and `infra/services.sh up` installs it.
fn check(text: &str) {
    let mut tool = Command::new("promtool");
    let tool = tool.args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut tool = tool.spawn().expect("promtool runs");
    tool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let checked = tool.wait_with_output().unwrap();
    let words = String::from_utf8(checked.stderr).unwrap();
    assert!(checked.status.success() && words.is_empty(), "{words}\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_prometheus_reads_is_sound_and_has_the_figures_of_the_databases() {
    let (database, server) = start().await;
    work(&database, &server).await;
    let text = until_redis_is_up(&server).await;
    check(&text);
    assert!(text.contains("\nneonex_redis_failures_total 0\n"), "{text}");
    let expected: &[&str] = if database.url().is_some() {
        &[
            "neonex_pool_connections{pool=\"database\",state=\"used\"} 0",
            "neonex_pool_connections{pool=\"database\",state=\"idle\"} ",
            "neonex_pool_connections_max{pool=\"database\"} 20",
            "neonex_pool_waiting{pool=\"database\"} 0",
            "neonex_pool_wait_seconds_count{pool=\"database\"} ",
        ]
    } else {
        &[
            "neonex_writer_batch_size_count ",
            "neonex_writer_queue_depth 0",
            "neonex_writer_queue_seconds_count ",
            "neonex_reader_queue_seconds_count ",
            "neonex_commit_seconds_count ",
            "neonex_engine_open_files 2",
        ]
    };
    for start in expected {
        assert!(text.lines().any(|line| line.starts_with(start)), "{start} is not in\n{text}");
    }
    server.stop().await;
    database.remove().await;
}

/// Whoever asks for whatever cannot make the server keep a figure of it.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_adds_a_label() {
    let (database, server) = start().await;
    let token = work(&database, &server).await;
    let client = Client::new();
    let ask = async |number: usize| {
        let methods = ["GET", "POST", "DELETE", "PROPFIND", &format!("X{number}")];
        for (method, path) in methods.iter().flat_map(|method| {
            let paths = ["/nowhere", "/v1/collections", "/v1/tenants", "/console", "/v1"];
            paths.map(|path| (*method, format!("{path}/x{number}")))
        }) {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = client.request(method, format!("{}{path}?a{number}=1", server.base));
            let request = request.bearer_auth(&token).header("x-neonex-tenant", format!("t{number}"));
            request.send().await.unwrap();
        }
    };
    let series = async || -> BTreeSet<String> {
        let text = metrics(&server).await;
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
    };
    ask(0).await;
    // The look itself is the last series to appear.
    series().await;
    let before = series().await;
    for number in 1..5 {
        ask(number).await;
    }
    assert_eq!(series().await, before);
    server.stop().await;
    database.remove().await;
}
