//! Sign-ups and invitations that are sent again; and invitations as those see them who have sent them.

use futures_util::future::join_all;
use neonex_testkit::{Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::auth::{PASSWORD, sign_in};
use crate::support::rows_of;

const INVITATIONS: &str = "/v1/users/invitations";
const ONCE: &str = "idempotency-key";
/// As many as may have mails sent to one address at once.
const RACERS: usize = 3;

async fn subjects(developer: &Client, to: &str) -> Vec<Value> {
    let mails = expect(&developer.get(&format!("/v1/mails?to={to}")).await, 200);
    mails["items"].as_array().unwrap().iter().map(|mail| mail["subject"].clone()).collect()
}

#[tokio::test]
async fn a_sign_up_that_is_sent_again_is_one() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let anonymous = acme.publishable().await.unwrap().with(ONCE, "once");
    let new = json!({"email": "ann@example.com", "password": PASSWORD});
    let racers = join_all((0..RACERS).map(|_| anonymous.post("/v1/auth/sign-up", &new))).await;
    for answer in &racers {
        assert_eq!(expect(answer, 202), json!({"email": "ann@example.com"}));
    }
    expect(&anonymous.post("/v1/auth/sign-up", &new).await, 202);
    // Nobody was told that somebody else wants their address.
    assert_eq!(subjects(&developer, "ann@example.com").await.len(), 1);
    let other = json!({"email": "bob@example.com", "password": PASSWORD});
    problem(&anonymous.post("/v1/auth/sign-up", &other).await, 422, "idempotency_key_reused");
    // The password takes no part in what is kept.
    let other = json!({"email": "ann@example.com", "password": "another horse battery staple"});
    expect(&anonymous.post("/v1/auth/sign-up", &other).await, 202);
    expect(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 200);
    assert_eq!(rows_of(app.platform.store(), &acme.tenant, "requests").await, 1);
    // A sign-up without a key is another.
    app.platform.clock.advance(3600);
    expect(&acme.anonymous().post("/v1/auth/sign-up", &new).await, 202);
    assert_eq!(subjects(&developer, "ann@example.com").await.len(), 2);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn an_invitation_that_is_sent_again_is_one() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let invitation = json!({"email": "ann@example.com", "roles": ["admin"]});
    let again = developer.with(ONCE, "once");
    let racers = join_all((0..RACERS).map(|_| again.post(INVITATIONS, &invitation))).await;
    let first = expect(&racers[0], 201);
    for answer in &racers {
        assert_eq!(expect(answer, 201), first);
    }
    assert_eq!(subjects(&developer, "ann@example.com").await.len(), 1);
    let other = json!({"email": "bob@example.com"});
    problem(&again.post(INVITATIONS, &other).await, 422, "idempotency_key_reused");
    // One that failed is not kept.
    app.platform.clock.advance(3600);
    let user = json!({"email": "eve@example.com", "verified": true});
    let user = expect(&developer.post("/v1/users", &user).await, 201);
    let eve = json!({"email": "eve@example.com"});
    let late = developer.with(ONCE, "late");
    problem(&late.post(INVITATIONS, &eve).await, 409, "email_taken");
    let gone = format!("/v1/collections/users/records/{}", user["id"].as_str().unwrap());
    expect(&developer.delete(&gone).await, 204);
    expect(&late.post(INVITATIONS, &eve).await, 201);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn invitations_are_listed_until_they_are_taken_or_over() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let mut made = Vec::new();
    for name in ["ann", "bob", "eve"] {
        let invitation = json!({"email": format!("{name}@example.com"), "roles": ["admin"]});
        made.push(expect(&developer.post(INVITATIONS, &invitation).await, 201));
        app.platform.clock.advance(1);
    }
    made.reverse();
    assert_eq!(made[0]["roles"], json!(["admin"]));
    let all = expect(&developer.get(INVITATIONS).await, 200);
    assert_eq!(all, json!({"items": made, "next_cursor": null}));
    let page = developer.get(&format!("{INVITATIONS}?limit=2")).await;
    assert!(page.header("link").unwrap().contains("rel=\"next\""));
    let page = expect(&page, 200);
    assert_eq!(page["items"], json!(made[..2]));
    let next = format!("{INVITATIONS}?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(expect(&developer.get(&next).await, 200), json!({"items": made[2..], "next_cursor": null}));
    problem(&acme.anonymous().get(INVITATIONS).await, 403, "scope_needed");
    let reader = acme.secret_with(&["auth:read"]).await.unwrap();
    expect(&reader.get(INVITATIONS).await, 200);
    // One that is taken back is not there any more, nor one that is over.
    let path = format!("{INVITATIONS}/{}", made[0]["id"].as_str().unwrap());
    problem(&reader.delete(&path).await, 403, "scope_needed");
    expect(&developer.delete(&path).await, 204);
    assert_eq!(expect(&developer.get(INVITATIONS).await, 200)["items"], json!(made[1..]));
    app.platform.clock.advance(7 * 24 * 3600);
    assert_eq!(expect(&developer.get(INVITATIONS).await, 200)["items"], json!([]));
    app.remove().await.unwrap();
}
