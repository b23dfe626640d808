//! The reference of expressions says what is so: each of its examples is run.

use neonex_core::access::TenantScope;
use neonex_core::records::{ListQuery, RecordError};
use serde_json::{Value as Json, json};

use crate::collections::Workshop;

const REFERENCE: &str = include_str!("../../../docs/reference/expressions.md");

/// The blocks of that kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let open = format!("```{kind}\n");
    let found: Vec<_> =
        REFERENCE.split(&*open).skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert!(!found.is_empty(), "{kind}");
    found
}

/// Expressions with what stands after them.
fn examples(kind: &str) -> Vec<(&'static str, &'static str)> {
    let lines = blocks(kind).into_iter().flat_map(str::lines);
    lines
        .map(|line| line.split_once(" //").unwrap_or_else(|| panic!("{line}")))
        .map(|(expression, after)| (expression.trim(), after.trim()))
        .collect()
}

async fn titles(scope: &TenantScope, filter: &str) -> Result<String, RecordError> {
    let query = ListQuery { filter: Some(filter.to_owned()), ..ListQuery::default() };
    let page = scope.records("notes")?.list(&query).await?;
    let page: Json = serde_json::from_slice(&page.json).unwrap();
    let items = page["items"].as_array().unwrap().iter();
    let mut titles: Vec<_> = items.map(|item| item["title"].as_str().unwrap()).collect();
    titles.sort_by_key(|title| title.to_lowercase());
    Ok(titles.join(" "))
}

#[tokio::test]
async fn each_example_of_the_reference_is_so() {
    let shop = Workshop::open().await;
    let [collections] = blocks("json collections")[..] else { panic!("one block") };
    for collection in serde_json::from_str::<Vec<Json>>(collections).unwrap() {
        shop.create(collection).await.unwrap();
    }
    let [records] = blocks("json records")[..] else { panic!("one block") };
    let records: Json = serde_json::from_str(records).unwrap();
    for collection in ["rooms", "notes"] {
        for record in records[collection].as_array().unwrap() {
            shop.add(collection, record.clone()).await;
        }
    }
    let (scope, anyone) = (shop.scope().await, shop.acme.anonymous().await.unwrap());
    for (kind, scope) in [("cel filter", &scope), ("cel anonymous", &anyone)] {
        for (filter, expected) in examples(kind) {
            let found = titles(scope, filter).await.unwrap_or_else(|error| panic!("{filter}: {error}"));
            assert_eq!(found, expected, "{filter}");
        }
    }
    for (filter, message) in examples("cel refused") {
        let Err(RecordError::Invalid(invalid)) = titles(&scope, filter).await else { panic!("{filter}") };
        assert_eq!(invalid.details()[0].message, message, "{filter}");
    }
    for (kind, verbs) in [
        ("cel rule", &["list", "view", "create", "update", "delete"][..]),
        ("cel rule-of-writes", &["create", "update"]),
    ] {
        for rule in blocks(kind).into_iter().flat_map(str::lines) {
            let rules: serde_json::Map<_, _> =
                verbs.iter().map(|verb| ((*verb).to_owned(), rule.into())).collect();
            let altered = shop.alter("notes", json!({"rules": rules})).await;
            altered.unwrap_or_else(|error| panic!("{rule}: {error}"));
            let input = br#"{"title":"x"}"#;
            let notes = shop.acme.anonymous().await.unwrap();
            let notes = notes.records("notes").unwrap();
            // That the databases take it, too.
            let made = notes.create(notes.input(input).unwrap(), None).await;
            assert!(matches!(made, Ok(_) | Err(RecordError::Forbidden)), "{rule}: {made:?}");
        }
    }
    shop.close().await;
}
