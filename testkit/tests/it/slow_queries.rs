//! Slow queries: what is kept of them, and for whom.

use std::collections::BTreeMap;

use neonex_core::records::ListQuery;
use neonex_core::slow_queries::MAX_KINDS;
use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::collections::Workshop;
use crate::support::{number, rows_of};

const MOVIES: &str = "/v1/collections/movies/records";
const SLOW: &str = "/v1/slow-queries";

/// A tenant for which every query is slow, with who develops it.
async fn cinema(app: &TestApp, slug: &str) -> (AppTenant, Client) {
    let tenant = app.tenant(slug).await.unwrap();
    let settings = json!({"settings": {"slow_query_ms": 0}});
    expect(&app.operator().patch(&format!("/v1/tenants/{slug}"), &settings).await, 200);
    let developer = tenant.secret().await.unwrap();
    let fields = json!([{"name": "title", "type": "text"}, {"name": "year", "type": "int"},
        {"name": "pin", "type": "text", "hidden": true}, {"name": "place", "type": "geo_point"}]);
    let rules = json!({"list": "year > 1900", "view": "true"});
    let movies = json!({"name": "movies", "fields": fields, "rules": rules});
    expect(&developer.post("/v1/collections", &movies).await, 201);
    (tenant, developer)
}

/// How often each kind was slow.
fn kinds(list: &Value) -> BTreeMap<String, i64> {
    let kind = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap_or("-").to_owned();
        let ruled = if item["ruled"] == true { " ruled" } else { "" };
        format!("{} {} {}{ruled}", text("operation"), text("filter"), text("order"))
    };
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| (kind(item), item["count"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn what_was_slow_is_kept_by_kind_and_without_values() {
    let app = TestApp::start().await.unwrap();
    let (acme, developer) = cinema(&app, "acme").await;
    let (_, neighbour) = cinema(&app, "other").await;
    let reader = acme.publishable().await.unwrap();
    let made = developer.post(MOVIES, &json!({"title": "secret", "year": 1999, "pin": "secret"})).await;
    let path = format!("{MOVIES}/{}", made.id());
    for query in [
        "filter=title%20%3D%3D%20'secret'&sort=-year",
        "filter=title%20%3D%3D%20'secret%20too'&sort=-year",
        "filter=pin%20%3D%3D%20'secret'&count=exact",
        "near=place:12.345,54.321",
        "limit=1",
    ] {
        expect(&developer.get(&format!("{MOVIES}?{query}")).await, 200);
    }
    expect(&reader.with("x-request-id", "the-last").get(&format!("{MOVIES}?sort=title")).await, 200);
    expect(&reader.get(&path).await, 200);
    expect(&developer.get("/v1/collections/movies/aggregate?filter=year%20%3E%201234").await, 200);
    let export = developer.get(&format!("{MOVIES}/export?format=ndjson&filter=year%20%3E%201234")).await;
    assert_eq!(export.status, 200);
    expect(&developer.patch(&path, &json!({"title": "secret"})).await, 200);
    expect(
        &developer.patch(&format!("{MOVIES}?filter=year%20%3E%201234"), &json!({"year": 2000})).await,
        200,
    );
    let dry = format!("{MOVIES}?filter=title%20in%20%5B'secret','x'%5D&dry_run=true");
    expect(&developer.delete(&dry).await, 200);
    expect(&developer.put(&path, &json!({"title": "secret"})).await, 200);
    expect(&developer.delete(&path).await, 204);
    expect(&developer.delete(&format!("{MOVIES}?filter=true")).await, 200);
    let expected = BTreeMap::from(
        [
            ("create - -", 1),
            ("list title == ? -year", 2),
            ("list pin == ? -", 1),
            ("list - nearest place", 1),
            ("list - -", 1),
            ("list - title ruled", 1),
            ("read - - ruled", 1),
            ("aggregate year > ? -", 1),
            ("export year > ? -", 1),
            ("update - -", 1),
            ("update_many year > ? -", 1),
            ("count title in [?] -", 1),
            ("upsert - -", 1),
            ("delete - -", 1),
            ("delete_many true -", 1),
        ]
        .map(|(kind, count)| (kind.to_owned(), count)),
    );
    let noted = expect(&developer.get(SLOW).await, 200);
    assert_eq!(kinds(&noted), expected);
    let shown = noted.to_string();
    assert!(!["secret", "1234", "12.3", "54.3"].iter().any(|value| shown.contains(value)), "{shown}");
    let ruled = noted["items"].as_array().unwrap().iter().find(|item| item["order"] == "title").unwrap();
    assert_eq!((&ruled["collection"], &ruled["request_id"]), (&json!("movies"), &json!("the-last")));
    assert_eq!(ruled["last_seen"], app.platform.platform.now().to_string());

    // Written down, all of it is there as before, for other processes too, and goes on being counted.
    let platform = &app.platform.platform;
    let swept = platform.flush_slow_queries().await;
    assert_eq!((swept.done, swept.failed), (expected.len(), 0));
    let elsewhere = developer.at(&app.another_process().await.unwrap());
    for client in [&developer, &elsewhere] {
        assert_eq!(kinds(&expect(&client.get(SLOW).await, 200)), expected);
    }
    app.platform.clock.advance(1);
    expect(&developer.with("x-request-id", "again").get(&format!("{MOVIES}?limit=2")).await, 200);
    for _ in 0..2 {
        let list = expect(&developer.get(SLOW).await, 200);
        assert_eq!(kinds(&list)["list - -"], 2);
        let item =
            list["items"].as_array().unwrap().iter().find(|item| {
                item["operation"] == "list" && item["filter"].is_null() && item["order"].is_null()
            });
        let item = item.unwrap();
        assert_eq!(item["request_id"], "again");
        let millis = |name: &str| item[name].as_f64().unwrap();
        assert!(millis("max_ms") <= millis("total_ms") && millis("mean_ms") <= millis("max_ms"), "{item}");
        platform.flush_slow_queries().await;
    }
    assert_eq!(platform.flush_slow_queries().await.done, 0);

    // Nobody else's is shown, and not to everybody.
    assert_eq!(expect(&neighbour.get(SLOW).await, 200)["items"], json!([]));
    problem(&reader.get(SLOW).await, 403, "scope_needed");
    let designer = acme.secret_with(&["collections:read", "records:write"]).await.unwrap();
    problem(&designer.get(SLOW).await, 403, "scope_needed");
    assert_eq!(kinds(&expect(&acme.operator().get(SLOW).await, 200)).len(), expected.len());
    app.remove().await.unwrap();
}

#[tokio::test]
async fn pages_hold_every_kind_once_and_the_slowest_first() {
    let app = TestApp::start().await.unwrap();
    let (_, developer) = cinema(&app, "acme").await;
    for sort in ["title", "-title", "year", "-year", "title,year", "year,title"] {
        expect(&developer.get(&format!("{MOVIES}?sort={sort}")).await, 200);
    }
    app.platform.platform.flush_slow_queries().await;
    let mut next = format!("{SLOW}?limit=2");
    let mut found: Vec<(f64, String)> = Vec::new();
    loop {
        let page = expect(&developer.get(&next).await, 200);
        let item =
            |item: &Value| (item["total_ms"].as_f64().unwrap(), item["id"].as_str().unwrap().to_owned());
        found.extend(page["items"].as_array().unwrap().iter().map(item));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("{SLOW}?limit=2&cursor={cursor}");
    }
    assert_eq!(found.len(), 6);
    assert!(found.is_sorted_by(|one, other| one.0 >= other.0 && one.1 != other.1), "{found:?}");
    for wrong in ["cursor=x", "cursor=1", "limit=0", "limit=201", "sort=x"] {
        let refused = developer.get(&format!("{SLOW}?{wrong}")).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
    app.remove().await.unwrap();
}

/// The tenant's own setting goes before the server's, and what is fast enough leaves nothing behind.
#[tokio::test]
async fn what_is_fast_enough_is_not_noted() {
    let app = TestApp::start().await.unwrap();
    let (_, developer) = cinema(&app, "acme").await;
    let platform = &app.platform.platform;
    let set = async |millis: Value| {
        let settings = json!({"settings": {"slow_query_ms": millis}});
        expect(&app.operator().patch("/v1/tenants/acme", &settings).await, 200);
        expect(&developer.get(MOVIES).await, 200);
        platform.flush_slow_queries().await.done
    };
    let hour = std::time::Duration::from_hours(1);
    for (server, own, noted) in [
        (None, Value::Null, 0),
        (None, json!(0), 1),
        (Some(hour), Value::Null, 0),
        (Some(hour), json!(0), 1),
        (Some(std::time::Duration::ZERO), json!(3_600_000), 0),
        (Some(std::time::Duration::ZERO), Value::Null, 1),
    ] {
        platform.set_slow_query(server);
        assert_eq!(set(own.clone()).await, noted, "{server:?} {own}");
    }
    // Of a tenant that is deleted meanwhile it is let go.
    expect(&developer.get(MOVIES).await, 200);
    expect(&app.operator().delete("/v1/tenants/acme").await, 200);
    let swept = platform.flush_slow_queries().await;
    assert_eq!((swept.done, swept.failed), (0, 0));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn of_too_many_kinds_those_that_were_met_last_are_kept() {
    let shop = Workshop::open().await;
    let platform = &shop.test.platform;
    let names: Vec<String> = (0..12).map(|number| format!("n{number}")).collect();
    let fields: Vec<_> = names.iter().map(|name| json!({"name": name, "type": "int"})).collect();
    shop.create(json!({"name": "movies", "fields": fields})).await.unwrap();
    platform.set_slow_query(Some(std::time::Duration::ZERO));
    let scope = shop.scope().await;
    let records = scope.records("movies").unwrap();
    let list = async |sort: String| {
        let query = ListQuery { sort: Some(sort), limit: Some(1), ..ListQuery::default() };
        records.list(&query).await.unwrap();
    };
    list("created_at".to_owned()).await;
    assert_eq!(platform.flush_slow_queries().await.done, 1);
    shop.test.clock.advance(1);
    let orders = names.iter().flat_map(|a| names.iter().map(move |b| (a, b)));
    let orders = orders.flat_map(|(a, b)| names.iter().map(move |c| (a, b, c)));
    let orders: Vec<_> = orders
        .filter(|(a, b, c)| a != b && b != c && a != c)
        .map(|(a, b, c)| format!("{a},-{b},{c}"))
        .collect();
    // One more than are noted at a time, which is left out.
    for order in &orders[..=MAX_KINDS] {
        list(order.clone()).await;
    }
    assert_eq!(platform.flush_slow_queries().await.done, MAX_KINDS);
    assert_eq!(
        rows_of(shop.test.store(), &shop.acme, "slow_queries").await,
        i64::try_from(MAX_KINDS).unwrap()
    );
    let first = "SELECT count(*) FROM slow_queries WHERE tenant_id = ? AND kind LIKE '%created_at%'";
    let count = number(shop.test.store(), shop.acme.place(), first, &[shop.acme.id.as_uuid()]).await;
    assert_eq!(count, 0, "the oldest is kept");
    shop.close().await;
}
