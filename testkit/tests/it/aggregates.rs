//! What is computed of records.

use neonex_core::access::TenantScope;
use neonex_core::records::{AggregateQuery, RecordError};
use serde_json::{Value as Json, json};

use crate::collections::Workshop;

/// A query from its parameters, as `group_by=city&sort=-count`.
fn query(text: &str) -> AggregateQuery {
    let mut query = AggregateQuery::default();
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        let value = value.to_owned();
        match name {
            "calculate" => query.calculate = Some(value),
            "group_by" => query.group_by = Some(value),
            "filter" => query.filter = Some(value),
            "sort" => query.sort = Some(value),
            "limit" => query.limit = Some(value.parse().unwrap()),
            other => panic!("{other}"),
        }
    }
    query
}

async fn aggregate(scope: &TenantScope, text: &str) -> Result<Json, RecordError> {
    let json = scope.records("sales")?.aggregate(&query(text)).await?;
    Ok(serde_json::from_slice(&json).unwrap())
}

async fn items(scope: &TenantScope, text: &str) -> Json {
    aggregate(scope, text).await.unwrap()["items"].take()
}

async fn refusals(scope: &TenantScope, text: &str) -> Vec<(String, &'static str)> {
    match aggregate(scope, text).await {
        Err(RecordError::Invalid(invalid)) => {
            invalid.details().iter().map(|detail| (detail.pointer.clone(), detail.code)).collect()
        }
        other => panic!("{text}: {other:?}"),
    }
}

async fn sales() -> Workshop {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "city", "type": "text"},
        {"name": "price", "type": "decimal", "scale": 2},
        {"name": "pieces", "type": "int"},
        {"name": "weight", "type": "float"},
        {"name": "paid", "type": "bool"},
        {"name": "day", "type": "date"},
        {"name": "at", "type": "datetime"},
        {"name": "note", "type": "json"},
        {"name": "margin", "type": "int", "hidden": true},
    ]);
    let rules = json!({"list": "paid == true"});
    shop.create(json!({"name": "sales", "fields": fields, "rules": rules})).await.unwrap();
    let rows = [
        json!({"city": "Bonn", "price": "0.10", "pieces": 1, "weight": 0.5, "paid": true, "day": "2026-02-28",
            "at": "2026-02-28T23:59:59.999999Z", "margin": 7}),
        json!({"city": "Bonn", "price": "0.20", "pieces": 2, "weight": 1.5, "paid": true, "day": "2026-03-01",
            "at": "2026-03-01T00:00:00Z"}),
        json!({"city": "bonn", "price": "0.05", "pieces": -4, "paid": false, "day": "1969-12-29",
            "at": "1969-12-31T23:59:59.5Z"}),
        json!({"city": null, "price": null, "pieces": 2, "paid": true, "day": "2026-03-31", "at": null, "note": {}}),
    ];
    for row in rows {
        shop.add("sales", row).await;
    }
    shop
}

#[tokio::test]
async fn everything_is_computed_of_all_or_of_groups() {
    let shop = sales().await;
    let scope = shop.scope().await;
    let whole = "calculate=count,count(price),count_distinct(pieces),sum(price),avg(price),sum(pieces),avg(pieces),\
                 sum(weight),avg(weight),min(city),max(at),least:min(day),count(note),max(price)";
    let expected = json!([{
        "count": 4, "count(price)": 3, "count_distinct(pieces)": 3, "sum(price)": "0.35", "avg(price)": "0.11666667",
        "sum(pieces)": 1, "avg(pieces)": 0.25, "sum(weight)": 2.0, "avg(weight)": 1.0, "min(city)": "Bonn",
        "max(at)": "2026-03-01T00:00:00.000000Z", "least": "1969-12-29", "count(note)": 1, "max(price)": "0.20",
    }]);
    assert_eq!(items(&scope, whole).await, expected);
    let none = "filter=pieces == 99&calculate=count,sum(price),avg(price),avg(pieces),min(day),avg(weight)";
    let expected = json!([{"count": 0, "sum(price)": null, "avg(price)": null, "avg(pieces)": null,
        "min(day)": null, "avg(weight)": null}]);
    assert_eq!(items(&scope, none).await, expected);
    assert_eq!(items(&scope, "group_by=city&filter=pieces == 99").await, json!([]));

    let cities = items(&scope, "group_by=city&calculate=count,total:sum(price)").await;
    let expected = json!([
        {"city": null, "count": 1, "total": null},
        {"city": "Bonn", "count": 2, "total": "0.30"},
        {"city": "bonn", "count": 1, "total": "0.05"},
    ]);
    assert_eq!(cities, expected);
    let sorted =
        aggregate(&scope, "group_by=paid,city&calculate=sum(pieces),avg(price)&sort=-sum(pieces)&limit=2");
    let expected = json!({"has_more": true, "items": [
        {"paid": true, "city": "Bonn", "sum(pieces)": 3, "avg(price)": "0.15000000"},
        {"paid": true, "city": null, "sum(pieces)": 2, "avg(price)": null},
    ]});
    let sorted = sorted.await.unwrap();
    // Of two that are the same the group decides, where nulls are first.
    assert_eq!(sorted, expected);
    let averages = items(&scope, "group_by=city&calculate=avg(price)&sort=-avg(price)").await;
    assert_eq!(averages[0]["city"], "Bonn");
    // Distinct values alone.
    let distinct = aggregate(&scope, "calculate=&group_by=pieces&sort=-pieces").await.unwrap();
    assert_eq!(distinct, json!({"items": [{"pieces": 2}, {"pieces": 1}, {"pieces": -4}], "has_more": false}));
    shop.close().await;
}

#[tokio::test]
async fn times_are_grouped_by_periods_of_utc() {
    let shop = sales().await;
    let scope = shop.scope().await;
    for (period, at, day) in [
        ("day", ["1969-12-31", "2026-02-28", "2026-03-01"], ["1969-12-29", "2026-02-28", "2026-03-01"]),
        ("week", ["1969-12-29", "2026-02-23", ""], ["1969-12-29", "2026-02-23", "2026-03-30"]),
        ("month", ["1969-12-01", "2026-02-01", "2026-03-01"], ["1969-12-01", "2026-02-01", "2026-03-01"]),
        ("year", ["1969-01-01", "2026-01-01", ""], ["1969-01-01", "2026-01-01", ""]),
    ] {
        for (field, expected) in [("at", at), ("day", day)] {
            let text = format!("calculate=&group_by=p:{period}({field})&filter={field} != null");
            let found = items(&scope, &text).await;
            let found: Vec<_> =
                found.as_array().unwrap().iter().map(|item| item["p"].as_str().unwrap()).collect();
            let mut expected = expected.to_vec();
            expected.retain(|day| !day.is_empty());
            if period == "day" && field == "day" {
                expected.push("2026-03-31");
            }
            assert_eq!(found, expected, "{text}");
        }
    }
    let nulls = items(&scope, "group_by=month(at)").await;
    assert_eq!(nulls[0], json!({"month(at)": null, "count": 1}));
    shop.close().await;
}

#[tokio::test]
async fn only_what_a_list_shows_is_computed() {
    let shop = sales().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    assert_eq!(items(&anyone, "calculate=count,sum(pieces)").await, json!([{"count": 3, "sum(pieces)": 5}]));
    let bonn = items(&anyone, "calculate=count&filter=city == 'bonn' || pieces < 0").await;
    assert_eq!(bonn, json!([{"count": 0}]));
    let unknown = |place: &str| vec![(place.to_owned(), "unknown_field")];
    assert_eq!(refusals(&anyone, "calculate=sum(margin)").await, unknown("/calculate"));
    assert_eq!(refusals(&anyone, "calculate=count(margin)").await, unknown("/calculate"));
    assert_eq!(refusals(&anyone, "group_by=margin").await, unknown("/group_by"));
    let filter = refusals(&anyone, "filter=margin == 7").await;
    assert_eq!(filter, [("/filter".to_owned(), "invalid_filter")]);
    let scope = shop.scope().await;
    assert_eq!(items(&scope, "calculate=sum(margin)").await, json!([{"sum(margin)": 7}]));
    // Where there is no rule, nothing is computed at all.
    shop.alter("sales", json!({"rules": {}})).await.unwrap();
    let anyone = shop.acme.anonymous().await.unwrap();
    assert!(matches!(aggregate(&anyone, "calculate=count").await, Err(RecordError::Denied(_))));
    shop.close().await;
}

#[tokio::test]
async fn what_cannot_be_computed_is_refused_with_its_place() {
    let shop = sales().await;
    let scope = shop.scope().await;
    let cases = [
        ("calculate=sum(city)", "/calculate", "not_applicable"),
        ("calculate=min(paid)", "/calculate", "not_applicable"),
        ("calculate=count_distinct(note)", "/calculate", "not_applicable"),
        ("calculate=median(price)", "/calculate", "unknown_function"),
        ("calculate=sum", "/calculate", "invalid_term"),
        ("calculate=sum(price", "/calculate", "invalid_term"),
        ("calculate=a b:sum(price)", "/calculate", "invalid_term"),
        ("calculate=\"x:sum(price)", "/calculate", "invalid_term"),
        ("calculate=sum(nope)", "/calculate", "unknown_field"),
        ("calculate=sum(price) FROM x --)", "/calculate", "unknown_field"),
        ("calculate=count,count", "/calculate", "duplicate"),
        ("calculate=city:count&group_by=city", "/calculate", "duplicate"),
        ("calculate=", "/calculate", "required"),
        ("group_by=note", "/group_by", "not_applicable"),
        ("group_by=month(city)", "/group_by", "not_applicable"),
        ("group_by=decade(at)", "/group_by", "unknown_function"),
        ("group_by=city&sort=price", "/sort", "unknown_field"),
        ("group_by=city&sort=city,-city", "/sort", "duplicate"),
        ("filter=nope == 1", "/filter", "invalid_filter"),
        ("limit=1001", "/limit", "out_of_range"),
        ("limit=0", "/limit", "out_of_range"),
    ];
    for (text, place, code) in cases {
        assert_eq!(refusals(&scope, text).await, [(place.to_owned(), code)], "{text}");
    }
    let many = format!("calculate={}", (0..17).map(|n| format!("c{n}:count")).collect::<Vec<_>>().join(","));
    assert_eq!(refusals(&scope, &many).await, [("/calculate".to_owned(), "too_many")]);
    shop.close().await;
}

#[tokio::test]
async fn a_sum_that_is_too_large_is_no_wrong_number() {
    let shop = sales().await;
    let most = i64::MAX;
    shop.add("sales", json!({"pieces": most, "weight": f64::MAX, "price": "9999999999999999.99"})).await;
    let scope = shop.scope().await;
    let one = format!("filter=pieces == {most}&calculate=sum(pieces),sum(price),avg(price),sum(weight)");
    let expected = json!([{"sum(pieces)": most, "sum(price)": "9999999999999999.99",
        "avg(price)": "9999999999999999.99000000", "sum(weight)": f64::MAX}]);
    assert_eq!(items(&scope, &one).await, expected);
    for _ in 0..9 {
        shop.add("sales", json!({"pieces": most, "weight": f64::MAX, "price": "9999999999999999.99"})).await;
    }
    for sum in ["sum(pieces)", "avg(pieces)", "sum(weight)", "sum(price)"] {
        let text = format!("calculate={sum}&group_by=paid&sort=-{sum}");
        assert_eq!(refusals(&scope, &text).await, [("/calculate".to_owned(), "out_of_range")], "{sum}");
    }
    shop.close().await;
}

/// Long texts that begin alike, of which MariaDB sorts by the first kilobyte.
#[tokio::test]
async fn long_texts_are_told_apart() {
    let shop = sales().await;
    let start = "x".repeat(3_000);
    for end in ["a", "b", "a"] {
        shop.add("sales", json!({"city": format!("{start}{end}")})).await;
    }
    let scope = shop.scope().await;
    let found = items(&scope, "group_by=city&filter=city.startsWith('xx')&sort=-count").await;
    let found: Vec<_> =
        found.as_array().unwrap().iter().map(|item| item["count"].as_i64().unwrap()).collect();
    assert_eq!(found, [2, 1]);
    let distinct = items(&scope, "calculate=count_distinct(city)").await;
    assert_eq!(distinct, json!([{"count_distinct(city)": 4}]));
    shop.close().await;
}
