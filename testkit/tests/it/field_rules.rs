//! Fields with rules of their own: shown record by record, asked for by nobody to whom they are not shown of all, written
//! by those alone whom the rule lets.

use neonex_core::access::TenantScope;
use neonex_core::collections::CollectionError;
use neonex_core::records::{
    AggregateQuery, BulkQuery, ExportQuery, Format, ListQuery, Precondition, RecordError, RecordId, Upserted,
};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};

/// Notes of which `mine` is shown and written where the owner is ada, `open` is shown to the anonymous, `shut` is not, and
/// `friend`, a relation, goes by the owner, too.
async fn notes() -> Workshop {
    let shop = Workshop::open().await;
    let open = json!({"list": "true", "view": "true", "create": "true", "update": "title != 'fixed'"});
    shop.create(json!({"name": "notes", "fields": fields(), "indexes": indexes(), "rules": open}))
        .await
        .unwrap();
    for (at, note) in [
        json!({"title": "a", "owner": "ada", "mine": "gold", "open": "o1", "shut": "s1"}),
        json!({"title": "b", "owner": "bob", "mine": "lead", "open": "o2", "shut": "s2", "twin": id(0), "friend": id(0)}),
        json!({"title": "c", "owner": "ada", "mine": null, "open": "o3", "shut": "s3", "twin": id(1), "friend": id(1)}),
        json!({"title": "d", "owner": null, "mine": "tin", "open": null, "shut": null, "twin": id(0)}),
        json!({"title": "fixed", "owner": "ada", "mine": "iron", "open": "o5"}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut note = note;
        note["id"] = id(at).into();
        shop.add("notes", note).await;
    }
    shop
}

fn fields() -> Json {
    let mine = json!({"read": "owner == 'ada'", "write": "record.owner == 'ada' && input.mine != 'dirt'"});
    json!([
        {"name": "title", "type": "text"},
        {"name": "owner", "type": "text"},
        {"name": "mine", "type": "text", "unique": true, "rules": mine},
        {"name": "open", "type": "text", "rules": {"read": "auth == null"}},
        {"name": "shut", "type": "text", "default": "closed", "rules": {"read": "auth != null"}},
        {"name": "twin", "type": "relation", "collection": "notes"},
        {"name": "friend", "type": "relation", "collection": "notes", "rules": {"read": "owner == 'ada'"}},
    ])
}

fn indexes() -> Json {
    json!([{"fields": ["title"], "kind": "search"}])
}

fn id(at: usize) -> String {
    format!("018f0000-0000-7000-8000-{at:012}")
}

fn record(at: usize) -> RecordId {
    RecordId::parse(&id(at)).unwrap()
}

async fn list(scope: &TenantScope, query: ListQuery) -> Result<Vec<Json>, RecordError> {
    let page = scope.records("notes")?.list(&query).await?;
    let page: Json = serde_json::from_slice(&page.json).unwrap();
    Ok(page["items"].as_array().unwrap().clone())
}

fn filter(filter: &str) -> ListQuery {
    ListQuery { filter: Some(filter.to_owned()), ..ListQuery::default() }
}

fn fields_of(fields: &str) -> ListQuery {
    ListQuery { fields: Some(fields.to_owned()), ..ListQuery::default() }
}

#[tokio::test]
async fn each_record_shows_what_its_rule_lets_it_show() {
    let shop = notes().await;
    let (scope, anyone) = (shop.scope().await, shop.acme.anonymous().await.unwrap());
    let seen = json!([
        {"title": "a", "mine": "gold", "open": "o1"},
        {"title": "b", "open": "o2"},
        {"title": "c", "mine": null, "open": "o3"},
        {"title": "d", "open": null},
        {"title": "fixed", "mine": "iron", "open": "o5"},
    ]);
    let found = list(&anyone, fields_of("title,mine,open,shut")).await.unwrap();
    assert_eq!(json!(found), seen);
    // Whatever a page begins with, and by whatever it is in order.
    for (sort, backwards) in [("open,title", false), ("-open,title", true)] {
        let mut pages = Vec::new();
        let mut cursor = None;
        loop {
            let query = ListQuery {
                sort: Some(sort.to_owned()),
                limit: Some(1),
                cursor,
                ..fields_of("mine,title,shut,open")
            };
            let page = anyone.records("notes").unwrap().list(&query).await.unwrap();
            let items: Json = serde_json::from_slice(&page.json).unwrap();
            pages.extend(items["items"].as_array().unwrap().clone());
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let mut expected = seen.as_array().unwrap().clone();
        expected.sort_by_key(|note| note["open"].as_str().unwrap_or_default().to_owned());
        if backwards {
            expected.reverse();
        }
        assert_eq!(pages, expected, "{sort}");
    }
    let whole = list(&anyone, filter("title == 'b'")).await.unwrap();
    let names: Vec<_> = whole[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["created_at", "id", "open", "owner", "title", "twin", "updated_at"]);
    for at in 0..5 {
        let one = anyone.records("notes").unwrap().read(record(at), Some("title,mine,open,shut"), None).await;
        assert_eq!(serde_json::from_slice::<Json>(&one.unwrap().json).unwrap(), seen[at], "{at}");
        let alone = anyone.records("notes").unwrap().read(record(at), Some("mine"), None).await.unwrap();
        let expected = seen[at].get("mine").map_or(json!({}), |mine| json!({"mine": mine}));
        assert_eq!(serde_json::from_slice::<Json>(&alone.json).unwrap(), expected, "{at}");
    }
    let all = list(&scope, fields_of("mine,shut")).await.unwrap();
    assert_eq!(all[1], json!({"mine": "lead", "shut": "s2"}));
    shop.close().await;
}

#[tokio::test]
async fn so_does_every_other_door() {
    let shop = notes().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    let records = anyone.records("notes").unwrap();
    let query = |fields: &str| ListQuery { sort: Some("title".to_owned()), ..fields_of(fields) };
    let found = list(&anyone, query("title,twin.mine,twin.shut,twin.title")).await.unwrap();
    assert_eq!(found[1]["expand"], json!({"twin": {"mine": "gold", "title": "a"}}));
    assert_eq!(found[2]["expand"], json!({"twin": {"title": "b"}}));
    let found = list(&anyone, query("title,notes_via_twin.mine,notes_via_twin.title")).await.unwrap();
    assert_eq!(found[0]["expand"], json!({"notes_via_twin": [{"title": "d"}, {"title": "b"}]}));
    assert_eq!(found[1]["expand"], json!({"notes_via_twin": [{"mine": null, "title": "c"}]}));
    let search = ListQuery { search: Some("b".to_owned()), highlight: true, ..fields_of("mine,shut") };
    let found = list(&anyone, search).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].get("mine").is_none() && found[0].get("shut").is_none(), "{found:?}");
    for (format, expected) in [
        (Format::Csv, "title,mine,shut\na,gold,\nb,,\nc,,\nd,,\nfixed,iron,\n"),
        (
            Format::Ndjson,
            "{\"title\":\"a\",\"mine\":\"gold\"}\n{\"title\":\"b\"}\n{\"title\":\"c\",\"mine\":null}\n{\"title\":\"d\"}\n\
             {\"title\":\"fixed\",\"mine\":\"iron\"}\n",
        ),
    ] {
        let query = ExportQuery { filter: None, fields: Some("title,mine,shut".to_owned()) };
        let mut export = records.export(query, format).unwrap();
        let mut out = Vec::new();
        while let Some(part) = export.next().await.unwrap() {
            out.extend(part);
        }
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
    shop.close().await;
}

/// What is said of a field of all records together would be said of those that do not show it.
#[tokio::test]
async fn nobody_asks_for_what_is_not_shown_of_all() {
    let shop = notes().await;
    let (scope, anyone) = (shop.scope().await, shop.acme.anonymous().await.unwrap());
    let sort = |sort: &str| ListQuery { sort: Some(sort.to_owned()), ..ListQuery::default() };
    let expand = |expand: &str| ListQuery { expand: Some(expand.to_owned()), ..ListQuery::default() };
    for query in [
        filter("mine == 'lead'"),
        filter("mine != null"),
        filter("shut == 's1'"),
        filter("record.mine.startsWith('l')"),
        filter("friend != null"),
        filter("friend.title == 'a'"),
        filter("twin.mine == 'gold'"),
        filter("notes_via_twin.exists(n, n.mine == 'lead')"),
        filter("size(notes_via_friend) > 0"),
        sort("mine"),
        sort("-shut"),
        expand("friend"),
        expand("notes_via_friend"),
        expand("twin.friend"),
    ] {
        let refused = list(&anyone, query.clone()).await;
        assert!(matches!(refused, Err(RecordError::Invalid(_))), "{query:?}: {refused:?}");
        let allowed = list(&scope, query.clone()).await;
        assert!(allowed.is_ok(), "{query:?}: {allowed:?}");
    }
    for query in [filter("open == 'o1' || twin.title == 'x'"), sort("-open"), expand("twin")] {
        assert!(list(&anyone, query.clone()).await.is_ok(), "{query:?}");
    }
    // A statement that is kept for one is none for another: a key's filter is parsed anew for the anonymous.
    assert!(list(&scope, filter("mine == 'tin'")).await.is_ok());
    assert!(list(&anyone, filter("mine == 'tin'")).await.is_err());
    let records = anyone.records("notes").unwrap();
    for (calculate, group_by) in [("max(mine)", None), ("count", Some("mine")), ("count(shut)", None)] {
        let query = AggregateQuery {
            calculate: Some(calculate.to_owned()),
            group_by: group_by.map(str::to_owned),
            ..AggregateQuery::default()
        };
        assert!(records.aggregate(&query).await.is_err(), "{calculate}");
    }
    let bulk = BulkQuery { filter: "mine == 'lead'".to_owned(), ..BulkQuery::default() };
    assert!(records.update_all(&bulk, records.patch(b"{\"title\":\"x\"}").unwrap()).await.is_err());
    assert!(records.count_deletions("mine == 'lead'").await.is_err());
    let key = records.input(b"{\"mine\":\"lead\"}").unwrap();
    assert!(matches!(records.upsert_by("mine", key, Precondition::None).await, Err(RecordError::Invalid(_))));
    // Nor by words.
    let indexes = json!([{"fields": ["title", "mine"], "kind": "search"}]);
    shop.alter("notes", json!({"indexes": indexes})).await.unwrap();
    let (scope, anyone) = (shop.scope().await, shop.acme.anonymous().await.unwrap());
    let words = || ListQuery { search: Some("lead".to_owned()), ..ListQuery::default() };
    assert_eq!(list(&scope, words()).await.unwrap().len(), 1);
    assert!(matches!(list(&anyone, words()).await, Err(RecordError::Invalid(_))));
    shop.close().await;
}

#[tokio::test]
async fn fields_are_written_by_those_whom_their_rules_let() {
    let shop = notes().await;
    let (scope, anyone) = (shop.scope().await, shop.acme.anonymous().await.unwrap());
    let records = anyone.records("notes").unwrap();
    for (note, allowed) in [
        (json!({"owner": "ada", "mine": "new"}), true),
        (json!({"owner": "ada", "mine": "dirt"}), false),
        (json!({"owner": "bob", "mine": "other"}), false),
        (json!({"mine": null}), false),
        (json!({"owner": "bob"}), true),
    ] {
        let made = records.create(records.input(note.to_string().as_bytes()).unwrap(), None).await;
        match made {
            Ok(_) if allowed => {}
            Err(RecordError::FieldsForbidden { fields }) if !allowed => assert_eq!(fields, ["mine"]),
            other => panic!("{note}: {other:?}"),
        }
    }
    for (at, change, allowed) in [
        (0, json!({"mine": "silver"}), true),
        (0, json!({"mine": "dirt"}), false),
        (1, json!({"mine": "silver2"}), false),
        (1, json!({"owner": "ada", "mine": "silver3"}), false),
        (1, json!({"title": "b2"}), true),
        (3, json!({"mine": null}), false),
    ] {
        let changed = records.update(
            record(at),
            records.patch(change.to_string().as_bytes()).unwrap(),
            Precondition::None,
        );
        match changed.await {
            Ok(body) if allowed => {
                let body: Json = serde_json::from_slice(&body.json).unwrap();
                assert!(body.get("mine").is_none() && body.get("open").is_some(), "{change}: {body}");
            }
            Err(RecordError::FieldsForbidden { fields }) if !allowed => assert_eq!(fields, ["mine"]),
            other => panic!("{at} {change}: {other:?}"),
        }
    }
    // Where the collection's own rule stands against it, nothing is said of the field.
    let fixed = records.patch(b"{\"mine\":\"steel\"}").unwrap();
    let fixed = records.update(record(4), fixed, Precondition::None).await;
    assert!(matches!(fixed, Err(RecordError::NotFound)), "{fixed:?}");
    // A replacement leaves what is not sent of them, and a new record gets the default.
    let put =
        records.upsert(record(1), records.input(b"{\"title\":\"b3\"}").unwrap(), Precondition::None).await;
    assert!(matches!(put, Ok(Upserted::Replaced(_))), "{put:?}");
    let put = records.input(b"{\"title\":\"b4\",\"mine\":\"x\"}").unwrap();
    let put = records.upsert(record(1), put, Precondition::None).await;
    assert!(matches!(put, Err(RecordError::FieldsForbidden { .. })), "{put:?}");
    let kept = list(&scope, filter("title == 'b3'")).await.unwrap();
    assert_eq!((&kept[0]["mine"], &kept[0]["shut"]), (&json!("lead"), &json!("s2")));
    assert_eq!(kept[0]["owner"], Json::Null);
    let new =
        records.upsert(record(9), records.input(b"{\"title\":\"n\"}").unwrap(), Precondition::None).await;
    assert!(matches!(new, Ok(Upserted::Created(_))), "{new:?}");
    assert_eq!(list(&scope, filter("title == 'n'")).await.unwrap()[0]["shut"], "closed");
    // Many at once are those that may be.
    let bulk = BulkQuery { filter: "title in ['c', 'd']".to_owned(), ..BulkQuery::default() };
    let changed = records.update_all(&bulk, records.patch(b"{\"mine\":\"many\"}").unwrap()).await;
    assert_eq!(changed.unwrap(), 1);
    let mine = |at: usize| list(&scope, filter(["title == 'c'", "title == 'd'"][at]));
    assert_eq!(mine(0).await.unwrap()[0]["mine"], "many");
    assert_eq!(mine(1).await.unwrap()[0]["mine"], "tin");
    // Keys are bound by none of it.
    let all = scope.records("notes").unwrap();
    let changed =
        all.update(record(3), all.patch(b"{\"mine\":\"dirt\"}").unwrap(), Precondition::None).await.unwrap();
    assert_eq!(serde_json::from_slice::<Json>(&changed.json).unwrap()["mine"], "dirt");
    shop.close().await;
}

#[tokio::test]
async fn rules_of_fields_are_checked_as_others_are() {
    let shop = notes().await;
    let with = |rules: Json, more: Json| {
        let mut field = json!({"name": "x", "type": "int", "rules": rules});
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"name": "other", "fields": [{"name": "y", "type": "int"}, field]})
    };
    for (rules, more, pointer, code) in [
        (json!({"read": "nope == 1"}), json!({}), "/fields/1/rules/read", "invalid_rule"),
        (json!({"read": "input.x == 1"}), json!({}), "/fields/1/rules/read", "invalid_rule"),
        (json!({"write": "x +"}), json!({}), "/fields/1/rules/write", "invalid_rule"),
        (json!({"read": "true"}), json!({"hidden": true}), "/fields/1/rules", "not_applicable"),
        (json!({"write": "true"}), json!({"computed": "y + 1"}), "/fields/1/rules/write", "not_applicable"),
    ] {
        assert_eq!(faults(shop.create(with(rules.clone(), more)).await), [(pointer.into(), code)], "{rules}");
    }
    // What the rule of a field speaks of stays.
    shop.create(with(json!({"read": "collection('notes').exists(n, n.owner == 'x')"}), json!({})))
        .await
        .unwrap();
    let refused = shop.alter("notes", json!({"drop_fields": ["owner"]})).await;
    assert_eq!(faults(refused).len(), 3, "its own rules come first");
    let mut plain = fields();
    for field in plain.as_array_mut().unwrap() {
        field.as_object_mut().unwrap().remove("rules");
    }
    shop.alter("notes", json!({"fields": plain})).await.unwrap();
    let refused = shop.alter("notes", json!({"drop_fields": ["owner"]})).await;
    let Err(CollectionError::UsedByRule { collection, rule, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((collection.as_str(), rule.as_str()), ("other", "`x` read"));
    // A view asks no such rule, so it shows no such field.
    let view = |name: &str, field: &str| json!({"name": name, "view": {"collection": "notes", "fields": [field]}, "rules": {"list": "true"}});
    shop.create(view("shown", "mine")).await.unwrap();
    let refused = shop.alter("notes", json!({"fields": fields()})).await;
    assert!(matches!(refused, Err(CollectionError::UsedByView { .. })), "{refused:?}");
    assert_eq!(
        faults(shop.create(json!({"name": "v", "view": {"collection": "other", "fields": ["x"]}})).await)
            .len(),
        1
    );
    shop.close().await;
}
