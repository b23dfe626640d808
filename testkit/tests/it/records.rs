//! Records: written, read and listed, by those with a key and by those whom rules bind.

use neonex_core::access::{Denied, TenantScope};
use neonex_core::collections::CollectionError;
use neonex_core::idempotency::{IdempotencyKey, Outcome};
use neonex_core::keys::KeyKind;
use neonex_core::records::{
    Count, ListQuery, Precondition, RecordBody, RecordError, RecordId, RecordInput, Upserted,
};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, every_type, is_comparable, value};
use crate::support::{invalid, number, once, texts};

fn input(scope: &TenantScope, collection: &str, body: &Json) -> RecordInput {
    let records = scope.records(collection).unwrap();
    records.input(body.to_string().as_bytes()).unwrap()
}

async fn create(scope: &TenantScope, collection: &str, body: Json) -> Result<RecordBody, RecordError> {
    create_once(scope, collection, body, None).await
}

async fn create_once(
    scope: &TenantScope,
    collection: &str,
    body: Json,
    once: Option<IdempotencyKey>,
) -> Result<RecordBody, RecordError> {
    let made = scope.records(collection)?.create(input(scope, collection, &body), once).await?;
    Ok(match made {
        Outcome::Fresh(body) => body,
        Outcome::Replayed(json) => RecordBody::kept(json).unwrap(),
    })
}

async fn update(scope: &TenantScope, id: RecordId, body: Json) -> Result<RecordBody, RecordError> {
    let input = input(scope, "movies", &body);
    scope.records("movies").unwrap().update(id, input, Precondition::None).await
}

async fn upsert(
    scope: &TenantScope,
    id: RecordId,
    body: Json,
    precondition: Precondition,
) -> Result<Upserted, RecordError> {
    let input = input(scope, "movies", &body);
    scope.records("movies").unwrap().upsert(id, input, precondition).await
}

async fn list(scope: &TenantScope, collection: &str, query: ListQuery) -> Result<Json, RecordError> {
    let page = scope.records(collection).unwrap().list(&query).await?;
    let json: Json = serde_json::from_slice(&page.json).unwrap();
    assert_eq!(json["next_cursor"].as_str(), page.next.as_deref());
    Ok(json)
}

fn text(body: &RecordBody) -> &str {
    std::str::from_utf8(&body.json).unwrap()
}

fn json_of(body: &RecordBody) -> Json {
    serde_json::from_slice(&body.json).unwrap()
}

/// The movies of most tests here.
async fn movies(rules: Json) -> Workshop {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "title", "type": "text", "required": true},
        {"name": "year", "type": "int"},
        {"name": "director", "type": "text", "default": "unknown"},
        {"name": "open", "type": "bool", "default": true, "nullable": false},
    ]);
    let indexes = json!([{"fields": ["title", "year"], "unique": true}]);
    shop.create(json!({"name": "movies", "fields": fields, "indexes": indexes, "rules": rules}))
        .await
        .unwrap();
    shop
}

/// Operation, before, after, actor and request of each change, oldest first.
async fn log(shop: &Workshop) -> Vec<Vec<Option<String>>> {
    let sql = "SELECT operation, before_record, after_record, actor, request_id FROM changes \
               WHERE tenant_id = ? ORDER BY seq";
    texts(shop.test.store(), shop.acme.place(), sql, &[shop.acme.id.as_uuid()], 5).await
}

#[tokio::test]
async fn every_type_is_one_text_in_every_answer() {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "things", "fields": every_type()})).await.unwrap();
    let scope = shop.scope().await;
    let records = scope.records("things").unwrap();
    let names: Vec<_> = every_type().iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect();
    for n in 0..5 {
        let body: serde_json::Map<_, _> = every_type()
            .iter()
            .zip(&names)
            .map(|(field, name)| (name.clone(), if n < 3 { value(field, n) } else { Json::Null }))
            .collect();
        let mut body = Json::Object(body);
        if n == 4 {
            body["a_float"] = json!(-0.0);
            body["a_json"] = json!("a line\nand \"another\" \u{1f600} \\u0041");
        }
        let made = create(&scope, "things", body).await.unwrap();
        let read = records.read(made.id, None, None).await.unwrap();
        assert_eq!(text(&read), text(&made));
        assert_eq!((read.id, read.etag), (made.id, made.etag));
        let filter = format!("id == '{}'", made.id);
        let listed = records.list(&ListQuery { filter: Some(filter), ..ListQuery::default() }).await.unwrap();
        let expected = format!("{{\"items\":[{}],\"next_cursor\":null,\"total\":null}}", text(&made));
        assert_eq!(String::from_utf8(listed.json).unwrap(), expected);
        if n < 3 {
            for (field, name) in every_type().iter().zip(&names) {
                assert_eq!(json_of(&read)[name], value(field, n), "{name}");
                let filter = match field["type"].as_str().unwrap() {
                    _ if !is_comparable(field) => continue,
                    "date" | "datetime" => format!("{name} == timestamp('{}')", instant(&value(field, n))),
                    // CEL has no number of 18 digits.
                    "decimal" if n == 0 => continue,
                    "decimal" => format!("{name} == {}", value(field, n).as_str().unwrap()),
                    "int" if n == 1 => continue, // CEL reads its least number as a negation.
                    _ => format!("{name} == {}", value(field, n)),
                };
                let filter = format!("{filter} && id == '{}'", made.id);
                let query = ListQuery { filter: Some(filter.clone()), ..ListQuery::default() };
                let found =
                    list(&scope, "things", query).await.unwrap_or_else(|error| panic!("{filter}: {error}"));
                assert_eq!(found["items"].as_array().unwrap().len(), 1, "{filter}");
            }
        }
    }
    shop.close().await;
}

fn instant(value: &Json) -> String {
    let text = value.as_str().unwrap();
    if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() }
}

/// What was sent for JSON comes back as it was sent, spaces and all, and numbers of every size.
#[tokio::test]
async fn json_keeps_its_text() {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "notes", "fields": [{"name": "data", "type": "json"}]})).await.unwrap();
    let scope = shop.scope().await;
    let records = scope.records("notes").unwrap();
    let deep = format!("{}1{}", "[".repeat(30), "]".repeat(30));
    for sent in [
        r#"{ "b" : 1.0,  "a":[ ], "B":2}"#,
        "123456789012345678901234567890.50",
        r#""\u00e9\ud83d\ude00""#,
        &deep,
    ] {
        let body = format!("{{\"data\":{sent}}}");
        let input = records.input(body.as_bytes()).unwrap();
        let Outcome::Fresh(made) = records.create(input, None).await.unwrap() else { panic!() };
        assert!(text(&made).ends_with(&format!("\"data\":{sent}}}")), "{}", text(&made));
        assert_eq!(text(&records.read(made.id, None, None).await.unwrap()), text(&made));
    }
    // What databases read in their own ways.
    for sent in [r#"{"b":1,"b":2}"#, "1e400", r#""\ud800""#, &format!("[[{deep}]]")] {
        let refused = records.input(format!("{{\"data\":{sent}}}").as_bytes());
        assert!(matches!(refused, Err(RecordError::Invalid(_))), "{sent}: {refused:?}");
    }
    shop.close().await;
}

#[tokio::test]
async fn null_is_a_value_and_absence_leaves_a_field() {
    let shop = movies(json!({})).await;
    let scope = shop.scope().await;
    let made =
        create(&scope, "movies", json!({"title": "Heat", "year": 1995, "director": "Mann"})).await.unwrap();
    let changed = update(&scope, made.id, json!({"year": null})).await.unwrap();
    assert_eq!((&json_of(&changed)["year"], &json_of(&changed)["director"]), (&Json::Null, &json!("Mann")));
    let changed =
        update(&scope, made.id, json!({"director": null, "year": 5, "id": made.id.to_string()})).await;
    let read = scope.records("movies").unwrap().read(made.id, None, None).await.unwrap();
    assert_eq!(text(&read), text(&changed.unwrap()));
    assert_eq!((&json_of(&read)["year"], &json_of(&read)["director"]), (&json!(5), &Json::Null));
    let unchanged = update(&scope, made.id, json!({})).await.unwrap();
    assert_ne!(unchanged.etag, read.etag);
    let other = RecordId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
    let refused = update(&scope, made.id, json!({"id": other.to_string()})).await;
    assert!(matches!(refused, Err(RecordError::Invalid(_))), "{refused:?}");
    assert!(matches!(update(&scope, other, json!({"year": 1})).await, Err(RecordError::NotFound)));
    let records = scope.records("movies").unwrap();
    for (body, pointer, code) in [
        (r#"{"title":null}"#, "/title", "null_not_allowed"),
        (r#"{"open":null}"#, "/open", "null_not_allowed"),
        (r#"{"nope":1}"#, "/nope", "unknown_field"),
        (r#"{"created_at":1}"#, "/created_at", "read_only"),
        (r#"{"year":1,"year":2}"#, "/year", "duplicate"),
        (r#"{"id":"x"}"#, "/id", "invalid_id"),
        ("[]", "", "malformed_json"),
        (r#"{"year":1"#, "", "malformed_json"),
    ] {
        let refused = invalid(records.input(body.as_bytes()));
        let found = &refused.details()[0];
        assert_eq!((found.pointer.as_str(), found.code), (pointer, code), "{body}");
    }
    shop.close().await;
}

#[tokio::test]
async fn an_upsert_makes_or_replaces_the_whole() {
    let shop = movies(json!({})).await;
    let scope = shop.scope().await;
    let id = RecordId::parse("01890A5D-AC96-774B-BCCE-B302099A8057").unwrap();
    let Upserted::Created(made) =
        upsert(&scope, id, json!({"title": "Heat", "year": 1995}), Precondition::Absent).await.unwrap()
    else {
        panic!("there was nothing to replace")
    };
    assert_eq!((made.id, &json_of(&made)["director"]), (id, &json!("unknown")));
    let again = upsert(&scope, id, json!({"title": "Heat"}), Precondition::Absent).await;
    assert!(matches!(again, Err(RecordError::PreconditionFailed)), "{again:?}");
    let stale = Precondition::OneOf(vec!["\"0\"".into()]);
    let again = upsert(&scope, id, json!({"title": "Heat"}), stale).await;
    assert!(matches!(again, Err(RecordError::PreconditionFailed)), "{again:?}");
    let seen = Precondition::OneOf(vec!["\"0\"".into(), made.etag.to_string()]);
    let Upserted::Replaced(replaced) =
        upsert(&scope, id, json!({"title": "Ali"}), seen.clone()).await.unwrap()
    else {
        panic!("there was something to replace")
    };
    let (before, after) = (json_of(&made), json_of(&replaced));
    assert_eq!(
        (&after["title"], &after["year"], &after["director"]),
        (&json!("Ali"), &Json::Null, &json!("unknown"))
    );
    assert_eq!(after["created_at"], before["created_at"]);
    let again = upsert(&scope, id, json!({"title": "Ali"}), seen).await;
    assert!(matches!(again, Err(RecordError::PreconditionFailed)), "{again:?}");
    let incomplete = upsert(&scope, id, json!({"year": 1}), Precondition::None).await;
    assert!(matches!(incomplete, Err(RecordError::Invalid(_))), "{incomplete:?}");

    let other = RecordId::parse("01890a5d-ac96-774b-bcce-b302099a8058").unwrap();
    let missing = upsert(&scope, other, json!({"title": "Heat"}), Precondition::Exists).await;
    assert!(matches!(missing, Err(RecordError::PreconditionFailed)), "{missing:?}");
    let other_id =
        upsert(&scope, other, json!({"title": "Heat", "id": id.to_string()}), Precondition::None).await;
    assert!(matches!(other_id, Err(RecordError::Invalid(_))), "{other_id:?}");
    // Preconditions of a change and a deletion.
    let records = scope.records("movies").unwrap();
    let stale = || Precondition::OneOf(vec![made.etag.to_string()]);
    let refused = records.update(id, input(&scope, "movies", &json!({"year": 1})), stale()).await;
    assert!(matches!(refused, Err(RecordError::PreconditionFailed)), "{refused:?}");
    assert!(matches!(records.delete(id, stale()).await, Err(RecordError::PreconditionFailed)));
    records.delete(id, Precondition::OneOf(vec![replaced.etag.to_string()])).await.unwrap();
    assert!(matches!(records.delete(id, Precondition::None).await, Err(RecordError::NotFound)));
    assert!(matches!(records.read(id, None, None).await, Err(RecordError::NotFound)));
    let operations: Vec<_> = log(&shop).await.into_iter().map(|entry| entry[0].clone().unwrap()).collect();
    assert_eq!(operations, ["create", "update", "delete"], "a refused write is in the change log");
    shop.close().await;
}

/// The clock of this test stands still, and then goes back.
#[tokio::test]
async fn no_two_versions_have_one_etag() {
    let shop = movies(json!({})).await;
    let scope = shop.scope().await;
    let made = create(&scope, "movies", json!({"title": "Heat"})).await.unwrap();
    let mut seen = vec![made.etag];
    for step in 0..6 {
        if step == 3 {
            shop.test.clock.advance(-1000);
        }
        let changed = match step % 2 {
            0 => update(&scope, made.id, json!({"year": step})).await.unwrap(),
            _ => match upsert(&scope, made.id, json!({"title": "Heat"}), Precondition::Exists).await.unwrap()
            {
                Upserted::Replaced(body) | Upserted::Created(body) => body,
            },
        };
        assert!(!seen.contains(&changed.etag), "{step}");
        assert_eq!(
            scope.records("movies").unwrap().read(made.id, None, None).await.unwrap().etag,
            changed.etag
        );
        seen.push(changed.etag);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_value_that_must_be_unique_names_its_fields() {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "title", "type": "text", "unique": true},
        {"name": "code", "type": "text", "max_length": 30, "unique": true},
        {"name": "year", "type": "int"},
        {"name": "kind", "type": "text", "max_length": 30},
    ]);
    let indexes = json!([{"fields": ["kind", "year"], "unique": true}, {"fields": ["kind"]}]);
    shop.create(json!({"name": "movies", "fields": fields, "indexes": indexes})).await.unwrap();
    let scope = shop.scope().await;
    let first = json!({"title": "'PRIMARY'", "code": "for key 'PRIMARY'", "year": 1, "kind": "PRIMARY"});
    let made = create(&scope, "movies", first).await.unwrap();
    let other =
        create(&scope, "movies", json!({"title": "b", "code": "b", "year": 2, "kind": "b"})).await.unwrap();
    for (body, fields) in [
        (json!({"title": "'PRIMARY'"}), vec!["title"]),
        (json!({"code": "for key 'PRIMARY'"}), vec!["code"]),
        (json!({"year": 1, "kind": "PRIMARY"}), vec!["kind", "year"]),
    ] {
        for refused in [create(&scope, "movies", body.clone()).await, update(&scope, other.id, body).await] {
            assert!(
                matches!(&refused, Err(RecordError::NotUnique { fields: found }) if *found == fields),
                "{refused:?}"
            );
        }
    }
    let taken = create(&scope, "movies", json!({"id": made.id.to_string()})).await;
    assert!(matches!(taken, Err(RecordError::Exists)), "{taken:?}");
    // In letter case, accents and trailing spaces texts differ; long ones by their last character.
    let long = "x".repeat(5000);
    for title in ["A", "a", "a ", "á", &format!("{long}a"), &format!("{long}b")] {
        create(&scope, "movies", json!({"title": title}))
            .await
            .unwrap_or_else(|error| panic!("{title} {error:?}"));
    }
    let twice = create(&scope, "movies", json!({"title": format!("{long}b")})).await;
    assert!(matches!(twice, Err(RecordError::NotUnique { .. })), "{twice:?}");
    assert_eq!(log(&shop).await.len(), 8);
    shop.close().await;
}

/// An index of Postgres has room for 2.7 kB of what does not compress.
#[tokio::test]
async fn a_long_text_under_an_index_is_kept_or_refused_with_its_reason() {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "body", "type": "text"}]);
    shop.create(json!({"name": "notes", "fields": fields, "indexes": [{"fields": ["body"]}]})).await.unwrap();
    let scope = shop.scope().await;
    let noise = |length: usize| -> String {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
        };
        (0..length).map(|_| next()).collect()
    };
    create(&scope, "notes", json!({"body": noise(2000)})).await.unwrap();
    match create(&scope, "notes", json!({"body": noise(20_000)})).await {
        Ok(made) => {
            assert_eq!(
                text(&scope.records("notes").unwrap().read(made.id, None, None).await.unwrap()),
                text(&made)
            );
        }
        Err(RecordError::Invalid(invalid)) => assert_eq!(invalid.details()[0].code, "too_long"),
        Err(error) => panic!("{error:?}"),
    }
    shop.close().await;
}

#[tokio::test]
async fn each_write_is_in_the_change_log_and_no_other() {
    let shop = movies(json!({"create": "title == 'Heat'"})).await;
    let scope = shop.scope().await;
    let made = create(&scope, "movies", json!({"title": "Heat", "year": 1})).await.unwrap();
    let changed = update(&scope, made.id, json!({"year": 2})).await.unwrap();
    let records = scope.records("movies").unwrap();
    records.delete(made.id, Precondition::None).await.unwrap();
    create(&scope, "movies", json!({"title": "Ali", "year": 1})).await.unwrap();
    let length = log(&shop).await.len();
    create(&scope, "movies", json!({"title": "Ali", "year": 1})).await.unwrap_err();
    update(&scope, made.id, json!({"year": 2})).await.unwrap_err();
    let anonymous = shop.acme.anonymous().await.unwrap();
    let refused = create(&anonymous, "movies", json!({"title": "Other"})).await;
    assert!(matches!(refused, Err(RecordError::Forbidden)), "{refused:?}");
    let entries = log(&shop).await;
    assert_eq!((entries.len(), length), (4, 4), "a failed write is in the change log");
    let (actor, request) = (Some(scope.actor().to_string()), Some(scope.request().as_str().to_owned()));
    let (first, second) = (Some(text(&made).to_owned()), Some(text(&changed).to_owned()));
    let entry = |operation: &str, before: &Option<String>, after: &Option<String>| {
        vec![Some(operation.to_owned()), before.clone(), after.clone(), actor.clone(), request.clone()]
    };
    assert_eq!(entries[0], entry("create", &None, &first));
    assert_eq!(entries[1], entry("update", &first, &second));
    assert_eq!(entries[2], entry("delete", &second, &None));
    create(&anonymous, "movies", json!({"title": "Heat"})).await.unwrap();
    assert_eq!(log(&shop).await[4][3].as_deref(), Some("anonymous"));
    shop.close().await;
}

#[tokio::test]
async fn rules_bind_whoever_has_no_scope() {
    let rules = json!({"list": "open", "view": "open || title == 'Secret'", "create": "year != null && year > 1990",
        "update": "open", "delete": "open && year == 1995"});
    let shop = movies(rules).await;
    let scope = shop.scope().await;
    let heat = create(&scope, "movies", json!({"title": "Heat", "year": 1995})).await.unwrap();
    let ali = create(&scope, "movies", json!({"title": "Ali", "year": 2001})).await.unwrap();
    let closed = create(&scope, "movies", json!({"title": "Closed", "open": false})).await.unwrap();
    let secret = create(&scope, "movies", json!({"title": "Secret", "open": false})).await.unwrap();
    let public = shop.acme.key(KeyKind::Publishable, None).await.unwrap();
    let writer = shop.acme.key(KeyKind::Secret, Some(&["collections:read"])).await.unwrap();
    for bound in
        [shop.acme.anonymous().await.unwrap(), public.scope().await.unwrap(), writer.scope().await.unwrap()]
    {
        let titles = |page: &Json| -> Vec<String> {
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["title"].as_str().unwrap().to_owned())
                .collect()
        };
        let query = |filter: Option<&str>| ListQuery {
            filter: filter.map(str::to_owned),
            sort: Some("title".into()),
            count: Count::Exact,
            ..ListQuery::default()
        };
        let page = list(&bound, "movies", query(None)).await.unwrap();
        assert_eq!((titles(&page), &page["total"]), (vec!["Ali".to_owned(), "Heat".to_owned()], &json!(2)));
        let page = list(&bound, "movies", query(Some("title == 'Closed' || true"))).await.unwrap();
        assert_eq!(titles(&page).len(), 2, "a filter widened the rule");
        let records = bound.records("movies").unwrap();
        records.read(heat.id, None, None).await.unwrap();
        records.read(secret.id, None, None).await.unwrap();
        assert!(matches!(records.read(closed.id, None, None).await, Err(RecordError::NotFound)));
        let hidden = update(&bound, closed.id, json!({"year": 1})).await;
        assert!(matches!(hidden, Err(RecordError::NotFound)), "{hidden:?}");
        let hidden = upsert(&bound, closed.id, json!({"title": "x", "year": 2000}), Precondition::None).await;
        assert!(matches!(hidden, Err(RecordError::NotFound)), "{hidden:?}");
        assert!(matches!(records.delete(ali.id, Precondition::None).await, Err(RecordError::NotFound)));
        let refused = create(&bound, "movies", json!({"title": "Old", "year": 1990})).await;
        assert!(matches!(refused, Err(RecordError::Forbidden)), "{refused:?}");
        update(&bound, ali.id, json!({"director": "x"})).await.unwrap();
        let made = create(&bound, "movies", json!({"title": "New", "year": 1995})).await.unwrap();
        records.delete(made.id, Precondition::None).await.unwrap();
    }
    let all =
        list(&scope, "movies", ListQuery { count: Count::Exact, ..ListQuery::default() }).await.unwrap();
    assert_eq!(all["total"], json!(4), "a refused record is there");
    shop.close().await;
}

#[tokio::test]
async fn where_there_is_no_rule_a_scope_is_needed() {
    let shop = movies(json!({})).await;
    let scope = shop.scope().await;
    let heat = create(&scope, "movies", json!({"title": "Heat"})).await.unwrap();
    let anonymous = shop.acme.anonymous().await.unwrap();
    let records = anonymous.records("movies").unwrap();
    let read = Denied { needs: "records:read" };
    let write = Denied { needs: "records:write" };
    let denied = |error: RecordError| match error {
        RecordError::Denied(denied) => denied,
        error => panic!("{error:?}"),
    };
    assert_eq!(denied(list(&anonymous, "movies", ListQuery::default()).await.unwrap_err()), read);
    assert_eq!(denied(records.read(heat.id, None, None).await.unwrap_err()), read);
    assert_eq!(denied(create(&anonymous, "movies", json!({"title": "x"})).await.unwrap_err()), write);
    assert_eq!(denied(update(&anonymous, heat.id, json!({"year": 1})).await.unwrap_err()), write);
    assert_eq!(denied(records.delete(heat.id, Precondition::None).await.unwrap_err()), write);
    let absent = RecordId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
    for id in [heat.id, absent] {
        let refused = upsert(&anonymous, id, json!({"title": "x"}), Precondition::None).await;
        assert_eq!(denied(refused.unwrap_err()), write);
    }
    let reader =
        shop.acme.key(KeyKind::Secret, Some(&["records:read"])).await.unwrap().scope().await.unwrap();
    reader.records("movies").unwrap().read(heat.id, None, None).await.unwrap();
    assert_eq!(denied(create(&reader, "movies", json!({"title": "x"})).await.unwrap_err()), write);
    assert!(matches!(scope.records("nope").err(), Some(RecordError::NoCollection)));
    shop.close().await;
}

type Change<'c> = &'c dyn Fn(&mut ListQuery);

#[tokio::test]
async fn a_list_shows_the_fields_asked_for_and_refuses_what_it_cannot_do() {
    let shop = movies(json!({})).await;
    let scope = shop.scope().await;
    for year in [3, 1, 2] {
        create(&scope, "movies", json!({"title": format!("t{year}"), "year": year})).await.unwrap();
    }
    let query = |change: &dyn Fn(&mut ListQuery)| {
        let mut query = ListQuery::default();
        change(&mut query);
        query
    };
    let shown = list(
        &scope,
        "movies",
        query(&|query| {
            query.fields = Some("title, year,title".into());
            query.sort = Some("-year".into());
            query.filter = Some("year >= 2".into());
        }),
    );
    assert_eq!(
        shown.await.unwrap()["items"],
        json!([{"title": "t3", "year": 3}, {"title": "t2", "year": 2}])
    );
    let hidden = list(
        &scope,
        "movies",
        query(&|query| {
            query.fields = Some("title".into());
            query.sort = Some("year,-open".into());
            query.limit = Some(2);
        }),
    );
    assert_eq!(hidden.await.unwrap()["items"], json!([{"title": "t1"}, {"title": "t2"}]));
    let one = scope.records("movies").unwrap();
    let all = list(&scope, "movies", ListQuery::default()).await.unwrap();
    let id = RecordId::parse(all["items"][0]["id"].as_str().unwrap()).unwrap();
    let read = one.read(id, Some("year"), None).await.unwrap();
    let year = format!("{{\"year\":{}}}", all["items"][0]["year"]);
    assert_eq!((text(&read), read.etag), (year.as_str(), one.read(id, None, None).await.unwrap().etag));
    assert!(matches!(one.read(id, Some("nope"), None).await, Err(RecordError::Invalid(_))));

    let faults = |refused: Result<Json, RecordError>| match refused {
        Err(RecordError::Invalid(invalid)) => {
            (invalid.details()[0].pointer.clone(), invalid.details()[0].code)
        }
        other => panic!("{other:?}"),
    };
    let cases: [(Change<'_>, &str, &str); 8] = [
        (&|query| query.filter = Some("nope == 1".into()), "/filter", "invalid_filter"),
        (&|query| query.sort = Some("nope".into()), "/sort", "unknown_field"),
        (&|query| query.sort = Some("year,-year".into()), "/sort", "duplicate"),
        (&|query| query.fields = Some("nope".into()), "/fields", "unknown_field"),
        (&|query| query.limit = Some(0), "/limit", "out_of_range"),
        (&|query| query.limit = Some(201), "/limit", "out_of_range"),
        (&|query| query.cursor = Some("x".into()), "/cursor", "invalid_cursor"),
        (&|query| query.cursor = Some("W10".into()), "/cursor", "invalid_cursor"),
    ];
    for (change, pointer, code) in cases {
        assert_eq!(faults(list(&scope, "movies", query(change)).await), (pointer.to_owned(), code));
    }
    shop.close().await;
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let shop = movies(json!({})).await;
    shop.create(json!({"name": "books", "fields": [{"name": "title", "type": "text"}]})).await.unwrap();
    let scope = shop.scope().await;
    for number in 0..3 {
        create(&scope, "movies", json!({"title": format!("t{number}")})).await.unwrap();
    }
    let first = ListQuery { sort: Some("title".into()), limit: Some(1), ..ListQuery::default() };
    let page = list(&scope, "movies", first.clone()).await.unwrap();
    let cursor = page["next_cursor"].as_str().map(str::to_owned);
    let next =
        ListQuery { cursor: cursor.clone(), limit: Some(5), fields: Some("title".into()), ..first.clone() };
    assert_eq!(
        list(&scope, "movies", next).await.unwrap()["items"],
        json!([{"title": "t1"}, {"title": "t2"}])
    );
    let others = [
        ("movies", ListQuery { cursor: cursor.clone(), sort: Some("-title".into()), ..first.clone() }),
        ("movies", ListQuery { cursor: cursor.clone(), sort: None, ..first.clone() }),
        ("movies", ListQuery { cursor: cursor.clone(), filter: Some("open".into()), ..first.clone() }),
        ("books", ListQuery { cursor, ..first }),
    ];
    for (collection, query) in others {
        match list(&scope, collection, query.clone()).await {
            Err(RecordError::Invalid(invalid)) => assert_eq!(invalid.details()[0].code, "other_list"),
            other => panic!("{collection} {query:?}: {other:?}"),
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn counts_are_of_what_the_list_would_show() {
    let shop = movies(json!({})).await;
    let scope = shop.scope().await;
    for number in 0..7 {
        create(&scope, "movies", json!({"title": format!("t{number}"), "year": number})).await.unwrap();
    }
    for (count, filter, total) in [
        (Count::None, None, Json::Null),
        (Count::Exact, None, json!(7)),
        (Count::Estimated, None, json!(7)),
        (Count::Exact, Some("year > 3"), json!(3)),
        (Count::Estimated, Some("year > 3"), json!(3)),
        (Count::Exact, Some("year > 30"), json!(0)),
    ] {
        let query =
            ListQuery { count, filter: filter.map(str::to_owned), limit: Some(1), ..ListQuery::default() };
        assert_eq!(list(&scope, "movies", query).await.unwrap()["total"], total, "{count:?} {filter:?}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_requests_with_one_idempotency_key_make_one_record() {
    let shop = movies(json!({})).await;
    for round in 0..5 {
        let racers: Vec<_> = (0..8)
            .map(|_| async {
                let scope = shop.scope().await;
                let key = once(scope.actor(), &format!("key{round}"), "body");
                create_once(&scope, "movies", json!({"title": "Heat", "year": round}), Some(key)).await
            })
            .collect();
        let answers: Vec<_> = futures_util::future::join_all(racers).await;
        let answers: Vec<_> = answers.into_iter().map(|answer| text(&answer.unwrap()).to_owned()).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    let scope = shop.scope().await;
    let all =
        list(&scope, "movies", ListQuery { count: Count::Exact, ..ListQuery::default() }).await.unwrap();
    assert_eq!(all["total"], json!(5));
    assert_eq!(log(&shop).await.len(), 5);
    let key = once(scope.actor(), "key0", "another body");
    let reused = create_once(&scope, "movies", json!({"title": "Ali"}), Some(key)).await;
    assert!(matches!(reused, Err(RecordError::KeyReused(_))), "{reused:?}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_upserts_of_one_record_leave_one() {
    let shop = movies(json!({})).await;
    let id = RecordId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
    let scope = shop.scope().await;
    let racers =
        (0..8).map(|year| upsert(&scope, id, json!({"title": "Heat", "year": year}), Precondition::None));
    let done = futures_util::future::join_all(racers).await;
    let created = done.iter().filter(|done| matches!(done, Ok(Upserted::Created(_)))).count();
    let replaced = done.iter().filter(|done| matches!(done, Ok(Upserted::Replaced(_)))).count();
    assert_eq!((created, replaced), (1, 7), "{done:?}");
    assert_eq!(log(&shop).await.len(), 8);
    shop.close().await;
}

/// A rule is asked of the record that is then written, not of one that another has changed in between.
#[tokio::test(flavor = "multi_thread")]
async fn of_racing_takers_whom_a_rule_lets_take_once_one_takes() {
    let shop = movies(json!({"view": "true", "update": "director == 'unknown'"})).await;
    let scope = shop.scope().await;
    let anonymous = shop.acme.anonymous().await.unwrap();
    for round in 0..10 {
        let made = create(&scope, "movies", json!({"title": "Heat", "year": round})).await.unwrap();
        let takers =
            (0..8).map(|taker| update(&anonymous, made.id, json!({"director": format!("t{taker}")})));
        let taken = futures_util::future::join_all(takers).await;
        assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 1, "{taken:?}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_collection_without_fields_has_records_too() -> Result<(), CollectionError> {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "marks"})).await?;
    let scope = shop.scope().await;
    let made = create(&scope, "marks", json!({})).await.unwrap();
    assert_eq!(json_of(&made).as_object().unwrap().len(), 3);
    let count = format!(
        "SELECT count(*) FROM c_{}",
        scope.tenant().collection("marks").unwrap().id().as_uuid().simple()
    );
    assert_eq!(number(shop.test.store(), shop.acme.place(), &count, &[]).await, 1);
    shop.close().await;
    Ok(())
}
