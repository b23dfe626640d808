//! Filters and rules that look into other records, on every database.

use neonex_core::access::TenantScope;
use neonex_core::collections::CollectionError;
use neonex_core::records::{ListQuery, Precondition, RecordError, RecordId};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};

/// Houses, rooms of houses, and notes: about one room, several rooms, with tags. Of rooms only those are seen that are
/// no secret, of houses none.
async fn house() -> Workshop {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "street", "type": "text"}, {"name": "built", "type": "date"}]);
    shop.create(json!({"name": "houses", "fields": fields})).await.unwrap();
    let fields = json!([
        {"name": "name", "type": "text"},
        {"name": "code", "type": "text", "unique": true},
        {"name": "size", "type": "int"},
        {"name": "open", "type": "bool"},
        {"name": "key", "type": "text", "hidden": true, "default": "under the mat"},
        {"name": "house", "type": "relation", "collection": "houses"},
        {"name": "doors", "type": "relation", "collection": "rooms", "many": true},
    ]);
    let rules = json!({"list": "true", "view": "name != 'secret'"});
    shop.create(json!({"name": "rooms", "fields": fields, "rules": rules})).await.unwrap();
    let fields = json!([
        {"name": "text", "type": "text"},
        {"name": "size", "type": "int"},
        {"name": "room", "type": "relation", "collection": "rooms"},
        {"name": "also", "type": "relation", "collection": "rooms", "many": true},
        {"name": "tags", "type": "multi_select", "options": ["a", "B", "\u{e4}\"%"]},
    ]);
    let rules = json!({"list": "true", "view": "true"});
    shop.create(json!({"name": "notes", "fields": fields, "rules": rules})).await.unwrap();

    let home = shop.add("houses", json!({"street": "Elm", "built": "1900-02-03"})).await["id"].clone();
    let room = async |name: &str, size: Option<i64>, open: Option<bool>, house: &Json, doors: &[&Json]| {
        let room =
            json!({"name": name, "code": name, "size": size, "open": open, "house": house, "doors": doors});
        shop.add("rooms", room).await["id"].clone()
    };
    let attic = room("attic", None, None, &Json::Null, &[]).await;
    let secret = room("secret", Some(1), Some(true), &home, &[&attic]).await;
    let hall = room("hall", Some(40), Some(true), &home, &[&attic, &secret]).await;
    for note in [
        json!({"text": "hall", "size": 40, "room": hall, "also": [hall, secret], "tags": ["a", "B"]}),
        json!({"text": "b", "size": 2, "room": secret, "also": [secret], "tags": []}),
        json!({"text": "c", "size": 1, "room": attic, "also": [attic, hall], "tags": ["\u{e4}\"%"]}),
        json!({"text": "d"}),
    ] {
        shop.add("notes", note).await;
    }
    shop
}

/// The texts of the notes that a filter finds, the hall's first.
async fn found(scope: &TenantScope, filter: &str) -> Result<String, RecordError> {
    let query = ListQuery { filter: Some(filter.to_owned()), ..ListQuery::default() };
    let page = scope.records("notes")?.list(&query).await?;
    let page: Json = serde_json::from_slice(&page.json).unwrap();
    let items = page["items"].as_array().unwrap().iter();
    let mut texts: Vec<_> = items.map(|item| item["text"].as_str().unwrap()).collect();
    texts.sort_by_key(|text| (text.len() == 1, *text));
    Ok(texts.join(" "))
}

#[tokio::test]
async fn filters_follow_relations() {
    let shop = house().await;
    let scope = shop.scope().await;
    for (filter, expected) in [
        ("room.name == 'hall'", "hall"),
        ("room.name != 'hall'", "b c d"),
        ("!(room.name == 'hall')", "b c d"),
        ("room.code == 'hall'", "hall"),
        ("!(room.code == 'hall')", "b c d"),
        ("room.code in ['hall', 'attic']", "hall c"),
        ("also.exists(r, r.code == 'hall')", "hall c"),
        ("room.doors.exists(d, d.code == room.code)", ""),
        ("room.name == text", "hall"),
        ("room.name == null", "d"),
        ("room.size > 0", "hall b"),
        ("!(room.size > 1)", "b"),
        ("room.size == size", "hall d"),
        ("room.size < 1.5", "b"),
        ("room.open", "hall b"),
        ("!room.open", ""),
        ("room.open == (size > 1)", "hall b"),
        ("room.key == 'under the mat'", "hall b c"),
        ("room.name.startsWith('h') || room.name.endsWith('c')", "hall c"),
        ("size(room.name) == 5", "c"),
        ("room.house.street == 'Elm'", "hall b"),
        ("room.house.street != 'Elm'", "c d"),
        ("room.house.built < '1900-02-04' && room.house.built.getFullYear() == 1900", "hall b"),
        ("room.created_at <= created_at", "hall b c"),
        ("room.house == null", "c d"),
        ("room.house.id == room.house", "hall b c d"),
        ("(size > 1 ? room.name : text) == 'hall'", "hall"),
        ("also.exists(r, r.name == 'hall')", "hall c"),
        ("!also.exists(r, r.name == 'hall')", "b d"),
        ("also.exists(r, r.size > 1)", "hall c"),
        ("!also.exists(r, r.size > 1)", "b d"),
        ("!also.exists(r, r.size > 50)", "hall b d"),
        ("also.all(r, r.size > 0)", "hall b d"),
        ("!also.all(r, r.size > 0)", ""),
        ("!also.all(r, r.size > 30)", "hall b"),
        ("also.exists(r, r.house.street == 'Elm' && r.size == size)", "hall"),
        ("also.exists(r, r == record.room)", "hall b c"),
        ("room.doors.exists(d, d.name == 'attic')", "hall b"),
        ("room.doors.exists(d, d in also)", "hall"),
        ("also.exists(r, r.doors.exists(d, d.name == 'secret'))", "hall c"),
        ("room in also", "hall b c"),
        ("!(room in also)", "d"),
        ("auth.id in also", ""),
        ("size(also) == 2", "hall c"),
        ("size(room.doors) > 0", "hall b"),
        ("'a' in tags", "hall"),
        ("'A' in tags || 'b' in tags", ""),
        ("'\u{e4}\"%' in tags", "c"),
        ("!('a' in tags)", "b c d"),
        ("size(tags) == 0", "b d"),
        ("size(tags) < size(also)", "b c"),
        ("auth.kind in tags || !(auth.kind in tags)", "hall b c d"),
    ] {
        let texts = found(&scope, filter).await.unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(texts, expected, "{filter}");
    }
    shop.close().await;
}

/// Nobody finds out by a filter what no record shows.
#[tokio::test]
async fn filters_follow_relations_as_far_as_rules_show() {
    let shop = house().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    for (filter, expected) in [
        ("room.name == 'secret' || room.open && room.size == 1", ""),
        ("room.code == 'secret'", ""),
        ("room.code == 'hall'", "hall"),
        ("room.name == 'hall'", "hall"),
        ("room.name == null", "b d"),
        ("room.name != 'secret'", "hall b c d"),
        ("also.exists(r, r.name == 'secret' || r.size == 1)", ""),
        ("also.all(r, r.size > 1 || r.name == 'attic')", "hall b c d"),
        ("room.doors.exists(d, d.name == 'secret')", ""),
        ("room.doors.exists(d, d.name == 'attic')", "hall"),
        ("size(room.doors) == 1", ""),
        ("size(also) == 2", "hall c"),
    ] {
        assert_eq!(found(&anyone, filter).await.unwrap(), expected, "{filter}");
    }
    for (filter, part) in [
        ("room.key == 'x'", "no field `key` in `rooms`"),
        ("also.exists(r, r.key == 'x')", "no field `key` in `rooms`"),
        ("room.house.street == 'x'", "records of `houses`, which you may not see"),
        ("collection('houses').exists(h, true)", "only rules ask other collections"),
    ] {
        let Err(RecordError::Invalid(invalid)) = found(&anyone, filter).await else { panic!("{filter}") };
        assert!(invalid.details()[0].message.contains(part), "{filter}: {:?}", invalid.details());
        assert_eq!(invalid.details()[0].pointer, "/filter");
    }
    shop.close().await;
}

/// A chat: who is a member of a room reads and writes its messages, and only there.
#[tokio::test]
async fn rules_ask_other_collections() {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "rooms", "fields": [{"name": "name", "type": "text"}]})).await.unwrap();
    let fields = json!([
        {"name": "room", "type": "relation", "collection": "rooms"},
        {"name": "who", "type": "text"},
        {"name": "writes", "type": "bool"},
    ]);
    shop.create(json!({"name": "members", "fields": fields})).await.unwrap();
    let member = |more: &str| {
        format!("collection('members').exists(m, m.room == record.room && m.who == record.by{more})")
    };
    let rules = json!({
        "list": member(""),
        "view": member(""),
        "create": member(" && m.writes"),
        "update": "room.name == 'open' && !collection('members').all(m, m.room != room)",
        "delete": "auth != null",
    });
    let fields = json!([
        {"name": "room", "type": "relation", "collection": "rooms"},
        {"name": "by", "type": "text"},
    ]);
    shop.create(json!({"name": "messages", "fields": fields, "rules": rules})).await.unwrap();
    let mut rooms = Vec::new();
    for name in ["open", "closed"] {
        rooms.push(shop.add("rooms", json!({"name": name})).await["id"].clone());
    }
    for (room, who, writes) in [(0, "ada", true), (0, "bob", false), (1, "ada", true)] {
        shop.add("members", json!({"room": rooms[room], "who": who, "writes": writes})).await;
    }
    let anyone = shop.acme.anonymous().await.unwrap();
    let messages = anyone.records("messages").unwrap();
    for (room, by, allowed) in [(0, "ada", true), (1, "ada", true), (0, "bob", false), (1, "bob", false)] {
        let input = json!({"room": rooms[room], "by": by}).to_string();
        let made = messages.create(messages.input(input.as_bytes()).unwrap(), None).await;
        match made {
            Ok(_) if allowed => {}
            Err(RecordError::Forbidden) if !allowed => {}
            other => panic!("{room} {by}: {other:?}"),
        }
    }
    for (room, by, seen) in [(0, "bob", true), (1, "bob", false), (1, "ada", true)] {
        let made = shop.add("messages", json!({"room": rooms[room], "by": by})).await;
        let id = RecordId::parse(made["id"].as_str().unwrap()).unwrap();
        assert_eq!(messages.read(id, None, None).await.is_ok(), seen, "{room} {by}");
        let changed = messages.update(id, messages.input(b"{\"by\":\"ada\"}").unwrap(), Precondition::None);
        assert_eq!(changed.await.is_ok(), room == 0, "{room} {by}");
    }
    let page = messages.list(&ListQuery::default()).await.unwrap();
    let page: Json = serde_json::from_slice(&page.json).unwrap();
    assert_eq!(page["items"].as_array().unwrap().len(), 4);
    shop.close().await;
}

#[tokio::test]
async fn what_a_rule_speaks_of_stays() {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "name", "type": "text"}, {"name": "size", "type": "int"}]);
    shop.create(json!({"name": "rooms", "fields": fields})).await.unwrap();
    let fields = json!([{"name": "room", "type": "relation", "collection": "rooms"}]);
    let rules = json!({
        "list": "room.name == 'hall'",
        "create": "collection('rooms').exists(r, r.size > 1) && collection('notes').all(n, n.room == room)",
    });
    shop.create(json!({"name": "notes", "fields": fields, "rules": rules})).await.unwrap();
    for (patch, rule) in [
        (json!({"drop_fields": ["name"]}), "list"),
        (json!({"drop_fields": ["size"]}), "create"),
        (json!({"name": "places"}), "create"),
        (
            json!({"fields": [
                {"name": "title", "type": "text", "renamed_from": "name"},
                {"name": "size", "type": "int"},
            ]}),
            "list",
        ),
    ] {
        let refused = shop.alter("rooms", patch.clone()).await;
        let Err(CollectionError::UsedByRule { collection, rule: named, reason }) = refused else {
            panic!("{patch}: {refused:?}")
        };
        assert_eq!((collection.as_str(), named.as_str()), ("notes", rule), "{patch}: {reason}");
    }
    // Of its own rules the collection that is changed says so itself.
    let own = shop.alter("notes", json!({"name": "remarks"})).await;
    assert_eq!(faults(own), [("/rules/create".into(), "invalid_rule")]);
    // What no rule speaks of goes, and so does the rest once the rule is another.
    shop.alter("notes", json!({"rules": {"list": "room.name == 'hall'"}})).await.unwrap();
    shop.alter("rooms", json!({"name": "places", "drop_fields": ["size"]})).await.unwrap();
    assert!(matches!(
        shop.alter("places", json!({"drop_fields": ["name"]})).await,
        Err(CollectionError::UsedByRule { .. })
    ));
    let unknown = shop.alter("notes", json!({"rules": {"list": "collection('rooms').all(r, true)"}})).await;
    assert_eq!(faults(unknown), [("/rules/list".into(), "invalid_rule")]);
    shop.close().await;
}

/// What comes in is told apart from what is stored.
#[tokio::test]
async fn rules_see_what_comes_in() {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "name", "type": "text"}, {"name": "open", "type": "bool"}]);
    shop.create(json!({"name": "rooms", "fields": fields})).await.unwrap();
    let fields = json!([
        {"name": "room", "type": "relation", "collection": "rooms"},
        {"name": "title", "type": "text"},
        {"name": "level", "type": "int", "default": 1},
        {"name": "place", "type": "vector", "dimensions": 2},
        {"name": "tags", "type": "multi_select", "options": ["a", "b"]},
    ]);
    let rules = json!({
        "create": "input.room.open && input.level == record.level && !has(input.place) && input.id == record.id",
        "update": "room.open && input.room.open && input.title != record.title && !('b' in input.tags) \
                   && (has(input.level) ? input.level > record.level : true) && input.place == null",
    });
    shop.create(json!({"name": "notes", "fields": fields, "rules": rules})).await.unwrap();
    let open = shop.add("rooms", json!({"name": "hall", "open": true})).await["id"].clone();
    let closed = shop.add("rooms", json!({"name": "attic", "open": false})).await["id"].clone();
    let anyone = shop.acme.anonymous().await.unwrap();
    let notes = anyone.records("notes").unwrap();
    for (note, allowed) in [
        (json!({"room": open}), true),
        (json!({"room": open, "level": 7}), true),
        (json!({"room": closed}), false),
        (json!({}), false),
        (json!({"room": open, "place": null}), false),
    ] {
        let made = notes.create(notes.input(note.to_string().as_bytes()).unwrap(), None).await;
        assert_eq!(made.is_ok(), allowed, "{note}: {made:?}");
        assert!(allowed || matches!(made, Err(RecordError::Forbidden)));
    }
    let made = shop.add("notes", json!({"room": open, "title": "a"})).await;
    let id = RecordId::parse(made["id"].as_str().unwrap()).unwrap();
    for (change, allowed) in [
        (json!({"title": "a"}), false),
        (json!({"level": 2}), false),
        (json!({"title": "b"}), true),
        (json!({"title": null}), true),
        (json!({"title": "c", "level": 0}), false),
        (json!({"title": "c", "level": 2}), true),
        (json!({"title": "d", "level": null}), false),
        (json!({"title": "d", "room": closed}), false),
        (json!({"title": "d", "tags": ["a", "b"]}), false),
        (json!({"title": "d", "tags": ["a"]}), true),
        (json!({"title": "e", "place": [1, 2]}), false),
    ] {
        let input = notes.input(change.to_string().as_bytes()).unwrap();
        let changed = notes.update(id, input, Precondition::None).await;
        assert_eq!(changed.is_ok(), allowed, "{change}: {changed:?}");
        assert!(allowed || matches!(changed, Err(RecordError::NotFound)));
    }
    // A whole record replaces all that is stored.
    for (record, allowed) in [
        (json!({"room": open, "title": "d", "level": 5}), false),
        (json!({"title": "e", "level": 5}), false),
        (json!({"room": open, "title": "e"}), true),
        (json!({"room": open, "title": "f", "level": 1}), false),
    ] {
        let input = notes.input(record.to_string().as_bytes()).unwrap();
        let put = notes.upsert(id, input, Precondition::None).await;
        assert_eq!(put.is_ok(), allowed, "{record}: {put:?}");
    }
    shop.close().await;
}
