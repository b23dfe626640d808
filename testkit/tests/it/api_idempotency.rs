//! A request with an `Idempotency-Key` may be sent again: it is done once, and answered the same each time.

use futures_util::future::join_all;
use neonex_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{NOTES, expect, note, problem, with_notes};

/// What a repetition must have in common with the first answer: status, body byte by byte, and what points at it.
fn same(first: &Answer, again: &Answer) {
    let seen = |answer: &Answer| {
        let header = |name| answer.header(name).map(str::to_owned);
        (answer.status, answer.body.clone(), header("location"), header("etag"), header("content-type"))
    };
    assert_eq!(seen(first), seen(again));
}

/// Every operation that takes a key: who sends what where.
async fn requests(app: &TestApp) -> Vec<(Client, String, Value)> {
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    let keys = format!("/v1/tenants/{}/keys", acme.id());
    let old = developer.post(&keys, &json!({"name": "old", "kind": "secret"})).await.id();
    let client = |client: &Client| client.with("idempotency-key", "once");
    vec![
        (client(&app.operator()), "/v1/tenants".into(), json!({"slug": "made", "name": "Made"})),
        (client(&developer), keys.clone(), json!({"name": "made", "kind": "secret"})),
        (client(&developer), format!("{keys}/{old}/rotate"), json!({"overlap_seconds": 60})),
        (client(&developer), "/v1/collections".into(), json!({"name": "made"})),
        (client(&developer), NOTES.into(), json!({"title": "made"})),
    ]
}

#[tokio::test]
async fn a_repetition_is_answered_byte_for_byte_also_by_another_process() {
    let app = TestApp::start().await.unwrap();
    let requests = requests(&app).await;
    let mut first = Vec::new();
    for (client, path, body) in &requests {
        let answer = client.post(path, body).await;
        expect(&answer, 201);
        assert!(answer.header("location").is_some(), "{path} says not where it is");
        first.push(answer);
    }
    app.platform.clock.advance(3600);
    let restarted = app.another_process().await.unwrap();
    for ((client, path, body), first) in requests.iter().zip(&first) {
        same(first, &client.post(path, body).await);
        same(first, &client.at(&restarted).post(path, body).await);
    }
    app.remove().await.unwrap();
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused() {
    let app = TestApp::start().await.unwrap();
    for (client, path, body) in requests(&app).await {
        expect(&client.post(&path, &body).await, 201);
        let other = match path.as_str() {
            "/v1/tenants" => json!({"slug": "other", "name": "Made"}),
            path if path.ends_with("/rotate") => json!({"overlap_seconds": 61}),
            path if path.ends_with("/keys") => json!({"name": "made", "kind": "publishable"}),
            "/v1/collections" => json!({"name": "other"}),
            _ => json!({"title": "other"}),
        };
        problem(&client.post(&path, &other).await, 422, "idempotency_key_reused");
    }
    app.remove().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_racers_make_one_row() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let rounds = 20;
    for round in 0..rounds {
        let once = developer.with("idempotency-key", &format!("race {round}"));
        let racers = (0..10).map(|_| {
            let once = once.clone();
            tokio::spawn(async move { once.post(NOTES, &json!({"title": format!("race {round}")})).await })
        });
        let answers: Vec<Answer> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
        for answer in &answers {
            expect(answer, 201);
            same(&answers[0], answer);
        }
    }
    let listed = expect(&developer.get(&format!("{NOTES}?count=exact")).await, 200);
    assert_eq!(listed["total"], rounds);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn every_write_of_a_record_is_made_once() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let path = format!("{NOTES}/{}", note(&developer, "one", 1).await.id());
    let once = developer.with("idempotency-key", "once");
    let (two, three) = (json!({"stars": 2}), json!({"stars": 3}));

    let first = once.patch(&path, &two).await;
    expect(&first, 200);
    expect(&developer.patch(&path, &three).await, 200);
    same(&first, &once.patch(&path, &two).await);
    problem(&once.patch(&path, &three).await, 422, "idempotency_key_reused");
    assert_eq!(expect(&developer.get(&path).await, 200)["stars"], 3);

    let fresh = format!("{NOTES}/0197f3a0-0000-7000-8000-000000000001");
    for (path, status) in [(&path, 200), (&fresh, 201)] {
        let body = json!({"title": path});
        let first = once.put(path, &body).await;
        expect(&first, status);
        expect(&developer.patch(path, &two).await, 200);
        same(&first, &once.put(path, &body).await);
        assert_eq!(expect(&developer.get(path).await, 200)["stars"], 2);
    }

    expect(&once.delete(&fresh).await, 204);
    expect(&developer.put(&fresh, &json!({"title": "again"})).await, 201);
    expect(&once.delete(&fresh).await, 204);
    expect(&developer.get(&fresh).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_key_counts_for_its_sender_and_its_route_alone() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    let one = with_notes(&acme).await.with("idempotency-key", "same");
    let two = acme.secret().await.unwrap().with("idempotency-key", "same");
    let foreign = with_notes(&other).await.with("idempotency-key", "same");
    let made = expect(&one.post(NOTES, &json!({"title": "one"})).await, 201);
    let by_two = expect(&two.post(NOTES, &json!({"title": "two"})).await, 201);
    let elsewhere = expect(&foreign.post(NOTES, &json!({"title": "one"})).await, 201);
    assert!(made["id"] != by_two["id"] && made["id"] != elsewhere["id"]);
    expect(&one.post("/v1/collections", &json!({"name": "more"})).await, 201);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_failed_is_not_kept_and_a_key_is_checked() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let once = developer.with("idempotency-key", "later");
    let first = note(&developer, "taken", 1).await.id();
    problem(&once.post(NOTES, &json!({"title": "taken"})).await, 409, "not_unique");
    expect(&developer.delete(&format!("{NOTES}/{first}")).await, 204);
    expect(&once.post(NOTES, &json!({"title": "taken"})).await, 201);
    for bad in ["", &"k".repeat(256), "k\tk"] {
        let refused = developer.with("idempotency-key", bad).post(NOTES, &json!({"title": "x"})).await;
        let refused = problem(&refused, 400, "invalid_parameter");
        assert_eq!(refused["errors"][0]["pointer"], "Idempotency-Key", "{refused}");
    }
    let longest = developer.with("idempotency-key", &"k".repeat(255));
    expect(&longest.post(NOTES, &json!({"title": "x"})).await, 201);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day_but_not_before() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    let once = developer.with("idempotency-key", "daily");
    let first = once.post(NOTES, &json!({"title": "a"})).await;
    expect(&first, 201);
    app.platform.clock.advance(24 * 3600 - 1);
    same(&first, &once.post(NOTES, &json!({"title": "a"})).await);
    app.platform.clock.advance(2);
    // The next key to be taken lets those go that are old enough.
    expect(&developer.with("idempotency-key", "other").post(NOTES, &json!({"title": "b"})).await, 201);
    problem(&once.post(NOTES, &json!({"title": "a"})).await, 409, "not_unique");
    app.remove().await.unwrap();
}
