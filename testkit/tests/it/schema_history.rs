//! What was done to a tenant's collections, and the same done again.

use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::support::{execute, rows_of};

const HISTORY: &str = "/v1/schema/migrations";
const COLLECTIONS: &str = "/v1/collections";

async fn history(client: &Client) -> Vec<Value> {
    expect(&client.get(&format!("{HISTORY}?limit=200")).await, 200)["items"].as_array().unwrap().clone()
}

/// What was asked for, without when, by whom and in which request.
fn asked(history: &[Value]) -> Vec<Value> {
    let told = |entry: &Value| json!([entry["action"], entry["collection"], entry["change"]]);
    history.iter().map(told).collect()
}

/// All collections as they are, but for ids and times.
async fn designs(client: &Client) -> Vec<Value> {
    let mut all = expect(&client.get(COLLECTIONS).await, 200)["items"].as_array().unwrap().clone();
    for design in &mut all {
        let design = design.as_object_mut().unwrap();
        design.retain(|name, _| !matches!(name.as_str(), "id" | "created_at" | "updated_at"));
    }
    all
}

/// Does again what a history tells.
async fn replay(client: &Client, history: &[Value]) {
    for entry in history {
        let path = format!("{COLLECTIONS}/{}", entry["collection"].as_str().unwrap_or_default());
        match entry["action"].as_str().unwrap() {
            "create" => drop(expect(&client.post(COLLECTIONS, &entry["change"]).await, 201)),
            "update" => drop(expect(&client.patch(&path, &entry["change"]).await, 200)),
            "delete" => assert_eq!(client.delete(&path).await.status, 204),
            other => panic!("{other}"),
        }
    }
}

/// Changes of every kind.
async fn work(client: &Client) {
    let rooms = json!({"name": "rooms", "fields": [
        {"name": "name", "type": "text", "required": true, "unique": true, "ignore_case": true},
        {"name": "size", "type": "int"},
        {"name": "open", "type": "bool", "default": false, "nullable": false},
    ], "rules": {"list": "true", "create": "auth != null"}});
    let made = client.with("x-request-id", "first").post(COLLECTIONS, &rooms).await;
    expect(&made, 201);
    // By its id, which means nothing elsewhere.
    let people = json!({"name": "people", "fields": [
        {"name": "room", "type": "relation", "collection": made.id(), "on_delete": "set_null"},
        {"name": "friends", "type": "relation", "collection": "people", "many": true},
        {"name": "age", "type": "int"},
        {"name": "money", "type": "decimal", "scale": 3, "default": "1.5", "min": 0},
    ], "indexes": [{"fields": ["age", "created_at"]}, {"fields": ["room", "age"], "unique": true}]});
    expect(&client.post(COLLECTIONS, &people).await, 201);
    expect(&client.patch(&format!("{COLLECTIONS}/{}", made.id()), &json!({"name": "places"})).await, 200);
    let fields = json!([
        {"name": "place", "type": "relation", "collection": made.id(), "renamed_from": "room", "on_delete": "set_null"},
        {"name": "friends", "type": "relation", "collection": "people", "many": true},
        {"name": "money", "type": "float"},
        {"name": "tags", "type": "multi_select", "options": ["a", "b"]},
    ]);
    let rest = json!([{"fields": ["place"], "unique": true}]);
    let patch = json!({"fields": fields, "drop_fields": ["age"], "indexes": rest});
    expect(&client.patch(&format!("{COLLECTIONS}/people"), &patch).await, 200);
    // What is refused is no part of it.
    problem(
        &client.patch(&format!("{COLLECTIONS}/people"), &json!({"name": "places"})).await,
        409,
        "name_taken",
    );
    problem(&client.post(COLLECTIONS, &json!({"name": "people"})).await, 409, "name_taken");
    let rules = json!({"rules": {"view": "collection('people').exists(p, p.place == record.id)"}});
    expect(&client.patch(&format!("{COLLECTIONS}/places"), &rules).await, 200);
    expect(
        &client.post(COLLECTIONS, &json!({"name": "short", "fields": [{"name": "a", "type": "text"}]})).await,
        201,
    );
    expect(&client.patch(&format!("{COLLECTIONS}/short"), &json!({"drop_fields": ["a"]})).await, 200);
    assert_eq!(client.delete(&format!("{COLLECTIONS}/short")).await.status, 204);
}

async fn two(app: &TestApp) -> (AppTenant, Client, Client) {
    let acme = app.tenant("acme").await.unwrap();
    let other = app.tenant("other").await.unwrap();
    let clients = (acme.secret().await.unwrap(), other.secret().await.unwrap());
    (acme, clients.0, clients.1)
}

#[tokio::test]
async fn each_change_is_told_as_it_was_asked_for() {
    let app = TestApp::start().await.unwrap();
    let (acme, developer, other) = two(&app).await;
    assert_eq!(history(&developer).await, Vec::<Value>::new());
    work(&developer).await;
    let all = history(&developer).await;
    let kinds: Vec<_> =
        all.iter().map(|entry| json!([entry["seq"], entry["action"], entry["collection"]])).collect();
    assert_eq!(
        json!(kinds),
        json!([
            [1, "create", "rooms"],
            [2, "create", "people"],
            [3, "update", "rooms"],
            [4, "update", "people"],
            [5, "update", "places"],
            [6, "create", "short"],
            [7, "update", "short"],
            [8, "delete", "short"],
        ])
    );
    assert_eq!(all[0]["request_id"], "first");
    assert!(all.iter().all(|entry| entry["actor"].as_str().unwrap().starts_with("key_")), "{all:?}");
    assert!(all.iter().all(|entry| entry["at"].as_str().unwrap().ends_with('Z')), "{all:?}");
    let relation = &all[1]["change"]["fields"][0];
    assert_eq!(
        relation,
        &json!({"name": "room", "type": "relation", "collection": "rooms", "on_delete": "set_null"})
    );
    assert_eq!(all[2]["change"], json!({"name": "places"}));
    let patch = &all[3]["change"];
    assert_eq!(
        (&patch["fields"][0]["renamed_from"], &patch["fields"][0]["collection"], &patch["drop_fields"]),
        (&json!("room"), &json!("places"), &json!(["age"]))
    );
    assert_eq!(all[6]["change"], json!({"drop_fields": ["a"]}));
    assert_eq!(all[7]["change"], Value::Null);

    let page = expect(&developer.get(&format!("{HISTORY}?limit=3&cursor=4")).await, 200);
    assert_eq!((&page["items"][0]["seq"], &page["next_cursor"]), (&json!(5), &json!("7")));
    let page = expect(&developer.get(&format!("{HISTORY}?limit=3&cursor=7")).await, 200);
    assert_eq!((page["items"].as_array().unwrap().len(), &page["next_cursor"]), (1, &Value::Null));

    assert_eq!(history(&other).await, Vec::<Value>::new());
    let blind = acme.secret_with(&["collections:write", "records:read"]).await.unwrap();
    problem(&blind.get(HISTORY).await, 403, "scope_needed");
    problem(&acme.publishable().await.unwrap().get(HISTORY).await, 403, "scope_needed");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_history_done_again_makes_the_same_collections() {
    let app = TestApp::start().await.unwrap();
    let (_, developer, other) = two(&app).await;
    work(&developer).await;
    let all = history(&developer).await;
    replay(&other, &all).await;
    assert_eq!(designs(&other).await, designs(&developer).await);
    assert_eq!(designs(&other).await.len(), 2);
    assert_eq!(asked(&history(&other).await), asked(&all));
    app.remove().await.unwrap();
}

/// A tenant of a version that kept no history.
#[tokio::test]
async fn what_was_there_before_is_the_beginning() {
    let app = TestApp::start().await.unwrap();
    let (acme, developer, other) = two(&app).await;
    work(&developer).await;
    let forget = "DELETE FROM schema_history WHERE tenant_id = ?".to_owned();
    execute(app.platform.store(), acme.tenant.place(), vec![(forget, vec![acme.tenant.id.as_uuid()])]).await;

    let told = history(&developer).await;
    let begin = &told[0];
    assert_eq!((told.len(), &begin["seq"], &begin["action"]), (1, &json!(1), &json!("baseline")));
    assert_eq!((&begin["collection"], &begin["request_id"]), (&Value::Null, &Value::Null));
    assert_eq!(rows_of(app.platform.store(), &acme.tenant, "schema_history").await, 0);
    // `people` points to `places` and to itself, so it is made last.
    let mut collections = begin["change"]["collections"].as_array().unwrap().clone();
    collections.sort_by_key(|design| design["name"] == "people");
    let rules = std::mem::take(&mut collections[0]["rules"]);
    collections[0]["rules"] = json!({});
    for design in &collections {
        expect(&other.post(COLLECTIONS, design).await, 201);
    }
    expect(&other.patch(&format!("{COLLECTIONS}/places"), &json!({"rules": rules})).await, 200);
    assert_eq!(designs(&other).await, designs(&developer).await);

    app.platform.clock.advance(60_000);
    expect(&developer.patch(&format!("{COLLECTIONS}/people"), &json!({"indexes": []})).await, 200);
    let after = history(&developer).await;
    assert_eq!((&after[0], after.len(), &after[1]["seq"]), (begin, 2, &json!(2)));
    assert_eq!(after[1]["change"], json!({"indexes": []}));
    app.remove().await.unwrap();
}
