//! Settings of fields: what they ask of values, who sees them, and what the server sets by itself.

use neonex_core::access::TenantScope;
use neonex_core::collections::CollectionError;
use neonex_core::idempotency::Outcome;
use neonex_core::records::{ListQuery, Precondition, RecordBody, RecordError, RecordId};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};
use crate::support::invalid;

async fn send(scope: &TenantScope, collection: &str, body: Json) -> Result<RecordBody, RecordError> {
    let records = scope.records(collection)?;
    match records.create(records.input(body.to_string().as_bytes())?, None).await? {
        Outcome::Fresh(body) => Ok(body),
        Outcome::Replayed(_) => panic!("a repetition without a key"),
    }
}

fn json_of(body: &RecordBody) -> Json {
    serde_json::from_slice(&body.json).unwrap()
}

/// The place and the kind of each thing that was wrong with a record.
fn refusals<T: std::fmt::Debug>(refused: Result<T, RecordError>) -> Vec<(String, &'static str)> {
    match refused {
        Err(RecordError::Invalid(invalid)) => {
            invalid.details().iter().map(|detail| (detail.pointer.clone(), detail.code)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn values_lie_within_their_limits() {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "stars", "type": "int", "min": 1, "max": 5},
        {"name": "share", "type": "float", "min": 0, "max": 0.5},
        {"name": "price", "type": "decimal", "precision": 5, "min": "-9.99", "max": "100.00"},
        {"name": "day", "type": "date", "min": "2026-01-01", "max": "2026-12-31"},
        {"name": "at", "type": "datetime", "max": "2026-12-31T00:00:00Z"},
    ]);
    shop.create(json!({"name": "things", "fields": fields})).await.unwrap();
    let scope = shop.scope().await;
    let edges = [
        json!({"stars": 1, "share": 0, "price": "-9.99", "day": "2026-01-01", "at": null}),
        json!({"stars": 5, "share": 0.5, "price": 100, "day": "2026-12-31", "at": "2026-12-31T00:00:00Z"}),
    ];
    for edge in edges {
        send(&scope, "things", edge).await.unwrap();
    }
    let beyond = [
        json!({"stars": 0, "share": -0.1, "price": "-10", "day": "2025-12-31"}),
        json!({"stars": 6, "share": 0.51, "price": 100.01, "day": "2027-01-01", "at": "2027-01-01T00:00:00Z"}),
    ];
    for body in beyond {
        let wrong: Vec<_> = body.as_object().unwrap().keys().map(|name| format!("/{name}")).collect();
        let found = refusals(send(&scope, "things", body).await);
        assert!(found.iter().all(|(_, code)| *code == "out_of_range"), "{found:?}");
        assert_eq!(found.into_iter().map(|(place, _)| place).collect::<Vec<_>>(), wrong);
    }
    let wrong = json!({"name": "wrong", "fields": [
        {"name": "a", "type": "int", "min": 5, "max": 1},
        {"name": "b", "type": "int", "min": "x"},
        {"name": "c", "type": "int", "max": 3, "default": 4},
    ]});
    assert_eq!(
        faults(shop.create(wrong).await),
        [("/fields/0/min".into(), "out_of_range"), ("/fields/1/min".into(), "invalid_value")]
    );
    shop.close().await;
}

#[tokio::test]
async fn what_is_asked_of_values_later_is_asked_of_those_that_are_there() {
    let shop = Workshop::open().await;
    let fields = |stars: Json, code: Json, tags: Json| {
        let with = |mut field: Json, settings: Json| {
            field.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
            field
        };
        json!({"fields": [
            with(json!({"name": "stars", "type": "int"}), stars),
            with(json!({"name": "code", "type": "text"}), code),
            with(json!({"name": "tags", "type": "multi_select", "options": ["a", "b"]}), tags),
        ]})
    };
    let none = || json!({});
    let mut made = fields(none(), none(), none());
    made["name"] = json!("things");
    shop.create(made).await.unwrap();
    let record = shop.add("things", json!({"stars": 7, "code": "x1", "tags": ["a", "b"]})).await;
    shop.add("things", json!({"stars": null, "code": "x", "tags": []})).await;
    for patch in [
        fields(json!({"max": 6}), none(), none()),
        fields(none(), json!({"pattern": "^[a-z]+$"}), none()),
        fields(none(), json!({"min_length": 2}), none()),
        fields(none(), none(), json!({"max_items": 1})),
        fields(none(), none(), json!({"options": ["a", "c"]})),
    ] {
        let refused = shop.alter("things", patch.clone()).await;
        let Err(CollectionError::Records(reason)) = refused else { panic!("{patch} {refused:?}") };
        let named = patch["fields"][1]["min_length"].is_null();
        assert_eq!(reason.contains(record["id"].as_str().unwrap()), named, "{reason}");
    }
    let fitting = fields(json!({"min": 7}), json!({"pattern": "^x"}), json!({"options": ["b", "c", "a"]}));
    shop.alter("things", fitting).await.unwrap();
    let scope = shop.scope().await;
    assert_eq!(
        refusals(send(&scope, "things", json!({"stars": 6})).await),
        [("/stars".into(), "out_of_range")]
    );
    shop.close().await;
}

#[tokio::test]
async fn hidden_fields_are_not_for_those_whom_rules_bind() {
    let shop = Workshop::open().await;
    let all = json!({"list": "true", "view": "secret != 'never'", "create": "true", "update": "true", "delete": "true"});
    let fields = json!([
        {"name": "title", "type": "text"},
        {"name": "secret", "type": "text", "hidden": true, "unique": true, "default": "s"},
    ]);
    shop.create(json!({"name": "notes", "fields": fields, "rules": all})).await.unwrap();
    let record = shop.add("notes", json!({"title": "a", "secret": "top"})).await;
    assert_eq!(record["secret"], "top");
    let id = RecordId::parse(record["id"].as_str().unwrap()).unwrap();
    let anyone = shop.acme.anonymous().await.unwrap();
    let records = anyone.records("notes").unwrap();

    let read = json_of(&records.read(id, None, None).await.unwrap());
    assert_eq!((read["title"].as_str(), read.get("secret")), (Some("a"), None));
    let page = records.list(&ListQuery::default()).await.unwrap();
    assert!(!String::from_utf8(page.json).unwrap().contains("secret"));
    let query = |part: &str| {
        let text = |name: &str, value: &str| (part == name).then(|| value.to_owned());
        ListQuery {
            filter: text("/filter", "secret == 'top'"),
            sort: text("/sort", "-secret"),
            fields: text("/fields", "title,secret"),
            ..ListQuery::default()
        }
    };
    for part in ["/filter", "/sort", "/fields"] {
        let refused = refusals(records.list(&query(part)).await.map(|page| page.next));
        assert_eq!(refused[0].0, part);
        assert!(shop.scope().await.records("notes").unwrap().list(&query(part)).await.is_ok(), "{part}");
    }
    assert_eq!(
        refusals(records.read(id, Some("secret"), None).await.map(|_| ())),
        [("/fields".into(), "unknown_field")]
    );

    let refused = invalid(records.input(br#"{"title": "b", "secret": "x"}"#));
    assert_eq!(refused.details()[0].code, "unknown_field");
    // Not even what another record has in it can be learnt.
    let made = send(&anyone, "notes", json!({"title": "b"})).await.unwrap();
    assert_eq!(json_of(&made).get("secret"), None);
    let again = send(&anyone, "notes", json!({"title": "c"})).await;
    assert!(matches!(&again, Err(RecordError::NotUnique { fields }) if fields.is_empty()), "{again:?}");
    let input = records.input(br#"{"title": "d"}"#).unwrap();
    let updated = records.update(id, input, Precondition::None).await.unwrap();
    assert_eq!((json_of(&updated)["title"].as_str(), json_of(&updated).get("secret")), (Some("d"), None));
    let whole = shop.scope().await.records("notes").unwrap().read(id, None, None).await.unwrap();
    assert_eq!(
        (json_of(&whole)["title"].as_str(), json_of(&whole)["secret"].as_str()),
        (Some("d"), Some("top"))
    );
    shop.close().await;
}

#[tokio::test]
async fn the_server_sets_its_own_times() {
    let shop = Workshop::open().await;
    let plain = json!({"name": "title", "type": "text"});
    shop.create(json!({"name": "notes", "fields": [plain]})).await.unwrap();
    let old = shop.add("notes", json!({"title": "old"})).await;
    let fields = json!([plain, {"name": "made", "type": "datetime", "auto": "create"},
        {"name": "touched", "type": "datetime", "auto": "update", "unique": true}]);
    shop.alter("notes", json!({"fields": fields})).await.unwrap();
    let scope = shop.scope().await;
    let records = scope.records("notes").unwrap();
    let id = RecordId::parse(old["id"].as_str().unwrap()).unwrap();
    let filled = json_of(&records.read(id, None, None).await.unwrap());
    assert_eq!((&filled["made"], &filled["touched"]), (&old["created_at"], &old["updated_at"]));

    shop.test.clock.advance(60);
    let made = json_of(&send(&scope, "notes", json!({"title": "new"})).await.unwrap());
    assert_eq!((&made["made"], &made["touched"]), (&made["created_at"], &made["created_at"]));
    assert_ne!(made["made"], filled["made"]);
    shop.test.clock.advance(60);
    for replace in [false, true] {
        let input = || records.input(br#"{"title": "newer"}"#).unwrap();
        let id = RecordId::parse(made["id"].as_str().unwrap()).unwrap();
        if replace {
            records.upsert(id, input(), Precondition::None).await.unwrap();
        } else {
            records.update(id, input(), Precondition::None).await.unwrap();
        }
        let after = json_of(&records.read(id, None, None).await.unwrap());
        assert_eq!((&after["made"], &after["touched"]), (&made["made"], &after["updated_at"]));
        assert_ne!(after["touched"], made["touched"]);
    }
    for name in ["made", "touched"] {
        let refused = invalid(records.input(json!({name: "2026-01-01T00:00:00Z"}).to_string().as_bytes()));
        assert_eq!(refused.details()[0].code, "read_only");
    }
    shop.close().await;
}

/// A geo point's further columns go where it goes.
#[tokio::test]
async fn a_geo_point_is_renamed_and_dropped_whole() {
    let shop = Workshop::open().await;
    let point = |name: &str| json!({"name": name, "type": "geo_point", "default": {"lat": 1.5, "lon": 2.5}});
    shop.create(json!({"name": "places", "fields": [point("home")]})).await.unwrap();
    shop.add("places", json!({})).await;
    let mut renamed = point("house");
    renamed["renamed_from"] = json!("home");
    shop.alter("places", json!({"fields": [renamed]})).await.unwrap();
    shop.alter("places", json!({"fields": [point("house"), point("home")]})).await.unwrap();
    shop.add("places", json!({"house": {"lat": -3.0, "lon": 4.0}})).await;
    let drop = json!({"fields": [point("home")], "drop_fields": ["house"]});
    shop.alter("places", drop).await.unwrap();
    shop.alter("places", json!({"fields": [point("home"), point("house")]})).await.unwrap();
    let default = json!({"lat": 1.5, "lon": 2.5});
    for record in shop.all("places").await {
        assert_eq!(record, json!({"home": default, "house": default}));
    }
    shop.close().await;
}

/// A connection keeps what it has prepared, and Postgres the types that its values had then.
#[tokio::test]
async fn a_field_of_another_type_takes_the_place_of_one_that_was_dropped() {
    let shop = Workshop::open().await;
    let keep = json!({"name": "kept", "type": "text"});
    shop.create(json!({"name": "things", "fields": [keep]})).await.unwrap();
    // Each with a setting that makes the values be read, once they are there.
    let values = [
        (json!({"type": "int"}), json!(7), json!({"min": 0})),
        (json!({"type": "float"}), json!(2.5), json!({"min": 0})),
        (json!({"type": "text"}), json!("seven"), json!({"min_length": 1})),
        (json!({"type": "decimal"}), json!("7.50"), json!({"min": "0"})),
        (json!({"type": "bool"}), json!(true), json!({})),
        (
            json!({"type": "datetime"}),
            json!("2026-01-01T00:00:00.000000Z"),
            json!({"min": "2025-01-01T00:00:00Z"}),
        ),
        (json!({"type": "uuid"}), json!("0190a5d0-0000-7000-8000-000000000000"), json!({})),
        (json!({"type": "date"}), json!("2026-01-01"), json!({"max": "2026-01-01"})),
        (json!({"type": "json"}), json!({"a": 1}), json!({})),
        (json!({"type": "geo_point"}), json!({"lat": 1.5, "lon": 2.5}), json!({})),
        (json!({"type": "vector", "dimensions": 2}), json!([0.5, 1.5]), json!({})),
        (json!({"type": "text"}), json!("eight"), json!({"pattern": "^e"})),
        (json!({"type": "int"}), json!(8), json!({"max": 8})),
    ];
    for (mut field, value, narrowed) in values {
        let kind = field["type"].to_string();
        field["name"] = json!("value");
        shop.alter("things", json!({"fields": [keep, field]})).await.unwrap();
        let made = shop.add("things", json!({"kept": kind, "value": value})).await;
        assert_eq!(made["value"], value, "{kind}");
        let scope = shop.scope().await;
        let records = scope.records("things").unwrap();
        let id = RecordId::parse(made["id"].as_str().unwrap()).unwrap();
        for sent in [Json::Null, value.clone()] {
            let input = records.input(json!({"value": sent}).to_string().as_bytes()).unwrap();
            let updated = records.update(id, input, Precondition::None).await.unwrap();
            assert_eq!(json_of(&updated)["value"], sent, "{kind}");
            assert_eq!(json_of(&records.read(id, None, None).await.unwrap())["value"], sent, "{kind}");
        }
        assert_eq!(shop.all("things").await.last().unwrap(), &json!({"kept": kind, "value": value}));
        field.as_object_mut().unwrap().extend(narrowed.as_object().unwrap().clone());
        shop.alter("things", json!({"fields": [keep, field]})).await.unwrap();
        shop.alter("things", json!({"fields": [keep], "drop_fields": ["value"]})).await.unwrap();
        shop.test.clock.advance(1);
    }
    shop.close().await;
}
