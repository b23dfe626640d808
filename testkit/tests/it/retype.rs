//! Fields whose type changes with their values, and fields that are unique whatever the case.

use neonex_core::collections::CollectionError;
use neonex_core::records::{ListQuery, Precondition, RecordError, RecordId};
use neonex_core::store::Dialect;
use serde_json::{Value as Json, json};

use crate::collections::Workshop;
use crate::support::execute;

async fn open(fields: Json, values: &[Json]) -> Workshop {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "things", "fields": fields})).await.unwrap();
    for value in values {
        shop.add("things", value.clone()).await;
        shop.test.clock.advance(1);
    }
    shop
}

fn refused<T: std::fmt::Debug>(changed: Result<T, CollectionError>) -> String {
    match changed {
        Err(CollectionError::Records(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn values_change_with_their_type() {
    let fields = json!([{"name": "code", "type": "text", "max_length": 40, "unique": true},
        {"name": "price", "type": "decimal", "scale": 2}]);
    let values = [
        json!({"code": "7", "price": "1.50"}),
        json!({"code": "8.00", "price": "2.00"}),
        json!({"code": null, "price": null}),
    ];
    let shop = open(fields, &values).await;
    let code = json!({"name": "number", "type": "int", "unique": true, "renamed_from": "code"});
    let price = json!({"name": "price", "type": "decimal", "scale": 1});
    shop.alter("things", json!({"fields": [code, price]})).await.unwrap();
    let converted = [
        json!({"number": 7, "price": "1.5"}),
        json!({"number": 8, "price": "2.0"}),
        json!({"number": null, "price": null}),
    ];
    assert_eq!(shop.all("things").await, converted);
    assert_eq!(shop.indexes("things").await, ["unique number$1"]);

    let scope = shop.scope().await;
    let records = scope.records("things").unwrap();
    let input = records.input(br#"{"number": 8}"#).unwrap();
    let again = records.create(input, None).await;
    assert!(matches!(&again, Err(RecordError::NotUnique { fields }) if fields == &["number"]), "{again:?}");
    let query = ListQuery { filter: Some("number > 7 && price == 2.0".into()), ..ListQuery::default() };
    let page: Json = serde_json::from_slice(&records.list(&query).await.unwrap().json).unwrap();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    let id = RecordId::parse(page["items"][0]["id"].as_str().unwrap()).unwrap();
    let input = records.input(br#"{"number": 9}"#).unwrap();
    records.update(id, input, Precondition::None).await.unwrap();

    // And back, and on, with a default and another name.
    let text = json!({"name": "number", "type": "text"});
    shop.alter("things", json!({"fields": [text, price]})).await.unwrap();
    let list = json!({"name": "numbers", "type": "json", "renamed_from": "number"});
    shop.alter("things", json!({"fields": [list, price]})).await.unwrap();
    let found: Vec<_> =
        shop.all("things").await.into_iter().map(|record| record["numbers"].clone()).collect();
    assert_eq!(found, [json!("7"), json!("9"), json!(null)]);
    shop.close().await;
}

#[tokio::test]
async fn a_type_does_not_change_where_a_value_would_be_lost() {
    let fields = json!([{"name": "code", "type": "text"}, {"name": "kept", "type": "int"}]);
    let values =
        [json!({"code": "7", "kept": 1}), json!({"code": "7.0", "kept": 2}), json!({"code": "x", "kept": 3})];
    let shop = open(fields, &values).await;
    let kept = json!({"name": "kept", "type": "int"});
    let retype = |field: Json| {
        let (shop, kept) = (&shop, &kept);
        async move { shop.alter("things", json!({"fields": [field, kept]})).await }
    };
    let reason = refused(retype(json!({"name": "code", "type": "int"})).await);
    let records: Json = {
        let scope = shop.scope().await;
        let query = ListQuery { filter: Some("code == 'x'".into()), ..ListQuery::default() };
        serde_json::from_slice(&scope.records("things").unwrap().list(&query).await.unwrap().json).unwrap()
    };
    let bad = records["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(reason, format!("there are records whose `code` does not fit: {bad}"));
    assert_eq!(shop.all("things").await, values);

    // Each value fits, and two are the same by then.
    let scope = shop.scope().await;
    let things = scope.records("things").unwrap();
    things.delete(RecordId::parse(&bad).unwrap(), Precondition::None).await.unwrap();
    let reason = refused(retype(json!({"name": "code", "type": "int", "unique": true})).await);
    assert!(reason.contains("the same values"), "{reason}");
    assert_eq!(shop.all("things").await, values[..2]);
    shop.add("things", json!({"code": "anything"})).await;

    for kind in [json!({"type": "geo_point"}), json!({"type": "vector", "dimensions": 2})] {
        let mut field = kind;
        field["name"] = json!("code");
        let refused = retype(field).await;
        assert!(
            matches!(&refused, Err(CollectionError::Invalid(invalid)) if invalid.details()[0].code == "type_change"),
            "{refused:?}"
        );
    }
    shop.close().await;
}

/// Wherever it stops, whoever loads the tenant next brings it to its end.
#[tokio::test]
async fn an_interrupted_change_of_type_is_finished() {
    let shop =
        open(json!([{"name": "code", "type": "text"}]), &[json!({"code": "7"}), json!({"code": "8"})]).await;
    if shop.test.store().dialect() != Dialect::MariaDb {
        return shop.close().await;
    }
    let retype = json!({"fields": [{"name": "code", "type": "int", "unique": true}]});
    shop.alter("things", retype).await.unwrap();
    let wanted = shop.all("things").await;
    let (tenant, place) = (shop.acme.id.as_uuid(), shop.acme.place());
    let last = "id = (SELECT max(id) FROM (SELECT id FROM schema_migrations) AS all_of_them)";
    let definition = format!(
        "UPDATE collections SET definition = (SELECT before_definition FROM schema_migrations WHERE {last}) WHERE tenant_id = ?"
    );
    let unfinished =
        format!("UPDATE schema_migrations SET finished_at = NULL WHERE tenant_id = ? AND {last}");
    // Written with its end.
    let audited =
        "DELETE FROM audit_log WHERE tenant_id = ? AND id = (SELECT max(id) FROM schema_migrations)";
    let statements = [definition, unfinished, audited.to_owned()].map(|sql| (sql, vec![tenant]));
    execute(shop.test.store(), place, statements.into()).await;
    let elsewhere = shop.test.another_process().await.unwrap();
    neonex_testkit::enter(&elsewhere, None, Some("acme")).await.unwrap();
    shop.test.clock.advance(2);
    assert_eq!(shop.history().await.1, 0);
    assert_eq!(shop.all("things").await, wanted);
    shop.close().await;
}

#[tokio::test]
async fn what_is_unique_whatever_its_case() {
    let email = json!({"name": "email", "type": "email", "unique": true});
    let shop =
        open(json!([email]), &[json!({"email": "Ada@example.com"}), json!({"email": "ÖZ@example.com"})])
            .await;
    let mut folded = email.clone();
    folded["ignore_case"] = json!(true);
    shop.alter("things", json!({"fields": [folded]})).await.unwrap();
    let send = async |body: Json| {
        let scope = shop.scope().await;
        let records = scope.records("things").unwrap();
        records.create(records.input(body.to_string().as_bytes()).unwrap(), None).await.map(drop)
    };
    for taken in ["ada@example.com", "ADA@EXAMPLE.COM", "öz@example.com"] {
        let refused = send(json!({"email": taken})).await;
        assert!(
            matches!(&refused, Err(RecordError::NotUnique { fields }) if fields == &["email"]),
            "{refused:?}"
        );
    }
    send(json!({"email": "Eve@example.com"})).await.unwrap();
    assert_eq!(shop.all("things").await[2], json!({"email": "Eve@example.com"}));

    // Taken back, both may be there; then it cannot be had again.
    shop.alter("things", json!({"fields": [email]})).await.unwrap();
    send(json!({"email": "eve@example.com"})).await.unwrap();
    let reason = refused(shop.alter("things", json!({"fields": [folded]})).await);
    assert!(reason.contains("the same values"), "{reason}");
    send(json!({"email": "EVE@example.com"})).await.unwrap();
    assert_eq!(shop.all("things").await.len(), 5);

    let new = json!({"name": "handle", "type": "text", "unique": true, "ignore_case": true, "renamed_from": "email"});
    let scope = shop.scope().await;
    let records = scope.records("things").unwrap();
    let page: Json =
        serde_json::from_slice(&records.list(&ListQuery::default()).await.unwrap().json).unwrap();
    for record in page["items"].as_array().unwrap() {
        if record["email"].as_str().unwrap().to_lowercase().starts_with("eve") {
            let id = RecordId::parse(record["id"].as_str().unwrap()).unwrap();
            records.delete(id, Precondition::None).await.unwrap();
        }
    }
    shop.alter("things", json!({"fields": [new]})).await.unwrap();
    assert!(matches!(send(json!({"handle": "ADA@example.com"})).await, Err(RecordError::NotUnique { .. })));
    shop.close().await;
}
