//! Writes beyond one record as it is sent: changes of what is there, of many, and of the one that a key names.

use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, places, problem};

const ITEMS: &str = "/v1/collections/items/records";

async fn shop(acme: &AppTenant) -> Client {
    let developer = acme.secret().await.unwrap();
    let fields = json!([
        {"name": "sku", "type": "text", "unique": true},
        {"name": "stock", "type": "int", "min": 0, "max": 100},
        {"name": "weight", "type": "float"},
        {"name": "price", "type": "decimal", "precision": 5},
        {"name": "tags", "type": "multi_select", "options": ["a", "b", "c"], "max_items": 2},
        {"name": "log", "type": "json"},
        {"name": "parts", "type": "relation", "collection": "items", "many": true, "on_delete": "restrict"},
        {"name": "shelf", "type": "int"},
        {"name": "place", "type": "int"},
    ]);
    let rules = json!({"list": "shelf == 1", "update": "place != 9", "delete": "place != 9"});
    let indexes = json!([{"fields": ["shelf", "place"], "unique": true}]);
    let items = json!({"name": "items", "fields": fields, "rules": rules, "indexes": indexes});
    expect(&developer.post("/v1/collections", &items).await, 201);
    developer
}

async fn item(developer: &Client, item: Value) -> String {
    let made = developer.post(ITEMS, &item).await;
    expect(&made, 201);
    format!("{ITEMS}/{}", made.id())
}

#[tokio::test]
async fn numbers_and_arrays_change_by_what_is_done_to_them() {
    let app = TestApp::start().await.unwrap();
    let developer = shop(&app.tenant("acme").await.unwrap()).await;
    let part = item(&developer, json!({"sku": "part"})).await;
    let part = part.rsplit('/').next().unwrap();
    let path = item(&developer, json!({"sku": "one", "stock": 5, "log": [1, "x"], "tags": ["a"]})).await;
    let change = async |patch: Value| expect(&developer.patch(&path, &patch).await, 200);
    let changed = change(json!({
        "stock": {"$increment": -2},
        "weight": {"$increment": 0.5},
        "price": {"$increment": "1.25"},
        "tags": {"$append": ["b", "a"]},
        "log": {"$remove": ["x"], "$append": [{"n": 2}, 1]},
        "parts": {"$append": [part]},
        "shelf": 4,
    }))
    .await;
    // Null counts as zero and as empty.
    let expected = [
        ("stock", json!(3)),
        ("weight", json!(0.5)),
        ("price", json!("1.25")),
        ("tags", json!(["a", "b"])),
        ("log", json!([1, {"n": 2}, 1])),
        ("parts", json!([part])),
        ("shelf", json!(4)),
    ];
    for (field, value) in expected {
        assert_eq!(changed[field], value, "{field}");
    }
    let changed =
        change(json!({"tags": {"$remove": ["a"], "$append": ["c"]}, "parts": {"$remove": [part]}})).await;
    assert_eq!((&changed["tags"], &changed["parts"]), (&json!(["b", "c"]), &json!([])));
    expect(&developer.delete(&format!("{ITEMS}/{part}")).await, 204);
    // In a json field, what is no change is a value.
    let odd = json!({"$increment": 1});
    assert_eq!(change(json!({"log": odd})).await["log"], odd);

    let nowhere = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (patch, pointer, code) in [
        (json!({"stock": {"$increment": -4}}), "/stock", "out_of_range"),
        (json!({"stock": {"$increment": i64::MAX}}), "/stock", "out_of_range"),
        (json!({"price": {"$increment": "998.75"}}), "/price", "out_of_range"),
        (json!({"weight": {"$increment": "x"}}), "/weight/$increment", "invalid_value"),
        (json!({"tags": {"$append": ["a"]}}), "/tags", "too_many"),
        (json!({"tags": {"$append": ["z"]}}), "/tags/$append", "invalid_value"),
        (json!({"log": {"$append": [2]}}), "/log", "no_array"),
        (json!({"parts": {"$append": [nowhere]}}), "/parts", "unknown_record"),
        (json!({"sku": {"$increment": 1}}), "/sku", "invalid_value"),
    ] {
        let refused = problem(&developer.patch(&path, &patch).await, 400, "invalid_body");
        assert_eq!(places(&refused), [(pointer, code)], "{patch}");
    }
    // Only what is there can be changed.
    let refused =
        problem(&developer.post(ITEMS, &json!({"stock": {"$increment": 1}})).await, 400, "invalid_body");
    assert_eq!(places(&refused), [("/stock", "invalid_value")]);
    app.remove().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_increment_is_lost() {
    let app = TestApp::start().await.unwrap();
    let developer = shop(&app.tenant("acme").await.unwrap()).await;
    let path = item(&developer, json!({"sku": "one", "log": []})).await;
    let writers: Vec<_> = (0..10)
        .map(|number| {
            let (developer, path) = (developer.clone(), path.clone());
            let change = json!({"stock": {"$increment": 1}, "log": {"$append": [number]}});
            tokio::spawn(async move { expect(&developer.patch(&path, &change).await, 200) })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let item = expect(&developer.get(&path).await, 200);
    assert_eq!((&item["stock"], item["log"].as_array().unwrap().len()), (&json!(10), 10));
    app.remove().await.unwrap();
}

async fn total(client: &Client, filter: &str) -> i64 {
    let page = client.get(&format!("{ITEMS}?count=exact&filter={filter}")).await;
    expect(&page, 200)["total"].as_i64().unwrap()
}

#[tokio::test]
async fn what_a_filter_finds_changes_and_goes_as_one() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = shop(&acme).await;
    for place in 0..10 {
        let new = json!({"sku": format!("s{place}"), "stock": place, "shelf": place % 2, "place": place});
        item(&developer, new).await;
    }
    let counted = |count: u64, dry_run: bool| json!({"count": count, "dry_run": dry_run});
    let more = json!({"stock": {"$increment": 1}});
    let high = format!("{ITEMS}?filter=stock%20%3E%204");
    assert_eq!(expect(&developer.patch(&format!("{high}&dry_run=true"), &more).await, 200), counted(5, true));
    problem(&developer.patch(&format!("{high}&expect=4"), &more).await, 409, "count_differs");
    assert_eq!(total(&developer, "stock%20%3E%205").await, 4);
    let once = developer.with("idempotency-key", "once");
    for _ in 0..2 {
        let done = once.patch(&format!("{high}&expect=5"), &more).await;
        assert_eq!(expect(&done, 200), counted(5, false));
    }
    assert_eq!(total(&developer, "stock%20%3E%205").await, 5);

    // One that cannot be changed is named, and none is.
    let refused =
        developer.patch(&format!("{ITEMS}?filter=true"), &json!({"stock": {"$increment": 95}})).await;
    let refused = problem(&refused, 400, "invalid_body");
    assert_eq!(places(&refused), [("/stock", "out_of_range")]);
    assert!(refused["detail"].as_str().unwrap().starts_with("Record 0"), "{refused}");
    assert_eq!(total(&developer, "stock%20%3E%2090").await, 0);
    problem(
        &developer.patch(&format!("{ITEMS}?filter=true"), &json!({"sku": "same"})).await,
        409,
        "not_unique",
    );
    for wrong in ["", "?filter=", "?filter=nope%20%3D%3D%201"] {
        problem(&developer.patch(&format!("{ITEMS}{wrong}"), &more).await, 400, "invalid_parameter");
        problem(&developer.delete(&format!("{ITEMS}{wrong}")).await, 400, "invalid_parameter");
    }
    problem(
        &developer.patch(&format!("{ITEMS}?filter=true"), &json!({"id": "x"})).await,
        400,
        "invalid_body",
    );

    // Rules: of those that may be listed (odd places), those that may be changed (not the ninth).
    let anybody = acme.publishable().await.unwrap();
    let all = format!("{ITEMS}?filter=true");
    assert_eq!(expect(&anybody.patch(&all, &more).await, 200), counted(4, false));
    assert_eq!(expect(&anybody.delete(&format!("{all}&dry_run=true")).await, 200), counted(4, true));

    // What points to them has its say; those that go together do not restrict each other.
    let page = expect(&developer.get(&format!("{ITEMS}?sort=place")).await, 200);
    let id = |at: usize| page["items"][at]["id"].as_str().unwrap().to_owned();
    expect(&developer.patch(&format!("{ITEMS}/{}", id(0)), &json!({"parts": [id(1)]})).await, 200);
    problem(&anybody.delete(&all).await, 409, "record_referenced");
    assert_eq!(total(&developer, "true").await, 10);
    assert_eq!(expect(&developer.delete(&format!("{all}&expect=10")).await, 200), counted(10, false));
    assert_eq!(total(&developer, "true").await, 0);
    app.remove().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_names_one_record_whoever_comes_first() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = shop(&acme).await;
    let by_sku = format!("{ITEMS}?key=sku");
    let writers: Vec<_> = (0..10)
        .map(|stock| {
            let (developer, by_sku) = (developer.clone(), by_sku.clone());
            let body = json!({"sku": "one", "stock": stock});
            tokio::spawn(async move { developer.put(&by_sku, &body).await })
        })
        .collect();
    let mut made = 0;
    for writer in writers {
        let answer = writer.await.unwrap();
        assert!(matches!(answer.status, 200 | 201), "{}", String::from_utf8_lossy(&answer.body));
        made += i32::from(answer.status == 201);
    }
    assert_eq!((made, total(&developer, "true").await), (1, 1));

    let replaced = developer.put(&by_sku, &json!({"sku": "one", "shelf": 2})).await;
    let record = expect(&replaced, 200);
    assert_eq!((&record["stock"], &record["shelf"]), (&Value::Null, &json!(2)));
    let by_place = format!("{ITEMS}?key=place,shelf");
    let made = developer.put(&by_place, &json!({"shelf": 1, "place": 9})).await;
    expect(&made, 201);
    let again = developer.put(&by_place, &json!({"shelf": 1, "place": 9, "stock": 1})).await;
    assert_eq!(expect(&again, 200)["id"], made.id());

    for (path, body, code) in [
        (format!("{ITEMS}?key=stock"), json!({"stock": 1}), "invalid_parameter"),
        (format!("{ITEMS}?key=nope"), json!({}), "invalid_parameter"),
        (format!("{ITEMS}?key=shelf"), json!({"shelf": 1}), "invalid_parameter"),
        (ITEMS.to_owned(), json!({}), "invalid_parameter"),
        (by_sku.clone(), json!({"stock": 1}), "invalid_body"),
        (by_sku.clone(), json!({"sku": "one", "id": made.id()}), "invalid_body"),
    ] {
        problem(&developer.put(&path, &body).await, 400, code);
    }
    // Another unique value is in the way.
    problem(&developer.put(&by_sku, &json!({"sku": "two", "shelf": 1, "place": 9})).await, 409, "not_unique");
    let stale = developer.with("if-match", "\"0\"");
    problem(&stale.put(&by_sku, &json!({"sku": "one"})).await, 412, "precondition_failed");
    let absent = developer.with("if-none-match", "*");
    problem(&absent.put(&by_sku, &json!({"sku": "one"})).await, 412, "precondition_failed");
    let once = absent.with("idempotency-key", "once");
    let first = once.put(&by_sku, &json!({"sku": "three"})).await;
    expect(&first, 201);
    let second = once.put(&by_sku, &json!({"sku": "three"})).await;
    assert_eq!((second.status, second.body), (201, first.body));
    // Rules: the ninth place may not be changed, and nothing made.
    let anybody = acme.publishable().await.unwrap();
    problem(&anybody.put(&by_place, &json!({"shelf": 1, "place": 9})).await, 403, "rule_refused");
    problem(&anybody.put(&by_sku, &json!({"sku": "four"})).await, 403, "scope_needed");
    app.remove().await.unwrap();
}

/// What a field will be is known only where the record is held: a rule that asks for it refuses.
#[tokio::test]
async fn a_rule_that_asks_for_a_value_which_is_told_by_a_change_refuses() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let fields = json!([{"name": "stars", "type": "int"}, {"name": "title", "type": "text"}]);
    let rules = json!({"view": "true", "list": "true", "update": "input.stars < 5"});
    let notes = json!({"name": "notes", "fields": fields, "rules": rules});
    expect(&developer.post("/v1/collections", &notes).await, 201);
    let records = "/v1/collections/notes/records";
    let made = developer.post(records, &json!({"stars": 3, "title": "a"})).await;
    let path = format!("{records}/{}", made.id());
    let reader = acme.publishable().await.unwrap();
    let more = json!({"stars": {"$increment": 1}});
    problem(&reader.patch(&path, &more).await, 403, "scope_needed");
    let many = format!("{records}?filter=true");
    problem(&reader.patch(&many, &more).await, 403, "scope_needed");
    // A value that is sent, and one that stays, are known.
    expect(&reader.patch(&path, &json!({"stars": 4})).await, 200);
    expect(&reader.patch(&path, &json!({"title": "b"})).await, 200);
    assert_eq!(expect(&developer.patch(&path, &more).await, 200)["stars"], 5);
    app.remove().await.unwrap();
}
