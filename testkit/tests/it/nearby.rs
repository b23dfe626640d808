//! Lists by where things are, and by what they are like.

use futures_util::FutureExt as _;
use neonex_core::access::TenantScope;
use neonex_core::engine::Undo;
use neonex_core::records::{Count, ListQuery, Metric, RecordError};
use neonex_core::store::{Dialect, StoreError};
use serde_json::{Value as Json, json};

use crate::collections::Workshop;
use crate::support::texts;

async fn list(scope: &TenantScope, query: &ListQuery) -> Result<Json, RecordError> {
    let page = scope.records("cities")?.list(query).await?;
    Ok(serde_json::from_slice(&page.json).unwrap())
}

fn names(page: &Json) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

async fn refusal(scope: &TenantScope, query: &ListQuery) -> (String, &'static str) {
    match list(scope, query).await {
        Err(RecordError::Invalid(invalid)) => {
            (invalid.details()[0].pointer.clone(), invalid.details()[0].code)
        }
        other => panic!("{query:?}: {other:?}"),
    }
}

fn near(text: &str) -> ListQuery {
    ListQuery { near: Some(text.to_owned()), ..ListQuery::default() }
}

fn within(text: &str) -> ListQuery {
    ListQuery { within: Some(text.to_owned()), sort: Some("name".to_owned()), ..ListQuery::default() }
}

fn nearest(text: &str, metric: Metric) -> ListQuery {
    ListQuery { nearest: Some(text.to_owned()), metric, ..ListQuery::default() }
}

async fn cities() -> Workshop {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "name", "type": "text"},
        {"name": "at", "type": "geo_point"},
        {"name": "lair", "type": "geo_point", "hidden": true},
        {"name": "taste", "type": "vector", "dimensions": 3},
    ]);
    let rules = json!({"list": "name != 'Atlantis'"});
    shop.create(json!({"name": "cities", "fields": fields, "rules": rules})).await.unwrap();
    let cities = [
        ("Berlin", Some((52.52, 13.405)), [1.0, 0.0, 0.0]),
        ("Paris", Some((48.8566, 2.3522)), [2.0, 0.1, 0.0]),
        ("Potsdam", Some((52.39, 13.06)), [0.0, 1.0, 0.0]),
        ("Suva", Some((-18.14, 178.44)), [0.0, 0.0, 0.0]),
        ("Apia", Some((-13.83, -171.77)), [-1.0, 0.0, 0.0]),
        ("Alert", Some((82.5, -62.35)), [1.0, 1.0, 1.0]),
        ("Atlantis", Some((52.5, 13.4)), [1.0, 0.0, 0.0]),
    ];
    for (name, at, taste) in cities {
        let at = at.map(|(lat, lon)| json!({"lat": lat, "lon": lon}));
        shop.add("cities", json!({"name": name, "at": at, "lair": at, "taste": taste})).await;
    }
    shop.add("cities", json!({"name": "Nowhere"})).await;
    shop
}

#[tokio::test]
async fn what_is_near_comes_first() {
    let shop = cities().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    let page = list(&anyone, &near("at:52.52,13.405")).await.unwrap();
    assert_eq!(names(&page), ["Berlin", "Potsdam", "Paris", "Alert", "Apia", "Suva"]);
    let distance = |at: usize| page["items"][at]["_distance"].as_f64().unwrap();
    assert!(distance(0).abs() < 0.01 && (distance(2) - 877_464.0).abs() < 1_000.0, "{page}");
    // Page by page, each once.
    let mut query = ListQuery { limit: Some(2), count: Count::Exact, ..near("at:52.52,13.405") };
    let mut paged = Vec::new();
    loop {
        let page = list(&anyone, &query).await.unwrap();
        assert_eq!(page["total"], 6);
        paged.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next_cursor"].as_str() else { break };
        query.cursor = Some(next.to_owned());
    }
    assert_eq!(paged, names(&page));
    let filtered = ListQuery { filter: Some("name.startsWith('P')".to_owned()), ..near("at:0,0") };
    assert_eq!(names(&list(&anyone, &filtered).await.unwrap()), ["Paris", "Potsdam"]);
    shop.close().await;
}

#[tokio::test]
async fn circles_and_boxes_reach_over_the_date_line_and_the_pole() {
    let shop = cities().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    let cases: [(&str, &[&str]); 10] = [
        ("at:52.52,13.405,50000", &["Berlin", "Potsdam"]),
        ("at:52.52,13.405,1000", &["Berlin"]),
        ("at:52.52,13.405,0", &["Berlin"]),
        ("at:52.52,13.405,1000000", &["Berlin", "Paris", "Potsdam"]),
        ("at:-16,-179,1500000", &["Apia", "Suva"]),
        ("at:90,0,1000000", &["Alert"]),
        ("at:0,0,21000000", &["Alert", "Apia", "Berlin", "Paris", "Potsdam", "Suva"]),
        ("at:48,2,53,14", &["Berlin", "Paris", "Potsdam"]),
        ("at:-20,170,-10,-170", &["Apia", "Suva"]),
        ("at:-90,-180,90,180", &["Alert", "Apia", "Berlin", "Paris", "Potsdam", "Suva"]),
    ];
    for (text, expected) in cases {
        let page = list(&anyone, &within(text)).await.unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(names(&page), expected, "{text}");
    }
    let both = ListQuery { sort: None, near: Some("at:48.8,2.3".to_owned()), ..within("at:48,2,53,14") };
    assert_eq!(names(&list(&anyone, &both).await.unwrap()), ["Paris", "Potsdam", "Berlin"]);
    shop.close().await;
}

#[tokio::test]
async fn what_is_alike_comes_first() {
    let shop = cities().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    let few = |metric| ListQuery { limit: Some(3), ..nearest("taste:[1,0,0]", metric) };
    let page = list(&anyone, &few(Metric::Cosine)).await.unwrap();
    assert_eq!(names(&page), ["Berlin", "Paris", "Alert"]);
    assert_eq!(page["items"][0]["_distance"], 0.0);
    let page = list(&anyone, &few(Metric::L2)).await.unwrap();
    assert_eq!(names(&page)[0], "Berlin");
    assert!((page["items"][1]["_distance"].as_f64().unwrap() - 1.0).abs() < 0.01, "{page}");
    let mut query = ListQuery { limit: Some(1), ..nearest("taste:[1,0,0]", Metric::Cosine) };
    let mut paged = Vec::new();
    loop {
        let page = list(&anyone, &query).await.unwrap();
        paged.extend(names(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next_cursor"].as_str() else { break };
        query.cursor = Some(next.to_owned());
    }
    assert_eq!((paged.len(), paged.last().map(String::as_str)), (6, Some("Apia")));
    for wrong in ["taste:[1,0]", "taste:[1,0,\"x\"]", "taste:null", "taste:1,2,3", "taste:"] {
        assert_eq!(refusal(&anyone, &nearest(wrong, Metric::L2)).await.1, "invalid_value", "{wrong}");
    }
    shop.close().await;
}

/// The same records in the same order by the same distances, with a filter, a total, relations and pages, whether the
/// database computes the distances or they are computed here.
#[tokio::test]
async fn what_is_alike_is_so_on_every_database() {
    const DIMENSIONS: u16 = 19;
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "name", "type": "int"},
        {"name": "twin", "type": "relation", "collection": "cities"},
        {"name": "taste", "type": "vector", "dimensions": DIMENSIONS},
    ]);
    let rules = json!({"list": "name != 7", "view": "true"});
    shop.create(json!({"name": "cities", "fields": fields, "rules": rules})).await.unwrap();
    let vector = |seed: u16| -> Vec<f32> {
        (0..DIMENSIONS).map(|at| (f32::from(seed * 31 + at) * 0.7).sin()).collect()
    };
    let mut ids: Vec<String> = Vec::new();
    for name in 0..40 {
        // Of some there are two that are equally far.
        let city = json!({"name": name, "taste": vector(name - name % 2), "twin": ids.first()});
        let made = shop.add("cities", city).await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let target = vector(77);
    let exact = |metric: Metric, seed: u16| {
        let pairs = || target.iter().zip(vector(seed)).map(|(a, b)| (f64::from(*a), f64::from(b)));
        match metric {
            Metric::L2 => pairs().map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt(),
            Metric::Cosine => {
                let length = |of: fn((f64, f64)) -> f64| pairs().map(of).map(|a| a * a).sum::<f64>().sqrt();
                let both: f64 = pairs().map(|(a, b)| a * b).sum();
                1.0 - both / (length(|pair| pair.0) * length(|pair| pair.1))
            }
        }
    };
    let anyone = shop.acme.anonymous().await.unwrap();
    for metric in [Metric::Cosine, Metric::L2] {
        let mut expected: Vec<u16> = (0..30).filter(|name| *name != 7).collect();
        let far = |name: &u16| exact(metric, name - name % 2);
        let id = |name: &u16| &ids[usize::from(*name)];
        expected.sort_by(|one, other| far(one).total_cmp(&far(other)).then(id(one).cmp(id(other))));
        let mut query = ListQuery {
            filter: Some("name < 30".to_owned()),
            fields: Some("name,twin.name".to_owned()),
            limit: Some(7),
            count: Count::Exact,
            ..nearest(&format!("taste:{target:?}"), metric)
        };
        let mut found = Vec::new();
        loop {
            let page = list(&anyone, &query).await.unwrap();
            assert_eq!(page["total"], 29);
            for item in page["items"].as_array().unwrap() {
                let name = u16::try_from(item["name"].as_u64().unwrap()).unwrap();
                assert!((item["_distance"].as_f64().unwrap() - far(&name)).abs() < 1e-5, "{item}");
                let twin = if name == 0 { json!({}) } else { json!({"twin": {"name": 0}}) };
                assert_eq!(item["expand"], twin);
                found.push(name);
            }
            let Some(next) = page["next_cursor"].as_str() else { break };
            query.cursor = Some(next.to_owned());
        }
        assert_eq!(found, expected, "{metric:?}");
    }
    let none = ListQuery {
        filter: Some("name > 99".to_owned()),
        ..nearest(&format!("taste:{target:?}"), Metric::L2)
    };
    assert_eq!(list(&anyone, &none).await.unwrap()["items"], json!([]));
    shop.close().await;
}

/// Places that were made before places had an index get it when their collection is changed.
#[tokio::test]
async fn a_place_without_its_index_gets_one() {
    let shop = cities().await;
    let (store, place) = (shop.test.store(), shop.acme.place());
    let there = shop.indexes("cities").await;
    let (find, of_table) = match store.dialect() {
        Dialect::Sqlite => {
            ("SELECT name, '' FROM sqlite_master WHERE type = 'index' AND sql LIKE '%$lat%'", "")
        }
        Dialect::Postgres => ("SELECT indexname::text, '' FROM pg_indexes WHERE indexdef LIKE '%$lat%'", ""),
        Dialect::MariaDb => (
            "SELECT index_name, table_name FROM information_schema.statistics \
             WHERE table_schema = database() AND column_name LIKE '%$lat'",
            " ON ",
        ),
    };
    for row in texts(store, place, find, &[], 2).await {
        let [index, table] = [0, 1].map(|at: usize| row[at].clone().unwrap());
        let drop = format!("DROP INDEX {index}{of_table}{table}");
        let dropped = store.write::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
            async move { tx.define(&[drop]).await }.boxed()
        });
        dropped.await.unwrap();
    }
    assert_eq!(shop.indexes("cities").await.len() + 2, there.len());
    shop.alter("cities", json!({"rules": {"list": "true"}})).await.unwrap();
    assert_eq!(shop.indexes("cities").await, there);
    shop.close().await;
}

#[tokio::test]
async fn what_is_no_place_is_refused() {
    let shop = cities().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    for (text, code) in [
        ("name:1,2", "not_applicable"),
        ("nope:1,2", "unknown_field"),
        ("lair:1,2", "unknown_field"),
        ("at:1", "out_of_range"),
        ("at:91,0", "out_of_range"),
        ("at:1,2,3", "invalid_term"),
        ("at:x,2", "invalid_term"),
        ("at:NaN,2", "invalid_term"),
        ("at", "invalid_term"),
    ] {
        assert_eq!(refusal(&anyone, &near(text)).await, ("/near".to_owned(), code), "{text}");
    }
    for (text, code) in [
        ("at:1,2", "invalid_term"),
        ("at:1,2,-3", "out_of_range"),
        ("at:5,0,4,1", "out_of_range"),
        ("at:1,2,3,200", "out_of_range"),
        ("lair:1,2,3", "unknown_field"),
    ] {
        assert_eq!(refusal(&anyone, &within(text)).await, ("/within".to_owned(), code), "{text}");
    }
    let sorted = ListQuery { sort: Some("name".to_owned()), ..near("at:1,2") };
    assert_eq!(refusal(&anyone, &sorted).await, ("/sort".to_owned(), "not_applicable"));
    let both = ListQuery { nearest: Some("taste:[1,2,3]".to_owned()), ..near("at:1,2") };
    assert_eq!(refusal(&anyone, &both).await, ("/nearest".to_owned(), "not_applicable"));
    let typed = ListQuery { nearest: Some("at:[1]".to_owned()), ..ListQuery::default() };
    assert_eq!(refusal(&anyone, &typed).await, ("/nearest".to_owned(), "not_applicable"));
    shop.close().await;
}
