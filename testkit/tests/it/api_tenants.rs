//! Which tenant a request is for, whose pages may read the answer, and what a tenant's end means to its callers.

use neonex_testkit::{AppTenant, Client, TestApp};
use poem::http::Method;
use serde_json::json;

use crate::api::{NOTES, expect, note, problem, with_notes};

#[tokio::test]
async fn the_tenant_follows_from_the_credential_and_the_header_must_agree() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    let developer = with_notes(&acme).await;
    let publishable = acme.publishable().await.unwrap();
    for named in ["acme".to_owned(), acme.id()] {
        expect(&developer.within(&named).get("/v1/collections").await, 200);
    }
    // A tenant that there is not is answered as one that is somebody else's.
    for named in ["other".to_owned(), other.id(), "absent".to_owned(), "..".to_owned(), String::new()] {
        for client in [&developer, &publishable] {
            problem(&client.within(&named).get("/v1/collections").await, 400, "tenant_mismatch");
        }
        let keys = format!("/v1/tenants/{}/keys", acme.id());
        problem(&developer.within(&named).get(&keys).await, 400, "tenant_mismatch");
    }
    problem(&app.operator().get("/v1/collections").await, 400, "tenant_needed");
    expect(&acme.operator().get("/v1/collections").await, 200);
    problem(&app.operator().within("absent").get("/v1/collections").await, 404, "not_found");
    for named in ["absent", "%00", "acme%00", "ACME", "%20"] {
        problem(&app.operator().get(&format!("/v1/tenants/{named}")).await, 404, "not_found");
        problem(&developer.get(&format!("/v1/tenants/{named}/keys")).await, 404, "not_found");
    }
    problem(&developer.within("other").get("/v1/tenants").await, 400, "tenant_mismatch");
    problem(&developer.within("acme").get("/v1/tenants").await, 403, "operator_needed");
    problem(&app.nobody().get("/v1/collections").await, 401, "credential_needed");
    app.remove().await.unwrap();
}

/// Who acts for a tenant, in each of the ways that there are.
async fn callers(tenant: &AppTenant) -> [Client; 3] {
    [tenant.secret().await.unwrap(), tenant.publishable().await.unwrap(), tenant.anonymous()]
}

#[tokio::test]
async fn a_suspended_tenant_is_closed_to_all_but_the_operator() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    note(&developer, "kept", 1).await;
    expect(&app.operator().post("/v1/tenants/acme/suspend", &json!({})).await, 200);
    for client in callers(&acme).await {
        problem(&client.get(NOTES).await, 403, "tenant_suspended");
    }
    expect(&acme.operator().get(NOTES).await, 200);
    expect(&app.operator().post("/v1/tenants/acme/resume", &json!({})).await, 200);
    assert_eq!(expect(&developer.get(NOTES).await, 200)["items"][0]["title"], "kept");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_deleted_tenant_is_closed_to_all_and_comes_back_whole() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    note(&developer, "kept", 1).await;
    let callers = callers(&acme).await;
    expect(&app.operator().delete("/v1/tenants/acme").await, 200);
    for client in callers.iter().chain([&developer, &acme.operator()]) {
        problem(&client.get(NOTES).await, 403, "tenant_deleted");
    }
    let change = json!({"name": "Changed"});
    problem(&app.operator().patch("/v1/tenants/acme", &change).await, 409, "tenant_deleted");
    expect(&app.operator().post("/v1/tenants/acme/restore", &json!({})).await, 200);
    assert_eq!(expect(&developer.get(NOTES).await, 200)["items"][0]["title"], "kept");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_page_reads_answers_where_the_tenant_lets_it() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let settings = json!({"settings": {"cors_origins": ["https://acme.example"]}});
    expect(&app.operator().patch("/v1/tenants/acme", &settings).await, 200);
    app.tenant("other").await.unwrap();
    let developer = with_notes(&acme).await;
    let at = |client: &Client, origin: &str| client.with("origin", origin);
    let own = at(&developer, "https://acme.example").get(NOTES).await;
    assert_eq!(own.header("access-control-allow-origin"), Some("https://acme.example"));
    assert!(own.header("access-control-expose-headers").unwrap().contains("ETag"));
    assert_eq!(own.header("access-control-allow-credentials"), Some("true"));
    for origin in ["https://evil.example", "https://acme.example.evil.example", "http://acme.example", "null"]
    {
        let answer = at(&developer, origin).get(NOTES).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        assert!(answer.header("vary").unwrap().contains("Origin"));
    }
    let other = at(&app.nobody().within("other"), "https://acme.example").get(NOTES).await;
    assert_eq!(other.header("access-control-allow-origin"), None, "another tenant's setting counted");
    let guess = at(&app.nobody().bearer("wrong"), "https://evil.example").get(NOTES).await;
    assert_eq!(guess.header("access-control-allow-origin"), Some("https://evil.example"));
    let tenants = at(&app.operator(), "https://acme.example").get("/v1/tenants").await;
    assert_eq!((tenants.status, tenants.header("access-control-allow-origin")), (200, None));
    let preflight =
        app.nobody().with("origin", "https://evil.example").with("access-control-request-method", "PUT");
    let preflight = preflight.send(Method::OPTIONS, NOTES, None).await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-credentials")), (204, Some("true")));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_request_has_an_id_that_is_echoed_if_it_is_harmless() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    for (path, status) in [(NOTES, 200), ("/v1/nowhere", 404), ("/livez", 200)] {
        let answer = developer.with("x-request-id", "my-own.ID_7").get(path).await;
        assert_eq!((answer.status, answer.header("x-request-id")), (status, Some("my-own.ID_7")), "{path}");
    }
    for forged in ["a b", "a\"b", "é", "", &"x".repeat(129)] {
        let answer = developer.with("x-request-id", forged).get(NOTES).await;
        let id = answer.header("x-request-id").unwrap();
        assert!(id != forged && id.len() == 32, "{forged} became {id}");
    }
    let (one, two) = (developer.get(NOTES).await, developer.get(NOTES).await);
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_goes_with_a_credential_is_not_for_caches() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    for path in [NOTES, "/v1/nowhere", "/v1/tenants"] {
        let answer = developer.get(path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    let document = app.nobody().get("/openapi.json").await;
    assert_eq!(expect(&document, 200)["openapi"], "3.0.0");
    for path in ["/livez", "/readyz", "/metrics", "/docs", "/openapi.yaml"] {
        expect(&app.nobody().get(path).await, 200);
    }
    app.remove().await.unwrap();
}
