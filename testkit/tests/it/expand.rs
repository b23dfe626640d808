//! Records with those that they point to.

use neonex_core::access::TenantScope;
use neonex_core::records::{ExportQuery, Format, ListQuery, RecordError, RecordId};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};

/// Houses; rooms of houses, of which the secret ones are hidden by a rule; notes about rooms.
async fn house() -> (Workshop, [Json; 3]) {
    let shop = Workshop::open().await;
    let open = json!({"list": "true", "view": "true"});
    let street = json!({"name": "street", "type": "text"});
    shop.create(json!({"name": "houses", "fields": [street], "rules": {}})).await.unwrap();
    let fields = json!([
        {"name": "name", "type": "text"},
        {"name": "key", "type": "text", "hidden": true, "default": "under the mat"},
        {"name": "house", "type": "relation", "collection": "houses"},
    ]);
    let rules = json!({"list": "true", "view": "name != 'secret'"});
    shop.create(json!({"name": "rooms", "fields": fields, "rules": rules})).await.unwrap();
    let fields = json!([
        {"name": "text", "type": "text"},
        {"name": "room", "type": "relation", "collection": "rooms"},
        {"name": "also", "type": "relation", "collection": "rooms", "many": true},
        {"name": "buried", "type": "relation", "collection": "rooms", "hidden": true},
    ]);
    shop.create(json!({"name": "notes", "fields": fields, "rules": open})).await.unwrap();
    let home = shop.add("houses", json!({"street": "Elm"})).await;
    let hall = shop.add("rooms", json!({"name": "hall", "house": home["id"]})).await;
    let secret = shop.add("rooms", json!({"name": "secret", "house": home["id"]})).await;
    (shop, [home, hall, secret])
}

async fn list(scope: &TenantScope, expand: &str, fields: Option<&str>) -> Result<Vec<Json>, RecordError> {
    let query = ListQuery {
        sort: Some("text".to_owned()),
        expand: Some(expand.to_owned()),
        fields: fields.map(str::to_owned),
        ..ListQuery::default()
    };
    let page = scope.records("notes")?.list(&query).await?;
    let page: Json = serde_json::from_slice(&page.json).unwrap();
    Ok(page["items"].as_array().unwrap().clone())
}

#[tokio::test]
async fn what_is_pointed_to_stands_beside_at_any_depth() {
    let (shop, [home, hall, secret]) = house().await;
    let a =
        shop.add("notes", json!({"text": "a", "room": hall["id"], "also": [secret["id"], hall["id"]]})).await;
    shop.add("notes", json!({"text": "b", "room": secret["id"], "also": []})).await;
    shop.add("notes", json!({"text": "c"})).await;
    let scope = shop.scope().await;
    let mut whole = hall.clone();
    whole["expand"] = json!({"house": home});
    let mut hidden = secret.clone();
    hidden["expand"] = json!({"house": home});

    let found = list(&scope, "room.house, also", None).await.unwrap();
    assert_eq!(found[0]["expand"], json!({"room": whole, "also": [secret, hall]}));
    assert_eq!(found[1]["expand"], json!({"room": hidden, "also": []}));
    assert_eq!((&found[2]["expand"], &found[2]["room"]), (&json!({"also": []}), &Json::Null));
    let mut plain = found[0].clone();
    plain.as_object_mut().unwrap().remove("expand");
    assert_eq!(plain, a, "the record itself is what it is");

    // The field need not be shown itself.
    let found = list(&scope, "room", Some("text")).await.unwrap();
    assert_eq!(found[0], json!({"text": "a", "expand": {"room": hall}}));
    let id = RecordId::parse(a["id"].as_str().unwrap()).unwrap();
    let one = scope.records("notes").unwrap().read(id, Some("text"), Some("room.house")).await.unwrap();
    let one: Json = serde_json::from_slice(&one.json).unwrap();
    assert_eq!(one, json!({"text": "a", "expand": {"room": whole}}));
    shop.close().await;
}

#[tokio::test]
async fn what_may_not_be_seen_is_left_out() {
    let (shop, [_, hall, secret]) = house().await;
    shop.add("notes", json!({"text": "a", "room": hall["id"], "also": [secret["id"], hall["id"]]})).await;
    shop.add("notes", json!({"text": "b", "room": secret["id"]})).await;
    let anyone = shop.acme.anonymous().await.unwrap();
    let mut seen = hall.clone();
    seen.as_object_mut().unwrap().remove("key");
    seen["expand"] = json!({});
    // Of houses nobody but keys sees anything.
    let found = list(&anyone, "room.house,also", None).await.unwrap();
    assert_eq!(found[0]["expand"]["room"], seen);
    seen.as_object_mut().unwrap().remove("expand");
    assert_eq!(found[0]["expand"]["also"], json!([seen]));
    assert_eq!(found[1]["expand"], json!({"also": []}));
    assert!(!json!(found).to_string().contains("mat"));
    for wrong in ["buried", "text", "nope", "room.nope", "room.key", "room.house.x.y.z"] {
        let refused = list(&anyone, wrong, None).await;
        let Err(RecordError::Invalid(invalid)) = refused else { panic!("{wrong}: {refused:?}") };
        assert_eq!(invalid.details()[0].pointer, "/expand", "{wrong}");
    }
    assert!(list(&shop.scope().await, "buried", None).await.is_ok());
    shop.close().await;
}

/// Fields of those that are pointed to are chosen by paths, which are followed without being named a second time.
#[tokio::test]
async fn fields_are_chosen_at_any_depth() {
    let (shop, [home, hall, secret]) = house().await;
    let note = json!({"text": "a", "room": hall["id"], "also": [secret["id"], hall["id"]]});
    let note = shop.add("notes", note).await;
    let scope = shop.scope().await;
    let street = json!({"house": {"street": "Elm"}});
    let names = json!([{"name": "secret"}, {"name": "hall"}]);
    for (expand, fields, expected) in [
        ("", "text,room.name", json!({"text": "a", "expand": {"room": {"name": "hall"}}})),
        ("room", " text , room.name", json!({"text": "a", "expand": {"room": {"name": "hall"}}})),
        ("", "room.name", json!({"expand": {"room": {"name": "hall"}}})),
        ("", "room,room.name", json!({"room": hall["id"], "expand": {"room": {"name": "hall"}}})),
        ("", "also.name", json!({"expand": {"also": names}})),
        ("", "room.house.street", json!({"expand": {"room": {"expand": street}}})),
        (
            "room.house",
            "text,room.name",
            json!({"text": "a", "expand": {"room": {"name": "hall", "expand": {"house": home}}}}),
        ),
        ("", "text,room.*", json!({"text": "a", "expand": {"room": hall}})),
        (
            "also",
            "text,room.name",
            json!({"text": "a", "expand": {"room": {"name": "hall"}, "also": [secret, hall]}}),
        ),
        (
            "",
            "room.name,room.house.street,room.house.id",
            json!({"expand": {"room": {"name": "hall", "expand": {"house": {"street": "Elm", "id": home["id"]}}}}}),
        ),
    ] {
        let found = list(&scope, expand, Some(fields)).await.unwrap();
        assert_eq!(json!(found), json!([expected]), "{expand} {fields}");
        let id = RecordId::parse(note["id"].as_str().unwrap()).unwrap();
        let one = scope.records("notes").unwrap().read(id, Some(fields), Some(expand)).await.unwrap();
        assert_eq!(serde_json::from_slice::<Json>(&one.json).unwrap(), expected, "{expand} {fields}");
    }
    let found = list(&scope, "", Some("*,room.name")).await.unwrap();
    let mut whole = note.clone();
    whole["expand"] = json!({"room": {"name": "hall"}});
    assert_eq!(found, [whole]);
    shop.close().await;
}

#[tokio::test]
async fn fields_that_are_unknown_or_hidden_are_named() {
    let (shop, [_, hall, _]) = house().await;
    shop.add("notes", json!({"text": "a", "room": hall["id"]})).await;
    let (anyone, scope) = (shop.acme.anonymous().await.unwrap(), shop.scope().await);
    for (wrong, named) in [
        ("text,room.nope", "`room.nope`"),
        ("room.key", "`room.key`"),
        ("room.house.nope", "`room.house.nope`"),
        ("buried.name", "`buried`"),
        ("nope.name", "`nope`"),
        ("text.name", "`text`"),
        ("room.text.name", "`room.text`"),
        ("room.", "`room.`"),
        (".name", "``"),
        ("room.house.x.y.z.w", "`room.house.x.y.z`"),
    ] {
        let refused = list(&anyone, "", Some(wrong)).await;
        let Err(RecordError::Invalid(invalid)) = refused else { panic!("{wrong}: {refused:?}") };
        let detail = &invalid.details()[0];
        assert_eq!(detail.pointer, "/fields", "{wrong}");
        assert!(detail.message.contains(named), "{wrong}: {}", detail.message);
        assert!(["unknown_field", "too_deep"].contains(&detail.code), "{wrong}: {}", detail.code);
    }
    // Whoever sees what is hidden may name it; of an export nothing is pointed to.
    let found = list(&scope, "", Some("room.key,buried.name")).await.unwrap();
    assert_eq!(found, [json!({"expand": {"room": {"key": "under the mat"}}})]);
    let fields = Some("text,room.name".to_owned());
    let export = scope.records("notes").unwrap().export(ExportQuery { filter: None, fields }, Format::Ndjson);
    assert!(matches!(export, Err(RecordError::Invalid(_))));
    // Rules are those of the records that are pointed to.
    let seen = list(&anyone, "", Some("room.house.street")).await.unwrap();
    assert_eq!(seen, [json!({"expand": {"room": {"expand": {}}}})]);
    shop.close().await;
}

/// More records than one statement takes.
#[tokio::test]
async fn many_are_found_by_few_statements() {
    let (shop, _) = house().await;
    let mut ids = Vec::new();
    for n in 0..300 {
        ids.push(shop.add("rooms", json!({"name": format!("{n}")})).await["id"].clone());
    }
    ids.reverse();
    shop.add("notes", json!({"text": "a", "also": ids})).await;
    let found = list(&shop.scope().await, "also", None).await.unwrap();
    let also: Vec<_> =
        found[0]["expand"]["also"].as_array().unwrap().iter().map(|room| &room["id"]).collect();
    assert_eq!(also, ids.iter().collect::<Vec<_>>());
    shop.close().await;
}

#[tokio::test]
async fn no_field_takes_the_place_of_what_is_expanded() {
    let shop = Workshop::open().await;
    let refused = shop.create(json!({"name": "notes", "fields": [{"name": "expand", "type": "text"}]})).await;
    assert_eq!(faults(refused), [("/fields/0/name".into(), "reserved_name")]);
    shop.close().await;
}
