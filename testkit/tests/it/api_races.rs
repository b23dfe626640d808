//! Writes that meet others: other writes of the same records, and changes of the collections.

use neonex_testkit::TestApp;
use serde_json::{Value, json};

use crate::api::{NOTES, expect, note, problem, with_notes};

/// Each of two batches holds what the other waits for. The database ends one of them, which is made again.
#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_the_servers_business() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(note(&developer, &format!("note {number}"), 0).await.id());
    }
    let batch = |ids: Vec<String>, stars: i64| {
        let update =
            |id| json!({"method": "update", "collection": "notes", "id": id, "record": {"stars": stars}});
        let body = json!({"operations": ids.into_iter().map(update).collect::<Vec<_>>()});
        let developer = developer.clone();
        tokio::spawn(async move { developer.post("/v1/batch", &body).await })
    };
    for round in 0..2 {
        let there = batch(ids.clone(), 2 * round);
        let back = batch(ids.iter().rev().cloned().collect(), 2 * round + 1);
        expect(&there.await.unwrap(), 200);
        expect(&back.await.unwrap(), 200);
        let page = expect(&developer.get(&format!("{NOTES}?limit=200")).await, 200);
        let stars: Vec<_> = page["items"].as_array().unwrap().iter().map(|note| &note["stars"]).collect();
        assert!(stars.iter().all(|count| *count == stars[0]), "half of a batch: {stars:?}");
    }
    app.remove().await.unwrap();
}

/// A process that has not heard of a change yet writes as the collection is by now.
#[tokio::test]
async fn a_write_that_meets_a_change_elsewhere_is_made_anew() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    let made = note(&developer, "one", 1).await;
    let path = format!("{NOTES}/{}", made.id());
    let change = async |body: Value| {
        let elsewhere = app.another_process().await.unwrap();
        // It knows the collection as it is before the change.
        expect(&developer.at(&elsewhere).get(&path).await, 200);
        expect(&developer.patch("/v1/collections/notes", &body).await, 200);
        developer.at(&elsewhere)
    };
    let text = |name: &str| json!({"name": name, "type": "text"});
    let title = json!({"name": "title", "type": "text", "required": true, "unique": true});
    let stars = json!({"name": "stars", "type": "int"});

    // A field that is gone: a write without it is made, one with it is told.
    let client = change(json!({"fields": [title, stars], "drop_fields": ["text"]})).await;
    expect(&client.patch(&path, &json!({"stars": 2})).await, 200);
    let client = change(json!({"fields": [title, stars, text("text")]})).await;
    expect(&client.post(NOTES, &json!({"title": "two"})).await, 201);
    let client = change(json!({"fields": [title, stars], "drop_fields": ["text"]})).await;
    let refused = client.put(&path, &json!({"title": "one", "text": "x"})).await;
    // Embedded there is one process, which knew at once.
    assert_eq!(problem(&refused, 400, "invalid_body")["errors"][0]["code"], "unknown_field");

    // A value that must be there by now, and one that must be no other's.
    let rank = json!({"name": "rank", "type": "int", "required": true, "nullable": false, "default": 1});
    let client = change(json!({"fields": [title, stars, rank]})).await;
    expect(&client.post(NOTES, &json!({"title": "three"})).await, 201);
    let unique = json!({"name": "stars", "type": "int", "unique": true});
    let client = change(json!({"fields": [title, unique, rank]})).await;
    let batch = json!({"operations": [
        {"method": "create", "collection": "notes", "record": {"title": "four", "stars": 2}}]});
    problem(&client.post("/v1/batch", &batch).await, 409, "not_unique");

    // A collection that is gone.
    let elsewhere = app.another_process().await.unwrap();
    expect(&developer.at(&elsewhere).get(&path).await, 200);
    expect(&developer.delete("/v1/collections/notes").await, 204);
    problem(&developer.at(&elsewhere).delete(&path).await, 404, "not_found");
    app.remove().await.unwrap();
}

/// The same, with both under way at once.
#[tokio::test(flavor = "multi_thread")]
async fn writes_go_on_while_a_collection_changes() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let elsewhere = app.another_process().await.unwrap();
    let (end, ended) = tokio::sync::watch::channel(false);
    let writers: Vec<_> = (0..3)
        .map(|writer| {
            let (client, ended) = (developer.at(&elsewhere), ended.clone());
            tokio::spawn(async move {
                let mut number = 0;
                while !*ended.borrow() {
                    number += 1;
                    let answer = client.post(NOTES, &json!({"title": format!("{writer} {number}")})).await;
                    // 503 asks to try again: the second change of a row.
                    assert!(matches!(answer.status, 201 | 503), "{}", String::from_utf8_lossy(&answer.body));
                }
                number
            })
        })
        .collect();
    let title = json!({"name": "title", "type": "text", "required": true, "unique": true});
    for number in 0..10 {
        let fields = json!({"fields": [title, {"name": "text", "type": "text"}], "drop_fields": ["stars"]});
        let back =
            json!({"fields": [title, {"name": "text", "type": "text"}, {"name": "stars", "type": "int"}]});
        expect(
            &developer.patch("/v1/collections/notes", if number % 2 == 0 { &fields } else { &back }).await,
            200,
        );
    }
    end.send(true).unwrap();
    for writer in writers {
        assert!(writer.await.unwrap() > 0);
    }
    app.remove().await.unwrap();
}
