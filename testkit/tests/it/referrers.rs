//! Records that point to a record: beside it, in filters and in rules.

use neonex_core::access::TenantScope;
use neonex_core::collections::CollectionError;
use neonex_core::records::{ListQuery, Precondition, RecordError, RecordId};
use serde_json::{Value as Json, json};

use crate::collections::{Workshop, faults};

/// Authors, their posts, comments on one post that mention others, of which spam is not listed, and drafts, which nobody
/// sees without a key.
async fn blog() -> Workshop {
    let shop = Workshop::open().await;
    let open = json!({"list": "true", "view": "true"});
    let name = json!({"name": "name", "type": "text"});
    shop.create(json!({"name": "authors", "fields": [name], "rules": open})).await.unwrap();
    let fields = json!([
        {"name": "title", "type": "text"},
        {"name": "author", "type": "relation", "collection": "authors"},
    ]);
    shop.create(json!({"name": "posts", "fields": fields, "rules": open})).await.unwrap();
    let rules = json!({"list": "text != 'spam'", "view": "true"});
    shop.create(json!({"name": "comments", "fields": of_comments(), "rules": rules})).await.unwrap();
    let post = json!({"name": "post", "type": "relation", "collection": "posts"});
    shop.create(json!({"name": "drafts", "fields": [post]})).await.unwrap();

    let add = async |collection: &str, record: Json| shop.add(collection, record).await["id"].clone();
    let (ada, bob) =
        (add("authors", json!({"name": "ada"})).await, add("authors", json!({"name": "bob"})).await);
    let a = add("posts", json!({"id": id(1), "title": "a", "author": ada})).await;
    let b = add("posts", json!({"id": id(2), "title": "b", "author": ada})).await;
    add("posts", json!({"title": "c"})).await;
    let comments = [
        json!({"text": "first", "stars": 1, "post": a, "author": bob, "mentions": [b, a]}),
        json!({"text": "spam", "post": a, "mentions": [b]}),
        json!({"text": "last", "stars": 5, "post": a, "author": ada, "buried": b}),
        json!({"text": "other", "stars": 5, "post": b, "author": bob}),
    ];
    for (at, mut comment) in comments.into_iter().enumerate() {
        comment["id"] = id(at).into();
        add("comments", comment).await;
    }
    add("drafts", json!({"post": a})).await;
    shop
}

/// The fields of comments.
fn of_comments() -> Json {
    json!([
        {"name": "text", "type": "text"},
        {"name": "stars", "type": "int"},
        {"name": "key", "type": "text", "hidden": true, "default": "under the mat"},
        {"name": "post", "type": "relation", "collection": "posts"},
        {"name": "mentions", "type": "relation", "collection": "posts", "many": true},
        {"name": "author", "type": "relation", "collection": "authors"},
        {"name": "buried", "type": "relation", "collection": "posts", "hidden": true},
    ])
}

/// Ids in their order.
fn id(at: usize) -> String {
    format!("018f0000-0000-7000-8000-{at:012}")
}

async fn posts(scope: &TenantScope, query: ListQuery) -> Result<Vec<Json>, RecordError> {
    let query = ListQuery { sort: Some("title".to_owned()), ..query };
    let page = scope.records("posts")?.list(&query).await?;
    let page: Json = serde_json::from_slice(&page.json).unwrap();
    Ok(page["items"].as_array().unwrap().clone())
}

/// Posts with their titles, and what is asked for.
async fn shown(scope: &TenantScope, expand: &str, fields: &str) -> Result<Json, RecordError> {
    let (expand, fields) = (Some(expand.to_owned()), Some(fields.to_owned()));
    posts(scope, ListQuery { expand, fields, ..ListQuery::default() }).await.map(Json::from)
}

/// The titles of the posts that a filter finds.
async fn found(scope: &TenantScope, filter: &str) -> Result<String, RecordError> {
    let found = posts(scope, ListQuery { filter: Some(filter.to_owned()), ..ListQuery::default() }).await?;
    Ok(found.iter().map(|post| post["title"].as_str().unwrap()).collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn what_points_to_a_record_stands_beside_it_newest_first() {
    let shop = blog().await;
    let scope = shop.scope().await;
    let both = json!([{"title": "b"}, {"title": "a"}]);
    let texts = |texts: &[&str]| texts.iter().map(|text| json!({"text": text})).collect::<Json>();
    for (expand, fields, expected) in [
        (
            "",
            "title,comments_via_post.text",
            json!([
                {"title": "a", "expand": {"comments_via_post": texts(&["last", "spam", "first"])}},
                {"title": "b", "expand": {"comments_via_post": texts(&["other"])}},
                {"title": "c", "expand": {"comments_via_post": []}},
            ]),
        ),
        (
            "",
            "comments_via_mentions.text,drafts_via_post.post.title",
            json!([
                {"expand": {
                    "comments_via_mentions": texts(&["first"]),
                    "drafts_via_post": [{"expand": {"post": {"title": "a"}}}],
                }},
                {"expand": {"comments_via_mentions": texts(&["spam", "first"]), "drafts_via_post": []}},
                {"expand": {"comments_via_mentions": [], "drafts_via_post": []}},
            ]),
        ),
        (
            "",
            "comments_via_post.stars,comments_via_post.author.name",
            json!([
                {"expand": {"comments_via_post": [
                    {"stars": 5, "expand": {"author": {"name": "ada"}}},
                    {"stars": null, "expand": {}},
                    {"stars": 1, "expand": {"author": {"name": "bob"}}},
                ]}},
                {"expand": {"comments_via_post": [{"stars": 5, "expand": {"author": {"name": "bob"}}}]}},
                {"expand": {"comments_via_post": []}},
            ]),
        ),
        (
            "",
            "title,author.posts_via_author.title",
            json!([
                {"title": "a", "expand": {"author": {"expand": {"posts_via_author": both}}}},
                {"title": "b", "expand": {"author": {"expand": {"posts_via_author": both}}}},
                {"title": "c", "expand": {}},
            ]),
        ),
    ] {
        assert_eq!(shown(&scope, expand, fields).await.unwrap(), expected, "{expand} {fields}");
    }
    // Whole records, of a list and of one.
    let all = shown(&scope, "comments_via_post.author, author", "*").await.unwrap();
    let first = &all[0]["expand"]["comments_via_post"][2];
    assert_eq!((&first["text"], &first["key"]), (&json!("first"), &json!("under the mat")));
    assert_eq!(first["expand"]["author"]["name"], "bob");
    assert_eq!(all[0]["expand"]["author"]["name"], "ada");
    let id = RecordId::parse(all[0]["id"].as_str().unwrap()).unwrap();
    let expand = Some("comments_via_post.author,author");
    let one = scope.records("posts").unwrap().read(id, None, expand).await.unwrap();
    assert_eq!(serde_json::from_slice::<Json>(&one.json).unwrap(), all[0]);
    shop.close().await;
}

#[tokio::test]
async fn what_a_list_would_not_show_is_left_out() {
    let shop = blog().await;
    let anyone = shop.acme.anonymous().await.unwrap();
    let seen = shown(&anyone, "comments_via_post,drafts_via_post", "title").await.unwrap();
    let texts = |of: usize| {
        let comments = seen[of]["expand"]["comments_via_post"].as_array().unwrap();
        comments.iter().map(|comment| comment["text"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((texts(0), texts(1), texts(2)), (vec!["last", "first"], vec!["other"], vec![]));
    assert_eq!(seen[0]["expand"]["drafts_via_post"], json!([]));
    assert!(!seen.to_string().contains("mat"), "a hidden field is shown");
    for (wrong, parameter) in [
        ("comments_via_buried", "/expand"),
        ("comments_via_text", "/expand"),
        ("comments_via_nope", "/expand"),
        ("authors_via_post", "/expand"),
        ("comments_via_post.key", "/expand"),
    ] {
        let Err(RecordError::Invalid(invalid)) = shown(&anyone, wrong, "title").await else {
            panic!("{wrong}")
        };
        assert_eq!(invalid.details()[0].pointer, parameter, "{wrong}");
    }
    for wrong in ["comments_via_post.key", "comments_via_buried.text", "comments_via_post.nope"] {
        let Err(RecordError::Invalid(invalid)) = shown(&anyone, "", wrong).await else { panic!("{wrong}") };
        assert_eq!(invalid.details()[0].pointer, "/fields", "{wrong}");
    }
    assert!(shown(&shop.scope().await, "comments_via_buried", "comments_via_post.key").await.is_ok());
    shop.close().await;
}

#[tokio::test]
async fn filters_ask_what_points_to_a_record() {
    let shop = blog().await;
    let (scope, anyone) = (shop.scope().await, shop.acme.anonymous().await.unwrap());
    for (filter, all, seen) in [
        ("comments_via_post.exists(c, c.text == 'first')", "a", "a"),
        ("comments_via_post.exists(c, c.text == 'spam')", "a", ""),
        ("!comments_via_post.exists(c, c.text == 'first')", "b c", "b c"),
        ("comments_via_post.exists(c, c.stars > 4)", "a b", "a b"),
        ("comments_via_post.all(c, c.stars > 0)", "b c", "a b c"),
        ("comments_via_post.all(c, c.text != title)", "a b c", "a b c"),
        ("comments_via_post.exists(c, c.author == record.author)", "a", "a"),
        ("comments_via_post.exists(c, c.author.name == 'bob' && c.stars == 5)", "b", "b"),
        ("comments_via_post.exists(c, post_is_no_field == 1)", "?", "?"),
        ("comments_via_post.size() > 0", "a b", "a b"),
        ("size(comments_via_post) == 3", "a", ""),
        ("size(comments_via_post) == 2", "", "a"),
        ("size(record.comments_via_mentions) == 1", "a", "a b"),
        ("comments_via_mentions.exists(c, c.mentions.exists(p, p.title == 'a'))", "a b", "a b"),
        ("author.posts_via_author.exists(p, p.title == 'b')", "a b", "a b"),
        ("author.posts_via_author.exists(p, p.comments_via_post.exists(c, c.text == 'spam'))", "a b", ""),
        ("size(author.posts_via_author) == 2", "a b", "a b"),
        ("auth.id in comments_via_post", "", ""),
    ] {
        for (scope, expected) in [(&scope, all), (&anyone, seen)] {
            match found(scope, filter).await {
                Ok(titles) => assert_eq!(titles, expected, "{filter}"),
                Err(RecordError::Invalid(_)) if expected == "?" => {}
                Err(error) => panic!("{filter}: {error}"),
            }
        }
    }
    for (filter, part) in [
        ("comments_via_post.exists(c, c.key == 'x')", "no field `key` in `comments`"),
        ("comments_via_buried.exists(c, true)", "no field `comments_via_buried`"),
        ("drafts_via_post.exists(d, true)", "records of `drafts`, which you may not see"),
        ("comments_via_pots.exists(c, true)", "did you mean `comments_via_post`?"),
        ("comments_via_post.text == 'x'", "is a list, which has no part `text`"),
    ] {
        let Err(RecordError::Invalid(invalid)) = found(&anyone, filter).await else { panic!("{filter}") };
        assert!(invalid.details()[0].message.contains(part), "{filter}: {:?}", invalid.details());
    }
    assert_eq!(found(&scope, "comments_via_buried.exists(c, c.key != null)").await.unwrap(), "b");
    shop.close().await;
}

/// A post may be changed as long as nobody has said anything about it, and made where it will have nothing to say.
#[tokio::test]
async fn rules_ask_what_points_to_a_record() {
    let shop = blog().await;
    let rules = json!({
        "list": "size(comments_via_post) > 0",
        "view": "comments_via_post.exists(c, c.text == 'spam')",
        "create": "size(record.comments_via_post) == 0 && input.author.posts_via_author.exists(p, p.title == 'b')",
        "update": "comments_via_post.all(c, c.stars > 1)",
    });
    shop.alter("posts", json!({"rules": rules})).await.unwrap();
    let (scope, anyone) = (shop.scope().await, shop.acme.anonymous().await.unwrap());
    assert_eq!(found(&anyone, "").await.unwrap(), "a b");
    let all = posts(&scope, ListQuery::default()).await.unwrap();
    let records = anyone.records("posts").unwrap();
    for (at, viewed, changed) in [(0, true, false), (1, false, true), (2, false, true)] {
        let id = RecordId::parse(all[at]["id"].as_str().unwrap()).unwrap();
        assert_eq!(records.read(id, None, None).await.is_ok(), viewed, "{at}");
        let input = records.input(b"{}").unwrap();
        assert_eq!(records.update(id, input, Precondition::None).await.is_ok(), changed, "{at}");
    }
    for (author, allowed) in [(&all[0]["author"], true), (&Json::Null, false)] {
        let input = json!({"author": author}).to_string();
        let made = records.create(records.input(input.as_bytes()).unwrap(), None).await;
        assert_eq!(made.is_ok(), allowed, "{author}: {made:?}");
    }
    let own = shop.alter("posts", json!({"rules": {"update": "size(input.comments_via_post) == 0"}})).await;
    assert_eq!(faults(own), [("/rules/update".into(), "invalid_rule")]);
    shop.close().await;
}

/// Whatever would leave a rule without meaning is refused.
#[tokio::test]
async fn what_a_rule_asks_stays() {
    let shop = blog().await;
    let rules = json!({"list": "comments_via_post.exists(c, c.stars > 1)"});
    shop.alter("posts", json!({"rules": rules})).await.unwrap();
    let mut renamed = of_comments();
    renamed[3] = json!({"name": "about", "type": "relation", "collection": "posts", "renamed_from": "post"});
    let renamed = json!({"fields": renamed});
    for patch in [
        json!({"drop_fields": ["post"]}),
        json!({"drop_fields": ["stars"]}),
        json!({"name": "remarks"}),
        renamed,
    ] {
        let refused = shop.alter("comments", patch.clone()).await;
        let Err(CollectionError::UsedByRule { collection, rule, .. }) = refused else {
            panic!("{patch}: {refused:?}")
        };
        assert_eq!((collection.as_str(), rule.as_str()), ("posts", "list"), "{patch}");
    }
    let scope = shop.scope().await;
    let permit = scope.permit().unwrap();
    let gone = scope.delete_collection(&permit, "comments", Precondition::None).await;
    assert!(matches!(gone, Err(CollectionError::UsedByRule { .. })), "{gone:?}");
    // Nor may another field be called so.
    let fields = json!([{"name": "b", "type": "relation", "collection": "posts"}]);
    shop.create(json!({"name": "comments_via_a", "fields": fields})).await.unwrap();
    let rules = json!({"list": "size(comments_via_a_via_b) == 0"});
    shop.alter("posts", json!({"rules": rules})).await.unwrap();
    let mut more = of_comments();
    more.as_array_mut().unwrap().push(json!({"name": "a_via_b", "type": "relation", "collection": "posts"}));
    let refused = shop.alter("comments", json!({"fields": more})).await;
    assert!(matches!(refused, Err(CollectionError::UsedByRule { .. })), "{refused:?}");
    shop.close().await;
}

/// A field has its name for itself.
#[tokio::test]
async fn own_names_win() {
    let shop = blog().await;
    let fields = json!([
        {"name": "title", "type": "text"},
        {"name": "author", "type": "relation", "collection": "authors"},
        {"name": "comments_via_post", "type": "text"},
    ]);
    shop.alter("posts", json!({"fields": fields})).await.unwrap();
    shop.add("posts", json!({"title": "d", "comments_via_post": "mine"})).await;
    let scope = shop.scope().await;
    assert_eq!(found(&scope, "comments_via_post == 'mine'").await.unwrap(), "d");
    assert!(matches!(shown(&scope, "comments_via_post", "title").await, Err(RecordError::Invalid(_))));
    shop.close().await;
}

/// Of many that point to a record there are the newest, and the others do without none for it.
#[tokio::test]
async fn of_many_there_are_the_newest_of_each() {
    let shop = blog().await;
    let scope = shop.scope().await;
    let ids = posts(&scope, ListQuery::default()).await.unwrap();
    for n in 0..120 {
        for post in [0, 2] {
            let post_id = &ids[post]["id"];
            let comment = json!({"id": id(10 + n * 10 + post), "text": n.to_string(), "post": post_id,
                "mentions": [post_id]});
            shop.add("comments", comment).await;
        }
    }
    let seen = shown(&scope, "", "comments_via_post.text,comments_via_mentions.text").await.unwrap();
    for name in ["comments_via_post", "comments_via_mentions"] {
        for (post, count) in [(0, 100), (2, 100)] {
            let texts = seen[post]["expand"][name].as_array().unwrap();
            assert_eq!(texts.len(), count, "{name} of {post}");
            assert_eq!(
                (&texts[0]["text"], &texts[99]["text"]),
                (&json!("119"), &json!("20")),
                "{name} of {post}"
            );
        }
    }
    assert_eq!(seen[1]["expand"]["comments_via_post"].as_array().unwrap().len(), 1);
    shop.close().await;
}
