//! Sessions of users that keep themselves alive.

use futures_util::future::join_all;
use neonex_sdk::types::{RotateSigningKey, SignUp};
use neonex_sdk::{Client, Session};

use crate::relay::{Fate, Relay};
use crate::site::Site;

const EMAIL: &str = "ann@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// A user, and their session behind a relay with these fates.
async fn session(site: &Site, fates: impl IntoIterator<Item = Fate>) -> (Relay, Session) {
    let direct = Client::builder(site.server.url()).tenant("acme").build().unwrap();
    direct.auth().sign_up(&SignUp::new(EMAIL, PASSWORD)).await.unwrap();
    let relay = Relay::before(site.server.url(), fates).await;
    let app = Client::builder(&relay.url).tenant("acme").build().unwrap();
    let session = app.auth().sign_in(EMAIL, PASSWORD).await.unwrap();
    (relay, session)
}

fn lines(relay: &Relay) -> Vec<String> {
    relay.seen().into_iter().map(|seen| seen.line).collect()
}

fn refreshes(relay: &Relay) -> usize {
    lines(relay).iter().filter(|line| *line == "POST /v1/auth/refresh").count()
}

#[tokio::test]
async fn tokens_are_renewed_before_they_are_over() {
    let site = Site::open().await;
    let (relay, session) = session(&site, [Fate::Edit("\"expires_in\":900", "\"expires_in\": 10")]).await;
    session.user().await.unwrap();
    session.user().await.unwrap();
    let expected =
        ["POST /v1/auth/sign-in", "POST /v1/auth/refresh", "GET /v1/auth/user", "GET /v1/auth/user"];
    assert_eq!(lines(&relay), expected);
}

#[tokio::test]
async fn a_token_that_counts_no_more_is_renewed_once_for_all_who_wait() {
    let site = Site::open().await;
    let (relay, session) = session(&site, []).await;
    let developer = site.at(site.server.url()).build().unwrap();
    let rotate = &RotateSigningKey { at_once: true };
    developer.call(|api| async move { api.rotate_signing_key(rotate).await }).await.unwrap();
    for user in join_all((0..20).map(|_| session.user())).await {
        user.unwrap();
    }
    assert_eq!(refreshes(&relay), 1);
    // Who asks for a renewal gets one.
    session.refresh().await.unwrap();
    assert_eq!(refreshes(&relay), 2);
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_asked_for_again() {
    let site = Site::open().await;
    let (relay, session) = session(&site, []).await;
    let kept = session.refresh_token().await.unwrap();
    // Somebody else ends it.
    let app = Client::builder(site.server.url()).tenant("acme").build().unwrap();
    let other = app.auth().sign_in(EMAIL, PASSWORD).await.unwrap().client();
    other.call(|api| async move { api.end_other_sessions().await }).await.unwrap();
    for _ in 0..2 {
        assert_eq!(session.user().await.unwrap_err().code(), Some("invalid_credential"));
    }
    assert_eq!(refreshes(&relay), 1);
    assert!(session.refresh_token().await.is_none());
    assert_eq!(app.auth().resume(kept).await.unwrap_err().code(), Some("invalid_refresh_token"));
    let shown = format!("{session:?} {other:?}");
    assert!(!shown.contains("nx_ref_") && !shown.contains("Bearer") && !shown.contains("eyJ"), "{shown}");
}
