//! What is too much is refused: of bytes, of nesting, of address, of requests.

use std::time::Instant;

use neonex_testkit::TestApp;
use poem::http::Method;
use serde_json::{Value, json};

use crate::api::{NOTES, expect, note, problem, with_notes};

#[tokio::test]
async fn bodies_and_urls_have_bounds() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let sent = |length: usize| format!("{{\"title\":\"a\",\"text\":\"{}\"}}", "x".repeat(length - 23));
    let post = async |body: String| developer.send(Method::POST, NOTES, Some(body)).await;
    expect(&post(sent(1024 * 1024)).await, 201);
    problem(&post(sent(1024 * 1024 + 1)).await, 413, "body_too_large");
    let nested = |levels: usize| format!("{{\"title\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    problem(&post(nested(31)).await, 400, "invalid_body");
    problem(&post(nested(32)).await, 400, "json_too_deep");
    problem(&post(nested(100_000)).await, 400, "json_too_deep");
    let url = |length: usize| format!("{NOTES}?sort={}", "x".repeat(length - NOTES.len() - 6));
    problem(&developer.get(&url(8 * 1024)).await, 400, "invalid_parameter");
    problem(&developer.get(&url(8 * 1024 + 1)).await, 414, "url_too_long");
    app.remove().await.unwrap();
}

type Shape = (&'static str, Method, String, Option<String>);

/// Shapes that have brought servers down.
fn hostile_shapes() -> Vec<Shape> {
    let body = |shape, text: String| (shape, Method::POST, NOTES.to_owned(), Some(text));
    let get = |shape, text: String| (shape, Method::GET, format!("{NOTES}{text}"), None);
    let filter = |shape, text: &str| {
        let encode = |out: String, byte| format!("{out}%{byte:02X}");
        let encoded = text.bytes().fold(String::new(), encode);
        get(shape, format!("?filter={encoded}"))
    };
    let collection = |shape, fields: Value| {
        let text = json!({"name": "hostile", "fields": fields}).to_string();
        (shape, Method::POST, "/v1/collections".to_owned(), Some(text))
    };
    let nested = (0..30).fold(json!([]), |inner, _| json!([inner]));
    let many: Value = (0..5000).map(|n| json!({"name": format!("f{n}"), "type": "int"})).collect();
    let unknown: serde_json::Map<_, _> = (0..60_000).map(|n| (format!("f{n}"), json!(1))).collect();
    vec![
        body("brackets", "[".repeat(1_000_000)),
        body("objects", "{\"a\":".repeat(200_000)),
        body("zeros", format!("{{\"title\":\"{}\"}}", "\\u0000".repeat(1000))),
        body("half a surrogate", "{\"title\":\"\\ud800\"}".to_owned()),
        body("unknown fields", Value::Object(unknown).to_string()),
        body("a field twice", "{\"title\":\"x\",\"title\":\"y\"}".to_owned()),
        body("a number without end", format!("{{\"title\":\"x\",\"stars\":{}}}", "9".repeat(500_000))),
        body("a number out of range", "{\"title\":\"x\",\"stars\":1e400}".to_owned()),
        get("no UTF-8 in the path", "/%ff%fe".to_owned()),
        get("sorts", format!("?sort={}", vec!["stars"; 1000].join(","))),
        filter("parentheses in a filter", &"(".repeat(2000)),
        filter("negations in a filter", &format!("{}true", "!".repeat(2000))),
        filter("a chain in a filter", &vec!["stars==1"; 200].join("||")),
        filter("comprehensions in a filter", "[1,2,3].all(x,[1,2,3].all(y,[1,2,3].all(z,x==y)))"),
        collection("a nested default", json!([{"name": "a", "type": "json", "default": nested}])),
        collection("fields without end", many),
    ]
}

#[tokio::test]
async fn hostile_input_is_cheap_to_refuse() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    note(&developer, "a", 1).await;
    // 100 ms is the promise; code that is not optimised is given ten times as much.
    let bound = if cfg!(debug_assertions) { 1000 } else { 100 };
    for (shape, method, path, text) in hostile_shapes() {
        let started = Instant::now();
        let answer = developer.send(method, &path, text).await;
        let (took, size) = (started.elapsed(), answer.body.len());
        println!("{shape}: {} {}, {size} bytes in {took:?}", answer.status, answer.code());
        assert!((400..500).contains(&answer.status) && !answer.code().is_empty(), "{shape}: {answer:?}");
        assert!(took.as_millis() < bound, "{shape} took {took:?}");
        assert!(size < 32 * 1024, "{shape} was answered with {size} bytes");
    }
    expect(&developer.get(NOTES).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::limited(4, 2).await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (one, two) = (acme.secret().await.unwrap(), acme.secret().await.unwrap());
    for left in [3, 2, 1, 0] {
        let answer = one.get("/v1/collections").await;
        expect(&answer, 200);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"default\";q=4;w=3600"));
        assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"default\";r={left};t=")));
    }
    let refused = one.get("/v1/collections").await;
    let body = problem(&refused, 429, "rate_limited");
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").unwrap().starts_with("\"default\";r=0;t="));
    assert!(body["detail"].as_str().unwrap().contains(&wait.to_string()));
    expect(&two.get("/v1/collections").await, 200);
    app.remove().await.unwrap();
}

/// What has no credential of its own is counted by where it comes from: guesses, too, whatever they vary.
#[tokio::test]
async fn guessing_is_counted_by_address() {
    let app = TestApp::limited(100, 3).await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let guess = |number: u32| app.nobody().bearer(&format!("nx_sec_{number:036}"));
    for number in 0..2 {
        problem(&guess(number).get("/v1/collections").await, 401, "invalid_credential");
    }
    problem(&acme.anonymous().get("/v1/collections").await, 403, "scope_needed");
    let spoofing = guess(3).with("x-forwarded-for", "192.0.2.77");
    problem(&spoofing.get("/v1/collections").await, 429, "rate_limited");
    problem(&acme.publishable().await.unwrap().get("/v1/collections").await, 429, "rate_limited");
    expect(&acme.secret().await.unwrap().get("/v1/collections").await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn without_limits_no_header_speaks_of_them() {
    let app = TestApp::start().await.unwrap();
    let answer = app.operator().get("/v1/tenants").await;
    assert_eq!((answer.status, answer.header("ratelimit")), (200, None));
    let made = app.operator().post("/v1/tenants", &json!({"slug": "acme", "name": "A"})).await;
    expect(&made, 201);
    app.remove().await.unwrap();
}
