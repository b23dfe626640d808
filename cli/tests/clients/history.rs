//! What was, as the SDK reads it.

use futures_util::TryStreamExt as _;
use neonex_sdk::types::RevisionAction;
use serde_json::json;

use crate::site::{Post, Site};

#[tokio::test]
async fn what_was_is_read_page_by_page() {
    let site = Site::open().await;
    let posts = site.posts();
    let mut made = Vec::new();
    for views in 0..60 {
        made.push(posts.create(&Post::new("Post", views)).await.unwrap());
    }
    let then = made.last().unwrap().updated_at;
    assert_eq!(posts.delete_where("views < 55").await.unwrap(), 55);

    let deleted: Vec<_> = posts.deleted().try_collect().await.unwrap();
    assert_eq!(deleted.len(), 55);
    assert_eq!((deleted[0].record.id, deleted[0].record.fields.title.as_str()), (deleted[0].id, "Post"));
    let past: Vec<_> = posts.list().as_of(then).stream().try_collect().await.unwrap();
    assert_eq!(past.len(), 60);
    let back = posts.undelete(deleted[0].id).idempotency_key("back").await.unwrap();
    assert_eq!(back.fields, deleted[0].record.fields);

    let changes: Vec<_> = posts.revisions(back.id).try_collect().await.unwrap();
    let actions: Vec<_> = changes.iter().map(|change| change.action.clone()).collect();
    assert_eq!(actions, [RevisionAction::Created, RevisionAction::Deleted, RevisionAction::Created]);
    let end = posts.revision(back.id, changes[1].at).await.unwrap();
    assert!(end.record.is_none() && end.revision.changes.iter().any(|change| change.field == "title"));
    let start = posts.revision(back.id, changes[2].at).await.unwrap();
    assert_eq!(start.record.unwrap().fields, back.fields);

    let other = posts.update(back.id, &json!({"title": "New", "views": 99})).await.unwrap();
    let some = posts.revert_fields(back.id, back.updated_at, ["title"]).if_match(&other.etag.unwrap()).await;
    assert_eq!(some.unwrap().fields, Post::new("Post", 99));
}
