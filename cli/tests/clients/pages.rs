//! Lists that do not fit on a page.

use std::collections::HashSet;

use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use neonex_sdk::Error;
use neonex_sdk::types::{CountMode, NewKey, NewTenant};

use crate::relay::{Fate, Relay};
use crate::site::{Post, Site};

/// More than a page holds where nothing is said.
const MANY: i64 = 53;

#[tokio::test]
async fn records_come_from_all_pages_in_order() {
    let site = Site::open().await;
    let posts = site.posts();
    try_join_all(
        (0..MANY).map(|number| posts.create(&Post::new(format!("Post {number}"), number)).into_future()),
    )
    .await
    .unwrap();

    let relay = Relay::before(site.server.url(), []).await;
    let behind = site.at(&relay.url).build().unwrap().records::<Post>("posts");
    let list = behind.list().filter("views >= 3").sort("-views").limit(20);
    let all: Vec<_> = list.clone().stream().try_collect().await.unwrap();
    let views: Vec<_> = all.iter().map(|post| post.fields.views).collect();
    assert_eq!(views, (3..MANY).rev().collect::<Vec<_>>());
    let lines: Vec<_> = relay.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");

    // A page is asked for when the one before has been used up, not earlier.
    let mut stream = list.clone().stream();
    for _ in 0..20 {
        stream.try_next().await.unwrap().unwrap();
    }
    assert_eq!(relay.seen().len(), 4);

    // A question that is too long for a URL goes by a body.
    let long = format!("views >= 3 && title != '{}'", "x".repeat(2_000));
    let by_body: Vec<_> = behind.list().filter(long).sort("-views").stream().try_collect().await.unwrap();
    assert_eq!(by_body, all);
    let sent = relay.seen().pop().unwrap();
    assert!(sent.line.starts_with("POST ") && sent.line.ends_with("/posts/query"), "{}", sent.line);

    // By hand the same, and a stream goes on where a page ended.
    let first = list.clone().count(CountMode::Exact).send().await.unwrap();
    assert_eq!((first.items.len(), first.total), (20, Some(MANY - 3)));
    let rest: Vec<_> = list.cursor(first.next_cursor.unwrap()).stream().try_collect().await.unwrap();
    assert_eq!(rest[..], all[20..]);
}

#[tokio::test]
async fn an_error_on_a_later_page_ends_the_stream() {
    let site = Site::open().await;
    let posts = site.posts();
    try_join_all((0..3).map(|views| posts.create(&Post::new("Post", views)).into_future())).await.unwrap();
    let gone = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".to_owned();
    let relay = Relay::before(site.server.url(), [Fate::Edit("Post", "Text"), Fate::Answer(gone)]).await;
    let posts = site.at(&relay.url).build().unwrap().records::<Post>("posts");
    let mut stream = posts.list().limit(2).stream();
    for _ in 0..2 {
        assert_eq!(stream.try_next().await.unwrap().unwrap().fields.title, "Text");
    }
    assert_eq!(stream.try_next().await.unwrap_err().status().unwrap(), 500);
    assert!(stream.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn only_some_fields_are_read() {
    #[derive(serde::Deserialize)]
    struct Titled {
        title: String,
        views: Option<i64>,
    }
    let site = Site::open().await;
    let made = site.posts().create(&Post::new("Short", 7)).await.unwrap();
    let posts = site.at(site.server.url()).build().unwrap().records::<Titled>("posts");
    let all: Vec<_> = posts.list().fields(["title"]).stream().try_collect().await.unwrap();
    assert_eq!((all[0].id, all[0].created_at), (made.id, made.created_at));
    assert_eq!((all[0].fields.title.as_str(), all[0].fields.views), ("Short", None));
}

#[tokio::test]
async fn tenants_and_keys_come_from_all_pages() {
    let site = Site::open().await;
    let tenants = site.operator.tenants();
    let keys = site.operator.keys("acme");
    for number in 0..MANY {
        let tenant = NewTenant::new(format!("tenant-{number}"), "Tenant");
        tenants.create(&tenant).await.unwrap();
        keys.create(&NewKey::publishable(format!("key {number}"))).await.unwrap();
    }
    let all: Vec<_> = tenants.stream().try_collect().await.unwrap();
    let slugs: HashSet<_> = all.iter().map(|tenant| tenant.slug.as_str()).collect();
    assert_eq!((all.len(), slugs.len()), (54, 54));
    assert!(all.is_sorted_by_key(|tenant| tenant.created_at));
    let page = tenants.page(Some(10), None).await.unwrap();
    assert!(page.items.len() == 10 && page.next_cursor.is_some());

    let all: Vec<_> = keys.stream().try_collect().await.unwrap();
    assert_eq!(all.len(), 54);
    let nobody: Result<Vec<_>, Error> = site.operator.keys("nobody").stream().try_collect().await;
    assert!(nobody.unwrap_err().is_not_found());
}
