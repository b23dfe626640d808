//! What a call that fails says.

use std::error::Error as _;
use std::net::TcpListener;

use neonex_sdk::types::{NewKey, NewTenant, TenantState};
use neonex_sdk::{Client, Error, RetryPolicy};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::relay::{Fate, Relay};
use crate::site::{Post, Site};

/// Status, code, and whether another try may help.
fn kind(error: &Error) -> (u16, Option<&str>, bool) {
    (error.status().expect("an answer").as_u16(), error.code(), error.is_retryable())
}

#[tokio::test]
async fn a_refusal_is_kept_whole() {
    let site = Site::open().await;
    let error = site.operator.tenants().get("nobody").await.unwrap_err();
    assert_eq!(kind(&error), (404, Some("not_found"), false));
    assert!(error.is_not_found());
    let body: Value = serde_json::from_slice(error.body().unwrap()).unwrap();
    assert_eq!(body["code"], "not_found");
    assert_eq!(body["request_id"].as_str(), error.request_id());
    let problem = error.problem().unwrap();
    assert_eq!(body["detail"], problem.detail);
    let said = error.to_string();
    assert!(said.contains(&problem.detail) && said.contains(error.request_id().unwrap()), "{said}");
}

#[tokio::test]
async fn each_kind_of_refusal_can_be_told_from_the_others() {
    let site = Site::open().await;
    let posts = site.posts();
    let post = posts.create(&Post::new("First", 1)).await.unwrap();
    let etag = post.etag.unwrap();
    posts.update(post.id, &json!({ "views": 2 })).await.unwrap();

    let late = posts.update(post.id, &json!({ "views": 3 })).if_match(&etag).await.unwrap_err();
    assert_eq!(kind(&late), (412, Some("precondition_failed"), false));
    let there = posts.upsert(post.id, &Post::new("New", 1)).if_absent().await.unwrap_err();
    assert_eq!(kind(&there), (412, Some("precondition_failed"), false));
    let taken = site.operator.tenants().create(&NewTenant::new("acme", "Acme")).await.unwrap_err();
    assert_eq!(kind(&taken), (409, Some("slug_taken"), false));
    let stranger = site.operator.with_credential("nx_sec_nobody").unwrap();
    let unknown = stranger.collections().list().await.unwrap_err();
    assert_eq!(kind(&unknown), (401, Some("invalid_credential"), false));

    let wrong = posts.create(&json!({ "title": "Red", "views": "many", "colour": "red" })).await.unwrap_err();
    assert_eq!(kind(&wrong), (400, Some("invalid_body"), false));
    let mut places: Vec<_> = wrong.details().iter().map(|detail| detail.pointer.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["/colour", "/views"], "{wrong}");
    assert!(wrong.to_string().contains("/colour"), "{wrong}");
    let wrong = posts.list().filter("views >").send().await.unwrap_err();
    assert_eq!(wrong.details()[0].pointer, "?filter", "{wrong}");
}

#[tokio::test]
async fn an_error_that_is_no_problem_is_kept_too() {
    let site = Site::open().await;
    let page = "<h1>Bad gateway</h1>";
    let answer = format!(
        "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nx-request-id: proxy-7\r\nretry-after: 9\r\n\
         content-length: {}\r\n\r\n{page}",
        page.len()
    );
    let relay = Relay::before(site.server.url(), [Fate::Answer(answer.clone()), Fate::Answer(answer)]).await;
    let client = site.at(&relay.url).retry(RetryPolicy::never()).build().unwrap();
    // By hand and by the generated code.
    let by_hand = client.records::<Post>("posts").list().send().await.unwrap_err();
    let generated = client.collections().get("posts").await.unwrap_err();
    for error in [by_hand, generated] {
        assert_eq!(kind(&error), (502, None, true));
        assert_eq!(error.body(), Some(page.as_bytes()));
        assert_eq!(error.request_id(), Some("proxy-7"));
        assert_eq!(error.retry_after().unwrap().as_secs(), 9);
        assert!(error.problem().is_none() && error.details().is_empty());
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_kept_and_not_shown() {
    #[derive(Debug, Deserialize)]
    struct Other {
        #[expect(dead_code, reason = "never read: it is not there")]
        colour: String,
    }
    let site = Site::open().await;
    let post = site.posts().create(&Post::new("Blue", 1)).await.unwrap();
    let client = site.at(site.server.url()).build().unwrap();
    let error = client.records::<Other>("posts").get(post.id).await.unwrap_err();
    assert_eq!(kind(&error), (200, None, false));
    let body: Value = serde_json::from_slice(error.body().unwrap()).unwrap();
    assert_eq!(body["title"], "Blue");
    assert!(error.request_id().is_some());
    assert!(error.source().unwrap().to_string().contains("colour"), "{error:?}");
    assert!(!format!("{error:?}").contains("Blue"), "{error:?}");

    let relay = Relay::before(site.server.url(), [Fate::Edit("\"fields\"", "\"fieIds\"")]).await;
    let error = site.at(&relay.url).build().unwrap().collections().get("posts").await.unwrap_err();
    assert_eq!(kind(&error), (200, None, false));
    assert!(String::from_utf8_lossy(error.body().unwrap()).contains("fieIds"));
    assert!(error.source().unwrap().to_string().contains("fields"), "{error:?}");
}

#[tokio::test]
async fn a_word_of_a_later_server_is_read() {
    let site = Site::open().await;
    let relay = Relay::before(site.server.url(), [Fate::Edit("\"active\"", "\"frozen\"")]).await;
    let operator = Client::builder(&relay.url).credential(&site.token).build().unwrap();
    let tenant = operator.tenants().get("acme").await.unwrap();
    assert_eq!(tenant.status, TenantState::Unknown("frozen".to_owned()));
    assert_eq!(operator.tenants().get("acme").await.unwrap().status, TenantState::Active);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_answer() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::builder(format!("http://{nobody}")).retry(RetryPolicy::never()).build().unwrap();
    let error = client.collections().list().await.unwrap_err();
    assert!(matches!(&error, Error::NoAnswer(error) if error.is_connect()), "{error:?}");
    assert!(error.is_retryable() && error.status().is_none() && error.retry_after().is_none());
}

#[tokio::test]
async fn no_credential_is_shown() {
    let site = Site::open().await;
    let new = site.operator.keys("acme").create(&NewKey::secret("new")).await.unwrap();
    let secret = new.key.clone().unwrap();
    assert!(secret.reveal().starts_with("nx_sec_"), "the new key is a key");
    let client = site.operator.with_credential(secret.reveal()).unwrap();
    let posts = client.records::<Post>("posts");
    let refused = client.tenants().get("acme").await.unwrap_err();
    let unreadable = Relay::before(site.server.url(), [Fate::Edit("\"hint\"", "\"hlnt\"")]).await;
    let unreadable = Client::builder(&unreadable.url).credential(&site.token).build().unwrap();
    let unreadable = unreadable.keys("acme").create(&NewKey::secret("x")).await.unwrap_err();
    let body: Value = serde_json::from_slice(unreadable.body().unwrap()).unwrap();
    let unread = body["key"].as_str().unwrap();
    let shown = [
        format!("{:?}", Client::builder("http://localhost").credential(secret.reveal())),
        format!("{client:?} {:?}", client.keys("acme")),
        format!("{posts:?} {:?} {:?}", posts.list().filter("true"), posts.create(&Post::new("a", 1))),
        format!("{refused:?} {refused}"),
        format!("{unreadable:?} {unreadable}"),
        format!("{new:?} {secret:?}"),
    ];
    for text in shown {
        for opener in [secret.reveal(), unread, &site.token] {
            assert!(!text.contains(opener), "{text}");
        }
    }
}
