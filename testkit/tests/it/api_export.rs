//! Whole collections as one file.

use futures_util::StreamExt as _;
use neonex_testkit::{AppTenant, Client, TestApp};
use poem::http::Method;
use serde_json::{Value, json};

use crate::api::{expect, places, problem};

const EXPORT: &str = "/v1/collections/things/records/export";
const RECORDS: &str = "/v1/collections/things/records";

/// A collection with a field of every kind that is written in its own way.
async fn things(acme: &AppTenant) -> Client {
    let developer = acme.secret().await.unwrap();
    let fields = json!([
        {"name": "title", "type": "text"},
        {"name": "price", "type": "decimal"},
        {"name": "at", "type": "datetime"},
        {"name": "sold", "type": "bool"},
        {"name": "tags", "type": "multi_select", "options": ["a", "b"]},
        {"name": "place", "type": "geo_point"},
        {"name": "note", "type": "text", "hidden": true},
    ]);
    let rules = json!({"list": "title != 'secret'"});
    let body = json!({"name": "things", "fields": fields, "rules": rules});
    expect(&developer.post("/v1/collections", &body).await, 201);
    developer
}

/// Ids in the order of their numbers.
fn id(at: usize) -> Value {
    format!("01900000-0000-7000-8000-{at:012x}").into()
}

async fn export(client: &Client, query: &str) -> String {
    let answer = client.get(&format!("{EXPORT}?{query}")).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    String::from_utf8(answer.body).unwrap()
}

#[tokio::test]
async fn each_format_has_every_record_that_is_shown() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = things(&acme).await;
    assert_eq!(export(&developer, "format=ndjson").await, "");
    assert_eq!(export(&developer, "format=json").await, "[\n\n]\n");
    assert_eq!(export(&developer, "format=csv&fields=id,title").await, "id,title\n");
    let full = json!({
        "title": "a \"b\", c\nd é", "price": "1.50", "at": "2026-11-23T12:00:00Z", "sold": true, "tags": ["a", "b"],
        "place": {"lat": 1, "lon": 2}, "note": "n",
    });
    let mut records = Vec::new();
    for (at, mut record) in [full, json!({}), json!({"title": "secret"})].into_iter().enumerate() {
        record["id"] = id(at);
        records.push(expect(&developer.post(RECORDS, &record).await, 201));
    }

    let lines = export(&developer, "format=ndjson").await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, records);
    let array: Value = serde_json::from_str(&export(&developer, "format=json").await).unwrap();
    assert_eq!(array, json!(records));
    assert_eq!(
        export(&developer, "format=csv&fields=title,price,at,sold,tags,place,note").await,
        "title,price,at,sold,tags,place,note\n\
         \"a \"\"b\"\", c\nd é\",1.50,2026-11-23T12:00:00.000000Z,true,\"[\"\"a\"\",\"\"b\"\"]\",\"{\"\"lat\"\":1.0,\"\"lon\"\":2.0}\",n\n\
         ,,,,,,\n\
         secret,,,,,,\n",
    );
    assert_eq!(
        export(&developer, "format=csv&fields=title&filter=title%20%3D%3D%20null").await,
        "title\n\"\"\n"
    );

    // Who is bound by the rule gets what a list would show.
    let anybody = acme.publishable().await.unwrap();
    let lines = export(&anybody, "format=ndjson&fields=title").await;
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let all = export(&anybody, "format=csv").await;
    assert!(all.starts_with("id,created_at,updated_at,title,price,at,sold,tags,place\n"), "{all}");
    for query in ["fields=note", "filter=note%20%3D%3D%20%27n%27"] {
        let refused = anybody.get(&format!("{EXPORT}?format=csv&{query}")).await;
        assert_eq!(places(&problem(&refused, 400, "invalid_parameter")).len(), 1);
    }

    let file = developer.get(&format!("{EXPORT}?format=csv")).await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"things.csv\""));
    for query in ["", "?format=xml"] {
        problem(&developer.get(&format!("{EXPORT}{query}")).await, 400, "invalid_parameter");
    }
    app.remove().await.unwrap();
}

/// Makes so many, of which every third is too large for many of them to be on one page.
async fn many(developer: &Client, count: usize) {
    for start in (0..count).step_by(10) {
        let operation = |at: usize| {
            let title = format!("{at:04} {}", "x".repeat(if at.is_multiple_of(3) { 20_000 } else { 1 }));
            json!({"method": "create", "collection": "things", "record": {"id": id(at), "title": title}})
        };
        let operations: Vec<_> = (start..start + 10).map(operation).collect();
        expect(&developer.post("/v1/batch", &json!({"operations": operations})).await, 200);
    }
}

#[tokio::test]
async fn many_pages_are_one_file() {
    let app = TestApp::start().await.unwrap();
    let developer = things(&app.tenant("acme").await.unwrap()).await;
    many(&developer, 500).await;
    let lines = export(&developer, "format=ndjson&fields=title").await;
    let titles: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<usize> =
        titles.iter().map(|title| title["title"].as_str().unwrap()[..4].parse().unwrap()).collect();
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
    let array: Vec<Value> =
        serde_json::from_str(&export(&developer, "format=json&fields=title").await).unwrap();
    assert_eq!(array, titles);
    assert_eq!(export(&developer, "format=csv&fields=title").await.lines().count(), 501);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_cannot_go_on_breaks_off() {
    let app = TestApp::start().await.unwrap();
    let developer = things(&app.tenant("acme").await.unwrap()).await;
    many(&developer, 200).await;
    let response = developer.open(Method::GET, &format!("{EXPORT}?format=ndjson"), None).await;
    let mut body = Box::pin(response.into_body().into_bytes_stream());
    body.next().await.unwrap().unwrap();
    // One of its columns is gone from now on.
    expect(&developer.patch("/v1/collections/things", &json!({"drop_fields": ["price"]})).await, 200);
    let rest: Vec<_> = body.collect().await;
    assert!(rest.last().unwrap().is_err());
    app.remove().await.unwrap();
}

/// The same where it is compressed: the client must not take a part for the whole.
#[tokio::test]
async fn what_is_compressed_breaks_off_too() {
    let app = TestApp::start().await.unwrap();
    let developer = things(&app.tenant("acme").await.unwrap()).await;
    let mut noise = 1_u64;
    let mut word = || {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{noise:016x}")
    };
    for _ in 0..20 {
        let title = || (0..1_000).map(|_| word()).collect::<String>();
        let titles: Vec<String> = std::iter::repeat_with(title).take(10).collect();
        let operations: Vec<_> = titles
            .iter()
            .map(|title| json!({"method": "create", "collection": "things", "record": {"title": title}}))
            .collect();
        expect(&developer.post("/v1/batch", &json!({"operations": operations})).await, 200);
    }
    for coding in ["gzip", "br", "zstd"] {
        let client = developer.with("accept-encoding", coding);
        let response = client.open(Method::GET, &format!("{EXPORT}?format=ndjson"), None).await;
        assert_eq!(response.headers()["content-encoding"], coding);
        let mut body = Box::pin(response.into_body().into_bytes_stream());
        body.next().await.unwrap().unwrap();
        let (gone, back) = (json!({"drop_fields": ["price"]}), json!({"name": "price", "type": "decimal"}));
        expect(&developer.patch("/v1/collections/things", &gone).await, 200);
        let rest: Vec<_> = body.collect().await;
        assert!(rest.last().unwrap().is_err(), "{coding}");
        let mut fields = expect(&developer.get("/v1/collections/things").await, 200)["fields"].clone();
        fields.as_array_mut().unwrap().push(back);
        expect(&developer.patch("/v1/collections/things", &json!({"fields": fields})).await, 200);
    }
    app.remove().await.unwrap();
}
