//! What the tests of the HTTP surface share.

use neonex_testkit::{Answer, AppTenant, Client};
use serde_json::{Value, json};

/// The body of an answer that must be this problem, after looking at what all problems have in common.
pub(crate) fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    let body = answer.json();
    let shown = String::from_utf8_lossy(&answer.body);
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{shown}");
    assert_eq!(body["status"], status, "{shown}");
    assert_eq!(body["type"], format!("/problems/{code}"), "{shown}");
    assert_eq!(body["request_id"].as_str(), answer.header("x-request-id"), "{shown}");
    assert!(
        body["title"].is_string() && body["detail"].is_string() && body["instance"].is_string(),
        "{shown}"
    );
    body
}

/// Where a problem found something, and what.
pub(crate) fn places(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

/// The body of an answer that must have this status.
pub(crate) fn expect(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// Who develops the tenant, after making the collection `notes`: `title` (unique), `stars` and `text`.
pub(crate) async fn with_notes(tenant: &AppTenant) -> Client {
    let developer = tenant.secret().await.unwrap();
    let notes = json!({
        "name": "notes",
        "fields": [
            {"name": "title", "type": "text", "required": true, "unique": true},
            {"name": "stars", "type": "int"},
            {"name": "text", "type": "text"},
        ],
    });
    expect(&developer.post("/v1/collections", &notes).await, 201);
    developer
}

/// Makes a note and returns the answer.
pub(crate) async fn note(developer: &Client, title: &str, stars: i64) -> Answer {
    let answer = developer.post(NOTES, &json!({"title": title, "stars": stars})).await;
    expect(&answer, 201);
    answer
}

pub(crate) const NOTES: &str = "/v1/collections/notes/records";
