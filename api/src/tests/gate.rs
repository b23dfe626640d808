//! What the gate adds to every answer.

use neonex_core::credential::{Credential, CredentialKind};
use neonex_core::rng::SystemRng;
use poem::http::{Method, StatusCode};

use super::{client, problem};

#[tokio::test]
async fn an_id_is_kept_or_made() {
    let client = &client();
    let sent = client.get("/v1/things").header("x-request-id", "mine-1").send().await;
    sent.assert_header("x-request-id", "mine-1");
    let made = client.get("/v1/mine").header("x-request-id", "not mine").send().await;
    let id = made.0.header("x-request-id").unwrap().to_owned();
    assert!(id.len() == 32 && id.as_bytes()[12] == b'7', "{id} is no UUIDv7");
    made.assert_json(&id).await;
}

#[tokio::test]
async fn headers_for_browsers_and_caches() {
    let client = &client();
    let open = client.get("/v1/things").send().await;
    open.assert_header("x-content-type-options", "nosniff");
    open.assert_header("referrer-policy", "no-referrer");
    open.assert_header_is_not_exist("cache-control");
    let closed = client.get("/v1/things").header("authorization", "Bearer x").send().await;
    closed.assert_header("cache-control", "no-store");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let client = &client();
    let head = client.head("/v1/things").send().await;
    head.assert_status_is_ok();
    head.assert_header("content-length", "9");
    head.assert_text("").await;
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_asks() {
    let client = &client();
    let long = || client.get("/v1/things?limit=500");
    long().send().await.assert_header_is_not_exist("content-encoding");
    for coding in ["gzip", "br", "zstd"] {
        let response = long().header("accept-encoding", coding).send().await;
        response.assert_header("content-encoding", coding);
        response.assert_header("vary", "Accept-Encoding");
        let length = response.0.into_body().into_bytes().await.unwrap().len();
        assert!(length < 500, "{coding} made {length} bytes");
    }
    let short = client.get("/v1/things").header("accept-encoding", "gzip").send().await;
    short.assert_header_is_not_exist("content-encoding");
    short.assert_text("[\"thing\"]").await;
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_tenant() {
    let client = &client();
    let asked = client
        .request(Method::OPTIONS, "/v1/things")
        .header("origin", "https://anywhere.example")
        .header("access-control-request-method", "POST")
        .send()
        .await;
    asked.assert_status(StatusCode::NO_CONTENT);
    asked.assert_header("access-control-allow-origin", "https://anywhere.example");
    asked.assert_header("vary", "Origin");
    // Whether a page reads an answer that came by a cookie is decided with the answer.
    asked.assert_header("access-control-allow-credentials", "true");
    let methods = asked.0.header("access-control-allow-methods").unwrap();
    assert!(methods.contains("PATCH") && methods.contains("DELETE"), "{methods}");
    let headers = asked.0.header("access-control-allow-headers").unwrap();
    assert!(headers.contains("Authorization") && headers.contains("Idempotency-Key"), "{headers}");
}

#[tokio::test]
async fn a_page_reads_what_the_tenant_lets_it_read() {
    let client = &client();
    let from = |path: &'static str, origin: &'static str| client.get(path).header("origin", origin).send();
    let allowed = from("/v1/mine", "https://app.example.com").await;
    allowed.assert_header("access-control-allow-origin", "https://app.example.com");
    allowed.assert_header("vary", "Origin");
    assert!(allowed.0.header("access-control-expose-headers").unwrap().contains("ETag"));
    let foreign = from("/v1/mine", "https://evil.example.com").await;
    foreign.assert_header_is_not_exist("access-control-allow-origin");
    foreign.assert_header("vary", "Origin");
    from("/v1/things", "https://app.example.com")
        .await
        .assert_header_is_not_exist("access-control-allow-origin");
    let unknown = from("/v1/nowhere", "https://app.example.com").await;
    unknown.assert_header("access-control-allow-origin", "https://app.example.com");
    problem(unknown, 404, "not_found").await;
    client.get("/v1/mine").send().await.assert_header_is_not_exist("vary");
}

#[tokio::test]
async fn a_caller_is_told_where_it_stands() {
    let client = &client();
    let key = Credential::generate(CredentialKind::Secret, &SystemRng).unwrap();
    let ask = || client.get("/v1/limited").header("authorization", format!("Bearer {}", key.reveal())).send();
    for (remaining, wait) in [(1, 1800), (0, 3600)] {
        let response = ask().await;
        response.assert_status_is_ok();
        response.assert_header("ratelimit", format!("\"default\";r={remaining};t={wait}"));
        response.assert_header("ratelimit-policy", "\"default\";q=2;w=3600");
    }
    let refused = ask().await;
    refused.assert_header("retry-after", "1800");
    refused.assert_header("ratelimit", "\"default\";r=0;t=1800");
    problem(refused, 429, "rate_limited").await;

    let guess = || client.get("/v1/limited").header("authorization", "Bearer nx_sec_guess").send();
    guess().await.assert_header("ratelimit-policy", "\"default\";q=1;w=3600");
    problem(guess().await, 429, "rate_limited").await;
}

#[tokio::test]
async fn a_missing_credential_is_asked_for() {
    let client = &client();
    let response = client.get("/v1/limited").send().await;
    response.assert_header("www-authenticate", "Bearer");
    problem(response, 401, "unauthorized").await;
    let other = client.get("/v1/mine").header("authorization", "Basic YTpi").send().await;
    problem(other, 401, "unauthorized").await;
}
