//! Writes of many records, of those that are found, and what records point to.

use neonex_sdk::types::{NewCollection, NewField};
use neonex_sdk::{Client, Error, change};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::relay::{Fate, Relay};
use crate::site::{Post, Site};

#[derive(Debug, Serialize, Deserialize)]
struct Comment {
    text: String,
    post: Value,
}

async fn with_comments(site: &Site) -> Client {
    let client = site.at(site.server.url()).build().unwrap();
    let comments = NewCollection::new("comments")
        .field(NewField::text("text").unique())
        .field(NewField::relation("post", "posts"));
    client.collections().create(&comments).await.unwrap();
    client
}

#[tokio::test]
async fn a_batch_makes_what_points_to_each_other() {
    let site = Site::open().await;
    let client = with_comments(&site).await;
    let mut batch = client.batch();
    let post = batch.create("posts", &Post::new("One", 1));
    let comment = batch.create("comments", &json!({"text": "first", "post": post}));
    batch.update("posts", &post, &json!({"views": change::increment(2)}));
    let done = batch.send().await.unwrap();
    let post = done.made::<Post>(&post).unwrap();
    assert_eq!(done.made::<Comment>(&comment).unwrap().fields.post, json!(post.id));
    assert_eq!(done.record::<Post>(2).unwrap().unwrap().fields.views, 3);

    // What a record points to comes along, of one record and of many.
    let comments = client.records::<Comment>("comments");
    let one = comments.list().expand("post").send().await.unwrap().items.remove(0);
    assert_eq!(one.expanded::<Post>("post").unwrap()[0].fields, Post::new("One", 3));
    let read = comments.get(one.id).expand("post").await.unwrap();
    assert_eq!(read.expanded::<Post>("post").unwrap()[0].id, post.id);
    assert!(comments.get(one.id).await.unwrap().expanded::<Post>("post").unwrap().is_empty());

    let mut batch = client.batch();
    batch.delete("comments", one.id).update("posts", post.id, &json!({"views": "many"}));
    let refused = batch.send().await.unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(400), "{refused:?}");
    comments.get(one.id).await.unwrap();

    // What is found by its key stands for its id, too.
    let mut batch = client.batch();
    let found = batch.upsert_by("comments", "text", &json!({"text": "first"}));
    batch.update("comments", &found, &json!({"post": post.id}));
    let done = batch.send().await.unwrap();
    assert_eq!(done.made::<Comment>(&found).unwrap().id, one.id);
    assert_eq!(done.record::<Comment>(1).unwrap().unwrap().fields.post, json!(post.id));
}

#[tokio::test]
async fn what_is_found_is_written() {
    let site = Site::open().await;
    let client = with_comments(&site).await;
    let comments = client.records::<Map<String, Value>>("comments");
    let first = comments.upsert_by("text", &json!({"text": "same"})).await.unwrap();
    let again = comments.upsert_by("text", &json!({"text": "same"})).await.unwrap();
    assert_eq!(first.id, again.id);

    let posts = site.posts();
    for views in 0..4 {
        posts.create(&Post::new("Post", views)).await.unwrap();
    }
    let more = json!({"views": change::increment(10)});
    assert_eq!(posts.update_where("views > 1", &more).dry_run().await.unwrap(), 2);
    let other = posts.update_where("views > 1", &more).expect_count(3).await.unwrap_err();
    assert_eq!(other.code(), Some("count_differs"));
    assert_eq!(posts.update_where("views > 1", &more).expect_count(2).await.unwrap(), 2);
    assert_eq!(posts.delete_where("views > 10").await.unwrap(), 2);
    assert_eq!(site.count().await, 2);
}

/// An increment whose answer was lost is not made twice: each change has a key of its own.
#[tokio::test]
async fn a_change_whose_answer_was_lost_is_made_once() -> Result<(), Error> {
    let site = Site::open().await;
    let post = site.posts().create(&Post::new("Post", 0)).await?;
    let relay = Relay::before(site.server.url(), [Fate::LoseAnswer]).await;
    let posts = site.at(&relay.url).build()?.records::<Post>("posts");
    let changed = posts.update(post.id, &json!({"views": change::increment(1)})).await?;
    assert_eq!((changed.fields.views, relay.seen().len()), (1, 2));
    Ok(())
}
