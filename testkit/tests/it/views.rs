//! Views: collections that show records of another, or groups of them.

use neonex_core::store::Dialect;
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, places, problem};
use crate::support::define;

const VIEW: &str = "/v1/collections/open_tasks/records";

/// Rooms, tasks in them, and a view of those that are open.
async fn house(acme: &AppTenant) -> (Client, [String; 2]) {
    let developer = acme.secret().await.unwrap();
    let rooms = json!({"name": "rooms", "fields": [
        {"name": "name", "type": "text"}, {"name": "code", "type": "text", "hidden": true},
        {"name": "over", "type": "relation", "collection": "rooms", "on_delete": "set_null"},
    ]});
    expect(&developer.post("/v1/collections", &rooms).await, 201);
    let tasks = json!({
        "name": "tasks",
        "fields": [
            {"name": "title", "type": "text"}, {"name": "done", "type": "bool"}, {"name": "rank", "type": "int"},
            {"name": "room", "type": "relation", "collection": "rooms", "on_delete": "cascade"},
            {"name": "helped", "type": "relation", "collection": "rooms", "many": true, "on_delete": "set_null"},
            {"name": "secret", "type": "text", "hidden": true}, {"name": "kept", "type": "text", "hidden": true},
            {"name": "tags", "type": "multi_select", "options": ["a", "b"]},
            {"name": "at", "type": "geo_point"}, {"name": "due", "type": "datetime", "auto": "create"},
        ],
        "indexes": [{"fields": ["rank"]}, {"fields": ["title"]}],
    });
    expect(&developer.post("/v1/collections", &tasks).await, 201);
    let attic =
        developer.post("/v1/collections/rooms/records", &json!({"name": "Attic", "code": "x1"})).await.id();
    let cellar = json!({"name": "Cellar", "over": attic});
    let cellar = developer.post("/v1/collections/rooms/records", &cellar).await.id();
    for (title, done, rank, room) in [
        ("sweep", false, Some(3), Some(&attic)),
        ("paint?", false, Some(1), Some(&cellar)),
        ("rest", false, None, None),
        ("done", true, Some(2), Some(&attic)),
    ] {
        let task = json!({
            "title": title, "done": done, "rank": rank, "room": room, "helped": [attic], "secret": "told",
            "kept": "canary", "tags": ["a"], "at": {"lat": 1, "lon": rank.unwrap_or(0)},
        });
        expect(&developer.post("/v1/collections/tasks/records", &task).await, 201);
    }
    expect(&developer.post("/v1/collections", &open_tasks()).await, 201);
    (developer, [attic, cellar])
}

fn open_tasks() -> Value {
    json!({
        "name": "open_tasks",
        "view": {
            "collection": "tasks",
            "filter": "record.done == false && title != 'no?ne' && (room == null || room.name != 'Nowhere') && \
                       'a' in tags && helped.exists(r, r.name == 'Attic')",
            "fields": [
                "title", "rank", "room", "helped", "tags", "due", {"name": "told", "path": "secret"},
                {"name": "place", "path": "at"}, {"name": "room_name", "path": "room.name"},
                {"name": "above", "path": "room.over.name"}, {"name": "code", "path": "room.code"},
            ],
        },
        "rules": {"list": "told == 'told'", "view": "room_name != 'Cellar'"},
    })
}

/// Everything but letters and digits as in a query.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(encode).collect()
}

fn query(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'=' | b'&' | b'_' | b',' | b'.' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    format!("{VIEW}?{}", text.bytes().map(encode).collect::<String>())
}

async fn titles(client: &Client, text: &str) -> Vec<String> {
    let page = expect(&client.get(&query(text)).await, 200);
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_view_is_read_as_any_collection() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (developer, [attic, cellar]) = house(&acme).await;
    let page = expect(&developer.get(&query("sort=rank&count=exact&expand=room,helped")).await, 200);
    assert_eq!(page["total"], 3);
    let rest = &page["items"][0];
    assert_eq!(
        (&rest["title"], &rest["room_name"], &rest["rank"]),
        (&json!("rest"), &Value::Null, &Value::Null)
    );
    let paint = &page["items"][1];
    let shown = ["title", "rank", "room", "helped", "tags", "told", "place", "room_name", "above", "code"];
    let values: Vec<_> = shown.iter().map(|name| paint[name].clone()).collect();
    let place = json!({"lat": 1.0, "lon": 1.0});
    let wanted = json!(["paint?", 1, cellar, [attic], ["a"], "told", place, "Cellar", "Attic", null]);
    assert_eq!(Value::Array(values), wanted);
    assert_eq!(paint["expand"]["room"]["name"], "Cellar");
    assert_eq!(paint["expand"]["helped"][0]["code"], "x1");
    assert!(paint["due"].is_string() && paint.get("done").is_none() && paint.get("kept").is_none());

    for (text, wanted) in [
        ("filter=room_name == 'Attic'", vec!["sweep"]),
        ("filter=title == 'paint?'", vec!["paint?"]),
        ("filter=room.over.name == 'Attic'&sort=title", vec!["paint?"]),
        ("filter=rank > 1 ? helped.exists(r, r.code == 'x1') : false", vec!["sweep"]),
        ("filter='a' in tags&sort=-room_name", vec!["paint?", "sweep", "rest"]),
        ("sort=-title", vec!["sweep", "rest", "paint?"]),
        ("near=place:1,1", vec!["paint?", "rest", "sweep"]),
        ("within=place:1,1,1000", vec!["paint?"]),
    ] {
        let mut found = titles(&developer, text).await;
        if text.starts_with("near") {
            found[1..].sort();
        }
        assert_eq!(found, wanted, "{text}");
    }
    // Page by page.
    for order in ["room_name", "-room_name", "rank", "-created_at"] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = expect(&developer.get(&query(&format!("sort={order}&limit=1{cursor}"))).await, 200);
            found.push(page["items"][0]["title"].clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        found.sort_by_key(Value::to_string);
        assert_eq!(json!(found), json!(["paint?", "rest", "sweep"]), "{order}");
    }
    let sums = expect(
        &developer
            .get("/v1/collections/open_tasks/aggregate?calculate=count,sum(rank)&group_by=room_name")
            .await,
        200,
    );
    assert_eq!(sums["items"][1], json!({"room_name": "Attic", "count": 1, "sum(rank)": 3}));
    let file =
        developer.get("/v1/collections/open_tasks/records/export?format=csv&fields=title,room_name").await;
    assert_eq!(file.status, 200);
    assert!(String::from_utf8(file.body).unwrap().contains("paint?,Cellar"));
    assert_eq!(
        places(&problem(&developer.get(&query("search=x")).await, 400, "invalid_parameter")),
        [("?search", "no_search_index")]
    );
    for text in ["filter=kept == 'canary'", "filter=done", "sort=kept", "fields=secret"] {
        problem(&developer.get(&query(text)).await, 400, "invalid_parameter");
    }

    // The version is that of what is shown.
    let path = format!("{VIEW}/{}", paint["id"].as_str().unwrap());
    let first = developer.get(&path).await;
    expect(&first, 200);
    let holder = developer.with("if-none-match", first.header("etag").unwrap());
    assert_eq!(holder.get(&path).await.status, 304);
    let renamed = json!({"name": "Vault"});
    expect(&developer.patch(&format!("/v1/collections/rooms/records/{cellar}"), &renamed).await, 200);
    assert_eq!(expect(&holder.get(&path).await, 200)["room_name"], "Vault");
    expect(
        &developer
            .patch(
                &format!("/v1/collections/tasks/records/{}", paint["id"].as_str().unwrap()),
                &json!({"done": true}),
            )
            .await,
        200,
    );
    problem(&developer.get(&path).await, 404, "not_found");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn the_rules_of_a_view_alone_say_who_sees_it() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (developer, _) = house(&acme).await;
    let anyone = acme.publishable().await.unwrap();
    problem(&anyone.get("/v1/collections/tasks/records").await, 403, "scope_needed");
    let page = expect(&anyone.get(&query("sort=title&expand=room")).await, 200);
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    assert_eq!(page["items"][0]["told"], "told");
    // What is pointed to is another collection's affair.
    assert_eq!(page["items"][0]["expand"], json!({}));
    problem(&anyone.get(&query("filter=room.name == 'Attic'")).await, 400, "invalid_parameter");
    let id = |at: usize| format!("{VIEW}/{}", page["items"][at]["id"].as_str().unwrap());
    problem(&anyone.get(&id(0)).await, 404, "not_found");
    assert_eq!(expect(&anyone.get(&id(2)).await, 200)["title"], "sweep");
    expect(&developer.patch("/v1/collections/open_tasks", &json!({"rules": {}})).await, 200);
    problem(&anyone.get(&query("")).await, 403, "scope_needed");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn views_of_two_tenants_have_nothing_to_do_with_one_another() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    let (one, _) = house(&acme).await;
    let (two, _) = house(&other).await;
    expect(&two.patch(&query("filter=true"), &json!({})).await, 409);
    let tasks = "/v1/collections/tasks";
    expect(&two.patch(&format!("{tasks}/records?filter=true"), &json!({"title": "theirs"})).await, 200);
    assert_eq!(titles(&two, "").await, ["theirs", "theirs", "theirs"]);
    assert_eq!(titles(&one, "sort=title").await, ["paint?", "rest", "sweep"]);
    let theirs = expect(&two.get(VIEW).await, 200)["items"][0]["id"].as_str().unwrap().to_owned();
    problem(&one.get(&format!("{VIEW}/{theirs}")).await, 404, "not_found");
    // What is another tenant's is what there is not.
    let id = expect(&two.get(tasks).await, 200)["id"].clone();
    for named in [id, json!("nothing")] {
        let view = json!({"name": "v", "view": {"collection": named, "fields": ["title"]}});
        let refused = problem(&one.post("/v1/collections", &view).await, 400, "invalid_body");
        assert_eq!(places(&refused), [("/view/collection", "unknown_collection")]);
    }
    app.remove().await.unwrap();
}

#[tokio::test]
async fn nothing_is_written_to_a_view() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (developer, _) = house(&acme).await;
    let id =
        expect(&developer.get(&query("limit=1")).await, 200)["items"][0]["id"].as_str().unwrap().to_owned();
    let (one, body) = (format!("{VIEW}/{id}"), json!({"title": "x"}));
    let before = expect(&developer.get(&query("")).await, 200);
    let filtered = format!("{VIEW}?filter=true");
    let mut answers: Vec<Answer> = vec![
        developer.post(VIEW, &body).await,
        developer.patch(&one, &body).await,
        developer.put(&one, &body).await,
        developer.delete(&one).await,
        developer.patch(&filtered, &body).await,
        developer.delete(&filtered).await,
        developer.delete(&format!("{filtered}&dry_run=true")).await,
        developer.put(&format!("{VIEW}?key=title"), &body).await,
    ];
    for method in ["create", "update", "upsert", "delete"] {
        let mut operation = json!({"method": method, "collection": "open_tasks", "id": id, "record": body});
        if method == "delete" {
            operation.as_object_mut().unwrap().remove("record");
        }
        answers.push(developer.post("/v1/batch", &json!({"operations": [operation]})).await);
    }
    let file = developer.with("content-type", "application/octet-stream");
    let import = format!("{VIEW}/import?format=ndjson");
    answers.push(file.send(poem::http::Method::POST, &import, Some("{\"title\":\"x\"}\n".to_owned())).await);
    for (at, answer) in answers.iter().enumerate() {
        let told = problem(answer, 409, "view_is_read_only");
        assert!(told["detail"].as_str().unwrap().contains("view"), "{at}: {told}");
    }
    assert_eq!(expect(&developer.get(&query("")).await, 200), before);
    let points = json!({"name": "notes", "fields": [{"name": "task", "type": "relation", "collection": "open_tasks"}]});
    let refused = problem(&developer.post("/v1/collections", &points).await, 400, "invalid_body");
    assert_eq!(places(&refused), [("/fields/0/collection", "not_applicable")]);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_a_view_is_named_with_its_place() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (developer, _) = house(&acme).await;
    let view = |view: Value| json!({"name": "v", "view": view});
    let shown = |fields: Value| view(json!({"collection": "tasks", "fields": fields}));
    let filtered = |filter: &str| view(json!({"collection": "tasks", "fields": ["title"], "filter": filter}));
    let grouped = |group: Value, calculate: Value| {
        view(json!({"collection": "tasks", "group_by": group, "calculate": calculate}))
    };
    for (body, pointer, code) in [
        (
            view(json!({"collection": "nothing", "fields": ["title"]})),
            "/view/collection",
            "unknown_collection",
        ),
        (
            view(json!({"collection": "open_tasks", "fields": ["title"]})),
            "/view/collection",
            "not_applicable",
        ),
        (shown(json!([])), "/view/fields", "out_of_range"),
        (shown(json!(["title", "titel"])), "/view/fields/1", "unknown_field"),
        (shown(json!(["title", {"name": "Title", "path": "rank"}])), "/view/fields/1", "duplicate"),
        (shown(json!([{"name": "x"}])), "/view/fields/0", "invalid_field"),
        (shown(json!([{"name": "id", "path": "rank"}])), "/view/fields/0/name", "reserved_name"),
        (shown(json!([{"name": "x", "path": "title.x"}])), "/view/fields/0", "not_applicable"),
        (shown(json!([{"name": "x", "path": "helped.name"}])), "/view/fields/0", "not_applicable"),
        (shown(json!([{"name": "x", "path": "room.x"}])), "/view/fields/0", "unknown_field"),
        (
            shown(json!([{"name": "x", "path": "room.over.over.over.over.name"}])),
            "/view/fields/0",
            "too_deep",
        ),
        (filtered("titel == ''"), "/view/filter", "invalid_filter"),
        (filtered("auth != null"), "/view/filter", "invalid_filter"),
        (filtered("due < request.time"), "/view/filter", "invalid_filter"),
        (grouped(json!([]), json!(["count"])), "/view/group_by", "required"),
        (grouped(json!(["tags"]), json!([])), "/view/group_by/0", "not_applicable"),
        (grouped(json!(["month(due)"]), json!([])), "/view/group_by/0", "invalid_name"),
        (grouped(json!(["m:month(title)"]), json!([])), "/view/group_by/0", "not_applicable"),
        (grouped(json!(["room"]), json!(["room:count"])), "/view/calculate/0", "duplicate"),
        (grouped(json!(["room"]), json!(["s:sum(title)"])), "/view/calculate/0", "not_applicable"),
        (grouped(json!(["room"]), json!(["s:median(rank)"])), "/view/calculate/0", "unknown_function"),
        (
            json!({"name": "v", "view": {"collection": "tasks", "fields": ["title"]}, "rules": {"create": "true"}}),
            "/rules/create",
            "not_applicable",
        ),
        (
            json!({"name": "v", "view": {"collection": "tasks", "fields": ["title"]}, "indexes": [{"fields": ["created_at"]}]}),
            "/indexes",
            "not_applicable",
        ),
        (
            json!({"name": "v", "view": {"collection": "tasks", "fields": ["title"]}, "rules": {"list": "rank == 1"}}),
            "/rules/list",
            "invalid_rule",
        ),
    ] {
        let refused = problem(&developer.post("/v1/collections", &body).await, 400, "invalid_body");
        assert_eq!(places(&refused), [(pointer, code)], "{body}");
    }
    let turned = json!({"view": {"collection": "rooms", "fields": ["name"]}});
    let refused = problem(&developer.patch("/v1/collections/tasks", &turned).await, 400, "invalid_body");
    assert_eq!(places(&refused), [("/view", "not_applicable")]);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_view_goes_with_what_it_shows_or_holds_it_back() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (developer, _) = house(&acme).await;
    let path = |name: &str| format!("/v1/collections/{name}");
    let seen = |fields: &str| {
        let (developer, path) = (developer.clone(), query(&format!("sort=-title&fields={fields}")));
        async move { expect(&developer.get(&path).await, 200)["items"][0].clone() }
    };
    assert_eq!(seen("rank,room_name").await, json!({"rank": 3, "room_name": "Attic"}));
    let shown = expect(&developer.get(&path("open_tasks")).await, 200);
    assert_eq!(shown["view"]["fields"][6], json!({"name": "told", "path": "secret"}));
    assert_eq!((&shown["view"]["collection"], &shown["fields"][1]["type"]), (&json!("tasks"), &json!("int")));

    // The tenant's own document has what is read of it, and nothing else.
    let document = expect(&developer.get("/v1/openapi.json").await, 200);
    let one = &document["paths"]["/v1/collections/open_tasks/records/{id}"];
    assert!(one["get"].is_object() && one["patch"].is_null() && one["delete"].is_null(), "{one}");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("open_tasks") && !schemas.contains_key("open_tasks.create"));
    assert_eq!(schemas["open_tasks"]["properties"]["room"]["x-neonex-relation"], "rooms");

    let fields = |collection: &Value, change: &dyn Fn(&mut Value)| {
        let mut fields = collection["fields"].clone();
        fields.as_array_mut().unwrap().iter_mut().for_each(change);
        json!({"fields": fields})
    };
    let tasks = expect(&developer.get(&path("tasks")).await, 200);
    let rooms = expect(&developer.get(&path("rooms")).await, 200);
    let renamed = fields(&rooms, &|field| {
        if field["name"] == "name" {
            (field["name"], field["renamed_from"]) = (json!("title"), json!("name"));
        }
    });
    let used = |answer: &Answer| {
        let told = problem(answer, 409, "used_by_view");
        assert!(told["detail"].as_str().unwrap().contains("`open_tasks`"), "{told}");
    };
    used(&developer.patch(&path("rooms"), &renamed).await);
    used(&developer.patch(&path("rooms"), &json!({"drop_fields": ["code"]})).await);
    used(&developer.patch(&path("tasks"), &json!({"drop_fields": ["done"]})).await);
    used(&developer.delete(&path("tasks")).await);
    // A type, a name and what it does not show change.
    let retyped = fields(&tasks, &|field| {
        if field["name"] == "rank" {
            *field = json!({"name": "rank", "type": "text"});
        }
    });
    expect(&developer.patch(&path("tasks"), &retyped).await, 200);
    assert_eq!(seen("rank,room_name").await, json!({"rank": "3", "room_name": "Attic"}));
    expect(&developer.patch(&path("tasks"), &json!({"name": "jobs", "drop_fields": ["kept"]})).await, 200);
    assert_eq!(expect(&developer.get(&path("open_tasks")).await, 200)["view"]["collection"], "jobs");

    // Another view in its place, and a rule that asks it.
    let narrower =
        json!({"view": {"collection": "jobs", "fields": ["title", "room"]}, "rules": {"list": "true"}});
    expect(&developer.patch(&path("open_tasks"), &narrower).await, 200);
    assert_eq!(titles(&developer, "sort=title").await, ["done", "paint?", "rest", "sweep"]);
    expect(&developer.patch(&path("rooms"), &renamed).await, 200);
    let rule = json!({"rules": {"list": "collection('open_tasks').exists(t, t.room == record.id && t.title == 'paint?')"}});
    expect(&developer.patch(&path("rooms"), &rule).await, 200);
    let anyone = acme.publishable().await.unwrap();
    let found = expect(&anyone.get("/v1/collections/rooms/records").await, 200);
    assert_eq!(
        (found["items"].as_array().unwrap().len(), &found["items"][0]["title"]),
        (1, &json!("Cellar"))
    );
    problem(&developer.delete(&path("open_tasks")).await, 409, "used_by_rule");
    let fewer = json!({"view": {"collection": "jobs", "fields": ["title"]}});
    problem(&developer.patch(&path("open_tasks"), &fewer).await, 409, "used_by_rule");
    expect(&developer.patch(&path("rooms"), &json!({"rules": {}})).await, 200);
    expect(&developer.patch(&path("open_tasks"), &json!({"name": "all_jobs"})).await, 200);
    expect(&developer.delete(&path("all_jobs")).await, 204);
    // A record of what was shown is deleted as if there had never been a view.
    let attic =
        expect(&developer.get("/v1/collections/rooms/records?sort=title").await, 200)["items"][1]["id"]
            .clone();
    expect(
        &developer.delete(&format!("/v1/collections/rooms/records/{}", attic.as_str().unwrap())).await,
        204,
    );
    expect(&developer.delete(&path("jobs")).await, 204);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn groups_have_values_ids_and_an_order() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let orders = json!({"name": "orders", "fields": [
        {"name": "city", "type": "text"}, {"name": "paid", "type": "bool"}, {"name": "on", "type": "date"},
        {"name": "at", "type": "datetime"}, {"name": "weight", "type": "float"}, {"name": "key", "type": "uuid"},
        {"name": "price", "type": "decimal"}, {"name": "pieces", "type": "int"},
        {"name": "first", "type": "relation", "collection": "orders"},
    ]});
    expect(&developer.post("/v1/collections", &orders).await, 201);
    let add = async |record: Value| {
        let made = developer.post("/v1/collections/orders/records", &record).await;
        expect(&made, 201);
        made.id()
    };
    let first = add(json!({"city": "Bonn", "paid": true, "price": "1.10", "pieces": 1, "at": "2026-03-05T10:00:00Z", "weight": 0.1})).await;
    add(json!({"city": "Bonn", "paid": true, "price": "2.05", "pieces": 2, "at": "2026-03-31T23:59:59Z", "first": first})).await;
    add(json!({"city": "Köln", "paid": true, "price": null, "pieces": 4, "at": "2026-04-01T00:00:00Z", "first": first})).await;
    add(json!({"city": null, "paid": true, "pieces": 8, "on": "2026-01-01", "key": first})).await;
    add(json!({"city": "Bonn", "paid": false, "pieces": 16})).await;
    let sales = json!({
        "name": "sales",
        "view": {
            "collection": "orders", "filter": "paid",
            "group_by": ["city", "month:month(at)"],
            "calculate": ["orders:count", "revenue:sum(price)", "total:sum(pieces)", "mean:avg(price)", "most:max(pieces)", "from:count(first.city)"],
        },
        "rules": {"list": "total < 100", "view": "true"},
    });
    expect(&developer.post("/v1/collections", &sales).await, 201);
    let anyone = acme.publishable().await.unwrap();
    let records = "/v1/collections/sales/records";
    let page = expect(&anyone.get(&format!("{records}?sort=-total&count=exact")).await, 200);
    let strip = |item: &Value| {
        let mut item = item.as_object().unwrap().clone();
        item.retain(|name, _| !["id", "created_at", "updated_at"].contains(&name.as_str()));
        Value::Object(item)
    };
    let items: Vec<_> = page["items"].as_array().unwrap().iter().map(strip).collect();
    assert_eq!(
        json!(items),
        json!([
            {"city": null, "month": null, "orders": 1, "revenue": null, "total": 8, "mean": null, "most": 8, "from": 0},
            {"city": "Köln", "month": "2026-04-01", "orders": 1, "revenue": null, "total": 4, "mean": null, "most": 4, "from": 1},
            {"city": "Bonn", "month": "2026-03-01", "orders": 2, "revenue": "3.15", "total": 3, "mean": 1.575, "most": 2, "from": 1},
        ])
    );
    assert_eq!(page["total"], 3);
    let ids: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    for (at, id) in ids.iter().enumerate() {
        let one = anyone.get(&format!("{records}/{id}")).await;
        assert_eq!(strip(&expect(&one, 200)), items[at]);
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = expect(&anyone.get(&format!("{records}?sort=city&limit=1{cursor}")).await, 200);
        found.push(page["items"][0]["city"].clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(json!(found), json!([null, "Bonn", "Köln"]));
    let bonn = expect(
        &anyone.get(&format!("{records}?filter=city%20==%20%27Bonn%27%20%26%26%20orders%20%3E%201")).await,
        200,
    );
    assert_eq!(bonn["items"].as_array().unwrap().len(), 1);
    let sums = expect(
        &anyone.get("/v1/collections/sales/aggregate?calculate=count,sum(total),sum(revenue)").await,
        200,
    );
    assert_eq!(sums["items"][0], json!({"count": 3, "sum(total)": 15, "sum(revenue)": "3.15"}));
    // What is there stays what it is called; one more of a group changes its version.
    let etag = anyone.get(&format!("{records}/{}", ids[2])).await.header("etag").unwrap().to_owned();
    add(json!({"city": "Bonn", "paid": true, "price": "0.00", "pieces": 0, "at": "2026-03-01T00:00:00Z"}))
        .await;
    let again = anyone.with("if-none-match", &etag).get(&format!("{records}/{}", ids[2])).await;
    assert_eq!(expect(&again, 200)["orders"], 3);

    // Groups by values of every kind that has groups are told apart.
    let kinds = json!({"name": "kinds", "view": {"collection": "orders", "group_by":
        ["city", "paid", "on", "at", "weight", "key", "price", "pieces", "first", "made:day(created_at)"]}});
    expect(&developer.post("/v1/collections", &kinds).await, 201);
    let page = expect(&developer.get("/v1/collections/kinds/records").await, 200);
    let mut ids: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 6);
    for id in &ids {
        expect(&developer.get(&format!("/v1/collections/kinds/records/{id}")).await, 200);
    }
    ids.dedup();
    assert_eq!(ids.len(), 6);
    // No answer holds a wrong number.
    for _ in 0..2 {
        add(json!({"city": "Rom", "paid": true, "pieces": i64::MAX})).await;
    }
    problem(&developer.get(records).await, 400, "invalid_parameter");
    app.remove().await.unwrap();
}

/// The databases see through a view to the indexes of what it shows.
#[tokio::test]
async fn filters_and_orders_of_a_view_use_indexes() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (developer, [attic, _]) = house(&acme).await;
    let tasks = (0..3_000).map(|rank| {
        let task = json!({
            "title": format!("t{rank}"), "rank": rank, "done": false, "room": attic, "helped": [attic],
            "tags": ["a"], "secret": "told",
        });
        task.to_string()
    });
    let lines = tasks.collect::<Vec<_>>().join("\n");
    let file = developer.with("content-type", "application/octet-stream");
    let import = "/v1/collections/tasks/records/import?format=ndjson";
    expect(&file.send(poem::http::Method::POST, import, Some(lines)).await, 200);
    let store = app.platform.store();
    let tasks = expect(&developer.get("/v1/collections/tasks").await, 200)["id"].as_str().unwrap().to_owned();
    let table = format!("c_{}", tasks.rsplit('_').next().unwrap());
    if store.dialect() == Dialect::Postgres {
        define(store, acme.tenant.place(), vec![format!("ANALYZE {table}")]).await;
    }
    let explain = async |collection: &str, filter: &str, sort: &str| {
        let filter = encoded(filter);
        let path = format!("/v1/collections/{collection}/explain?filter={filter}&sort={sort}");
        let explained = expect(&developer.get(&path).await, 200);
        let shown = explained["plan"].to_string();
        assert!(
            explained["sql"].as_str().unwrap().contains(collection) && !shown.contains(&table),
            "{explained}"
        );
        shown
    };
    let show = async |fields: Value| {
        let view = json!({"collection": "tasks", "filter": "done == false", "fields": fields});
        let change = json!({"view": view, "rules": {}});
        expect(&developer.patch("/v1/collections/open_tasks", &change).await, 200);
    };
    show(json!(["title", "rank", {"name": "room_name", "path": "room.name"}])).await;
    for (filter, sort, index) in
        [("title == 't77'", "", "index(title)"), ("rank > 2990 && room_name != 'x'", "-rank", "index(rank)")]
    {
        let plan = explain("open_tasks", filter, sort).await;
        assert!(plan.contains(index), "{filter} by {sort}: {plan}");
    }
    // What is found with the collection itself is found with a view of it.
    show(json!(["title", "rank"])).await;
    for (filter, sort) in
        [("true", "rank"), ("true", "-rank"), ("rank < 5", ""), ("title in ['t1', 't2']", "title")]
    {
        let direct = explain("tasks", &format!("done == false && ({filter})"), sort).await;
        let viewed = explain("open_tasks", filter, sort).await;
        for index in ["index(title)", "index(rank)"] {
            assert_eq!(
                viewed.contains(index),
                direct.contains(index),
                "{filter} by {sort}: {viewed} {direct}"
            );
        }
    }
    app.remove().await.unwrap();
}
