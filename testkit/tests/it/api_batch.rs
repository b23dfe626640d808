//! Many writes as one request: all of them are done, or none.

use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};

const BATCH: &str = "/v1/batch";

/// Rooms that everybody may see and nobody make, and notes in rooms that everybody may make.
async fn house(acme: &AppTenant) -> Client {
    let developer = acme.secret().await.unwrap();
    let room = json!({"name": "name", "type": "text", "required": true, "unique": true});
    let rooms = json!({"name": "rooms", "fields": [room], "rules": {"list": "true", "view": "true"}});
    expect(&developer.post("/v1/collections", &rooms).await, 201);
    let fields = json!([
        {"name": "title", "type": "text", "required": true},
        {"name": "room", "type": "relation", "collection": "rooms"},
        {"name": "also", "type": "relation", "collection": "rooms", "many": true},
    ]);
    let rules = json!({"list": "true", "create": "title != 'no'"});
    let notes = json!({"name": "notes", "fields": fields, "rules": rules});
    expect(&developer.post("/v1/collections", &notes).await, 201);
    developer
}

async fn count(client: &Client, collection: &str) -> i64 {
    let page = client.get(&format!("/v1/collections/{collection}/records?count=exact")).await;
    expect(&page, 200)["total"].as_i64().unwrap()
}

fn batch(operations: Value) -> Value {
    json!({"operations": operations})
}

#[tokio::test]
async fn operations_are_done_in_their_order_and_call_each_other_by_name() {
    let app = TestApp::start().await.unwrap();
    let developer = house(&app.tenant("acme").await.unwrap()).await;
    let chosen = "01900000-0000-7000-8000-00000000000a";
    let answer = developer
        .post(BATCH, &batch(json!([
            {"method": "create", "collection": "rooms", "as": "attic", "record": {"name": "attic"}},
            {"method": "create", "collection": "rooms", "as": "cellar", "id": chosen, "record": {"name": "cellar"}},
            {"method": "create", "collection": "notes", "as": "note",
             "record": {"title": "$attic", "room": "$attic", "also": ["$cellar", "$attic"]}},
            {"method": "update", "collection": "notes", "id": "$note", "record": {"title": "moved", "room": "$cellar"}},
            {"method": "upsert", "collection": "rooms", "id": chosen, "record": {"name": "vault"}},
            {"method": "update", "collection": "notes", "id": "$note", "record": {"room": null, "also": []}},
            {"method": "delete", "collection": "rooms", "id": "$attic"},
        ])))
        .await;
    let results = expect(&answer, 200)["results"].clone();
    let (attic, note) = (&results[0]["id"], &results[2]);
    assert_eq!(results[1]["id"], chosen);
    // Only relations and ids are replaced.
    assert_eq!((&note["title"], &note["room"]), (&json!("$attic"), attic));
    assert_eq!(note["also"], json!([chosen, attic]));
    assert_eq!((&results[3]["title"], &results[3]["room"]), (&json!("moved"), &json!(chosen)));
    assert_eq!((&results[4]["name"], &results[6]), (&json!("vault"), &Value::Null));
    let path = format!("/v1/collections/notes/records/{}", note["id"].as_str().unwrap());
    assert_eq!(expect(&developer.get(&path).await, 200), results[5]);
    assert_eq!((count(&developer, "rooms").await, count(&developer, "notes").await), (1, 1));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn one_that_fails_takes_all_back_and_is_named() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = house(&acme).await;
    let room = developer.post("/v1/collections/rooms/records", &json!({"name": "hall"})).await;
    let (hall, old) = (room.id(), room.header("etag").unwrap().to_owned());
    let hall_path = format!("/v1/collections/rooms/records/{hall}");
    expect(&developer.patch(&hall_path, &json!({"name": "entrance"})).await, 200);
    let first = json!({"method": "create", "collection": "notes", "record": {"title": "a"}});
    let nowhere = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (second, status, code, pointer) in [
        (
            json!({"method": "create", "collection": "rooms", "record": {"name": "entrance"}}),
            409,
            "not_unique",
            "/operations/1/record/name",
        ),
        (
            json!({"method": "create", "collection": "notes", "record": {}}),
            400,
            "invalid_body",
            "/operations/1/record/title",
        ),
        (
            json!({"method": "create", "collection": "notes", "record": {"title": "b", "room": nowhere}}),
            400,
            "invalid_body",
            "/operations/1/record/room",
        ),
        (
            json!({"method": "create", "collection": "notes", "record": {"title": "b", "room": "$gone"}}),
            400,
            "invalid_body",
            "/operations/1/record/room",
        ),
        (
            json!({"method": "update", "collection": "rooms", "id": hall, "if_match": old, "record": {}}),
            412,
            "precondition_failed",
            "",
        ),
        (json!({"method": "delete", "collection": "rooms", "id": nowhere}), 404, "not_found", ""),
        (json!({"method": "create", "collection": "nope", "record": {}}), 404, "not_found", ""),
        (
            json!({"method": "update", "collection": "rooms", "record": {}}),
            400,
            "invalid_body",
            "/operations/1/id",
        ),
        (
            json!({"method": "delete", "collection": "rooms", "id": hall, "record": {}}),
            400,
            "invalid_body",
            "/operations/1/record",
        ),
        (
            json!({"method": "create", "collection": "rooms", "as": "a b", "record": {"name": "x"}}),
            400,
            "invalid_body",
            "/operations/1/as",
        ),
    ] {
        let answer = developer.post(BATCH, &batch(json!([first, second]))).await;
        let found = problem(&answer, status, code);
        let detail = found["detail"].as_str().unwrap();
        if pointer.is_empty() {
            assert!(detail.starts_with("Operation 1: "), "{found}");
        } else {
            assert_eq!(found["errors"][0]["pointer"], pointer, "{found}");
        }
        assert_eq!((count(&developer, "notes").await, count(&developer, "rooms").await), (0, 1), "{second}");
    }
    for wrong in [
        json!({}),
        batch(json!([])),
        batch(json!(vec![first.clone(); 51])),
        batch(json!([{"method": "merge"}])),
    ] {
        problem(&developer.post(BATCH, &wrong).await, 400, "invalid_body");
    }

    // Each operation asks its own rule.
    let anybody = acme.publishable().await.unwrap();
    expect(&anybody.post(BATCH, &batch(json!([first, first]))).await, 200);
    let no = json!({"method": "create", "collection": "notes", "record": {"title": "no"}});
    problem(&anybody.post(BATCH, &batch(json!([first, no]))).await, 403, "rule_refused");
    let room = json!({"method": "create", "collection": "rooms", "record": {"name": "x"}});
    problem(&anybody.post(BATCH, &batch(json!([first, room]))).await, 403, "scope_needed");
    assert_eq!(count(&developer, "notes").await, 2);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn an_upsert_finds_its_record_by_a_key() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = house(&acme).await;
    let hall = developer.post("/v1/collections/rooms/records", &json!({"name": "hall"})).await.id();
    // One that is there, and one that is not; both are called by their names, and the first by a key once more.
    let answer = developer
        .post(BATCH, &batch(json!([
            {"method": "upsert", "collection": "rooms", "key": "name", "as": "hall", "record": {"name": "hall"}},
            {"method": "upsert", "collection": "rooms", "key": "name", "as": "attic", "record": {"name": "attic"}},
            {"method": "create", "collection": "notes", "as": "note",
             "record": {"title": "a", "room": "$hall", "also": ["$attic", "$hall"]}},
            {"method": "update", "collection": "rooms", "id": "$hall", "record": {"name": "entrance"}},
            {"method": "upsert", "collection": "rooms", "key": "name", "as": "again", "record": {"name": "attic"}},
            {"method": "update", "collection": "notes", "id": "$note", "record": {"room": "$again"}},
        ])))
        .await;
    let results = expect(&answer, 200)["results"].clone();
    let attic = &results[1]["id"];
    assert_eq!((&results[0]["id"], &results[4]["id"]), (&json!(hall), attic));
    assert_eq!((&results[2]["room"], &results[2]["also"]), (&json!(hall), &json!([attic, hall])));
    assert_eq!((&results[3]["id"], &results[3]["name"]), (&json!(hall), &json!("entrance")));
    assert_eq!((&results[5]["id"], &results[5]["room"]), (&results[2]["id"], attic));
    assert_eq!((count(&developer, "rooms").await, count(&developer, "notes").await), (2, 1));

    // An id goes with the key, and must be that of the record.
    let other = "01900000-0000-7000-8000-00000000000a";
    let by = |rest: Value| {
        let mut operation = json!({"method": "upsert", "collection": "rooms", "record": {"name": "attic"}});
        operation.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        batch(json!([operation]))
    };
    expect(&developer.post(BATCH, &by(json!({"key": "name", "id": attic}))).await, 200);
    for (rest, code, pointer) in [
        (json!({"key": "name", "id": other}), "mismatch", "/operations/0/record/id"),
        (json!({"key": "nothing"}), "invalid_key", "/operations/0/key"),
        (json!({"key": "name", "record": {"name": null}}), "null_not_allowed", "/operations/0/record/name"),
        (json!({"key": "name", "method": "update", "id": attic}), "not_applicable", "/operations/0/key"),
    ] {
        let refused = developer.post(BATCH, &by(rest.clone())).await;
        let told = refused.json();
        assert_eq!(
            (&told["errors"][0]["code"], &told["errors"][0]["pointer"]),
            (&json!(code), &json!(pointer)),
            "{rest}: {told}"
        );
    }
    assert_eq!(count(&developer, "rooms").await, 2);
    // What is unique is not for those who may write nothing.
    let anybody = acme.publishable().await.unwrap();
    problem(&anybody.post(BATCH, &by(json!({"key": "name"}))).await, 403, "scope_needed");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_repeated_batch_is_done_once() {
    let app = TestApp::start().await.unwrap();
    let developer = house(&app.tenant("acme").await.unwrap()).await;
    let once = developer.with("idempotency-key", "once");
    let body = batch(json!([
        {"method": "create", "collection": "notes", "record": {"title": "a"}},
        {"method": "create", "collection": "rooms", "record": {"name": "a"}},
    ]));
    let first = once.post(BATCH, &body).await;
    expect(&first, 200);
    assert_eq!(once.post(BATCH, &body).await.body, first.body);
    assert_eq!((count(&developer, "notes").await, count(&developer, "rooms").await), (1, 1));
    let other = batch(json!([{"method": "create", "collection": "notes", "record": {"title": "b"}}]));
    problem(&once.post(BATCH, &other).await, 422, "idempotency_key_reused");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn each_operation_counts_as_a_request() {
    let app = TestApp::limited(20, 20).await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    expect(&developer.post("/v1/collections", &json!({"name": "plain"})).await, 201);
    let make = json!({"method": "create", "collection": "plain", "record": {}});
    let answer = developer.post(BATCH, &batch(json!(vec![make.clone(); 10]))).await;
    expect(&answer, 200);
    assert!(answer.header("ratelimit").unwrap().contains("r=9;"), "{:?}", answer.header("ratelimit"));
    problem(&developer.post(BATCH, &batch(json!(vec![make; 12]))).await, 429, "rate_limited");
    app.remove().await.unwrap();
}
