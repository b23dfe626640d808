//! A tenant's own OpenAPI document.

use std::collections::BTreeSet;

use neonex_testkit::TestApp;
use serde_json::{Value, json};

use crate::api::{expect, problem};

/// Every reference in a document.
fn references<'d>(value: &'d Value, found: &mut BTreeSet<&'d str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn it_is_valid_and_has_each_collection_as_it_is() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    expect(&developer.post("/v1/collections", &json!({"name": "rooms"})).await, 201);
    let fields = json!([
        {"name": "title", "type": "text", "required": true, "max_length": 9},
        {"name": "body", "type": "rich_text"},
        {"name": "stars", "type": "int", "min": 1, "max": 5},
        {"name": "weight", "type": "float"},
        {"name": "price", "type": "decimal", "required": true, "default": "1.00"},
        {"name": "done", "type": "bool", "required": true},
        {"name": "day", "type": "date"},
        {"name": "made", "type": "datetime", "auto": "create"},
        {"name": "extra", "type": "json"},
        {"name": "state", "type": "select", "options": ["a", "b"]},
        {"name": "tags", "type": "multi_select", "options": ["x", "y"]},
        {"name": "mail", "type": "email"},
        {"name": "site", "type": "url"},
        {"name": "code", "type": "uuid", "hidden": true},
        {"name": "room", "type": "relation", "collection": "rooms"},
        {"name": "others", "type": "relation", "collection": "rooms", "many": true},
        {"name": "place", "type": "geo_point"},
        {"name": "shape", "type": "vector", "dimensions": 3},
    ]);
    expect(&developer.post("/v1/collections", &json!({"name": "notes", "fields": fields})).await, 201);
    let document = expect(&developer.get("/v1/openapi.json").await, 200);

    let read: openapiv3::OpenAPI = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(read.paths.paths.len(), 4);
    assert_eq!(read.operations().count(), 12);
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in &found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let names: BTreeSet<_> =
        read.operations().map(|(_, _, operation)| operation.operation_id.as_deref().unwrap()).collect();
    assert_eq!(names.len(), 12);

    let schemas = &document["components"]["schemas"];
    let note = &schemas["notes"];
    let required = |schema: &Value| -> BTreeSet<String> {
        schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(required(&schemas["notes.create"]), ["done", "title"].map(str::to_owned).into());
    assert!(required(note).contains("stars") && !required(note).contains("code"));
    assert_eq!(note["properties"]["title"], json!({"type": "string", "maxLength": 9}));
    let stars = json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": 5, "nullable": true});
    assert_eq!(note["properties"]["stars"], stars);
    assert_eq!(note["properties"]["room"]["x-neonex-relation"], "rooms");
    assert!(schemas["notes.create"]["properties"].get("made").is_none());
    assert!(schemas["notes.update"].get("required").is_none());
    let filter = &document["paths"]["/v1/collections/notes/records"]["get"]["parameters"][0];
    assert!(filter["description"].as_str().unwrap().contains("`stars`"), "{filter}");

    let anybody = acme.publishable().await.unwrap();
    problem(&anybody.get("/v1/openapi.json").await, 403, "scope_needed");
    let other = app.tenant("other").await.unwrap().secret().await.unwrap();
    let document = expect(&other.get("/v1/openapi.json").await, 200);
    assert_eq!(document["paths"], json!({}));
    app.remove().await.unwrap();
}
