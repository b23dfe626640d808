//! Filters and rules in CEL: one meaning on every database.

use neonex_core::records::{Count, ListQuery};
use neonex_testkit::TestApp;
use serde_json::{Value as Json, json};

use crate::api::expect;
use crate::collections::Workshop;

/// How many of the collection's records a filter finds, for somebody with a key.
async fn count(shop: &Workshop, filter: &str) -> i64 {
    let scope = shop.scope().await;
    let query = ListQuery { filter: Some(filter.to_owned()), count: Count::Exact, ..ListQuery::default() };
    let page = scope.records("things").unwrap().list(&query).await;
    let page = page.unwrap_or_else(|error| panic!("{filter}: {error}"));
    serde_json::from_slice::<Json>(&page.json).unwrap()["total"].as_i64().unwrap()
}

#[tokio::test]
async fn functions_mean_the_same_on_every_database() {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "name", "type": "text"},
        {"name": "day", "type": "date"},
        {"name": "at", "type": "datetime"},
        {"name": "flag", "type": "bool"},
        {"name": "number", "type": "int"},
    ]);
    shop.create(json!({"name": "things", "fields": fields})).await.unwrap();
    for record in [
        json!({"name": " ÄbÇ漢\u{1f600}\u{3000}\n", "day": "0001-01-01", "at": "0001-01-01T00:00:00Z", "flag": true}),
        json!({"name": "aZ?", "day": "9999-12-31", "at": "9999-12-31T23:59:59.999999Z", "number": 9}),
        json!({"name": "", "day": "1969-12-31", "at": "1969-12-31T23:59:59.000001Z", "flag": false, "number": 12}),
        json!({}),
    ] {
        shop.add("things", record).await;
    }
    for (filter, expected) in [
        ("name.lowerAscii() == ' ÄbÇ漢\u{1f600}\u{3000}\\n'", 1),
        ("name.upperAscii() == ' ÄBÇ漢\u{1f600}\u{3000}\\n'", 1),
        ("name.lowerAscii() == 'az?'", 1),
        ("name.lowerAscii() != name", 1),
        ("name.trim() == 'ÄbÇ漢\u{1f600}'", 1),
        ("name.trim() == name", 2),
        ("name.substring(4, 6) == '漢\u{1f600}'", 1),
        ("name.substring(1) == 'Z?'", 1),
        ("name.substring(3) == ''", 1),
        ("name.indexOf('漢') == 4", 1),
        ("name.indexOf('z') == -1", 3),
        ("name.indexOf('') == 0", 3),
        ("name.contains('?')", 1),
        ("name in ['aZ?', '']", 2),
        ("name in [name.trim(), 'x']", 2),
        ("at.getFullYear() == 1 && at.getDayOfWeek() == 1 && at.getDayOfYear() == 0", 1),
        (
            "at.getFullYear() == 9999 && at.getMonth() == 11 && at.getDate() == 31 && at.getDayOfWeek() == 5",
            1,
        ),
        ("at.getSeconds() == 59 && at.getMilliseconds() == 999", 1),
        (
            "at.getSeconds() == 59 && at.getMilliseconds() == 0 && at.getMinutes() == 59 && at.getHours() == 23",
            1,
        ),
        ("day.getFullYear() == 1969 && day.getDayOfMonth() == 30", 1),
        ("at + duration('1us') > at", 2),
        ("at - duration('1us') < at", 2),
        ("at + duration('1us') == timestamp('1969-12-31T23:59:59.000002Z')", 1),
        ("at + duration('2562047h47m16.854775s') > at", 2),
        ("at - duration('2562047h47m16.854775s') < at", 2),
        ("at - day == duration('0')", 1),
        ("at - day == duration('86399.000001s')", 1),
        ("at - day > duration('0')", 2),
        ("at == day", 2),
        ("at - timestamp('1970-01-01T00:00:00Z') < duration('0')", 1),
        ("request.time == timestamp('2026-11-23T10:13:20Z')", 4),
        ("at < request.time - duration('24h')", 2),
        ("request.time - at > duration('1h')", 1),
        ("number > request.time.getHours()", 1),
        ("auth.kind in ['key', 'user'] && flag", 1),
        ("(flag ? 'x' : name) == ''", 1),
        ("(flag ? 1 : 2) < 2", 1),
        ("name in auth.roles", 0),
        ("!(name in auth.roles)", 4),
        ("auth.email == name", 0),
        ("!(auth.email == name)", 0),
        ("name in auth.claims.teams || number == 9", 1),
        ("number == size(auth.roles)", 0),
        ("!(number == size(auth.roles))", 4),
        ("id == auth.id || name == auth.id", 0),
        ("at > auth.claims.since || day > auth.claims.since || flag == auth.verified", 0),
    ] {
        assert_eq!(count(&shop, filter).await, expected, "{filter}");
    }
    shop.close().await;
}

#[tokio::test]
async fn rules_see_the_request() {
    let app = TestApp::start().await.unwrap();
    let tenant = app.tenant("acme").await.unwrap();
    let rules = json!({
        "list": "request.headers['X-Team'] == title",
        "view": "request.method == 'GET' && request.time < timestamp('2030-01-01T00:00:00Z')",
        "create": "request.method in ['POST', 'PUT'] && !has(request.headers.origin)",
        "delete": "has(auth.email)",
    });
    let fields = json!([{"name": "title", "type": "text"}]);
    let developer = tenant.secret().await.unwrap();
    let notes = json!({"name": "notes", "fields": fields, "rules": rules});
    expect(&developer.post("/v1/collections", &notes).await, 201);
    let (public, path) = (tenant.publishable().await.unwrap(), "/v1/collections/notes/records");
    let made = expect(&public.post(path, &json!({"title": "red"})).await, 201);
    expect(&public.post(path, &json!({"title": "blue"})).await, 201);
    let from_a_page = public.with("origin", "https://example.com");
    expect(&from_a_page.post(path, &json!({"title": "blue"})).await, 403);
    for (team, found) in [("red", 1), ("green", 0)] {
        let listed = expect(&public.with("x-team", team).get(path).await, 200);
        assert_eq!(listed["items"].as_array().unwrap().len(), found, "{team}");
    }
    assert_eq!(expect(&public.get(path).await, 200)["items"], json!([]));
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    expect(&public.get(&one).await, 200);
    expect(&public.delete(&one).await, 404);
    app.remove().await.unwrap();
}

/// Filters that differ in constants alone share a statement, and each finds its own.
#[tokio::test]
async fn constants_of_one_shape_are_each_filters_own() {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "name", "type": "text"},
        {"name": "number", "type": "int"},
        {"name": "ratio", "type": "float"},
        {"name": "key", "type": "uuid"},
        {"name": "flag", "type": "bool"},
    ]);
    shop.create(json!({"name": "things", "fields": fields})).await.unwrap();
    let keys = ["018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002"];
    for (name, number, key) in
        [("a", 1, keys[0]), ("b", 2, keys[1]), (" a", 3, keys[1]), (keys[0], 4, keys[0])]
    {
        let ratio = f64::from(number) / 2.0;
        let flag = number > 2;
        shop.add("things", json!({"name": name, "number": number, "ratio": ratio, "key": key, "flag": flag}))
            .await;
    }
    for (filter, expected) in [
        ("name == 'a'", 1),
        ("name == \"b\"", 1),
        ("name == 'c'", 0),
        ("name in ['a', 'b'] && number < 2", 1),
        ("name in ['b', 'b'] && number < 3", 1),
        ("number > 1 || number == 1", 4),
        ("number > 3 || number == 2", 2),
        ("number == 9223372036854775807", 0),
        ("key == '018f0000-0000-7000-8000-000000000001'", 2),
        ("key == '018f0000-0000-7000-8000-000000000002'", 2),
        ("name == '018f0000-0000-7000-8000-000000000001'", 1),
        ("name == '018F0000-0000-7000-8000-000000000001'", 0),
        // Where constants do more than to be compared with fields.
        ("name == 'a'.trim()", 1),
        ("name == ' a'.trim()", 1),
        ("'a' == 'a' && number == 1", 1),
        ("'a' == 'b' && number == 1", 0),
        ("(flag ? 1 : number) < (number == 1 ? number : 2)", 2),
        ("(flag ? 3 : number) < (number == 1 ? number : 2)", 0),
        ("(flag ? 3 : number) < (number == 1 ? number : 4)", 3),
        ("ratio > 1", 2),
        ("ratio > 0", 4),
        ("name.substring(0) == 'a'", 1),
        ("name.substring(1) == 'a'", 1),
        ("(flag ? auth.kind : name) == 'key'", 2),
        ("(flag ? auth.kind : name) == 'b'", 1),
        ("auth.kind == 'key'", 4),
        ("auth.kind == 'user'", 0),
    ] {
        assert_eq!(count(&shop, filter).await, expected, "{filter}");
    }
    for wrong in ["number == 'x'", "key == 'x'", "key == 'y'", "nmae == 'a'", "nmae == 'b'"] {
        let scope = shop.scope().await;
        let query = ListQuery { filter: Some(wrong.to_owned()), ..ListQuery::default() };
        let refused = scope.records("things").unwrap().list(&query).await.unwrap_err().to_string();
        assert!(!refused.contains('\u{f8ff}'), "{refused}");
    }
    shop.close().await;
}
