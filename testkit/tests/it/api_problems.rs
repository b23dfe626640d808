//! Every error is a problem (RFC 9457), whoever noticed it: the router, the framework or the domain.

use insta::assert_json_snapshot as snapshot;
use neonex_testkit::TestApp;
use serde_json::json;

use crate::api::{NOTES, expect, note, places, problem, with_notes};

#[tokio::test]
async fn of_the_router() {
    let app = TestApp::start().await.unwrap();
    let nobody = app.nobody().with("x-request-id", "r-1");
    snapshot!(problem(&nobody.get("/v1/nowhere").await, 404, "not_found"), @r#"
    {
      "code": "not_found",
      "detail": "There is nothing at this path.",
      "instance": "/v1/nowhere",
      "request_id": "r-1",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not_found"
    }
    "#);
    let put = nobody.put("/v1/tenants", &json!({})).await;
    assert_eq!(put.header("allow"), Some("GET, HEAD, OPTIONS, POST"));
    snapshot!(problem(&put, 405, "method_not_allowed"), @r#"
    {
      "code": "method_not_allowed",
      "detail": "This path does not answer to that method; `Allow` has those it does.",
      "instance": "/v1/tenants",
      "request_id": "r-1",
      "status": 405,
      "title": "Method not allowed",
      "type": "/problems/method_not_allowed"
    }
    "#);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn of_the_framework() {
    let app = TestApp::start().await.unwrap();
    let (nobody, operator) =
        (app.nobody().with("x-request-id", "r-1"), app.operator().with("x-request-id", "r-1"));
    let refused = nobody.get("/v1/tenants").await;
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    snapshot!(problem(&refused, 401, "unauthorized"), @r#"
    {
      "code": "unauthorized",
      "detail": "A credential is needed: `Authorization: Bearer <key or token>`.",
      "instance": "/v1/tenants",
      "request_id": "r-1",
      "status": 401,
      "title": "Unauthorized",
      "type": "/problems/unauthorized"
    }
    "#);
    let body = json!({"name": 7, "settings": {"cors_origin": []}});
    snapshot!(problem(&operator.post("/v1/tenants", &body).await, 400, "invalid_body"), @r#"
    {
      "code": "invalid_body",
      "detail": "The body cannot be accepted: /slug: is needed; /name: expected string, found number.",
      "errors": [
        {
          "code": "required",
          "message": "is needed",
          "pointer": "/slug"
        },
        {
          "code": "type",
          "message": "expected string, found number",
          "pointer": "/name"
        }
      ],
      "instance": "/v1/tenants",
      "request_id": "r-1",
      "status": 400,
      "title": "Invalid body",
      "type": "/problems/invalid_body"
    }
    "#);
    snapshot!(problem(&operator.get("/v1/tenants?limit=many&limt=1").await, 400, "unknown_parameter"), @r#"
    {
      "code": "unknown_parameter",
      "detail": "Unknown query parameter: limt. This operation takes: limit, cursor.",
      "errors": [
        {
          "code": "unknown_parameter",
          "message": "this operation has no such parameter",
          "pointer": "?limt"
        }
      ],
      "instance": "/v1/tenants",
      "request_id": "r-1",
      "status": 400,
      "title": "Unknown parameter",
      "type": "/problems/unknown_parameter"
    }
    "#);
    snapshot!(problem(&operator.get("/v1/tenants?limit=many").await, 400, "invalid_parameter"), @r#"
    {
      "code": "invalid_parameter",
      "detail": "The parameter `limit` cannot be read: failed to parse \"integer(uint32)\": invalid digit found in string (occurred while parsing \"optional_integer(uint32)\")",
      "errors": [
        {
          "code": "invalid",
          "message": "failed to parse \"integer(uint32)\": invalid digit found in string (occurred while parsing \"optional_integer(uint32)\")",
          "pointer": "?limit"
        }
      ],
      "instance": "/v1/tenants",
      "request_id": "r-1",
      "status": 400,
      "title": "Invalid parameter",
      "type": "/problems/invalid_parameter"
    }
    "#);
    let text = operator.with("content-type", "text/plain").post("/v1/tenants", &json!({})).await;
    snapshot!(problem(&text, 415, "unsupported_media_type"), @r#"
    {
      "code": "unsupported_media_type",
      "detail": "The body must be JSON and say so: `Content-Type: application/json`.",
      "instance": "/v1/tenants",
      "request_id": "r-1",
      "status": 415,
      "title": "Unsupported media type",
      "type": "/problems/unsupported_media_type"
    }
    "#);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn of_the_domain() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let operator = app.operator().with("x-request-id", "r-1");
    let taken = operator.post("/v1/tenants", &json!({"slug": "acme", "name": "Another"})).await;
    snapshot!(problem(&taken, 409, "slug_taken"), @r#"
    {
      "code": "slug_taken",
      "detail": "Another tenant has the slug `acme` already.",
      "instance": "/v1/tenants",
      "request_id": "r-1",
      "status": 409,
      "title": "Slug taken",
      "type": "/problems/slug_taken"
    }
    "#);
    let developer = with_notes(&acme).await.with("x-request-id", "r-1");
    note(&developer, "one", 1).await;
    let twice = developer.post(NOTES, &json!({"title": "one"})).await;
    snapshot!(problem(&twice, 409, "not_unique"), @r#"
    {
      "code": "not_unique",
      "detail": "There is a record with the same title already.",
      "errors": [
        {
          "code": "not_unique",
          "message": "there is a record with this value",
          "pointer": "/title"
        }
      ],
      "instance": "/v1/collections/notes/records",
      "request_id": "r-1",
      "status": 409,
      "title": "Not unique",
      "type": "/problems/not_unique"
    }
    "#);
    let wrong = developer.post(NOTES, &json!({"stars": "many", "tilte": "x"})).await;
    snapshot!(problem(&wrong, 400, "invalid_body"), @r#"
    {
      "code": "invalid_body",
      "detail": "The body cannot be accepted as it is.",
      "errors": [
        {
          "code": "invalid_value",
          "message": "`stars` takes a whole number of 64 bits, written without point or exponent",
          "pointer": "/stars"
        },
        {
          "code": "unknown_field",
          "message": "there is no field `tilte`",
          "pointer": "/tilte"
        }
      ],
      "instance": "/v1/collections/notes/records",
      "request_id": "r-1",
      "status": 400,
      "title": "Invalid body",
      "type": "/problems/invalid_body"
    }
    "#);
    let filter = developer.get("/v1/collections/notes/records?filter=stars%20%3E").await;
    let filter = problem(&filter, 400, "invalid_parameter");
    assert_eq!(places(&filter), [("?filter", "invalid_filter")]);
    let narrow = acme.secret_with(&["records:read"]).await.unwrap().with("x-request-id", "r-1");
    snapshot!(problem(&narrow.post(NOTES, &json!({"title": "two"})).await, 403, "scope_needed"), @r#"
    {
      "code": "scope_needed",
      "detail": "This needs the scope `records:write`.",
      "instance": "/v1/collections/notes/records",
      "request_id": "r-1",
      "status": 403,
      "title": "Scope needed",
      "type": "/problems/scope_needed"
    }
    "#);
    let missing = developer.get("/v1/collections/notes/records/0197f3a0-0000-7000-8000-000000000000").await;
    snapshot!(problem(&missing, 404, "not_found"), @r#"
    {
      "code": "not_found",
      "detail": "There is no such record.",
      "instance": "/v1/collections/notes/records/0197f3a0-0000-7000-8000-000000000000",
      "request_id": "r-1",
      "status": 404,
      "title": "Not found",
      "type": "/problems/not_found"
    }
    "#);
    app.remove().await.unwrap();
}

/// A rule says no in two ways: it hides what is there, and refuses what is sent.
#[tokio::test]
async fn of_a_rule() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    let rules = json!({"rules": {"list": "record.stars > 3", "view": "record.stars > 3", "create": "record.stars > 3"}});
    expect(&developer.patch("/v1/collections/notes", &rules).await, 200);
    let hidden = note(&developer, "hidden", 1).await.id();
    let shown = note(&developer, "shown", 5).await.id();
    let reader = acme.publishable().await.unwrap().with("x-request-id", "r-1");
    expect(&reader.get(&format!("{NOTES}/{shown}")).await, 200);
    problem(&reader.get(&format!("{NOTES}/{hidden}")).await, 404, "not_found");
    let list = expect(&reader.get(NOTES).await, 200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    expect(&reader.post(NOTES, &json!({"title": "high", "stars": 4})).await, 201);
    let low = reader.post(NOTES, &json!({"title": "low", "stars": 3})).await;
    snapshot!(problem(&low, 403, "rule_refused"), @r#"
    {
      "code": "rule_refused",
      "detail": "The collection's rule does not allow this.",
      "instance": "/v1/collections/notes/records",
      "request_id": "r-1",
      "status": 403,
      "title": "Rule refused",
      "type": "/problems/rule_refused"
    }
    "#);
    problem(&reader.delete(&format!("{NOTES}/{shown}")).await, 403, "scope_needed");
    app.remove().await.unwrap();
}
