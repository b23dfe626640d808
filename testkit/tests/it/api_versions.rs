//! `ETag`, `If-Match` and `If-None-Match` of tenants, keys and collections.

use neonex_testkit::{Client, TestApp};
use serde_json::json;

use crate::api::{expect, problem};

/// The version that an answer names.
fn version(answer: &neonex_testkit::Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

/// Reads what is at `path` with and without its version in hand, and returns that.
async fn read(client: &Client, path: &str) -> String {
    let read = client.get(path).await;
    expect(&read, 200);
    let etag = version(&read);
    for known in [etag.clone(), format!("\"0\", W/{etag}"), "*".to_owned()] {
        let unchanged = client.with("if-none-match", &known).get(path).await;
        assert_eq!((unchanged.status, version(&unchanged)), (304, etag.clone()), "{path} {known}");
        assert!(unchanged.body.is_empty());
    }
    expect(&client.with("if-none-match", "\"0\"").get(path).await, 200);
    etag
}

#[tokio::test]
async fn a_collection_is_changed_in_the_version_that_was_seen() {
    let app = TestApp::start().await.unwrap();
    let developer = app.tenant("acme").await.unwrap().secret().await.unwrap();
    let new = json!({"name": "rooms", "fields": [{"name": "name", "type": "text"}]});
    let made = developer.post("/v1/collections", &new).await;
    expect(&made, 201);
    let path = "/v1/collections/rooms";
    let first = read(&developer, path).await;
    assert_eq!(version(&made), first);
    let rules = |rule: &str| json!({"rules": {"list": rule}});
    // The clock stands still, the version does not.
    let changed = developer.with("if-match", &first).patch(path, &rules("true")).await;
    expect(&changed, 200);
    let second = read(&developer, path).await;
    assert_eq!(version(&changed), second);
    assert_ne!(first, second);
    let late = developer.with("if-match", &first);
    problem(&late.patch(path, &rules("false")).await, 412, "precondition_failed");
    problem(&late.delete(path).await, 412, "precondition_failed");
    // A weak tag is no proof of the same bytes.
    let weak = developer.with("if-match", &format!("W/{second}"));
    problem(&weak.patch(path, &rules("false")).await, 412, "precondition_failed");
    problem(&developer.with("if-match", "bare").patch(path, &rules("false")).await, 400, "invalid_parameter");
    assert_eq!(expect(&developer.get(path).await, 200)["rules"]["list"], "true");

    // The name of a collection that it points to is a part of what is shown.
    let notes =
        json!({"name": "notes", "fields": [{"name": "room", "type": "relation", "collection": "rooms"}]});
    let notes = version(&developer.post("/v1/collections", &notes).await);
    expect(&developer.patch(path, &json!({"name": "places"})).await, 200);
    let path = "/v1/collections/notes";
    let renamed = developer.with("if-none-match", &notes).get(path).await;
    assert_eq!(expect(&renamed, 200)["fields"][0]["collection"], "places");
    problem(&developer.with("if-match", &notes).delete(path).await, 412, "precondition_failed");
    let any = developer.with("if-match", &format!("\"0\", {}", version(&renamed)));
    expect(&any.delete(path).await, 204);
    problem(&developer.with("if-match", "*").delete(path).await, 404, "not_found");
    expect(&developer.with("if-match", "*").delete("/v1/collections/places").await, 204);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn of_many_who_hold_one_version_of_a_collection_one_changes_it() {
    let app = TestApp::start().await.unwrap();
    let developer = app.tenant("acme").await.unwrap().secret().await.unwrap();
    let made = developer.post("/v1/collections", &json!({"name": "notes"})).await;
    let holder = developer.with("if-match", &version(&made));
    let changes = (0..8).map(|number| {
        let holder = holder.clone();
        let rules = json!({"rules": {"list": format!("{number} == {number}")}});
        tokio::spawn(async move { holder.patch("/v1/collections/notes", &rules).await.status })
    });
    let statuses = futures_util::future::join_all(changes).await;
    let statuses: Vec<u16> = statuses.into_iter().map(Result::unwrap).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    // On MariaDB a change may find another under way.
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409 | 412)), "{statuses:?}");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_tenant_is_changed_in_the_version_that_was_seen() {
    let app = TestApp::start().await.unwrap();
    let operator = app.operator();
    let made = operator.post("/v1/tenants", &json!({"slug": "acme", "name": "Acme"})).await;
    expect(&made, 201);
    let path = "/v1/tenants/acme";
    let first = read(&operator, path).await;
    assert_eq!(version(&made), first);
    let change = |name: &str| json!({ "name": name });
    let changed = operator.with("if-match", &first).patch(path, &change("Globex")).await;
    expect(&changed, 200);
    assert_eq!(version(&changed), read(&operator, path).await);
    let late = operator.with("if-match", &first);
    problem(&late.patch(path, &change("Initech")).await, 412, "precondition_failed");
    problem(&late.delete(path).await, 412, "precondition_failed");
    assert_eq!(expect(&operator.get(path).await, 200)["name"], "Globex");
    // A change of its collections is none of what operators see of it.
    let seen = read(&operator, path).await;
    let within = operator.within("acme");
    expect(&within.post("/v1/collections", &json!({"name": "notes"})).await, 201);
    assert_eq!(read(&operator, path).await, seen);
    let suspended = operator.post(&format!("{path}/suspend"), &json!({})).await;
    assert_ne!(version(&suspended), seen);
    let deleted = operator.with("if-match", &version(&suspended)).delete(path).await;
    assert_eq!(expect(&deleted, 200)["status"], "deleting");
    assert_eq!(version(&deleted), read(&operator, path).await);
    problem(&operator.with("if-match", "*").delete("/v1/tenants/nobody").await, 404, "not_found");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_key_is_revoked_in_the_version_that_was_seen() {
    let app = TestApp::start().await.unwrap();
    app.tenant("acme").await.unwrap();
    let operator = app.operator();
    let keys = "/v1/tenants/acme/keys";
    let made = operator.post(keys, &json!({"name": "one", "kind": "secret"})).await;
    let secret = expect(&made, 201)["key"].as_str().unwrap().to_owned();
    let path = format!("{keys}/{}", made.id());
    let first = read(&operator, &path).await;
    assert_eq!(version(&made), first);
    // It was used meanwhile, so whoever thought it unused is told.
    expect(&app.nobody().bearer(&secret).get("/v1/collections").await, 200);
    app.platform.platform.flush_usage().await;
    problem(&operator.with("if-match", &first).delete(&path).await, 412, "precondition_failed");
    expect(&app.nobody().bearer(&secret).get("/v1/collections").await, 200);
    let used = read(&operator, &path).await;
    expect(&operator.with("if-match", &used).delete(&path).await, 204);
    problem(&app.nobody().bearer(&secret).get("/v1/collections").await, 401, "invalid_credential");
    assert_ne!(read(&operator, &path).await, used);
    problem(&operator.with("if-match", "*").delete(&format!("{keys}/key_1")).await, 404, "not_found");
    app.remove().await.unwrap();
}

/// A header and a path that name two tenants contradict each other, whoever sends them.
#[tokio::test]
async fn an_operator_s_header_agrees_with_the_path() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    for named in ["other".to_owned(), other.id()] {
        let operator = app.operator().within(&named);
        for path in ["/v1/tenants/acme".to_owned(), format!("/v1/tenants/{}", acme.id())] {
            problem(&operator.get(&path).await, 400, "tenant_mismatch");
            problem(&operator.patch(&path, &json!({"name": "x"})).await, 400, "tenant_mismatch");
            problem(&operator.delete(&path).await, 400, "tenant_mismatch");
            for verb in ["suspend", "resume", "restore"] {
                problem(&operator.post(&format!("{path}/{verb}"), &json!({})).await, 400, "tenant_mismatch");
            }
            problem(&operator.get(&format!("{path}/keys")).await, 400, "tenant_mismatch");
        }
        expect(&operator.get("/v1/tenants/other").await, 200);
        expect(&operator.get("/v1/tenants").await, 200);
        problem(&operator.get("/v1/tenants/nobody").await, 404, "not_found");
    }
    app.remove().await.unwrap();
}

/// That a key is revoked counts for more than what became of its tenant.
#[tokio::test]
async fn a_revoked_key_of_a_deleted_tenant_is_nobody_s() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let made = app.operator().post("/v1/tenants/acme/keys", &json!({"name": "one", "kind": "secret"})).await;
    let key = expect(&made, 201);
    let (revoked, kept) = (app.nobody().bearer(key["key"].as_str().unwrap()), acme.secret().await.unwrap());
    expect(&revoked.get("/v1/collections").await, 200);
    expect(&app.operator().delete(&format!("/v1/tenants/acme/keys/{}", made.id())).await, 204);
    expect(&app.operator().delete("/v1/tenants/acme").await, 200);
    problem(&revoked.get("/v1/collections").await, 401, "invalid_credential");
    problem(&kept.get("/v1/collections").await, 403, "tenant_deleted");
    app.remove().await.unwrap();
}
