//! How long history is kept, and its end.

use neonex_core::platform::Swept;
use neonex_core::store::Place;
use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{NOTES, expect, note, places, problem, with_notes};
use crate::support::{numbers, rows_of};

const DAY: i64 = 24 * 3600;
const NOTES_COLLECTION: &str = "/v1/collections/notes";

async fn keep(developer: &Client, history: Value) -> Value {
    expect(&developer.patch(NOTES_COLLECTION, &json!({"history": history})).await, 200)["history"].clone()
}

async fn logged(app: &TestApp, tenant: &AppTenant) -> i64 {
    rows_of(app.platform.store(), &tenant.tenant, "changes").await
}

async fn next_due(app: &TestApp, tenant: &AppTenant) -> Option<i64> {
    let sql = "SELECT next_due_at FROM tenants WHERE id = ?";
    numbers(app.platform.store(), Place::Control, sql, &[tenant.tenant.id.as_uuid()]).await[0]
}

async fn prune(app: &TestApp) -> usize {
    let swept = app.platform.platform.prune_history().await.unwrap();
    assert_eq!(swept.failed, 0);
    swept.done
}

fn micros(app: &TestApp) -> i64 {
    app.platform.platform.now().as_micros()
}

#[tokio::test]
async fn a_collection_says_how_long_its_history_is_kept() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let shown = expect(&developer.get(NOTES_COLLECTION).await, 200);
    assert_eq!(shown["history"], json!({"days": 90}));
    assert_eq!(keep(&developer, json!({"days": 7})).await, json!({"days": 7}));
    // What is not named stays.
    expect(&developer.patch(NOTES_COLLECTION, &json!({"rules": {"list": "true"}})).await, 200);
    assert_eq!(expect(&developer.get(NOTES_COLLECTION).await, 200)["history"], json!({"days": 7}));
    assert_eq!(keep(&developer, json!({})).await, json!({"days": null}));
    assert_eq!(keep(&developer, json!({"days": null})).await, json!({"days": null}));
    for wrong in [json!({"days": 0}), json!({"days": 36_501})] {
        let refused = developer.patch(NOTES_COLLECTION, &json!({"history": wrong})).await;
        let refused = problem(&refused, 400, "invalid_body");
        assert_eq!(places(&refused), [("/history/days", "out_of_range")]);
    }
    problem(&developer.patch(NOTES_COLLECTION, &json!({"history": {"weeks": 1}})).await, 400, "invalid_body");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_was_kept_long_enough_goes_and_the_rest_stays_whole() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    keep(&developer, json!({"days": 10})).await;
    let id = note(&developer, "one", 1).await.id();
    let path = format!("{NOTES}/{id}");
    let gone = note(&developer, "gone", 1).await.id();
    expect(&developer.delete(&format!("{NOTES}/{gone}")).await, 204);
    app.platform.clock.advance(5 * DAY);
    expect(&developer.patch(&path, &json!({"stars": 2})).await, 200);
    let between = app.platform.platform.now().to_string();
    app.platform.clock.advance(4 * DAY);
    expect(&developer.patch(&path, &json!({"stars": 3})).await, 200);
    assert_eq!((prune(&app).await, logged(&app, &acme).await), (0, 5), "all of it is too young");

    app.platform.clock.advance(2 * DAY);
    assert_eq!((prune(&app).await, logged(&app, &acme).await), (3, 2));
    assert_eq!(prune(&app).await, 0);
    // What the record was is known as far back as was promised, though the change that made it so has gone.
    let as_of = async |at: &str| developer.get(&format!("{path}?as_of={at}")).await;
    assert_eq!(expect(&as_of(&between).await, 200)["stars"], 2);
    let a_day_before = "2026-11-27T12:00:00Z";
    assert_eq!(expect(&as_of(a_day_before).await, 200)["stars"], 1);
    let back = expect(&developer.post(&format!("{path}/revert"), &json!({"to": a_day_before})).await, 200);
    assert_eq!(back["stars"], 1);
    let refused = problem(&as_of("2026-11-23T12:00:00Z").await, 400, "invalid_parameter");
    assert_eq!(places(&refused), [("?as_of", "beyond_history")]);
    let revisions = expect(&developer.get(&format!("{path}/revisions")).await, 200);
    assert_eq!(revisions["items"].as_array().unwrap().len(), 3);
    let undelete = format!("{NOTES}/{gone}/undelete");
    problem(&developer.send(poem::http::Method::POST, &undelete, None).await, 404, "not_found");

    // Whoever promises more has no more than there is.
    keep(&developer, json!({"days": 50})).await;
    let refused = problem(&as_of("2026-11-23T12:00:00Z").await, 400, "invalid_parameter");
    assert_eq!(places(&refused), [("?as_of", "beyond_history")]);
    assert_eq!(expect(&as_of(a_day_before).await, 200)["stars"], 1);
    app.remove().await.unwrap();
}

/// A record of which nothing is left in the log is there, has no changes to show, and is what it is now.
#[tokio::test]
async fn a_record_outlives_its_history() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    keep(&developer, json!({"days": 1})).await;
    let made = note(&developer, "one", 1).await;
    let path = format!("{NOTES}/{}", made.id());
    app.platform.clock.advance(3 * DAY);
    assert_eq!((prune(&app).await, logged(&app, &acme).await), (1, 0));
    let revisions = expect(&developer.get(&format!("{path}/revisions")).await, 200);
    assert_eq!(revisions, json!({"items": [], "next_cursor": null}));
    let yesterday = app.platform.platform.now().plus_seconds(-3600).to_string();
    assert_eq!(expect(&developer.get(&format!("{path}?as_of={yesterday}")).await, 200), made.json());
    let list = expect(&developer.get(&format!("{NOTES}?as_of={yesterday}")).await, 200);
    assert_eq!(list["items"], json!([made.json()]));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn only_tenants_whose_time_has_come_are_looked_at() {
    let app = TestApp::start().await.unwrap();
    let (acme, idle) = (app.tenant("acme").await.unwrap(), app.tenant("idle").await.unwrap());
    assert_eq!(next_due(&app, &acme).await, None);
    let developer = with_notes(&acme).await;
    assert_eq!(next_due(&app, &acme).await, Some(micros(&app) + DAY * 1_000_000));
    let started = micros(&app);
    note(&developer, "one", 1).await;
    app.platform.clock.advance(DAY);
    assert_eq!(prune(&app).await, 0);
    // The first change is kept for 90 days; nothing is to be done before.
    assert_eq!(next_due(&app, &acme).await, Some(started + 90 * DAY * 1_000_000));
    assert_eq!(next_due(&app, &idle).await, None);

    // A shorter time brings the tenant up again within a day.
    keep(&developer, json!({"days": 2})).await;
    assert_eq!(next_due(&app, &acme).await, Some(micros(&app) + DAY * 1_000_000));
    app.platform.clock.advance(DAY);
    assert_eq!((prune(&app).await, logged(&app, &acme).await), (1, 0));
    assert_eq!(next_due(&app, &acme).await, Some(micros(&app) + 2 * DAY * 1_000_000));

    // Kept for ever, there is nothing to come but the end of what the audit log has; a deletion waits for its own time alone.
    keep(&developer, json!({})).await;
    app.platform.clock.advance(2 * DAY);
    assert_eq!(prune(&app).await, 0);
    assert_eq!(next_due(&app, &acme).await, Some(started + 400 * DAY * 1_000_000));
    expect(&app.operator().delete(&format!("/v1/tenants/{}", acme.id())).await, 200);
    app.platform.clock.advance(DAY);
    assert_eq!(prune(&app).await, 0);
    expect(&app.operator().post(&format!("/v1/tenants/{}/restore", acme.id()), &json!({})).await, 200);
    assert_eq!(next_due(&app, &acme).await, Some(micros(&app)));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn with_a_collection_goes_its_history_and_no_other() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    let (developer, neighbour) = (with_notes(&acme).await, with_notes(&other).await);
    for client in [&developer, &neighbour] {
        let more = json!({"name": "more", "fields": [{"name": "a", "type": "int"}]});
        expect(&client.post("/v1/collections", &more).await, 201);
        note(client, "one", 1).await;
        expect(&client.post("/v1/collections/more/records", &json!({"a": 1})).await, 201);
    }
    expect(&developer.delete(NOTES_COLLECTION).await, 204);
    assert_eq!(prune(&app).await, 0);
    app.platform.clock.advance(DAY);
    assert_eq!(prune(&app).await, 1);
    assert_eq!((logged(&app, &acme).await, logged(&app, &other).await), (1, 2));
    app.remove().await.unwrap();
}

/// A log that is longer than one look takes is gone through in several.
#[tokio::test]
async fn much_goes_in_many_steps() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    let lines: Vec<_> = (0..1_200).map(|number| json!({"title": format!("{number}")})).collect();
    let import = format!("{NOTES}/import?format=json");
    expect(&developer.post(&import, &json!(lines)).await, 200);
    keep(&developer, json!({"days": 1})).await;
    app.platform.clock.advance(DAY);
    note(&developer, "late", 1).await;
    assert_eq!(app.platform.platform.prune_history().await.unwrap(), Swept { done: 1_200, failed: 0 });
    assert_eq!(logged(&app, &acme).await, 1);
    app.remove().await.unwrap();
}
