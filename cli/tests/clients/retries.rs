//! Calls that are made again, and calls that are not.

use std::time::{Duration, Instant};

use neonex_sdk::{Client, Error, Records, RetryPolicy};
use serde_json::json;

use crate::relay::{Fate, Relay};
use crate::site::{Post, Site};

/// Retries without long waits.
fn quick() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.base = Duration::from_millis(5);
    policy
}

/// Posts behind a relay with these fates.
async fn behind(site: &Site, fates: impl IntoIterator<Item = Fate>) -> (Relay, Records<Post>) {
    let relay = Relay::before(site.server.url(), fates).await;
    let posts = site.at(&relay.url).retry(quick()).build().unwrap().records("posts");
    (relay, posts)
}

fn busy(after: Option<u32>) -> Fate {
    let after = after.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
    Fate::Answer(format!("HTTP/1.1 503 Service Unavailable\r\n{after}content-length: 0\r\n\r\n"))
}

fn keys(relay: &Relay) -> Vec<String> {
    let seen = relay.seen();
    seen.iter().map(|seen| seen.header("idempotency-key").expect("each POST has a key").to_owned()).collect()
}

#[tokio::test]
async fn an_answer_that_is_lost_costs_no_second_record() {
    let site = Site::open().await;
    let (relay, posts) = behind(&site, [Fate::LoseAnswer, Fate::CutAnswer, busy(None)]).await;
    let made = posts.create(&Post::new("Once", 1)).await.unwrap();

    let keys = keys(&relay);
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert!(keys.iter().all(|key| *key == keys[0]) && uuid::Uuid::parse_str(&keys[0]).is_ok(), "{keys:?}");
    assert_eq!(site.count().await, 1);
    assert_eq!(site.posts().get(made.id).await.unwrap(), made);
}

#[tokio::test]
async fn each_call_has_a_key_of_its_own_unless_the_caller_has_one() {
    let site = Site::open().await;
    let (relay, posts) = behind(&site, []).await;
    let first = posts.create(&Post::new("Twin", 1)).await.unwrap();
    let second = posts.create(&Post::new("Twin", 1)).await.unwrap();
    assert_ne!(first.id, second.id);

    let order = posts.create(&Post::new("Order", 1)).idempotency_key("order-17").await.unwrap();
    let again = posts.create(&Post::new("Order", 1)).idempotency_key("order-17").await.unwrap();
    assert_eq!(order.id, again.id);
    let other = posts.create(&Post::new("Other", 1)).idempotency_key("order-17").await.unwrap_err();
    assert_eq!(other.code(), Some("idempotency_key_reused"));

    let keys = keys(&relay);
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[2..], ["order-17"; 3]);
    assert_eq!(site.count().await, 3);
}

#[tokio::test]
async fn generated_calls_are_made_once_too() {
    let site = Site::open().await;
    let relay = Relay::before(site.server.url(), [Fate::LoseAnswer]).await;
    let operator = Client::builder(&relay.url).credential(&site.token).retry(quick()).build().unwrap();
    let tenant = neonex_sdk::types::NewTenant::new("globex", "Globex");
    let made = operator.tenants().create(&tenant).await.unwrap();
    assert_eq!(relay.seen().len(), 2);
    assert_eq!(site.operator.tenants().get("globex").await.unwrap().id, made.id);
}

#[tokio::test]
async fn what_repetition_could_change_is_left_to_the_caller() {
    let site = Site::open().await;
    let post = site.posts().create(&Post::new("Draft", 1)).await.unwrap();

    // What was lost was done, and is not done again.
    let (relay, posts) = behind(&site, [Fate::LoseAnswer]).await;
    posts.update(post.id, &json!({ "views": { "$increment": 1 } })).await.unwrap();
    assert_eq!(relay.seen().len(), 2);
    let changed = site.posts().get(post.id).await.unwrap();
    assert_eq!(changed.fields.views, 2);

    // Without a key it is left to the caller.
    let patch = neonex_sdk::types::TenantPatch { name: Some("Acme Ltd".to_owned()), ..Default::default() };
    let relay = Relay::before(site.server.url(), [Fate::LoseAnswer]).await;
    let operator = Client::builder(&relay.url).credential(&site.token).retry(quick()).build().unwrap();
    let lost = operator.tenants().update("acme", &patch).await.unwrap_err();
    assert!(matches!(lost, Error::NoAnswer(_)) && lost.is_retryable(), "{lost:?}");
    assert_eq!((lost.status(), lost.request_id(), lost.body()), (None, None, None));
    assert_eq!(relay.seen().len(), 1);

    // What has a precondition would be refused for its own success.
    let (relay, posts) = behind(&site, [busy(None)]).await;
    let etag = changed.etag.unwrap();
    let refused = posts.upsert(post.id, &Post::new("Final", 3)).if_match(&etag).await.unwrap_err();
    assert_eq!(refused.status().unwrap(), 503);
    assert_eq!(relay.seen().len(), 1);
}

#[tokio::test]
async fn what_comes_to_the_same_is_done_again() {
    let site = Site::open().await;
    let post = site.posts().create(&Post::new("Draft", 1)).await.unwrap();
    let (relay, posts) = behind(&site, [Fate::LoseAnswer, busy(None)]).await;
    let written = posts.upsert(post.id, &Post::new("Final", 2)).await.unwrap();
    assert_eq!((written.fields.views, relay.seen().len()), (2, 3));

    // The second try finds nothing to delete, because the first one deleted it.
    let (relay, posts) = behind(&site, [Fate::LoseAnswer]).await;
    posts.delete(post.id).await.unwrap();
    assert_eq!(relay.seen().len(), 2);
    assert!(posts.delete(post.id).await.unwrap_err().is_not_found());

    let relay = Relay::before(site.server.url(), [Fate::LoseAnswer]).await;
    let collections = site.at(&relay.url).retry(quick()).build().unwrap().collections();
    collections.delete("posts").await.unwrap();
    assert!(collections.delete("posts").await.unwrap_err().is_not_found());
    assert_eq!(relay.seen().len(), 3);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_asked_again_after_the_timeout() {
    let site = Site::open().await;
    let relay = Relay::before(site.server.url(), [Fate::Swallow]).await;
    let client = site.at(&relay.url).retry(quick()).timeout(Duration::from_secs(1)).build().unwrap();
    let made = client.records::<Post>("posts").create(&Post::new("Late", 1)).await.unwrap();
    assert_eq!(made.fields.title, "Late");
    assert!(relay.seen().len() >= 2);

    let relay = Relay::before(site.server.url(), [Fate::Swallow]).await;
    let client = site.at(&relay.url).retry(RetryPolicy::never()).timeout(Duration::from_millis(50));
    let silent = client.build().unwrap().collections().list().await.unwrap_err();
    assert!(matches!(&silent, Error::NoAnswer(error) if error.is_timeout()), "{silent:?}");
}

#[tokio::test]
async fn tries_are_counted_and_patience_ends() {
    let site = Site::open().await;
    let (relay, posts) = behind(&site, [busy(None), busy(None), busy(None), busy(None), busy(None)]).await;
    let refused = posts.list().send().await.unwrap_err();
    assert!(refused.is_retryable() && refused.status().unwrap() == 503, "{refused:?}");
    assert_eq!(relay.seen().len(), 4);

    let (relay, posts) = behind(&site, [busy(Some(120))]).await;
    let refused = posts.list().send().await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(Duration::from_mins(2)));
    assert_eq!(relay.seen().len(), 1);
}

#[tokio::test]
async fn a_limit_of_the_server_is_waited_for() {
    let site = Site::open_with(&[("NEONEX_REQUESTS_PER_SECOND", "1"), ("NEONEX_BURST", "10")]).await;
    let hasty = site.posts();
    let refused = loop {
        if let Err(error) = hasty.list().send().await {
            break error;
        }
    };
    assert_eq!((refused.status().unwrap().as_u16(), refused.code()), (429, Some("rate_limited")));
    assert!(refused.is_retryable() && refused.request_id().is_some(), "{refused:?}");
    let asked = refused.retry_after().expect("a 429 says how long");
    assert!(asked >= Duration::from_secs(1) && asked < Duration::from_secs(5), "{asked:?}");

    let started = Instant::now();
    let patient = site.at(site.server.url()).retry(quick()).build().unwrap().records::<Post>("posts");
    // Not even a change that is never repeated is lost to a limit: it was not begun.
    let missing = patient.update(uuid::Uuid::nil(), &json!({ "views": 1 })).await.unwrap_err();
    assert!(missing.is_not_found(), "{missing:?}");
    assert!(started.elapsed() < asked * 3, "{:?}", started.elapsed());
}
