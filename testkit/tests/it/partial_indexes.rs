//! Indexes of some records only, by a condition.

use neonex_core::collections::CollectionError;
use neonex_core::records::{BulkQuery, ListQuery, Precondition, RecordError, Upserted};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};

fn design(condition: &str) -> Json {
    let index = json!({"fields": ["slug"], "unique": true, "where": condition});
    json!({
        "name": "pages",
        "fields": [{"name": "slug", "type": "text"}, {"name": "short", "type": "text", "max_length": 20},
            {"name": "n", "type": "int"}, {"name": "score", "type": "float"},
            {"name": "price", "type": "decimal"}, {"name": "live", "type": "bool"}, {"name": "day", "type": "date"},
            {"name": "at", "type": "datetime"}, {"name": "key", "type": "uuid"}, {"name": "extra", "type": "json"},
            {"name": "kind", "type": "select", "options": ["a?", "b'\\c"]},
            {"name": "tags", "type": "multi_select", "options": ["x"]},
            {"name": "parent", "type": "relation", "collection": "pages"}],
        "indexes": [index],
    })
}

/// Makes a record; a slug that is none is not sent.
async fn create(shop: &Workshop, record: &Json, slug: &str) -> Result<Json, RecordError> {
    let mut record = record.clone();
    if !slug.is_empty() && record.get("slug").is_none() {
        record["slug"] = json!(slug);
    }
    let scope = shop.scope().await;
    let records = scope.records("pages").unwrap();
    let input = records.input(record.to_string().as_bytes()).unwrap();
    let made = records.create(input, None).await?;
    let neonex_core::idempotency::Outcome::Fresh(body) = made else { panic!("a repetition") };
    Ok(serde_json::from_slice(&body.json).unwrap())
}

fn is_taken(answer: &Result<Json, RecordError>) -> bool {
    matches!(answer, Err(RecordError::NotUnique { fields }) if fields == &["slug"])
}

#[tokio::test]
async fn records_are_unique_among_those_that_meet_a_condition_of_any_kind() {
    let shop = Workshop::open().await;
    shop.create(design("true")).await.unwrap();
    for (condition, meets, does_not) in cases() {
        let index = json!([{"fields": ["slug"], "unique": true, "where": condition}]);
        shop.alter("pages", json!({"indexes": index})).await.unwrap();
        for record in [&does_not, &meets, &does_not] {
            let made = create(&shop, record, "one").await;
            assert!(made.is_ok(), "{condition}: {record} {made:?}");
        }
        let refused = create(&shop, &meets, "one").await;
        assert!(is_taken(&refused), "{condition}: {refused:?}");
        create(&shop, &meets, "two").await.unwrap();
        let scope = shop.scope().await;
        let all = BulkQuery { filter: "true".to_owned(), expect: Some(4), once: None };
        scope.records("pages").unwrap().delete_all(&all).await.unwrap();
    }
    shop.close().await;
}

/// Conditions, what meets each, and what does not.
fn cases() -> Vec<(&'static str, Json, Json)> {
    vec![
        ("true", json!({}), json!({"slug": null})),
        ("record.at == null", json!({}), json!({"at": "2026-01-01T00:00:00Z"})),
        ("n != 3 && live", json!({"live": true}), json!({"live": true, "n": 3})),
        ("n in [1, 2] || score > 1.5", json!({"score": 1.75}), json!({"n": 3})),
        ("kind == 'a?'", json!({"kind": "a?"}), json!({"kind": "b'\\c"})),
        ("kind == \"b'\\\\c\"", json!({"kind": "b'\\c"}), json!({"kind": "a?"})),
        ("price >= 12.5", json!({"price": "12.50"}), json!({"price": "12.49"})),
        (
            "day < timestamp('2026-01-02T00:00:00Z')",
            json!({"day": "2026-01-01"}),
            json!({"day": "2026-01-02"}),
        ),
        (
            "at >= timestamp('2026-01-02T00:00:00.5Z')",
            json!({"at": "2026-01-02T00:00:00.5Z"}),
            json!({"at": "2026-01-02T00:00:00Z"}),
        ),
        (
            "at.getFullYear() == 2026 && at.getMilliseconds() == 5",
            json!({"at": "2026-01-02T00:00:00.005Z"}),
            json!({"at": "2026-01-02T00:00:00.006Z"}),
        ),
        (
            "at - timestamp('2026-01-01T00:00:00Z') > duration('1h')",
            json!({"at": "2026-01-01T02:00:00Z"}),
            json!({"at": "2026-01-01T00:00:01Z"}),
        ),
        (
            "key == '0190a5d0-0000-7000-8000-00000000000a'",
            json!({"key": "0190a5d0-0000-7000-8000-00000000000a"}),
            json!({}),
        ),
        (
            "parent != '0190a5d0-0000-7000-8000-00000000000a' && extra == null",
            json!({}),
            json!({"extra": {"a": 1}}),
        ),
        (
            "short.lowerAscii().contains(' ab') && short.trim().size() > 2",
            json!({"short": "- ABc"}),
            json!({"short": "abc"}),
        ),
        (
            "short.substring(1, 2) == 'b' && short.indexOf('c') == 2 && short.endsWith('d') && short.startsWith('a')",
            json!({"short": "abc?d"}),
            json!({"short": "abdcd"}),
        ),
        ("live == (n > 3)", json!({"live": true, "n": 4}), json!({"live": true, "n": 3})),
        ("n > 3 ? live : !live", json!({"live": false, "n": 3}), json!({"live": true, "n": 3})),
    ]
}

#[tokio::test]
async fn a_condition_is_of_the_record_alone_and_wrong_ones_are_named() {
    let shop = Workshop::open().await;
    for (condition, wanted) in [
        ("titel == 'x'", "there is no field `titel` (at character 0)"),
        ("n == 1 && auth != null", "`auth` is not known here"),
        ("at < request.time", "`request` is not known here"),
        ("parent.n == 1", "its own record alone"),
        ("collection('pages').exists(p, p.n == 1)", "its own record alone"),
        ("'x' in tags", "its own record alone"),
        ("tags.size() > 1", "its own record alone"),
        ("at + duration('1s') > timestamp('2026-01-01T00:00:00Z')", "moves no times"),
        ("input.n == 1", "`input` is known only"),
        ("n", "a condition is wanted"),
    ] {
        let Err(CollectionError::Invalid(invalid)) = shop.create(design(condition)).await else {
            panic!("{condition} has been taken")
        };
        let [detail] = invalid.details() else { panic!("{invalid:?}") };
        assert_eq!((detail.pointer.as_str(), detail.code), ("/indexes/0/where", "invalid_condition"));
        assert!(detail.message.contains(wanted), "{condition}: {}", detail.message);
    }
    let mut search = design("true");
    search["indexes"] = json!([{"fields": ["slug"], "kind": "search", "where": "true"}]);
    assert_eq!(faults(shop.create(search).await), [("/indexes/0/where".to_owned(), "not_applicable")]);
    shop.close().await;
}

#[tokio::test]
async fn records_that_contradict_are_named_and_a_condition_follows_what_it_speaks_of() {
    let shop = Workshop::open().await;
    let field = |name: &str, kind: &str| json!({"name": name, "type": kind});
    shop.create(json!({"name": "pages", "fields": [field("slug", "text"), field("gone", "int")]}))
        .await
        .unwrap();
    let mut live = Vec::new();
    for record in [json!({}), json!({"gone": 1}), json!({"gone": 2})] {
        live.push(create(&shop, &record, "one").await.unwrap()["id"].as_str().unwrap().to_owned());
    }
    let unique = |condition: &str| json!([{"fields": ["slug"], "unique": true, "where": condition}]);
    let refused = shop.alter("pages", json!({"indexes": unique("gone != null")})).await;
    let Err(CollectionError::Records(reason)) = refused else { panic!("{refused:?}") };
    // In the order of their ids, which those of one moment take by chance.
    let mut same = [live[1].as_str(), live[2].as_str()];
    same.sort_unstable();
    assert_eq!(reason, format!("there are records with the same values in slug: {}", same.join(", ")));
    shop.alter("pages", json!({"indexes": unique("gone == null")})).await.unwrap();

    // A name, a type and a column that go take the condition with them only where it is said.
    let renamed = json!([field("slug", "text"), {"name": "ended", "type": "int", "renamed_from": "gone"}]);
    let refused = shop.alter("pages", json!({"fields": renamed})).await;
    assert_eq!(faults(refused), [("/indexes/0/where".to_owned(), "invalid_condition")]);
    let dropped = json!({"fields": [field("slug", "text")], "drop_fields": ["gone"]});
    assert_eq!(
        faults(shop.alter("pages", dropped).await),
        [("/indexes/0/where".to_owned(), "invalid_condition")]
    );
    shop.alter("pages", json!({"fields": renamed, "indexes": unique("ended == null")})).await.unwrap();
    assert!(is_taken(&create(&shop, &json!({}), "one").await));
    // What it speaks of lies elsewhere with its new type, and a rename keeps the index.
    shop.alter("pages", json!({"fields": [field("slug", "text"), field("ended", "text")]})).await.unwrap();
    assert!(is_taken(&create(&shop, &json!({}), "one").await));
    let shorter = json!([{"name": "name", "type": "text", "max_length": 30, "renamed_from": "slug"}, field("ended", "text")]);
    let named = json!([{"fields": ["name"], "unique": true, "where": "ended == null"}]);
    shop.alter("pages", json!({"fields": shorter, "indexes": named})).await.unwrap();
    let refused = create(&shop, &json!({"name": "one"}), "").await;
    assert!(matches!(&refused, Err(RecordError::NotUnique { fields }) if fields == &["name"]), "{refused:?}");
    let fields = json!([{"name": "name", "type": "text"}]);
    shop.alter("pages", json!({"fields": fields, "drop_fields": ["ended"], "indexes": []})).await.unwrap();
    for _ in 0..2 {
        create(&shop, &json!({"name": "one"}), "").await.unwrap();
    }
    shop.close().await;
}

#[tokio::test]
async fn an_index_of_some_records_is_missing_for_a_list_of_others() {
    let shop = Workshop::open().await;
    let mut design = design("n == 1 && live");
    design["indexes"][0]["unique"] = json!(false);
    shop.create(design).await.unwrap();
    let scope = shop.scope().await;
    let records = scope.records("pages").unwrap();
    for (filter, missing) in [
        ("slug == 'x' && live && n == 1", None),
        ("slug == 'x' && n == 1", Some(vec!["slug", "n"])),
        ("slug == 'x'", Some(vec!["slug"])),
    ] {
        let query = ListQuery { filter: Some(filter.to_owned()), ..ListQuery::default() };
        let explained = records.explain(&scope.permit().unwrap(), &query, false).await.unwrap();
        let missing = missing.map(|fields| fields.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(explained.missing_index, missing, "{filter}: {explained:?}");
    }
    shop.close().await;
}

#[tokio::test]
async fn of_racing_writers_of_a_key_among_some_records_one_makes_it() {
    let shop = Workshop::open().await;
    shop.create(design("n == null")).await.unwrap();
    create(&shop, &json!({"n": 1}), "one").await.unwrap();
    let put = |record: Json| {
        let scope = shop.scope();
        async move {
            let scope = scope.await;
            let records = scope.records("pages").unwrap();
            let input = records.input(record.to_string().as_bytes()).unwrap();
            records.upsert_by("slug", input, Precondition::None).await
        }
    };
    let writers = (0..10).map(|score| put(json!({"slug": "one", "score": score})));
    let written: Vec<_> = futures_util::future::join_all(writers).await;
    let made = written.iter().filter(|written| matches!(written, Ok(Upserted::Created(_)))).count();
    let replaced = written.iter().filter(|written| matches!(written, Ok(Upserted::Replaced(_)))).count();
    assert_eq!((made, replaced), (1, 9), "{written:?}");
    assert_eq!(shop.all("pages").await.len(), 2);
    // Sent again, what is none of these records would be made again.
    for slug in ["one", "two"] {
        let refused = put(json!({"slug": slug, "n": 2})).await;
        let Err(RecordError::Invalid(invalid)) = refused else { panic!("{refused:?}") };
        assert_eq!(invalid.details()[0].code, "invalid_key");
    }
    assert_eq!(shop.all("pages").await.len(), 2);
    shop.close().await;
}
