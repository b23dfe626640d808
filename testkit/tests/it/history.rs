//! What became of a record, and how it is had back.

use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, places, problem};

const POSTS: &str = "/v1/collections/posts/records";
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn blog(acme: &AppTenant) -> Client {
    let developer = acme.secret().await.unwrap();
    let fields = json!([
        {"name": "title", "type": "text", "unique": true},
        {"name": "views", "type": "int"},
        {"name": "secret", "type": "text", "hidden": true},
        {"name": "about", "type": "json"},
        {"name": "made", "type": "datetime", "auto": "create"},
        {"name": "seen", "type": "datetime", "auto": "update"},
        {"name": "parent", "type": "relation", "collection": "posts", "on_delete": "set_null"},
    ]);
    let rules = json!({"list": "true", "view": "true", "update": "views != 9", "delete": "true"});
    let posts = json!({"name": "posts", "fields": fields, "rules": rules});
    expect(&developer.post("/v1/collections", &posts).await, 201);
    developer
}

async fn post(developer: &Client, body: Value) -> String {
    let made = developer.post(POSTS, &body).await;
    expect(&made, 201);
    made.id()
}

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}

/// The changes of a record, the latest first, after looking at what holds for all: each has a later time than the one
/// before, and finds what that one left.
async fn revisions(client: &Client, id: &str) -> Vec<Value> {
    let all = items(&expect(&client.get(&format!("{POSTS}/{id}/revisions?limit=200")).await, 200));
    for pair in all.windows(2) {
        let (later, earlier) = (pair[0]["at"].as_str().unwrap(), pair[1]["at"].as_str().unwrap());
        assert!(later > earlier, "{later} is not after {earlier}");
    }
    all
}

fn change<'c>(revision: &'c Value, field: &str) -> Option<(&'c Value, &'c Value)> {
    let changes = revision["changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["field"] == field)?;
    Some((&change["before"], &change["after"]))
}

#[tokio::test]
async fn a_record_tells_what_became_of_it() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = blog(&acme).await;
    // The clock stands still all the time.
    let traced = developer.with("x-request-id", "first");
    let id = post(&traced, json!({"title": "One", "views": 1, "secret": "s", "about": {"a": [1]}})).await;
    let path = format!("{POSTS}/{id}");
    for body in [json!({"views": 2}), json!({"title": "Two", "about": {"a": [1.0]}}), json!({"secret": "t"})]
    {
        expect(&developer.patch(&path, &body).await, 200);
    }
    expect(&developer.delete(&path).await, 204);

    let all = revisions(&developer, &id).await;
    let actions: Vec<_> = all.iter().map(|revision| revision["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["deleted", "updated", "updated", "updated", "created"]);
    let [deleted, hidden, renamed, seen, created] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(created["request_id"], "first");
    assert!(created["actor"].as_str().unwrap().starts_with("key_"));
    assert_eq!(change(created, "title"), Some((&Value::Null, &json!("One"))));
    assert_eq!(change(created, "parent"), None, "what has no value did not change");
    assert_eq!(change(seen, "views"), Some((&json!(1), &json!(2))));
    assert_eq!(change(seen, "title"), None);
    assert!(change(seen, "seen").is_some() && change(seen, "made").is_none());
    assert_eq!(change(renamed, "title"), Some((&json!("One"), &json!("Two"))));
    assert_eq!(change(hidden, "secret"), Some((&json!("s"), &json!("t"))));
    assert_eq!(change(deleted, "title"), Some((&json!("Two"), &Value::Null)));

    // Page by page it is the same.
    let (mut paged, mut next) = (Vec::new(), format!("{path}/revisions?limit=2"));
    loop {
        let page = developer.get(&next).await;
        let json = expect(&page, 200);
        paged.extend(items(&json));
        let Some(cursor) = json["next_cursor"].as_str() else { break };
        assert!(page.header("link").unwrap().contains(cursor));
        next = format!("{path}/revisions?limit=2&cursor={cursor}");
    }
    assert_eq!(paged, all);

    // What it was after each change, and in between.
    let was = async |at: &Value| {
        let at = at.as_str().unwrap();
        let revision = expect(&developer.get(&format!("{path}/revisions/{at}")).await, 200);
        let past = developer.get(&format!("{path}?as_of={at}")).await;
        if revision["record"].is_null() {
            problem(&past, 404, "not_found");
        } else {
            let past = expect(&past, 200);
            assert_eq!(past, revision["record"]);
        }
        revision
    };
    for (revision, views) in [(created, json!(1)), (seen, json!(2)), (hidden, json!(2))] {
        let found = was(&revision["at"]).await;
        assert_eq!((&found["record"]["views"], &found["changes"]), (&views, &revision["changes"]));
        assert_eq!(found["record"]["updated_at"], found["at"]);
    }
    assert!(was(&deleted["at"]).await["record"].is_null());
    let at = created["at"].as_str().unwrap();
    let some = developer.get(&format!("{path}?as_of={at}&fields=title,id")).await;
    assert_eq!(expect(&some, 200), json!({"title": "One", "id": id}));
    problem(&developer.get(&format!("{path}?as_of=2026-11-01T00:00:00Z")).await, 404, "not_found");
    problem(&developer.get(&format!("{path}/revisions/2026-11-01T00:00:00Z")).await, 404, "not_found");
    problem(&developer.get(&format!("{POSTS}/{ID}/revisions")).await, 404, "not_found");
    for wrong in ["as_of=yesterday", "as_of=2026-01-01T00:00:00Z", &format!("as_of={at}&expand=parent")] {
        problem(&developer.get(&format!("{path}?{wrong}")).await, 400, "invalid_parameter");
    }
    problem(&developer.get(&format!("{path}/revisions/yesterday")).await, 400, "invalid_parameter");
    problem(&developer.get(&format!("{path}/revisions?cursor=x")).await, 400, "invalid_parameter");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn the_past_is_for_those_who_read_past_the_rules() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    let developer = blog(&acme).await;
    let neighbour = blog(&other).await;
    for (client, title) in [(&developer, "ours"), (&neighbour, "theirs")] {
        expect(&client.put(&format!("{POSTS}/{ID}"), &json!({"title": title})).await, 201);
        expect(&client.patch(&format!("{POSTS}/{ID}"), &json!({"views": 1})).await, 200);
        expect(&client.delete(&format!("{POSTS}/{ID}")).await, 204);
    }
    let path = format!("{POSTS}/{ID}");
    let reads = [
        format!("{path}/revisions"),
        format!("{path}/revisions/9999-01-01T00:00:00Z"),
        "/v1/collections/posts/deleted".to_owned(),
        format!("{path}?as_of=9999-01-01T00:00:00Z"),
        format!("{POSTS}?as_of=9999-01-01T00:00:00Z"),
    ];
    let writer = acme.secret_with(&["records:write"]).await.unwrap();
    for client in [acme.publishable().await.unwrap(), acme.anonymous(), writer.clone()] {
        for read in &reads {
            problem(&client.get(read).await, 403, "scope_needed");
        }
        let back = json!({"to": "9999-01-01T00:00:00Z"});
        problem(&client.post(&format!("{path}/revert"), &back).await, 403, "scope_needed");
    }
    let reader = acme.secret_with(&["records:read"]).await.unwrap();
    problem(
        &reader.send(poem::http::Method::POST, &format!("{path}/undelete"), None).await,
        403,
        "scope_needed",
    );
    for client in [&reader, &acme.operator()] {
        for read in &reads {
            let shown = client.get(read).await;
            assert!(matches!(shown.status, 200 | 404), "{read}");
            assert!(!String::from_utf8_lossy(&shown.body).contains("theirs"), "{read}");
        }
        assert_eq!(revisions(client, ID).await.len(), 3);
    }
    // Who writes past the rules and reads by them gets a record back, and does not see what is hidden.
    let made = expect(&writer.send(poem::http::Method::POST, &format!("{path}/undelete"), None).await, 200);
    assert!(made.get("secret").is_none() && made["title"] == "ours", "{made}");
    assert_eq!(revisions(&neighbour, ID).await.len(), 3);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_record_goes_back_to_what_it_was() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = blog(&acme).await;
    let id = post(&developer, json!({"title": "One", "views": 1, "secret": "s"})).await;
    let path = format!("{POSTS}/{id}");
    let first = expect(&developer.get(&path).await, 200)["updated_at"].clone();
    app.platform.clock.advance(60);
    let second = developer.patch(&path, &json!({"title": "Two", "views": 2, "secret": "t"})).await;
    expect(&second, 200);
    let revert = format!("{path}/revert");
    let stale = developer.with("if-match", "\"0\"");
    problem(&stale.post(&revert, &json!({"to": first})).await, 412, "precondition_failed");

    let some = expect(&developer.post(&revert, &json!({"to": first, "fields": ["views"]})).await, 200);
    assert_eq!((&some["title"], &some["views"], &some["secret"]), (&json!("Two"), &json!(1), &json!("t")));
    let once = developer.with("idempotency-key", "back");
    let whole = once.post(&revert, &json!({"to": first})).await;
    let back = expect(&whole, 200);
    assert_eq!((&back["title"], &back["views"], &back["secret"]), (&json!("One"), &json!(1), &json!("s")));
    assert!(back["updated_at"].as_str() > some["updated_at"].as_str() && back["made"] == first);
    assert_eq!(back["seen"], back["updated_at"], "it is a change like any other");
    expect(&developer.patch(&path, &json!({"views": 7})).await, 200);
    assert_eq!(
        once.post(&revert, &json!({"to": first})).await.body,
        whole.body,
        "a repetition changes nothing"
    );
    problem(&once.post(&revert, &json!({"to": back["updated_at"]})).await, 422, "idempotency_key_reused");
    let all = revisions(&developer, &id).await;
    assert_eq!(all.len(), 5);
    assert_eq!(change(&all[1], "title"), Some((&json!("Two"), &json!("One"))));

    for (body, place) in [
        (json!({"to": "2026-11-23T00:00:00Z"}), ("/to", "no_record")),
        (json!({"to": "2026-01-01T00:00:00Z"}), ("/to", "beyond_history")),
        (json!({"to": "first"}), ("/to", "invalid_value")),
        (json!({"to": first, "fields": ["nope"]}), ("/fields/0", "unknown_field")),
        (json!({"to": first, "fields": ["seen"]}), ("/fields/0", "read_only")),
    ] {
        let refused = problem(&developer.post(&revert, &body).await, 400, "invalid_body");
        assert_eq!(places(&refused), [place], "{body}");
    }
    problem(&developer.post(&format!("{POSTS}/{ID}/revert"), &json!({"to": first})).await, 404, "not_found");

    // Somebody else took the title meanwhile.
    expect(&developer.patch(&path, &json!({"title": "Three"})).await, 200);
    post(&developer, json!({"title": "One"})).await;
    problem(&developer.post(&revert, &json!({"to": first})).await, 409, "not_unique");

    // Who may read the past and write by the rules alone changes what the rule lets be changed, and nothing hidden.
    let reader = acme.secret_with(&["records:read"]).await.unwrap();
    let second = json!({"to": second.json()["updated_at"]});
    let by_rule = expect(&reader.post(&revert, &second).await, 200);
    assert_eq!((&by_rule["title"], &by_rule["secret"]), (&json!("Two"), &json!("s")));
    expect(&developer.patch(&path, &json!({"views": 9})).await, 200);
    problem(&reader.post(&revert, &second).await, 404, "not_found");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_deleted_record_is_had_back() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = blog(&acme).await;
    let parent = post(&developer, json!({"title": "Parent"})).await;
    let id = post(&developer, json!({"title": "One", "views": 1, "secret": "s", "parent": parent})).await;
    let path = format!("{POSTS}/{id}");
    let before = expect(&developer.get(&path).await, 200);
    let undelete = async |client: &Client, id: &str| {
        client.send(poem::http::Method::POST, &format!("{POSTS}/{id}/undelete"), None).await
    };
    problem(&undelete(&developer, &id).await, 409, "record_exists");
    problem(&undelete(&developer, ID).await, 404, "not_found");
    expect(&developer.delete(&path).await, 204);

    // The clock goes back, and time still goes on.
    app.platform.clock.advance(-60);
    let once = developer.with("idempotency-key", "back");
    let made = undelete(&once, &id).await;
    let back = expect(&made, 200);
    for field in ["id", "created_at", "made", "title", "views", "secret", "parent"] {
        assert_eq!(back[field], before[field], "{field}");
    }
    assert!(back["updated_at"].as_str() > before["updated_at"].as_str());
    assert_eq!((&back["seen"], made.header("etag").is_some()), (&back["updated_at"], true));
    assert_eq!(expect(&developer.get(&path).await, 200), back);
    assert_eq!(undelete(&once, &id).await.body, made.body);
    let actions: Vec<_> = revisions(&developer, &id)
        .await
        .iter()
        .map(|one| one["action"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(actions, ["created", "deleted", "created"]);

    // Its title is another's by now.
    expect(&developer.delete(&path).await, 204);
    let taken = post(&developer, json!({"title": "One"})).await;
    let refused = problem(&undelete(&developer, &id).await, 409, "not_unique");
    assert_eq!(places(&refused), [("/title", "not_unique")]);
    expect(&developer.delete(&format!("{POSTS}/{taken}")).await, 204);
    // What it pointed to is gone.
    expect(&developer.delete(&format!("{POSTS}/{parent}")).await, 204);
    let refused = problem(&undelete(&developer, &id).await, 400, "invalid_body");
    assert_eq!(places(&refused), [("/parent", "unknown_record")]);
    assert!(refused.to_string().contains(&parent), "{refused}");
    expect(&undelete(&developer, &parent).await, 200);
    expect(&undelete(&developer, &id).await, 200);

    // Made anew under the same id, it is later than its end.
    expect(&developer.delete(&path).await, 204);
    expect(&developer.put(&path, &json!({"title": "Again"})).await, 201);
    expect(&developer.delete(&path).await, 204);
    expect(&developer.post(POSTS, &json!({"id": id, "title": "And again"})).await, 201);
    let all = revisions(&developer, &id).await;
    assert_eq!(all.len(), 9);
    assert_eq!(all[0]["at"], expect(&developer.get(&path).await, 200)["created_at"]);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn deleted_records_are_listed_until_they_are_had_back() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = blog(&acme).await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(post(&developer, json!({"title": format!("{number}"), "views": number})).await);
    }
    // Five go at one time, one later, and one stays.
    let gone = developer.with("x-request-id", "all").delete(&format!("{POSTS}?filter=views%20%3C%205")).await;
    expect(&gone, 200);
    app.platform.clock.advance(1);
    expect(&developer.delete(&format!("{POSTS}/{}", ids[5])).await, 204);
    let all = async |limit: u32| {
        let (mut found, mut next) = (Vec::new(), format!("/v1/collections/posts/deleted?limit={limit}"));
        loop {
            let page = expect(&developer.get(&next).await, 200);
            found.extend(items(&page));
            let Some(cursor) = page["next_cursor"].as_str() else { return found };
            next = format!("/v1/collections/posts/deleted?limit={limit}&cursor={cursor}");
        }
    };
    let listed = all(2).await;
    assert_eq!(listed, all(200).await);
    let titles: Vec<_> = listed.iter().map(|one| one["record"]["title"].as_str().unwrap()).collect();
    assert_eq!(titles[0], "5");
    assert_eq!(titles.len(), 6);
    assert_eq!((&listed[1]["request_id"], &listed[1]["id"]), (&json!("all"), &listed[1]["record"]["id"]));
    for id in [&ids[0], &ids[5]] {
        let path = format!("{POSTS}/{id}/undelete");
        expect(&developer.send(poem::http::Method::POST, &path, None).await, 200);
    }
    let left: Vec<_> = all(3).await.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(left.len(), 4);
    assert!(!left.contains(&ids[0]) && !left.contains(&ids[5]));
    for wrong in ["limit=0", "cursor=x", "cursor=2026-11-23T00:00:00Z~x"] {
        let path = format!("/v1/collections/posts/deleted?{wrong}");
        problem(&developer.get(&path).await, 400, "invalid_parameter");
    }
    app.remove().await.unwrap();
}

/// The titles of a list as of a time, after looking that its pages, whatever their size, come to the same.
async fn titles_as_of(developer: &Client, at: &str) -> Vec<String> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for limit in [1, 2, 200] {
        let (mut titles, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{POSTS}?as_of={at}&fields=title,id&limit={limit}{cursor}");
            let page = expect(&developer.get(&path).await, 200);
            assert!(items(&page).len() <= limit && page["total"].is_null());
            titles.extend(items(&page).iter().map(|one| one["title"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        found.push(titles);
    }
    assert!(found.iter().all(|titles| *titles == found[0]), "{found:?}");
    found.swap_remove(0)
}

#[tokio::test]
async fn a_list_shows_all_records_as_they_were() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = blog(&acme).await;
    let mut ids = Vec::new();
    let mut moments: Vec<(String, Vec<String>)> = Vec::new();
    let note = async |moments: &mut Vec<(String, Vec<String>)>| {
        let page = expect(&developer.get(&format!("{POSTS}?limit=200&fields=title")).await, 200);
        let titles = items(&page).iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect();
        moments.push((app.platform.platform.now().to_string(), titles));
        app.platform.clock.advance(1);
    };
    note(&mut moments).await;
    for number in 0..6 {
        ids.push(post(&developer, json!({"title": format!("a{number}")})).await);
    }
    note(&mut moments).await;
    expect(&developer.patch(&format!("{POSTS}/{}", ids[1]), &json!({"title": "b1"})).await, 200);
    expect(&developer.delete(&format!("{POSTS}/{}", ids[3])).await, 204);
    expect(&developer.delete(&format!("{POSTS}/{}", ids[5])).await, 204);
    note(&mut moments).await;
    expect(&developer.patch(&format!("{POSTS}/{}", ids[1]), &json!({"title": "c1"})).await, 200);
    post(&developer, json!({"title": "a9"})).await;
    let undelete = format!("{POSTS}/{}/undelete", ids[3]);
    expect(&developer.send(poem::http::Method::POST, &undelete, None).await, 200);
    note(&mut moments).await;
    expect(&developer.delete(&format!("{POSTS}?filter=true")).await, 200);
    note(&mut moments).await;
    for (at, titles) in &moments {
        assert_eq!(titles_as_of(&developer, at).await, *titles, "{at}");
    }
    let lengths: Vec<_> = moments.iter().map(|(_, titles)| titles.len()).collect();
    assert_eq!(lengths, [0, 6, 4, 6, 0]);
    let at = &moments[1].0;
    for wrong in
        ["filter=true", "sort=title", "expand=parent", "count=exact", "limit=0", "cursor=x", "fields=nope"]
    {
        let refused = developer.get(&format!("{POSTS}?as_of={at}&{wrong}")).await;
        problem(&refused, 400, "invalid_parameter");
    }
    problem(&developer.get(&format!("{POSTS}?as_of=2026-01-01T00:00:00Z")).await, 400, "invalid_parameter");
    app.remove().await.unwrap();
}

/// Racing writers of one record, some of whom end it and make it again, leave a log in which each change finds what the
/// one before left.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_race_leaves_one_story() {
    let app = TestApp::start().await.unwrap();
    let developer = blog(&app.tenant("acme").await.unwrap()).await;
    let path = format!("{POSTS}/{ID}");
    expect(&developer.put(&path, &json!({"views": 0})).await, 201);
    let writers: Vec<_> = (0..24)
        .map(|number| {
            let (developer, path) = (developer.clone(), path.clone());
            tokio::spawn(async move {
                let answer = match number % 4 {
                    0 => developer.patch(&path, &json!({"views": {"$increment": 1}})).await,
                    1 => developer.put(&path, &json!({"views": number})).await,
                    2 => developer.delete(&path).await,
                    _ => developer.send(poem::http::Method::POST, &format!("{path}/undelete"), None).await,
                };
                assert!(answer.status < 500, "{}", String::from_utf8_lossy(&answer.body));
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut all = revisions(&developer, ID).await;
    all.reverse();
    let mut record = Value::Null;
    for revision in &all {
        let at = revision["at"].as_str().unwrap();
        let state = expect(&developer.get(&format!("{path}/revisions/{at}")).await, 200);
        assert_eq!(state["action"] == "created", record.is_null(), "{at}");
        if let Some((before, _)) = change(revision, "views") {
            assert_eq!(*before, record["views"], "{at}");
        }
        record = state["record"].clone();
    }
    let now = developer.get(&path).await;
    if record.is_null() {
        problem(&now, 404, "not_found");
    } else {
        assert_eq!(now.json(), record);
    }
    app.remove().await.unwrap();
}
