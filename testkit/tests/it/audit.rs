//! The audit log: what stands in it, who reads it, how it is asked, and that it ends.

use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, places, problem, with_notes};
use crate::auth::{PASSWORD, user};
use crate::support::rows_of;

const DAY: i64 = 24 * 3600;

async fn entries(reader: &Client, query: &str) -> Vec<Value> {
    let page = expect(&reader.get(&format!("/v1/audit?{query}")).await, 200);
    page["items"].as_array().unwrap().clone()
}

async fn actions(reader: &Client, query: &str) -> Vec<String> {
    entries(reader, query).await.iter().map(|entry| text(&entry["action"])).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn keys(tenant: &AppTenant) -> String {
    format!("/v1/tenants/{}/keys", tenant.id())
}

#[tokio::test]
async fn what_was_done_is_read_by_who_may() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let reader = acme.secret_with(&["audit:read"]).await.unwrap();
    app.platform.clock.advance(1);
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let id = text(&signed_in["user"]["id"]);
    app.platform.clock.advance(1);
    let wrong = json!({"email": "ann@example.com", "password": "wrong horse battery staple"});
    let refused = acme.anonymous().post("/v1/auth/sign-in", &wrong).await;
    problem(&refused, 401, "wrong_credentials");
    let found = entries(&reader, "limit=1").await;
    let entry = &found[0];
    assert_eq!(
        (&entry["action"], &entry["actor"], &entry["subject"]),
        (&json!("auth.user.sign_in_refused"), &json!("anonymous"), &json!(id))
    );
    assert_eq!(entry["request_id"].as_str(), refused.header("x-request-id"));
    assert_eq!(entry["at"], app.platform.platform.now().to_string());
    assert!(text(&entry["id"]).starts_with("aud_"), "{entry}");
    app.platform.clock.advance(1);
    expect(&ann.post("/v1/auth/sign-out", &json!({})).await, 204);
    assert_eq!(entries(&reader, "limit=1").await[0]["actor"], format!("user:{id}"));

    // Nobody else reads it, and nobody in another tenant.
    for other in [acme.anonymous(), ann, acme.secret_with(&["auth:read", "auth:write"]).await.unwrap()] {
        assert!(matches!(other.get("/v1/audit").await.status, 401 | 403));
    }
    let neighbour = app.tenant("other").await.unwrap();
    let neighbour = neighbour.secret_with(&["audit:read"]).await.unwrap();
    assert_eq!(actions(&neighbour, "action=auth.user.signed_up").await, [""; 0]);
    expect(&acme.operator().get("/v1/audit").await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_managed_is_in_it() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let reader = acme.secret_with(&["audit:read"]).await.unwrap();
    let operator = acme.operator();
    app.platform.clock.advance(1);
    let new = json!({"name": "k", "kind": "publishable"});
    let key = text(&expect(&operator.post(&keys(&acme), &new).await, 201)["id"]);
    app.platform.clock.advance(1);
    let rotated = operator.post(&format!("{}/{key}/rotate", keys(&acme)), &json!({})).await;
    let second = text(&expect(&rotated, 201)["id"]);
    app.platform.clock.advance(1);
    // Twice, of which the second changes nothing.
    for _ in 0..2 {
        expect(&operator.delete(&format!("{}/{second}", keys(&acme))).await, 204);
    }
    assert_eq!(actions(&reader, &format!("subject={key}")).await, ["key.rotated", "key.created"]);
    assert_eq!(entries(&reader, &format!("subject={key}&limit=1")).await[0]["details"], second);
    assert_eq!(actions(&reader, &format!("subject={second}")).await, ["key.revoked"]);

    let mut ids = Vec::new();
    let notes = json!({"name": "notes", "fields": [{"name": "a", "type": "int"}]});
    let made = expect(&operator.post("/v1/collections", &notes).await, 201);
    app.platform.clock.advance(1);
    let more = json!({"fields": [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]});
    let answer = operator.patch("/v1/collections/notes", &more).await;
    expect(&answer, 200);
    ids.push(answer.header("x-request-id").unwrap().to_owned());
    app.platform.clock.advance(1);
    expect(&operator.delete("/v1/collections/notes").await, 204);
    let of_notes = entries(&reader, &format!("subject={}", text(&made["id"]))).await;
    let told: Vec<_> =
        of_notes.iter().map(|entry| (text(&entry["action"]), text(&entry["details"]))).collect();
    let expected = ["collection.deleted", "collection.changed", "collection.created"];
    assert_eq!(told, expected.map(|action| (action.to_owned(), "notes".to_owned())));
    assert_eq!(of_notes[1]["request_id"], ids[0]);
    // What is refused is not.
    let taken = json!({"name": "1", "fields": []});
    assert!(operator.post("/v1/collections", &taken).await.status >= 400);
    assert_eq!(actions(&reader, "action=collection.created").await.len(), 1);

    app.platform.clock.advance(1);
    expect(&operator.patch("/v1/auth/settings", &json!({"session_days": 7})).await, 200);
    assert_eq!(actions(&reader, "limit=1").await, ["auth.settings.changed"]);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn it_is_asked_by_whom_what_and_when() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let reader = acme.secret_with(&["audit:read"]).await.unwrap();
    let mut users = Vec::new();
    let mut times = Vec::new();
    for name in ["ann", "bob", "cid"] {
        app.platform.clock.advance(10);
        times.push(app.platform.platform.now().to_string());
        let (client, signed_in) = user(&acme, &format!("{name}@example.com")).await;
        app.platform.clock.advance(10);
        let change = json!({"password": PASSWORD, "new_password": "another horse battery staple"});
        expect(&client.post("/v1/auth/password", &change).await, 204);
        users.push(text(&signed_in["user"]["id"]));
    }
    let of = async |query: String| {
        let found = entries(&reader, &query).await;
        let named = |entry: &Value| users.iter().position(|id| entry["subject"] == **id);
        found.iter().filter_map(|entry| Some((named(entry)?, text(&entry["action"])))).collect::<Vec<_>>()
    };
    let changed = "auth.password.changed".to_owned();
    let expected = [(2, changed.clone()), (1, changed.clone()), (0, changed.clone())];
    assert_eq!(of(format!("action={changed}")).await, expected);
    assert_eq!(of(format!("actor=user:{}", users[1])).await, [(1, changed.clone())]);
    assert_eq!(of(format!("subject={}&action={changed}", users[0])).await, [(0, changed.clone())]);
    let encoded = |time: &str| time.replace(':', "%3A");
    // From a time on, which belongs to it, and up to one that does not.
    let between = format!("since={}&until={}&action={changed}", encoded(&times[1]), encoded(&times[2]));
    assert_eq!(of(between).await, [(1, changed.clone())]);
    let up = "auth.user.signed_up".to_owned();
    assert_eq!(of(format!("since={}&action={up}", encoded(&times[2]))).await, [(2, up.clone())]);
    assert_eq!(of(format!("until={}&action={up}", encoded(&times[1]))).await, [(0, up.clone())]);
    for nothing in [
        "actor=nobody",
        "action=x%00y",
        "subject=x",
        "until=2000-01-01T00:00:00Z",
        "since=9999-01-01T00:00:00Z",
    ] {
        assert_eq!(entries(&reader, nothing).await, [Value::Null; 0], "{nothing}");
    }

    // Page by page it is the same.
    let all = entries(&reader, "limit=200").await;
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = reader.get(&format!("/v1/audit?limit=2{cursor}")).await;
        let page = expect(&answer, 200);
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        assert!(answer.header("link").unwrap().contains(next));
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, all);
    let times: Vec<_> = all.iter().map(|entry| text(&entry["at"])).collect();
    assert!(times.is_sorted_by(|one, other| one >= other) && all.len() > 9, "{times:?}");
    for (query, place) in [
        ("since=yesterday", ("?since", "invalid_value")),
        ("until=1", ("?until", "invalid_value")),
        ("cursor=key_1", ("?cursor", "invalid_cursor")),
        ("limit=201", ("?limit", "out_of_range")),
    ] {
        let refused = problem(&reader.get(&format!("/v1/audit?{query}")).await, 400, "invalid_parameter");
        assert_eq!(places(&refused), [place], "{query}");
    }
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_was_kept_long_enough_goes() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    with_notes(&acme).await;
    with_notes(&other).await;
    let settings = format!("/v1/tenants/{}", acme.id());
    let keep = async |audit: Value| {
        let settings_now = json!({"settings": {"audit": audit}});
        expect(&app.operator().patch(&settings, &settings_now).await, 200)
    };
    let rows = async |tenant: &AppTenant| rows_of(app.platform.store(), &tenant.tenant, "audit_log").await;
    let prune = async || app.platform.platform.prune_history().await.unwrap().done;
    let first = rows(&acme).await;
    assert!(first > 1);
    app.platform.clock.advance(399 * DAY);
    let late = acme.secret().await.unwrap();
    prune().await;
    assert_eq!((rows(&acme).await, rows(&other).await), (first + 1, first));
    app.platform.clock.advance(DAY);
    assert_eq!(prune().await, usize::try_from(2 * first).unwrap());
    assert_eq!((rows(&acme).await, rows(&other).await), (1, 0));
    // It comes up again when the next is due.
    app.platform.clock.advance(399 * DAY);
    assert_eq!((prune().await, rows(&acme).await), (1, 0));

    // For how long, the operator says; for ever, if nothing of it is to go.
    expect(&late.post("/v1/collections", &json!({"name": "more", "fields": []})).await, 201);
    assert_eq!(keep(json!({})).await["settings"]["audit"], json!({}));
    app.platform.clock.advance(2_000 * DAY);
    assert_eq!((prune().await, rows(&acme).await), (0, 1));
    assert_eq!(keep(json!({"days": 30})).await["settings"]["audit"], json!({"days": 30}));
    expect(&late.delete("/v1/collections/more").await, 204);
    app.platform.clock.advance(DAY);
    assert_eq!((prune().await, rows(&acme).await), (1, 1));
    for wrong in [0, 36_501] {
        let settings_then = json!({"settings": {"audit": {"days": wrong}}});
        let refused = problem(&app.operator().patch(&settings, &settings_then).await, 400, "invalid_body");
        assert_eq!(places(&refused), [("/settings/audit/days", "out_of_range")]);
    }
    // Nobody within the tenant says so.
    let own = json!({"settings": {"audit": {"days": 1}}});
    assert_eq!(late.patch(&settings, &own).await.status, 403);
    app.remove().await.unwrap();
}

/// More than one look takes goes in several.
#[tokio::test]
async fn much_of_it_goes_in_many_steps() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    with_notes(&acme).await;
    let operator = acme.operator();
    let made = rows_of(app.platform.store(), &acme.tenant, "audit_log").await;
    let settings = json!({"session_days": 7});
    for _ in 0..600 {
        expect(&operator.patch("/v1/auth/settings", &settings).await, 200);
    }
    assert_eq!(rows_of(app.platform.store(), &acme.tenant, "audit_log").await, made + 600);
    app.platform.clock.advance(400 * DAY);
    assert_eq!(
        app.platform.platform.prune_history().await.unwrap().done,
        usize::try_from(made).unwrap() + 600
    );
    assert_eq!(rows_of(app.platform.store(), &acme.tenant, "audit_log").await, 0);
    app.remove().await.unwrap();
}
