//! Fields that the server computes.

use neonex_core::access::TenantScope;
use neonex_core::collections::CollectionError;
use neonex_core::records::{
    BulkQuery, Format, ImportOptions, ListQuery, Precondition, RecordError, RecordId, Upserted,
};
use neonex_core::store::Dialect;
use serde_json::{Value as Json, json};

use crate::collections::Workshop;
use crate::support::execute;

fn items() -> Json {
    json!({"name": "items", "fields": [
        {"name": "price", "type": "decimal", "scale": 2},
        {"name": "quantity", "type": "int"},
        {"name": "first", "type": "text"},
        {"name": "last", "type": "text"},
        {"name": "total", "type": "decimal", "scale": 2, "computed": "record.price * record.quantity"},
        {"name": "taxed", "type": "decimal", "scale": 2, "computed": "total * 1.19"},
        {"name": "name", "type": "text", "unique": true, "computed": "record.first + ' ' + record.last"},
        {"name": "big", "type": "bool", "computed": "total > 100.0 || quantity > 10"},
    ], "indexes": [{"fields": ["total"]}]})
}

fn of(record: &Json, names: &[&str]) -> Vec<Json> {
    names.iter().map(|name| record[*name].clone()).collect()
}

async fn refused(scope: &TenantScope, body: Json) -> Vec<(String, String)> {
    let records = scope.records("items").unwrap();
    let made = match records.input(body.to_string().as_bytes()) {
        Ok(input) => records.create(input, None).await.map(drop),
        Err(refused) => Err(refused),
    };
    match made {
        Err(RecordError::Invalid(invalid)) => {
            invalid.details().iter().map(|found| (found.pointer.clone(), found.code.to_owned())).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_write_computes() {
    let shop = Workshop::open().await;
    shop.create(items()).await.unwrap();
    let made = shop.add("items", json!({"price": "12.50", "quantity": 3, "first": "Ada", "last": "L"})).await;
    let names = ["total", "taxed", "name", "big"];
    assert_eq!(of(&made, &names), [json!("37.50"), json!("44.63"), json!("Ada L"), json!(false)]);
    let id = RecordId::parse(made["id"].as_str().unwrap()).unwrap();

    let scope = shop.scope().await;
    let records = scope.records("items").unwrap();
    let read = |body: Vec<u8>| serde_json::from_slice::<Json>(&body).unwrap();
    let change = records.patch(br#"{"quantity": {"$increment": 8}}"#).unwrap();
    let changed = read(records.update(id, change, Precondition::None).await.unwrap().json);
    assert_eq!(of(&changed, &names), [json!("137.50"), json!("163.63"), json!("Ada L"), json!(true)]);

    let whole = records.input(br#"{"price": "1.00", "quantity": 2, "first": "Bo"}"#).unwrap();
    let Upserted::Replaced(replaced) = records.upsert(id, whole, Precondition::None).await.unwrap() else {
        panic!("it is there")
    };
    assert_eq!(of(&read(replaced.json), &names), [json!("2.00"), json!("2.38"), Json::Null, json!(false)]);

    let query = BulkQuery { filter: "total == 2.0".into(), expect: Some(1), once: None };
    let input = records.patch(br#"{"price": "3.00", "last": "D"}"#).unwrap();
    assert_eq!(records.update_all(&query, input).await.unwrap(), 1);
    let mut import = records.import(Format::Ndjson, ImportOptions::default()).unwrap();
    // What is computed is passed over, as in a file that was exported.
    import
        .push(b"{\"price\": 5, \"quantity\": 30, \"first\": \"C\", \"last\": \"C\", \"total\": 1}\n")
        .await
        .unwrap();
    import.finish().await.unwrap();
    assert_eq!(import.report().created, 1, "{:?}", import.report());
    let query = ListQuery {
        filter: Some("total > 5.0 && big || name.startsWith('Bo')".into()),
        sort: Some("-total".into()),
        ..ListQuery::default()
    };
    let page = read(records.list(&query).await.unwrap().json);
    let found: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| of(item, &names)).collect();
    assert_eq!(
        found,
        [
            [json!("150.00"), json!("178.50"), json!("C C"), json!(true)],
            [json!("6.00"), json!("7.14"), json!("Bo D"), json!(false)],
        ]
    );
    assert_eq!(shop.indexes("items").await, ["total", "unique name"]);
    let twice = records.input(br#"{"first": "C", "last": "C"}"#).unwrap();
    let twice = records.create(twice, None).await;
    assert!(matches!(&twice, Err(RecordError::NotUnique { fields }) if fields == &["name"]), "{twice:?}");
    shop.close().await;
}

#[tokio::test]
async fn an_error_is_null_and_where_null_may_not_be_the_write_is_refused() {
    let shop = Workshop::open().await;
    let mut design = items();
    let fields = design["fields"].as_array_mut().unwrap();
    fields.push(json!({"name": "ratio", "type": "int", "computed": "100 / quantity", "min": 5}));
    fields.push(json!({"name": "sum", "type": "int", "computed": "quantity + 9223372036854775807"}));
    fields.push(
        json!({"name": "key", "type": "text", "required": true, "max_length": 5, "computed": "first + '!'"}),
    );
    shop.create(design).await.unwrap();
    let made = shop.add("items", json!({"first": "a", "quantity": 0})).await;
    let names = ["total", "ratio", "sum", "key", "big"];
    assert_eq!(of(&made, &names), [Json::Null, Json::Null, json!(i64::MAX), json!("a!"), Json::Null]);
    let made = shop.add("items", json!({"first": "b", "quantity": 11})).await;
    assert_eq!(of(&made, &names), [Json::Null, json!(9), Json::Null, json!("b!"), json!(true)]);

    let scope = shop.scope().await;
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(refused(&scope, json!({"quantity": 1})).await, one("/key", "required"));
    assert_eq!(refused(&scope, json!({"first": "abcdef"})).await, one("/key", "invalid_value"));
    assert_eq!(refused(&scope, json!({"first": "a", "quantity": 50})).await, one("/ratio", "out_of_range"));
    assert_eq!(refused(&scope, json!({"first": "a", "total": "1.00"})).await, one("/total", "read_only"));
    let id = RecordId::parse(made["id"].as_str().unwrap()).unwrap();
    let records = scope.records("items").unwrap();
    let input = records.patch(br#"{"first": null}"#).unwrap();
    let nulled = records.update(id, input, Precondition::None).await;
    assert!(
        matches!(&nulled, Err(RecordError::Invalid(invalid)) if invalid.details()[0].pointer == "/key"),
        "{nulled:?}"
    );
    let by_key = records.input(br#"{"first": "a"}"#).unwrap();
    let by_key = records.upsert_by("name", by_key, Precondition::None).await;
    assert!(
        matches!(&by_key, Err(RecordError::Invalid(invalid)) if invalid.details()[0].code == "invalid_key")
    );
    shop.close().await;
}

#[tokio::test]
async fn deletions_compute_what_they_leave() {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "rooms", "fields": [{"name": "name", "type": "text"}]})).await.unwrap();
    shop.create(json!({"name": "notes", "fields": [
        {"name": "room", "type": "relation", "collection": "rooms", "on_delete": "set_null"},
        {"name": "homeless", "type": "bool", "computed": "room == null"},
    ]}))
    .await
    .unwrap();
    let room = shop.add("rooms", json!({"name": "hall"})).await["id"].clone();
    let note = shop.add("notes", json!({"room": room})).await;
    assert_eq!(note["homeless"], false);
    let scope = shop.scope().await;
    let id = RecordId::parse(room.as_str().unwrap()).unwrap();
    scope.records("rooms").unwrap().delete(id, Precondition::None).await.unwrap();
    assert_eq!(shop.all("notes").await, [json!({"room": null, "homeless": true})]);
    shop.close().await;
}

fn faults(altered: Result<impl std::fmt::Debug, CollectionError>) -> Vec<(String, String)> {
    match altered {
        Err(CollectionError::Invalid(invalid)) => {
            invalid.details().iter().map(|found| (found.pointer.clone(), found.message.clone())).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_expression_is_said_with_its_place() {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "rooms", "fields": [{"name": "name", "type": "text"}]})).await.unwrap();
    let number = |computed: &str| json!({"name": "x", "type": "int", "computed": computed});
    for (field, message) in [
        (number("a + "), "Syntax error"),
        (number("a + c"), "there is no field `c`; did you mean `a`? (at character 4)"),
        (
            number("a + b"),
            "a whole number and one with a point do not mix: write double(…) around the whole number, or \
                           the constant with or without a point as the field has it (at character 2)",
        ),
        (
            number("b * 2.0"),
            "the field holds a whole number, and this is a number; int(…) makes a whole number of one \
                             with a point (at character 2)",
        ),
        (number("room.name"), "a computed field is made of its own record, not of others (at character 4)"),
        (
            number("auth == null ? 1 : 2"),
            "a computed field is made of its record, not of `auth` (at character 0)",
        ),
        (number("t + 1"), "`+` beside a text works on text, not on a number (at character 2)"),
        (number("a % 1.0"), "a whole number and one with a point do not mix"),
        (number("x + 1"), "computed fields go round in a circle: x"),
        (json!({"name": "x", "type": "json", "computed": "a"}), "fields of type json cannot be computed"),
        (
            json!({"name": "x", "type": "text", "computed": "a"}),
            "the field holds text, and this is `a` (a whole number); \
                             string(…) makes a text of it (at character 0)",
        ),
        (
            json!({"name": "x", "type": "int", "computed": "a", "default": 1}),
            "the server computes this field, so \
                             `default` means nothing",
        ),
    ] {
        let design = json!({"name": "things", "fields": [
            {"name": "a", "type": "int"}, {"name": "b", "type": "float"}, {"name": "t", "type": "text"},
            {"name": "room", "type": "relation", "collection": "rooms"}, field,
        ]});
        let found = faults(shop.create(design).await);
        assert_eq!(found.len(), 1, "{field}: {found:?}");
        let place = if field["default"].is_null() { "/fields/4/computed" } else { "/fields/4/default" };
        assert!(found[0].0 == place && found[0].1.contains(message), "{field}: {found:?}");
    }
    // A rule of writes knows what comes in, and that is not computed yet.
    let design = json!({"name": "things", "fields": [{"name": "a", "type": "int"},
        {"name": "x", "type": "int", "computed": "a + 1"}], "rules": {"update": "input.x < 3"}});
    let found = faults(shop.create(design).await);
    assert!(found[0].0 == "/rules/update" && found[0].1.contains("`x` is computed"), "{found:?}");
    shop.close().await;
}

async fn counted(values: &[Json], fields: Json) -> Workshop {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "items", "fields": fields})).await.unwrap();
    for value in values {
        shop.add("items", value.clone()).await;
        shop.test.clock.advance(1);
    }
    shop
}

#[tokio::test]
async fn records_that_are_there_are_computed_with_the_change() {
    let (a, b) = (json!({"name": "a", "type": "int"}), json!({"name": "b", "type": "int"}));
    let shop =
        counted(&[json!({"a": 1, "b": 10}), json!({"a": 2, "b": 0}), json!({"a": null})], json!([a, b]))
            .await;
    let x = |computed: &str| json!({"name": "x", "type": "int", "unique": true, "computed": computed});
    let values = |name: &'static str| {
        let shop = &shop;
        async move {
            let all = shop.all("items").await;
            all.into_iter().map(|record| record[name].clone()).collect::<Vec<_>>()
        }
    };
    shop.alter("items", json!({"fields": [a, b, x("a + b")]})).await.unwrap();
    assert_eq!(values("x").await, [json!(11), json!(2), Json::Null]);
    // Another expression, one that another is computed from, and another type of what it is computed from.
    let y = json!({"name": "y", "type": "text", "computed": "string(x) + '!'"});
    shop.alter("items", json!({"fields": [a, b, x("a - b"), y]})).await.unwrap();
    assert_eq!(values("x").await, [json!(-9), json!(2), Json::Null]);
    assert_eq!(values("y").await, [json!("-9!"), json!("2!"), Json::Null]);
    assert_eq!(shop.indexes("items").await, ["unique x$1"]);
    shop.alter("items", json!({"fields": [a, b, x("b * 2"), y]})).await.unwrap();
    assert_eq!(values("y").await, [json!("20!"), json!("0!"), Json::Null]);
    let float = json!({"name": "b", "type": "float"});
    shop.alter("items", json!({"fields": [a, float, x("int(b) + 1"), y]})).await.unwrap();
    assert_eq!(values("x").await, [json!(11), json!(1), Json::Null]);
    shop.add("items", json!({"a": 5, "b": 5.5})).await;
    assert_eq!(values("y").await, [json!("11!"), json!("1!"), Json::Null, json!("6!")]);

    // A field that was renamed is to be renamed in the expression.
    let renamed = json!({"name": "c", "type": "float", "renamed_from": "b"});
    let found = faults(shop.alter("items", json!({"fields": [a, renamed, x("int(b) + 1"), y]})).await);
    assert!(found[0].0 == "/fields/2/computed" && found[0].1.contains("no field `b`"), "{found:?}");
    shop.alter("items", json!({"fields": [a, renamed, x("int(c) + 2"), y]})).await.unwrap();
    assert_eq!(values("x").await, [json!(12), json!(2), Json::Null, json!(7)]);
    // And a field that is computed no more keeps what it has.
    let plain = json!({"name": "x", "type": "int"});
    let kept = json!({"name": "c", "type": "float"});
    shop.alter("items", json!({"fields": [a, kept, plain, y]})).await.unwrap();
    assert_eq!(values("x").await, [json!(12), json!(2), Json::Null, json!(7)]);
    shop.close().await;
}

#[tokio::test]
async fn a_change_that_records_do_not_bear_changes_nothing() {
    let a = json!({"name": "a", "type": "int"});
    let x = json!({"name": "x", "type": "int"});
    let values = [json!({"a": 1, "x": 7}), json!({"a": 0, "x": 8}), json!({"a": 1, "x": 9})];
    let shop = counted(&values, json!([a, x])).await;
    let records: Vec<String> = {
        let scope = shop.scope().await;
        let query = ListQuery { filter: Some("a == 0".into()), ..ListQuery::default() };
        let page: Json =
            serde_json::from_slice(&scope.records("items").unwrap().list(&query).await.unwrap().json)
                .unwrap();
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let refused = |field: Json| {
        let (shop, a) = (&shop, &a);
        async move {
            match shop.alter("items", json!({"fields": [a, field]})).await {
                Err(CollectionError::Records(reason)) => reason,
                other => panic!("{other:?}"),
            }
        }
    };
    let reason = refused(json!({"name": "x", "type": "int", "required": true, "computed": "10 / a"})).await;
    assert_eq!(reason, format!("there are records whose `x` does not fit: {}", records[0]));
    assert_eq!(shop.all("items").await, values);
    let reason = refused(json!({"name": "x", "type": "int", "min": 1, "computed": "a"})).await;
    assert!(reason.contains(&records[0]), "{reason}");
    let reason = refused(json!({"name": "x", "type": "int", "unique": true, "computed": "a"})).await;
    assert!(reason.contains("the same values"), "{reason}");
    assert_eq!(shop.all("items").await, values);
    shop.add("items", json!({"a": 3, "x": 3})).await;
    shop.close().await;
}

/// On MariaDB, where it stops after its columns are there, whoever loads the tenant next computes the rest.
#[tokio::test]
async fn an_interrupted_change_is_finished() {
    let a = json!({"name": "a", "type": "int"});
    let shop = counted(&[json!({"a": 1}), json!({"a": 2})], json!([a])).await;
    if shop.test.store().dialect() != Dialect::MariaDb {
        return shop.close().await;
    }
    let x = json!({"name": "x", "type": "int", "computed": "a * 2"});
    shop.alter("items", json!({"fields": [a, x]})).await.unwrap();
    let table = {
        let scope = shop.scope().await;
        format!("c_{}", scope.tenant().collection("items").unwrap().id().as_uuid().simple())
    };
    let (tenant, place) = (shop.acme.id.as_uuid(), shop.acme.place());
    let last = "id = (SELECT max(id) FROM (SELECT id FROM schema_migrations) AS all_of_them)";
    let before = format!("(SELECT before_definition FROM schema_migrations WHERE {last})");
    let statements = vec![
        (format!("UPDATE {table} SET x = NULL"), Vec::new()),
        (format!("UPDATE collections SET definition = {before} WHERE tenant_id = ?"), vec![tenant]),
        (
            format!("UPDATE schema_migrations SET finished_at = NULL WHERE tenant_id = ? AND {last}"),
            vec![tenant],
        ),
        // Written with its end.
        (
            "DELETE FROM audit_log WHERE tenant_id = ? AND id = (SELECT max(id) FROM schema_migrations)"
                .to_owned(),
            vec![tenant],
        ),
    ];
    execute(shop.test.store(), place, statements).await;
    let elsewhere = shop.test.another_process().await.unwrap();
    neonex_testkit::enter(&elsewhere, None, Some("acme")).await.unwrap();
    shop.test.clock.advance(2);
    assert_eq!(shop.history().await.1, 0);
    assert_eq!(shop.all("items").await, [json!({"a": 1, "x": 2}), json!({"a": 2, "x": 4})]);
    shop.close().await;
}

#[tokio::test]
async fn when_a_record_was_written_is_known_to_its_computed_fields() {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "items", "fields": [
        {"name": "a", "type": "int"},
        {"name": "changed", "type": "datetime", "computed": "updated_at"},
    ]}))
    .await
    .unwrap();
    let made = shop.add("items", json!({"a": 1})).await;
    assert_eq!(made["changed"], made["updated_at"]);
    let scope = shop.scope().await;
    let records = scope.records("items").unwrap();
    let id = RecordId::parse(made["id"].as_str().unwrap()).unwrap();
    let change = records.patch(br#"{"a": 2}"#).unwrap();
    let body = records.update(id, change, Precondition::None).await.unwrap();
    let changed: Json = serde_json::from_slice(&body.json).unwrap();
    assert!(
        changed["changed"] == changed["updated_at"] && changed["changed"] != made["changed"],
        "{changed}"
    );
    shop.close().await;
}
