//! Relations: that what is pointed to is there, and what becomes of it all when it goes.

use neonex_core::access::TenantScope;
use neonex_core::collections::CollectionError;
use neonex_core::idempotency::Outcome;
use neonex_core::records::{Precondition, RecordError, RecordId};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};
use crate::support::{number, texts};

/// Rooms, and notes that point to one in `room` and to several in `also`.
async fn rooms(room: &str, also: &str) -> Workshop {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "rooms", "fields": [{"name": "name", "type": "text"}]})).await.unwrap();
    let fields = json!([
        {"name": "room", "type": "relation", "collection": "rooms", "on_delete": room},
        {"name": "also", "type": "relation", "collection": "rooms", "many": true, "on_delete": also, "max_items": 3},
    ]);
    shop.create(json!({"name": "notes", "fields": fields})).await.unwrap();
    shop
}

async fn room(shop: &Workshop, name: &str) -> String {
    shop.add("rooms", json!({"name": name})).await["id"].as_str().unwrap().to_owned()
}

async fn send(scope: &TenantScope, collection: &str, body: Json) -> Result<Json, RecordError> {
    let records = scope.records(collection)?;
    match records.create(records.input(body.to_string().as_bytes())?, None).await? {
        Outcome::Fresh(body) => Ok(serde_json::from_slice(&body.json).unwrap()),
        Outcome::Replayed(_) => panic!("a repetition without a key"),
    }
}

async fn change(scope: &TenantScope, id: &Json, body: Json) -> Result<Json, RecordError> {
    let records = scope.records("notes")?;
    let id = RecordId::parse(id.as_str().unwrap()).unwrap();
    let body = records.update(id, records.input(body.to_string().as_bytes())?, Precondition::None).await?;
    Ok(serde_json::from_slice(&body.json).unwrap())
}

async fn delete(shop: &Workshop, collection: &str, id: &str) -> Result<(), RecordError> {
    let scope = shop.scope().await;
    scope.records(collection)?.delete(RecordId::parse(id).unwrap(), Precondition::None).await
}

/// The links of `notes.also`, by what they point to.
async fn links(shop: &Workshop) -> i64 {
    let scope = shop.scope().await;
    let id = scope.tenant().collection("notes").unwrap().id().as_uuid().simple();
    let sql = format!("SELECT count(*) FROM l_{id}_1");
    number(shop.test.store(), shop.acme.place(), &sql, &[]).await
}

/// The operations in the change log, oldest first.
async fn log(shop: &Workshop) -> Vec<String> {
    let sql = "SELECT operation FROM changes WHERE tenant_id = ? ORDER BY seq";
    let rows = texts(shop.test.store(), shop.acme.place(), sql, &[shop.acme.id.as_uuid()], 1).await;
    rows.into_iter().map(|row| row[0].clone().unwrap()).collect()
}

fn refusal<T: std::fmt::Debug>(refused: Result<T, RecordError>) -> (String, &'static str) {
    match refused {
        Err(RecordError::Invalid(invalid)) => {
            let first = &invalid.details()[0];
            (first.pointer.clone(), first.code)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_record_points_only_to_records_that_are_there() {
    let shop = rooms("restrict", "restrict").await;
    let (a, b, c) = (room(&shop, "a").await, room(&shop, "b").await, room(&shop, "c").await);
    let scope = shop.scope().await;
    let nowhere = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (body, place) in [(json!({"room": nowhere}), "/room"), (json!({"also": [a, nowhere]}), "/also")] {
        assert_eq!(refusal(send(&scope, "notes", body).await), (place.to_owned(), "unknown_record"));
    }
    for (body, place) in [
        (json!({"room": "a"}), "/room"),
        (json!({"room": [a]}), "/room"),
        (json!({"also": a}), "/also"),
        (json!({"also": [a, a]}), "/also"),
        (json!({"also": [a, b, c, nowhere]}), "/also"),
    ] {
        assert_eq!(refusal(send(&scope, "notes", body).await), (place.to_owned(), "invalid_value"));
    }
    assert_eq!(shop.all("notes").await, Vec::<Json>::new(), "what was refused left nothing");
    assert_eq!(links(&shop).await, 0);

    let note = send(&scope, "notes", json!({"room": a, "also": [c, a]})).await.unwrap();
    assert_eq!((&note["room"], &note["also"]), (&json!(a), &json!([c, a])));
    assert_eq!(shop.all("notes").await, [json!({"room": a, "also": [c, a]})]);
    assert_eq!(links(&shop).await, 2);
    let changed = change(&scope, &note["id"], json!({"also": [b, c]})).await.unwrap();
    assert_eq!((&changed["room"], &changed["also"]), (&json!(a), &json!([b, c])));
    assert_eq!(links(&shop).await, 2);
    assert_eq!(refusal(change(&scope, &note["id"], json!({"room": nowhere})).await).0, "/room");
    assert_eq!(refusal(change(&scope, &note["id"], json!({"also": [nowhere]})).await).0, "/also");
    assert_eq!((shop.all("notes").await, links(&shop).await), (vec![json!({"room": a, "also": [b, c]})], 2));
    shop.close().await;
}

#[tokio::test]
async fn a_record_that_is_pointed_to_stays_where_the_field_restricts() {
    let shop = rooms("restrict", "restrict").await;
    let (a, b, free) = (room(&shop, "a").await, room(&shop, "b").await, room(&shop, "free").await);
    let note = shop.add("notes", json!({"room": a, "also": [b]})).await;
    for (id, field) in [(&a, "room"), (&b, "also")] {
        let refused = delete(&shop, "rooms", id).await;
        assert!(
            matches!(&refused, Err(RecordError::Referenced { collection, field: named })
                if collection == "notes" && named == field),
            "{refused:?}"
        );
    }
    delete(&shop, "rooms", &free).await.unwrap();
    delete(&shop, "notes", note["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(links(&shop).await, 0);
    delete(&shop, "rooms", &a).await.unwrap();
    delete(&shop, "rooms", &b).await.unwrap();
    shop.close().await;
}

#[tokio::test]
async fn a_field_that_sets_null_points_there_no_more() {
    let shop = rooms("set_null", "set_null").await;
    let (a, b) = (room(&shop, "a").await, room(&shop, "b").await);
    shop.add("notes", json!({"room": a, "also": [b, a]})).await;
    shop.test.clock.advance(1);
    shop.add("notes", json!({"room": b, "also": [a]})).await;
    delete(&shop, "rooms", &a).await.unwrap();
    assert_eq!(shop.all("notes").await, [json!({"room": null, "also": [b]}), json!({"room": b, "also": []})]);
    assert_eq!(links(&shop).await, 1);
    // Each of the three changes is told, and then the deletion.
    let log = log(&shop).await;
    assert_eq!(log[4..], ["update", "update", "update", "delete"]);
    shop.close().await;
}

#[tokio::test]
async fn what_cascades_goes_along_and_around() {
    let shop = rooms("cascade", "cascade").await;
    let parent = json!({"name": "parent", "type": "relation", "collection": "tree", "on_delete": "cascade"});
    let keeper = json!({"name": "keeper", "type": "relation", "collection": "tree"});
    shop.create(json!({"name": "tree", "fields": [parent, keeper]})).await.unwrap();
    let root = shop.add("tree", json!({})).await;
    let child = shop.add("tree", json!({"parent": root["id"], "keeper": root["id"]})).await;
    let grandchild = shop.add("tree", json!({"parent": child["id"]})).await;
    // A ring.
    let scope = shop.scope().await;
    let records = scope.records("tree").unwrap();
    let body = json!({"parent": grandchild["id"]}).to_string();
    let id = RecordId::parse(root["id"].as_str().unwrap()).unwrap();
    records.update(id, records.input(body.as_bytes()).unwrap(), Precondition::None).await.unwrap();
    let apart = shop.add("tree", json!({"keeper": child["id"]})).await;
    // One that does not go along restricts; one that does, does not.
    let refused = delete(&shop, "tree", child["id"].as_str().unwrap()).await;
    assert!(matches!(&refused, Err(RecordError::Referenced { .. })), "{refused:?}");
    assert_eq!(shop.all("tree").await.len(), 4);
    delete(&shop, "tree", apart["id"].as_str().unwrap()).await.unwrap();
    delete(&shop, "tree", child["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(shop.all("tree").await.len(), 0);

    let (a, b) = (room(&shop, "a").await, room(&shop, "b").await);
    shop.add("notes", json!({"room": a, "also": [b]})).await;
    shop.add("notes", json!({"room": b, "also": [a, b]})).await;
    shop.add("notes", json!({"room": b})).await;
    delete(&shop, "rooms", &a).await.unwrap();
    assert_eq!(shop.all("notes").await, [json!({"room": b, "also": null})]);
    assert_eq!(links(&shop).await, 0);
    shop.close().await;
}

/// Whoever comes first: never does a record point to one that is gone.
#[tokio::test]
async fn pointing_and_deleting_race_to_one_end() {
    let shop = rooms("restrict", "restrict").await;
    for round in 0..20 {
        let target = room(&shop, "x").await;
        let scope = shop.scope().await;
        let body = if round % 2 == 0 { json!({"room": target}) } else { json!({"also": [target]}) };
        let (pointed, deleted) = tokio::join!(send(&scope, "notes", body), delete(&shop, "rooms", &target));
        match (&pointed, &deleted) {
            (Ok(_), Err(RecordError::Referenced { .. })) | (Err(RecordError::Invalid(_)), Ok(())) => {}
            // A database may give one of them up.
            (Err(RecordError::Store(error)), _) | (_, Err(RecordError::Store(error))) => {
                assert!(error.is_retryable(), "{error}");
            }
            other => panic!("{other:?}"),
        }
        assert!(pointed.is_err() || deleted.is_err(), "round {round}");
    }
    shop.close().await;
}

#[tokio::test]
async fn designs_with_relations_are_checked_and_change() {
    let shop = rooms("restrict", "restrict").await;
    let wrong = json!({"name": "wrong", "fields": [
        {"name": "a", "type": "relation"},
        {"name": "b", "type": "relation", "collection": "rooms", "on_delete": "ignore"},
        {"name": "c", "type": "relation", "collection": "rooms", "on_delete": "set_null", "nullable": false, "required": true},
        {"name": "d", "type": "relation", "collection": "rooms", "default": "01890a5d-ac96-774b-bcce-b302099a8057"},
        {"name": "e", "type": "relation", "collection": "rooms", "many": true, "unique": true},
        {"name": "f", "type": "text", "collection": "rooms"},
        {"name": "g", "type": "relation", "collection": "rooms", "max_items": 2},
    ]});
    assert_eq!(
        faults(shop.create(wrong).await),
        [
            ("/fields/0/collection".into(), "required"),
            ("/fields/1/on_delete".into(), "unknown_value"),
            ("/fields/2/on_delete".into(), "not_nullable"),
            ("/fields/3/default".into(), "not_applicable"),
            ("/fields/4/unique".into(), "not_comparable"),
            ("/fields/5/collection".into(), "not_applicable"),
            ("/fields/6/max_items".into(), "not_applicable"),
        ]
    );
    let unknown =
        json!({"name": "wrong", "fields": [{"name": "a", "type": "relation", "collection": "nope"}]});
    assert_eq!(faults(shop.create(unknown).await), [("/fields/0/collection".into(), "unknown_collection")]);

    let scope = shop.scope().await;
    let refused = scope.delete_collection(&scope.permit().unwrap(), "rooms", Precondition::None).await;
    assert!(matches!(refused, Err(CollectionError::Referenced { .. })), "{refused:?}");
    let a = room(&shop, "a").await;
    shop.add("notes", json!({"room": a, "also": [a]})).await;
    // Renamed, both keep their values and still restrict; another relation to many has links of its own.
    let fields = json!([
        {"name": "place", "type": "relation", "collection": "rooms", "renamed_from": "room"},
        {"name": "places", "type": "relation", "collection": "rooms", "many": true, "renamed_from": "also"},
        {"name": "more", "type": "relation", "collection": "notes", "many": true},
    ]);
    let altered = shop.alter("notes", json!({"fields": fields})).await.unwrap();
    assert_eq!(altered.target("more"), Some("notes"));
    assert_eq!(shop.all("notes").await, [json!({"place": a, "places": [a], "more": null})]);
    assert_eq!(shop.indexes("notes").await, ["place"]);
    let refused = delete(&shop, "rooms", &a).await;
    assert!(matches!(refused, Err(RecordError::Referenced { .. })), "{refused:?}");
    let fields = json!([{"name": "places", "type": "relation", "collection": "rooms", "many": true}]);
    shop.alter("notes", json!({"fields": fields, "drop_fields": ["place", "more"]})).await.unwrap();
    let (_, open) = shop.history().await;
    assert_eq!((links(&shop).await, open), (1, 0));

    let scope = shop.scope().await;
    scope.delete_collection(&scope.permit().unwrap(), "notes", Precondition::None).await.unwrap();
    let scope = shop.scope().await;
    scope.delete_collection(&scope.permit().unwrap(), "rooms", Precondition::None).await.unwrap();
    shop.close().await;
}
