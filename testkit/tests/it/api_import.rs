//! Many records from one file.

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::unfold;
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use poem::Body;
use poem::http::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::api::{expect, places, problem};

const IMPORT: &str = "/v1/collections/films/records/import";
const RECORDS: &str = "/v1/collections/films/records";

async fn films(acme: &AppTenant) -> Client {
    let developer = acme.secret().await.unwrap();
    let fields = json!([
        {"name": "title", "type": "text", "required": true},
        {"name": "code", "type": "text", "unique": true},
        {"name": "year", "type": "int", "min": 1880},
        {"name": "gross", "type": "decimal"},
        {"name": "seen", "type": "bool", "nullable": false, "default": false},
        {"name": "tags", "type": "json"},
        {"name": "made", "type": "datetime", "auto": "create"},
        {"name": "note", "type": "text", "hidden": true},
    ]);
    let rules = json!({"list": "true", "create": "year != 1999", "update": "year != 1999"});
    let body = json!({"name": "films", "fields": fields, "rules": rules});
    expect(&developer.post("/v1/collections", &body).await, 201);
    developer
}

async fn send(client: &Client, query: &str, file: &str) -> Answer {
    let path = format!(
        "{IMPORT}?{}",
        query.replace(' ', "%20").replace('"', "%22").replace('{', "%7B").replace('}', "%7D")
    );
    client
        .with("content-type", "application/octet-stream")
        .send(Method::POST, &path, Some(file.to_owned()))
        .await
}

async fn import(client: &Client, query: &str, file: &str) -> Value {
    expect(&send(client, query, file).await, 200)
}

/// Created, updated, failed, the last line, and whether it stopped there.
fn told(report: &Value) -> (u64, u64, u64, u64, bool) {
    let number = |name: &str| report[name].as_u64().unwrap();
    let stopped = report["stopped"].as_bool().unwrap();
    (number("created"), number("updated"), number("failed"), number("last_line"), stopped)
}

fn errors(report: &Value) -> Vec<(u64, &str, &str)> {
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned().leak() as &str;
    let errors = report["errors"].as_array().unwrap().iter();
    errors
        .map(|error| (error["line"].as_u64().unwrap(), text(error, "pointer"), text(error, "code")))
        .collect()
}

async fn titles(client: &Client) -> Vec<String> {
    let page = expect(&client.get(&format!("{RECORDS}?sort=title&limit=200")).await, 200);
    page["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_format_makes_the_same_records() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = films(&acme).await;
    let lines = "{\"title\":\"A, \\\"b\\\"\",\"year\":1990,\"gross\":\"1.50\",\"seen\":true,\"tags\":[1]}\n\n{\"title\":\"B\"}\n";
    let array = format!("[{}]", lines.trim().replace("\n\n", ",\n"));
    let table = "title,year,gross,seen,tags\r\n\"A, \"\"b\"\"\",1990,1.50,TRUE,[1]\r\nB,,,,\r\n";
    let columns = "title,year,gross,seen,tags";
    let mut seen = Vec::new();
    for (format, file, last) in [("ndjson", lines, 3), ("json", &array, 2), ("csv", table, 3)] {
        let report = import(&developer, &format!("format={format}"), file).await;
        assert_eq!(told(&report), (2, 0, 0, last, false), "{report}");
        let export = developer.get(&format!("{RECORDS}/export?format=csv&fields={columns}")).await;
        let text = String::from_utf8(export.body).unwrap();
        let mut rows: Vec<String> = text.lines().map(str::to_owned).collect();
        rows.sort();
        seen.push(rows);
        for record in expect(&developer.get(RECORDS).await, 200)["items"].as_array().unwrap() {
            assert!(record["made"].is_string(), "{record}");
            expect(&developer.delete(&format!("{RECORDS}/{}", record["id"].as_str().unwrap())).await, 204);
        }
    }
    assert_eq!(seen[0], ["\"A, \"\"b\"\"\",1990,1.50,true,[1]", "B,,,false,", "title,year,gross,seen,tags"]);
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");

    // The type says it where `format` does not.
    let typed = developer.with("content-type", "application/x-ndjson");
    let answer = typed.send(Method::POST, IMPORT, Some("{\"title\":\"C\"}".to_owned())).await;
    assert_eq!(told(&expect(&answer, 200)), (1, 0, 0, 1, false));
    problem(&send(&developer, "", "{}").await, 415, "unsupported_media_type");
    let packed = developer.with("content-encoding", "gzip");
    problem(&send(&packed, "format=csv", "title\n").await, 415, "unsupported_media_type");

    // An export is imported again as it is.
    for format in ["csv", "ndjson", "json"] {
        let path = format!("{RECORDS}/export?format={format}");
        let before = developer.get(&path).await.body;
        let file = String::from_utf8(before.clone()).unwrap();
        let report = import(&developer, &format!("format={format}&upsert_by=id"), &file).await;
        assert_eq!((told(&report).0, told(&report).1, told(&report).2), (0, 1, 0), "{report}");
    }
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_line_fails_alone_and_what_comes_after_is_the_clients_to_say() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = films(&acme).await;
    let file = "{\"title\":\"a\",\"code\":\"1\"}\n\
                {\"title\":\"b\",\"code\":\"2\"}\n\
                {\"title\":\"c\",\"code\":\"1\"}\n\
                {\"titel\":\"d\",\"year\":1}\n\
                no json\n\
                {\"code\":\"6\"}\n\
                {\"title\":\"g\",\"code\":\"7\",\"created_at\":\"2020-01-01T00:00:00Z\"}\n";
    let wanted = [
        (3, "/code", "not_unique"),
        (4, "/titel", "unknown_field"),
        (4, "/year", "out_of_range"),
        (5, "", "malformed_json"),
        (6, "/title", "required"),
    ];
    for query in ["format=ndjson&on_error=skip&dry_run=true", "format=ndjson&on_error=skip"] {
        let report = import(&developer, query, file).await;
        assert_eq!(told(&report), (3, 0, 4, 7, false), "{report}");
        assert_eq!(errors(&report), wanted, "{report}");
        let kept = if query.contains("dry_run") { vec![] } else { vec!["a", "b", "g"] };
        assert_eq!(titles(&developer).await, kept);
    }
    let more = file.replace("\":\"1\"", "\":\"x\"").replace("\":\"2\"", "\":\"y\"");
    for query in ["format=ndjson&dry_run=true", "format=ndjson"] {
        let report = import(&developer, query, &more).await;
        assert_eq!(told(&report), (2, 0, 1, 3, true), "{report}");
        assert_eq!(errors(&report), [(3, "/code", "not_unique")]);
    }
    assert_eq!(titles(&developer).await, ["a", "a", "b", "b", "g"]);

    // Of many errors the first are named, and all are counted.
    let many = "{}\n".repeat(150) + "{\"title\":\"z\"}";
    let report = import(&developer, "format=ndjson&on_error=skip", &many).await;
    assert_eq!((told(&report), errors(&report).len()), ((1, 0, 150, 151, false), 100));

    // What is no file any more says how far it was read.
    let broken = send(&developer, "format=json", "[{\"title\":\"y\"}, {\"title\":").await;
    let detail = problem(&broken, 400, "invalid_body")["detail"].as_str().unwrap().to_owned();
    assert!(detail.ends_with("Handled up to line 1: 1 created, 0 updated, 0 failed."), "{detail}");
    let parts: Vec<Result<Bytes, std::io::Error>> =
        vec![Ok("{\"title\":\"x\"}\n".into()), Err(std::io::Error::other("gone"))];
    let body = Body::from_bytes_stream(futures_util::stream::iter(parts));
    let response = developer.open(Method::POST, &format!("{IMPORT}?format=ndjson"), Some(body)).await;
    assert_eq!(response.status().as_u16(), 400);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_table_is_read_as_it_is_described() {
    let app = TestApp::start().await.unwrap();
    let developer = films(&app.tenant("acme").await.unwrap()).await;
    let table = "Name;Year;Comment\na;1990;x\nb;1991\nc;1992;y;\nd;1993;z;w\n";
    let columns =
        r#"format=csv&delimiter=%3B&on_error=skip&columns={"Name":"title","Year":"year","Comment":null}"#;
    let report = import(&developer, columns, table).await;
    assert_eq!(told(&report), (1, 0, 3, 5, false), "{report}");
    assert_eq!(errors(&report), [(3, "", "ragged"), (4, "", "ragged"), (5, "", "ragged")]);
    let report = import(&developer, &format!("{columns}&ragged=pad"), table).await;
    assert_eq!(told(&report), (3, 0, 1, 5, false), "{report}");
    assert_eq!(titles(&developer).await, ["a", "a", "b", "c"]);
    let report = import(&developer, "format=csv&on_error=skip", "title,year\nx,many\ny,1990.5\n").await;
    assert_eq!(errors(&report), [(2, "/year", "invalid_value"), (3, "/year", "invalid_value")]);

    // A column of no field is refused before anything is written.
    for (query, file, place) in [
        ("format=csv", "title,Year\na,1\n", ("?columns", "unknown_field")),
        (r#"format=csv&columns={"t":"title"}"#, "title,t\na,1\n", ("?columns", "duplicate")),
        ("format=csv&columns=x", "title\n", ("?columns", "invalid")),
        ("format=csv&delimiter=ab", "title\n", ("?delimiter", "invalid")),
        ("format=csv&delimiter=a", "title\n", ("?delimiter", "invalid_delimiter")),
        ("format=json&delimiter=,", "[]", ("?delimiter", "not_applicable")),
        ("format=csv&upsert_by=title", "title\n", ("?upsert_by", "not_unique")),
    ] {
        let answer = send(&developer, query, file).await;
        let code = answer.code();
        assert_eq!(places(&problem(&answer, 400, &code)), [place], "{query}");
    }
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_record_that_is_there_is_changed() {
    let app = TestApp::start().await.unwrap();
    let developer = films(&app.tenant("acme").await.unwrap()).await;
    let id = "01900000-0000-7000-8000-00000000000a";
    let first = format!(
        "{{\"id\":\"{id}\",\"title\":\"a\",\"code\":\"1\",\"year\":1990}}\n{{\"title\":\"b\",\"code\":\"2\"}}\n"
    );
    let report = import(&developer, "format=ndjson&upsert_by=code", &first).await;
    assert_eq!(told(&report), (2, 0, 0, 2, false), "{report}");
    // However often it is sent.
    let report = import(&developer, "format=ndjson&upsert_by=code", &first).await;
    assert_eq!(told(&report), (0, 2, 0, 2, false), "{report}");
    let second = "code,title,year\n1,A,\n3,c,1991\n,d,1992\n";
    let report = import(&developer, "format=csv&upsert_by=code&on_error=skip", second).await;
    assert_eq!((told(&report), errors(&report)), ((1, 1, 1, 4, false), vec![(4, "/code", "required")]));
    let record = expect(&developer.get(&format!("{RECORDS}/{id}")).await, 200);
    assert_eq!((&record["title"], &record["year"]), (&json!("A"), &Value::Null));
    let third = format!(
        "{{\"id\":\"{id}\",\"year\":2000}}\n{{\"title\":\"e\"}}\n{{\"id\":\"{}\",\"title\":\"f\"}}\n",
        id.replace('a', "b")
    );
    let report = import(&developer, "format=ndjson&upsert_by=id&on_error=skip", &third).await;
    assert_eq!((told(&report), errors(&report)), ((1, 1, 1, 3, false), vec![(2, "/id", "required")]));
    assert_eq!(titles(&developer).await, ["A", "b", "c", "f"]);
    app.remove().await.unwrap();
}

/// As the unique index sees it: whatever the case, and by all fields of a key of several.
#[tokio::test]
async fn a_record_is_found_as_its_index_has_it() {
    let app = TestApp::start().await.unwrap();
    let developer = app.tenant("acme").await.unwrap().secret().await.unwrap();
    let people = json!({
        "name": "films",
        "fields": [
            {"name": "title", "type": "text"},
            {"name": "mail", "type": "email", "unique": true, "ignore_case": true},
            {"name": "year", "type": "int"},
        ],
        "indexes": [{"fields": ["title", "year"], "unique": true}],
    });
    expect(&developer.post("/v1/collections", &people).await, 201);
    let file = "mail,title,year\nAnn@example.com,a,1\nbob@example.com,b,1\n";
    assert_eq!(told(&import(&developer, "format=csv&upsert_by=mail", file).await), (2, 0, 0, 3, false));
    let file = "mail,title,year\nann@EXAMPLE.com,A,1\nBOB@example.com,B,1\ncy@example.com,C,1\n";
    assert_eq!(told(&import(&developer, "format=csv&upsert_by=mail", file).await), (1, 2, 0, 4, false));
    assert_eq!(titles(&developer).await, ["A", "B", "C"]);
    let file = "year,title,mail\n1,A,a@example.com\n2,A,b@example.com\n";
    let report = import(&developer, "format=csv&upsert_by=year,title", file).await;
    assert_eq!(told(&report), (1, 1, 0, 3, false), "{report}");
    let file = "year,title\n,A\n";
    let report = import(&developer, "format=csv&upsert_by=year,title", file).await;
    assert_eq!(errors(&report), [(2, "/year", "required")]);

    // Where only some records are kept apart, it is one of these, and stays one.
    let shown = json!([{"fields": ["title"], "unique": true, "where": "year > 5"}]);
    expect(&developer.patch("/v1/collections/films", &json!({"indexes": shown})).await, 200);
    let file = "title,year\nZ,-1\n";
    let report = import(&developer, "format=csv&upsert_by=title", file).await;
    assert_eq!(errors(&report), [(2, "", "invalid_key")]);
    let file = "title,year\nZ,6\nZ,7\nZ,-1\nY,6\n";
    let report = import(&developer, "format=csv&upsert_by=title&on_error=skip", file).await;
    assert_eq!((told(&report), errors(&report)), ((2, 1, 1, 5, false), vec![(4, "", "invalid_key")]));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn rules_are_asked_for_each_line() {
    let app = TestApp::limited(1000, 6).await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = films(&acme).await;
    let anybody = acme.publishable().await.unwrap();
    let file = "{\"title\":\"a\",\"year\":1998,\"code\":\"1\"}\n{\"title\":\"b\",\"year\":1999}\n{\"title\":\"c\",\"note\":\"x\"}\n";
    let report = import(&anybody, "format=ndjson&on_error=skip", file).await;
    assert_eq!(told(&report), (1, 0, 2, 3, false), "{report}");
    assert_eq!(errors(&report), [(2, "", "rule_refused"), (3, "/note", "unknown_field")]);
    // Each line counts: the one call and two of the three lines more.
    let report = import(&anybody, "format=ndjson&upsert_by=code", "{\"code\":\"1\",\"title\":\"A\"}").await;
    assert_eq!(told(&report), (0, 1, 0, 1, false), "{report}");
    let many = "{\"title\":\"t\"}\n".repeat(600);
    let refused = problem(&send(&anybody, "format=ndjson", &many).await, 429, "rate_limited");
    assert!(refused["detail"].as_str().unwrap().contains("500 created"), "{refused}");
    expect(&developer.patch("/v1/collections/films", &json!({"rules": {}})).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_long_file_is_written_in_parts() {
    let app = TestApp::start().await.unwrap();
    let developer = films(&app.tenant("acme").await.unwrap()).await;
    let rows = (0..1_300).map(|at| format!("t{at},{}", if at == 1_200 { 700 } else { at }));
    let table: Vec<String> = std::iter::once("title,code".to_owned()).chain(rows).collect();
    let table = table.join("\n");
    let report = import(&developer, "format=csv", &table).await;
    assert_eq!(told(&report), (1_200, 0, 1, 1_202, true), "{report}");
    let count = expect(&developer.get(&format!("{RECORDS}?limit=1&count=exact")).await, 200);
    assert_eq!(count["total"], 1_200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn who_asks_is_told_how_far_it_is() {
    let app = TestApp::start().await.unwrap();
    let developer = films(&app.tenant("acme").await.unwrap()).await;
    let client = developer
        .with("content-type", "application/x-ndjson")
        .with("accept", "application/x-ndjson")
        .with("accept-encoding", "gzip");
    let (sender, parts) = mpsc::unbounded_channel::<String>();
    let parts = unfold(parts, |mut parts| async move {
        let part = parts.recv().await?;
        Some((Ok::<_, std::io::Error>(Bytes::from(part)), parts))
    });
    let body = Body::from_bytes_stream(parts);
    let response = client.open(Method::POST, IMPORT, Some(body)).await;
    assert_eq!(
        (response.status().as_u16(), response.headers().contains_key("content-encoding")),
        (200, false)
    );
    let mut lines = Box::pin(response.into_body().into_bytes_stream());
    let mut next =
        async || -> Value { serde_json::from_slice(&lines.next().await.unwrap().unwrap()).unwrap() };
    let line = "{\"title\":\"a\"}\n";
    // It is told of what was written before more comes.
    for written in [500, 1000] {
        sender.send(line.repeat(500)).unwrap();
        assert_eq!(
            next().await,
            json!({"progress": {"created": written, "updated": 0, "failed": 0, "last_line": written}})
        );
    }
    sender.send("{\"title\":null}\n".to_owned()).unwrap();
    drop(sender);
    let last = loop {
        let line = next().await;
        if line.get("progress").is_none() {
            break line;
        }
    };
    assert_eq!(told(&last["report"]), (1000, 0, 1, 1001, true), "{last}");
    assert!(lines.next().await.is_none());

    // What goes wrong later is the last line, with how far it went.
    let path = format!("{IMPORT}?format=json");
    let broken = client.send(Method::POST, &path, Some("[{\"title\":\"a\"}".to_owned())).await;
    let text = String::from_utf8(broken.body).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((broken.status, &last["problem"]["status"]), (200, &json!(400)), "{text}");
    assert!(last["problem"]["detail"].as_str().unwrap().contains("0 created"), "{text}");
    app.remove().await.unwrap();
}
