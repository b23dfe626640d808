//! `ETag`, `If-Match` and `If-None-Match` (RFC 9110 §13).

use neonex_testkit::TestApp;
use serde_json::json;

use crate::api::{NOTES, expect, note, problem, with_notes};

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let made = note(&developer, "one", 1).await;
    let (path, etag) = (format!("{NOTES}/{}", made.id()), made.header("etag").unwrap().to_owned());
    let read = developer.get(&path).await;
    assert_eq!((read.status, read.header("etag")), (200, Some(etag.as_str())));
    for known in [etag.clone(), format!("\"0\", W/{etag}"), "*".to_owned()] {
        let unchanged = developer.with("if-none-match", &known).get(&path).await;
        assert_eq!((unchanged.status, unchanged.header("etag")), (304, Some(etag.as_str())), "{known}");
        assert!(unchanged.body.is_empty());
    }
    expect(&developer.with("if-none-match", "\"0\"").get(&path).await, 200);
    let changed = developer.patch(&path, &json!({"stars": 2})).await;
    assert_ne!(changed.header("etag"), Some(etag.as_str()), "the clock stood still, the version must not");
    expect(&developer.with("if-none-match", &etag).get(&path).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_write_over_another_version_is_refused() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let made = note(&developer, "one", 1).await;
    let (path, etag) = (format!("{NOTES}/{}", made.id()), made.header("etag").unwrap().to_owned());
    let holder = developer.with("if-match", &etag);
    let changed = holder.patch(&path, &json!({"stars": 2})).await;
    expect(&changed, 200);
    problem(&holder.patch(&path, &json!({"stars": 3})).await, 412, "precondition_failed");
    problem(&holder.put(&path, &json!({"title": "one"})).await, 412, "precondition_failed");
    problem(&holder.delete(&path).await, 412, "precondition_failed");
    let kept = expect(&developer.get(&path).await, 200);
    assert_eq!((&kept["title"], &kept["stars"]), (&json!("one"), &json!(2)));
    // A weak tag is no proof of the same bytes.
    let fresh = changed.header("etag").unwrap();
    let weak = developer.with("if-match", &format!("W/{fresh}"));
    problem(&weak.patch(&path, &json!({"stars": 3})).await, 412, "precondition_failed");
    expect(&developer.with("if-match", &format!("\"0\", {fresh}")).delete(&path).await, 204);
    problem(&developer.with("if-match", "*").patch(&path, &json!({"stars": 3})).await, 404, "not_found");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn of_many_who_hold_one_version_one_writes() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let made = note(&developer, "one", 0).await;
    let path = format!("{NOTES}/{}", made.id());
    let holder = developer.with("if-match", made.header("etag").unwrap());
    let writes = (1..=10).map(|stars| {
        let (holder, path) = (holder.clone(), path.clone());
        tokio::spawn(async move { holder.patch(&path, &json!({ "stars": stars })).await.status })
    });
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(writes).await.into_iter().map(Result::unwrap).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412, 412, 412]);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_record_is_made_under_a_chosen_id_only_if_there_is_none() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let path = format!("{NOTES}/0197f3a0-0000-7000-8000-000000000001");
    let absent = developer.with("if-none-match", "*");
    problem(
        &developer.with("if-match", "*").put(&path, &json!({"title": "a"})).await,
        412,
        "precondition_failed",
    );
    let made = absent.put(&path, &json!({"title": "a"})).await;
    assert!(made.header("etag").is_some());
    expect(&made, 201);
    problem(&absent.put(&path, &json!({"title": "b"})).await, 412, "precondition_failed");
    expect(&developer.put(&path, &json!({"title": "b"})).await, 200);
    for (header, value) in [("if-match", "bare"), ("if-none-match", "\"a\"")] {
        let refused = developer.with(header, value).put(&path, &json!({"title": "c"})).await;
        problem(&refused, 400, "invalid_parameter");
    }
    app.remove().await.unwrap();
}
