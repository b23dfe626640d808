//! Pages of records put together are the whole list in its order, whatever the order.

use std::cmp::Ordering;

use neonex_core::records::ListQuery;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

use crate::collections::Workshop;

const NAMES: [&str; 10] = ["words", "number", "real", "price", "open", "day", "at", "kind", "mark", "filled"];

fn fields() -> Json {
    json!([
        {"name": "words", "type": "text"},
        {"name": "number", "type": "int"},
        {"name": "real", "type": "float"},
        {"name": "price", "type": "decimal"},
        {"name": "open", "type": "bool"},
        {"name": "day", "type": "date"},
        {"name": "at", "type": "datetime"},
        {"name": "kind", "type": "select", "options": ["b", "B", "a", "é"]},
        {"name": "mark", "type": "uuid"},
        {"name": "filled", "type": "int", "required": true},
    ])
}

/// Few values of each, so that many records are alike; the last is null where that may be.
fn values(name: &str) -> Vec<Json> {
    let long = "x".repeat(900);
    match name {
        "words" => {
            vec![json!("a"), json!("B"), json!("b "), json!("b"), json!(""), json!(long + "é"), Json::Null]
        }
        "number" => vec![json!(i64::MIN), json!(-1), json!(0), json!(i64::MAX), Json::Null],
        "real" => vec![json!(-1.5e-300), json!(0.1), json!(0.3), json!(1e300), Json::Null],
        "price" => vec![json!("-10.00"), json!("9.99"), json!("10.00"), Json::Null],
        "open" => vec![json!(true), json!(false), Json::Null],
        "day" => vec![json!("0001-01-01"), json!("2024-02-29"), json!("9999-12-31"), Json::Null],
        "at" => {
            let times =
                ["0001-01-01T00:00:00.000000Z", "2026-11-23T12:00:00.000001Z", "2026-11-23T12:00:00.000002Z"];
            times.map(Json::from).into_iter().chain([Json::Null]).collect()
        }
        "kind" => vec![json!("b"), json!("B"), json!("a"), json!("é"), Json::Null],
        "mark" => {
            let marks = ["00000000-0000-0000-0000-000000000001", "f0000000-0000-0000-0000-000000000000"];
            marks.map(Json::from).into_iter().chain([Json::Null]).collect()
        }
        _ => vec![json!(1), json!(2)],
    }
}

/// As the design says: nulls first, texts by code point, all else by value.
fn compare(name: &str, one: &Json, other: &Json) -> Ordering {
    match (one, other) {
        (Json::Null, _) | (_, Json::Null) => other.is_null().cmp(&one.is_null()),
        (Json::Bool(one), Json::Bool(other)) => one.cmp(other),
        (Json::String(one), Json::String(other)) if name == "price" => {
            let number = |text: &str| text.parse::<f64>().unwrap();
            number(one).total_cmp(&number(other))
        }
        (Json::String(one), Json::String(other)) => one.cmp(other),
        (one, other) => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => one.as_f64().unwrap().total_cmp(&other.as_f64().unwrap()),
        },
    }
}

fn sorted(records: &[Json], sort: &[(usize, bool)]) -> Vec<String> {
    let mut records: Vec<&Json> = records.iter().collect();
    let last = sort.last().is_some_and(|(_, descending)| *descending);
    records.sort_by(|one, other| {
        let terms = sort.iter().map(|&(field, descending)| (NAMES[field], descending)).chain([("id", last)]);
        let turned =
            |ordering: Ordering, descending: bool| if descending { ordering.reverse() } else { ordering };
        terms.fold(Ordering::Equal, |ordering, (name, descending)| {
            ordering.then(turned(compare(name, &one[name], &other[name]), descending))
        })
    });
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

async fn fill(shop: &Workshop) -> Vec<Json> {
    let indexes = json!([{"fields": ["number", "words"]}, {"fields": ["real"]}, {"fields": ["words"]}]);
    shop.create(json!({"name": "things", "fields": fields(), "indexes": indexes})).await.unwrap();
    let scope = shop.scope().await;
    let records = scope.records("things").unwrap();
    let (mut state, mut made) = (7_usize, Vec::new());
    for _ in 0..60 {
        let mut record = serde_json::Map::new();
        for name in NAMES {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
            let values = values(name);
            record.insert(name.to_owned(), values[(state >> 8) % values.len()].clone());
        }
        let body = Json::Object(record).to_string();
        let input = records.input(body.as_bytes()).unwrap();
        let neonex_core::idempotency::Outcome::Fresh(body) = records.create(input, None).await.unwrap()
        else {
            panic!("a repetition without a key")
        };
        made.push(serde_json::from_slice(&body.json).unwrap());
    }
    made
}

async fn pages(shop: &Workshop, sort: &[(usize, bool)], limit: u32, filter: Option<&str>) -> Vec<String> {
    let scope = shop.scope().await;
    let records = scope.records("things").unwrap();
    let term = |&(field, descending): &(usize, bool)| {
        format!("{}{}", if descending { "-" } else { "" }, NAMES[field])
    };
    let sort: Vec<_> = sort.iter().map(term).collect();
    let mut query = ListQuery {
        sort: Some(sort.join(",")),
        limit: Some(limit),
        filter: filter.map(str::to_owned),
        fields: Some("id".into()),
        ..ListQuery::default()
    };
    let mut found = Vec::new();
    loop {
        let page = records.list(&query).await.unwrap();
        let json: Json = serde_json::from_slice(&page.json).unwrap();
        let items = json["items"].as_array().unwrap();
        assert!(
            items.len() == limit as usize || page.next.is_none(),
            "a page that is not full has a next one"
        );
        found.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        assert!(found.len() <= 60, "the pages have no end");
        query.cursor = page.next;
        if query.cursor.is_none() {
            return found;
        }
    }
}

#[test]
fn pages_neither_skip_nor_repeat_in_any_order() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = runtime.block_on(Workshop::open());
    let made = runtime.block_on(fill(&shop));
    let orders = proptest::sample::subsequence((0..NAMES.len()).collect::<Vec<_>>(), 1..=4).prop_shuffle();
    let cases = orders.prop_flat_map(|fields| {
        let count = fields.len();
        (Just(fields), proptest::collection::vec(any::<bool>(), count), 1_u32..=30, any::<bool>())
    });
    let config = Config { cases: 100, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&cases, |(fields, directions, limit, filtered)| {
            let sort: Vec<_> = fields.into_iter().zip(directions).collect();
            let filter = filtered.then_some("filled == 1 && (number == null || number != 0)");
            let shown = |record: &&Json| !filtered || record["filled"] == 1 && record["number"] != 0;
            let expected = sorted(&made.iter().filter(shown).cloned().collect::<Vec<_>>(), &sort);
            let found = runtime.block_on(pages(&shop, &sort, limit, filter));
            prop_assert_eq!(found, expected);
            Ok(())
        })
        .unwrap();
    runtime.block_on(shop.close());
}

#[tokio::test]
async fn a_random_order_is_another_each_time_and_has_one_page() {
    let shop = Workshop::open().await;
    let made = fill(&shop).await;
    let scope = shop.scope().await;
    let records = scope.records("things").unwrap();
    let ask = async |sort: &str, limit: u32, cursor: Option<String>| {
        let sort = Some(sort.to_owned());
        let query = ListQuery { sort, limit: Some(limit), cursor, ..ListQuery::default() };
        let page = records.list(&query).await?;
        let json: Json = serde_json::from_slice(&page.json).unwrap();
        let ids =
            json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        Ok::<_, neonex_core::records::RecordError>((ids.collect::<Vec<_>>(), page.next))
    };
    let mut orders = Vec::new();
    for _ in 0..3 {
        let (ids, next) = ask("@random", 200, None).await.unwrap();
        assert_eq!((ids.len(), next), (made.len(), None));
        orders.push(ids);
    }
    // That two of three shuffles of dozens of records agree does not happen.
    assert!(orders[0] != orders[1] && orders[1] != orders[2] && orders[0] != orders[2]);
    for ids in &mut orders {
        ids.sort_unstable();
    }
    assert!(orders[0] == orders[1] && orders[1] == orders[2]);
    let (few, next) = ask("@random", 3, None).await.unwrap();
    assert_eq!((few.len(), next), (3, None));
    let cursor = ask("number", 3, None).await.unwrap().1;
    for (sort, cursor, code) in [("@random,number", None, "not_alone"), ("@random", cursor, "one_page")] {
        let refused = ask(sort, 3, cursor).await.unwrap_err();
        let neonex_core::records::RecordError::Invalid(invalid) = refused else { panic!("{refused}") };
        assert_eq!(invalid.details()[0].code, code);
    }
    shop.close().await;
}
