//! The history of records whose collection has changed since.

use neonex_testkit::TestApp;
use serde_json::{Value, json};

use crate::api::{expect, places, problem};

const ITEMS: &str = "/v1/collections/items/records";

#[tokio::test]
async fn a_record_goes_back_across_changes_of_its_collection() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let field = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let fields =
        json!([field("name", "text"), field("code", "text"), field("old", "text"), field("size", "int")]);
    expect(&developer.post("/v1/collections", &json!({"name": "items", "fields": fields})).await, 201);
    let made = developer.post(ITEMS, &json!({"name": "a", "code": "12", "old": "gone", "size": 3})).await;
    let first = expect(&made, 201)["updated_at"].as_str().unwrap().to_owned();
    let path = format!("{ITEMS}/{}", made.id());
    app.platform.clock.advance(1);
    expect(&developer.patch(&path, &json!({"name": "b", "code": "13", "size": 4})).await, 200);

    // `name` is called `title` by now and another field `name`; `old` is gone; `code` is a number, `size` a text.
    app.platform.clock.advance(1);
    let mut renamed = field("title", "text");
    renamed["renamed_from"] = json!("name");
    let fields = json!([renamed, field("code", "int"), field("size", "text")]);
    let change = json!({"fields": fields, "drop_fields": ["old"]});
    expect(&developer.patch("/v1/collections/items", &change).await, 200);
    app.platform.clock.advance(1);
    let fields =
        json!([field("title", "text"), field("code", "int"), field("size", "text"), field("name", "bool")]);
    expect(&developer.patch("/v1/collections/items", &json!({"fields": fields})).await, 200);
    app.platform.clock.advance(1);
    expect(&developer.patch(&path, &json!({"title": "c", "name": true})).await, 200);

    let past = expect(&developer.get(&format!("{path}?as_of={first}")).await, 200);
    assert_eq!(
        (&past["title"], &past["name"], &past["code"], past.get("old")),
        (&json!("a"), &Value::Null, &json!("12"), None)
    );
    let revision = expect(&developer.get(&format!("{path}/revisions/{first}")).await, 200);
    assert_eq!(revision["record"]["old"], "gone");
    let all = expect(&developer.get(&format!("{path}/revisions")).await, 200);
    let names = |at: usize| -> Vec<String> {
        let changes = all["items"][at]["changes"].as_array().unwrap();
        changes.iter().map(|change| change["field"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(2), ["title", "code", "size", "old"]);
    assert_eq!(names(1), ["title", "code", "size"]);
    assert_eq!(names(0), ["title", "name"]);

    // Values become what a change of the type makes of them; a field that there was not then stays.
    let back = expect(&developer.post(&format!("{path}/revert"), &json!({"to": first})).await, 200);
    let values = [&back["title"], &back["code"], &back["size"], &back["name"]];
    assert_eq!(values, [&json!("a"), &json!(12), &json!("3"), &json!(true)]);
    let refused = json!({"to": first, "fields": ["name"]});
    let refused = problem(&developer.post(&format!("{path}/revert"), &refused).await, 400, "invalid_body");
    assert_eq!(places(&refused), [("/fields/0", "unknown_field")]);

    // What does not fit any more is named, and the rest can be had.
    let fields = json!([
        {"name": "title", "type": "text", "min_length": 1},
        field("code", "int"),
        field("size", "text"),
        {"name": "name", "type": "bool", "nullable": false, "default": true},
    ]);
    expect(&developer.patch(&path, &json!({"title": "longer"})).await, 200);
    expect(&developer.patch("/v1/collections/items", &json!({"fields": fields})).await, 200);
    let fields = json!([
        {"name": "title", "type": "text", "min_length": 3},
        field("code", "int"),
        field("size", "text"),
        {"name": "name", "type": "bool", "nullable": false, "default": true},
    ]);
    expect(&developer.patch("/v1/collections/items", &json!({"fields": fields})).await, 200);
    let refused =
        problem(&developer.post(&format!("{path}/revert"), &json!({"to": first})).await, 400, "invalid_body");
    assert_eq!(places(&refused), [("/title", "invalid_value")]);
    let some = json!({"to": first, "fields": ["code", "size"]});
    expect(&developer.post(&format!("{path}/revert"), &some).await, 200);

    // A record that went before a field was there gets its default.
    let lost = developer.post(ITEMS, &json!({"title": "lost", "name": false})).await;
    expect(&lost, 201);
    let path = format!("{ITEMS}/{}", lost.id());
    expect(&developer.delete(&path).await, 204);
    let mut fields = fields.as_array().unwrap().clone();
    fields.push(json!({"name": "level", "type": "int", "nullable": false, "default": 5}));
    expect(&developer.patch("/v1/collections/items", &json!({"fields": fields})).await, 200);
    let made = developer.send(poem::http::Method::POST, &format!("{path}/undelete"), None).await;
    let made = expect(&made, 200);
    assert_eq!((&made["level"], &made["name"], &made["title"]), (&json!(5), &json!(false), &json!("lost")));
    app.remove().await.unwrap();
}
