//! Words that are searched for.

use neonex_core::access::TenantScope;
use neonex_core::records::{Count, ListQuery, Precondition, RecordError, RecordId};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};

fn find(words: &str) -> ListQuery {
    ListQuery { search: Some(words.to_owned()), ..ListQuery::default() }
}

async fn list(scope: &TenantScope, query: &ListQuery) -> Result<Json, RecordError> {
    let page = scope.records("books")?.list(query).await?;
    Ok(serde_json::from_slice(&page.json).unwrap())
}

/// The titles of what is found, by title.
async fn titles(scope: &TenantScope, words: &str) -> Vec<String> {
    let query = ListQuery { sort: Some("title".to_owned()), ..find(words) };
    let page = list(scope, &query).await.unwrap_or_else(|error| panic!("{words}: {error:?}"));
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn code(scope: &TenantScope, query: &ListQuery) -> (String, &'static str) {
    match list(scope, query).await {
        Err(RecordError::Invalid(invalid)) => {
            (invalid.details()[0].pointer.clone(), invalid.details()[0].code)
        }
        other => panic!("{other:?}"),
    }
}

fn fields() -> Json {
    json!([
        {"name": "title", "type": "text"},
        {"name": "body", "type": "rich_text"},
        {"name": "shelf", "type": "int"},
        {"name": "secret", "type": "text", "hidden": true},
    ])
}

fn search_index(fields: Json) -> Json {
    json!([{"fields": fields, "kind": "search"}])
}

async fn library() -> Workshop {
    let shop = Workshop::open().await;
    let rules = json!({"list": "shelf != 9"});
    let indexes = search_index(json!(["title", "body"]));
    shop.create(json!({"name": "books", "fields": fields(), "indexes": indexes, "rules": rules}))
        .await
        .unwrap();
    let books = [
        json!({"title": "The Zürich Café", "body": "<p class=\"zebra\">Coffee &amp; <b>cake</b> in a small town.</p>",
            "shelf": 1}),
        json!({"title": "Foo-bar of a town", "body": "<p>Town, town and town again; it is on example.com</p>", "shelf": 2}),
        json!({"title": "Hidden shelf", "body": "<p>town</p>", "shelf": 9}),
        json!({"title": "3d in C", "body": null, "shelf": 3, "secret": "treasure"}),
    ];
    for book in books {
        shop.add("books", book).await;
    }
    shop
}

#[tokio::test]
async fn words_phrases_beginnings_and_what_must_not_be_there() {
    let shop = library().await;
    let scope = shop.scope().await;
    let cases: [(&str, &[&str]); 22] = [
        ("zürich", &["The Zürich Café"]),
        ("ZURICH cafe", &["The Zürich Café"]),
        ("the", &["The Zürich Café"]),
        ("town", &["Foo-bar of a town", "Hidden shelf", "The Zürich Café"]),
        ("a town", &["Foo-bar of a town", "The Zürich Café"]),
        ("town -coffee -hidden", &["Foo-bar of a town"]),
        ("\"small town\"", &["The Zürich Café"]),
        ("\"town small\"", &[]),
        ("town -\"small town\" -shelf", &["Foo-bar of a town"]),
        ("zür*", &["The Zürich Café"]),
        ("zür", &[]),
        ("foo-bar", &["Foo-bar of a town"]),
        ("bar-foo", &[]),
        ("foo-ba*", &["Foo-bar of a town"]),
        ("example", &["Foo-bar of a town"]),
        ("3d c", &["3d in C"]),
        ("cake", &["The Zürich Café"]),
        // Neither tags nor what is written for a character are words.
        ("zebra", &[]),
        ("amp", &[]),
        ("p", &[]),
        ("treasure", &[]),
        ("town nowhere", &[]),
    ];
    for (words, expected) in cases {
        assert_eq!(titles(&scope, words).await, expected, "{words}");
    }
    // Nothing that is sent means anything else than words.
    for odd in [
        "a\" OR b",
        "NEAR(a b)",
        "title:a",
        "a AND",
        "a^2 + b",
        "((a",
        "a & | ! b",
        "'; DROP TABLE x --",
        "a <-> b",
        "+a ~b >c @4",
        "%_\\",
        "\u{0}x",
        "日本語*",
        "a*b",
        "\"a",
        "*",
        "--a",
        "- a",
    ] {
        match list(&scope, &find(odd)).await {
            Ok(_) => {}
            Err(RecordError::Invalid(invalid)) => assert_eq!(invalid.details()[0].code, "no_words", "{odd}"),
            Err(other) => panic!("{odd}: {other:?}"),
        }
    }
    assert_eq!(code(&scope, &find("-a")).await, ("/search".to_owned(), "no_words"));
    shop.close().await;
}

#[tokio::test]
async fn what_fits_best_comes_first_page_by_page() {
    let shop = library().await;
    for n in 0..5 {
        shop.add("books", json!({"title": format!("town {n}"), "shelf": n})).await;
    }
    let scope = shop.scope().await;
    let all = list(&scope, &find("town")).await.unwrap();
    let all = all["items"].as_array().unwrap().clone();
    assert_eq!(all.len(), 8);
    let scores: Vec<_> = all.iter().map(|item| item["_score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|one, next| one >= next), "{scores:?}");
    let mut query = ListQuery { limit: Some(3), count: Count::Exact, ..find("town") };
    let mut paged = Vec::new();
    loop {
        let page = list(&scope, &query).await.unwrap();
        assert_eq!(page["total"], 8);
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => query.cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(paged, all);
    // A cursor of another search is none of this one.
    let other = ListQuery { search: Some("towns".to_owned()), ..query.clone() };
    let other = ListQuery {
        cursor: list(&scope, &ListQuery { limit: Some(1), ..find("town") }).await.unwrap()["next_cursor"]
            .as_str()
            .map(str::to_owned),
        ..other
    };
    assert_eq!(code(&scope, &other).await, ("/cursor".to_owned(), "other_list"));
    // With a filter, an order of its own and a choice of fields there is no score.
    let query = ListQuery {
        filter: Some("shelf < 3".to_owned()),
        sort: Some("-shelf,title".to_owned()),
        fields: Some("title".to_owned()),
        count: Count::Estimated,
        limit: Some(2),
        ..find("town")
    };
    let page = list(&scope, &query).await.unwrap();
    assert_eq!(page["items"], json!([{"title": "Foo-bar of a town"}, {"title": "town 2"}]));
    assert_eq!(page["total"], 5);
    shop.close().await;
}

#[tokio::test]
async fn what_was_found_is_marked() {
    let shop = library().await;
    let scope = shop.scope().await;
    let query =
        ListQuery { highlight: true, fields: Some("shelf".to_owned()), ..find("cafe \"small town\"") };
    let page = list(&scope, &query).await.unwrap();
    let found = &page["items"][0];
    assert_eq!(found["shelf"], 1);
    assert!(found["title"].is_null() && found["_score"].is_number());
    let expected = json!({
        "title": "The Zürich <mark>Café</mark>",
        "body": " Coffee &amp;  cake  in a <mark>small</mark> <mark>town</mark>. ",
    });
    assert_eq!(found["_highlights"], expected);
    let alone = ListQuery { highlight: true, ..ListQuery::default() };
    assert_eq!(code(&scope, &alone).await, ("/highlight".to_owned(), "not_applicable"));
    shop.close().await;
}

#[tokio::test]
async fn only_what_is_seen_is_found() {
    let shop = library().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    assert_eq!(titles(&anyone, "town").await, ["Foo-bar of a town", "The Zürich Café"]);
    // An index with hidden fields answers only those who see them.
    shop.alter("books", json!({"indexes": search_index(json!(["title", "secret"]))})).await.unwrap();
    let anyone = shop.acme.anonymous().await.unwrap();
    assert_eq!(code(&anyone, &find("treasure")).await, ("/search".to_owned(), "no_search_index"));
    let scope = shop.scope().await;
    assert_eq!(titles(&scope, "treasure").await, ["3d in C"]);
    assert_eq!(titles(&scope, "coffee").await, [""; 0]);
    shop.close().await;
}

#[tokio::test]
async fn the_index_follows_records_and_designs() {
    let shop = library().await;
    let scope = shop.scope().await;
    let book = shop.add("books", json!({"title": "fresh", "shelf": 4})).await;
    assert_eq!(titles(&scope, "fresh").await, ["fresh"]);
    let id = RecordId::parse(book["id"].as_str().unwrap()).unwrap();
    let records = scope.records("books").unwrap();
    let change = |body: Json| records.input(body.to_string().as_bytes()).unwrap();
    records.update(id, change(json!({"shelf": 5})), Precondition::None).await.unwrap();
    assert_eq!(titles(&scope, "fresh").await, ["fresh"]);
    records.update(id, change(json!({"title": "stale"})), Precondition::None).await.unwrap();
    assert_eq!(
        (titles(&scope, "fresh").await, titles(&scope, "stale").await),
        (vec![], vec!["stale".to_owned()])
    );
    records.delete(id, Precondition::None).await.unwrap();
    assert_eq!(titles(&scope, "stale").await, [""; 0]);

    // Renamed, with the index after it; without the index; with it again, and all records in it.
    let renamed = json!([
        {"name": "title", "type": "text"},
        {"name": "text", "type": "rich_text", "renamed_from": "body"},
        {"name": "shelf", "type": "int"},
        {"name": "secret", "type": "text", "hidden": true},
    ]);
    shop.alter("books", json!({"fields": renamed})).await.unwrap();
    assert_eq!(titles(&shop.scope().await, "cake").await, ["The Zürich Café"]);
    shop.alter("books", json!({"indexes": []})).await.unwrap();
    let scope = shop.scope().await;
    assert_eq!(code(&scope, &find("cake")).await, ("/search".to_owned(), "no_search_index"));
    shop.add("books", json!({"title": "meanwhile"})).await;
    shop.alter("books", json!({"indexes": search_index(json!(["title"]))})).await.unwrap();
    let scope = shop.scope().await;
    assert_eq!(titles(&scope, "meanwhile").await, ["meanwhile"]);
    assert_eq!(titles(&scope, "cake").await, [""; 0]);
    let gone = shop.alter("books", json!({"drop_fields": ["title"]})).await;
    assert_eq!(faults(gone), [("/indexes/0/fields/0".to_owned(), "unknown_field")]);
    shop.close().await;
}
