//! Second factors: set up, shown once each, held against guessers, taken away; and that what is dangerous asks for a
//! fresh proof. The codes are those of `oathtool`, somebody else's implementation (Debian: `oathtool`).

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::auth::{PASSWORD, refresh, sign_in, user};
use crate::support::{FORGIVEN, number, rounds};

const FACTORS: &str = "/v1/auth/factors";

/// The code that an app with that secret shows so many seconds from now.
pub(crate) fn code(app: &TestApp, secret: &str, seconds: i64) -> String {
    let at = app.platform.platform.now().plus_seconds(seconds).as_micros() / 1_000_000;
    let shown = Command::new("oathtool").args(["--totp", "-b", "-N", &format!("@{at}"), secret]).output();
    let shown = shown.unwrap_or_else(|error| panic!("oathtool does not run: {error}"));
    assert!(shown.status.success(), "{shown:?}");
    String::from_utf8(shown.stdout).unwrap().trim().to_owned()
}

/// Sets up an app for a user who is signed in: its secret, and the recovery codes.
pub(crate) async fn with_totp(app: &TestApp, user: &Client) -> (String, Vec<String>) {
    let made = expect(&user.post(&format!("{FACTORS}/totp"), &json!({"name": "Telephone"})).await, 201);
    let secret = text(&made["secret"]);
    let confirm = format!("{FACTORS}/{}/confirm", text(&made["id"]));
    let confirmed = expect(&user.post(&confirm, &json!({"code": code(app, &secret, 0)})).await, 200);
    let codes = confirmed["recovery_codes"].as_array().cloned().unwrap_or_default();
    (secret, codes.iter().map(text).collect())
}

/// Signs in with the password, and gives the token under which the second factor is shown.
async fn first(tenant: &AppTenant, email: &str) -> String {
    let asked = problem(&sign_in(&tenant.anonymous(), email, PASSWORD).await, 401, "second_factor_needed");
    text(&asked["second_factor"]["token"])
}

async fn second(client: &Client, token: &str, method: &str, code: &str) -> Answer {
    client.post("/v1/auth/second-factor", &json!({"token": token, "method": method, "code": code})).await
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub(crate) fn claims(signed_in: &Value) -> Value {
    let payload = text(&signed_in["access_token"]);
    let payload = payload.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_asked_for() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    assert_eq!(claims(&signed_in)["amr"], json!(["pwd"]));
    let made = expect(&ann.post(&format!("{FACTORS}/totp"), &json!({"name": " Telephone "})).await, 201);
    let (id, secret) = (text(&made["id"]), text(&made["secret"]));
    let expected = format!("otpauth://totp/acme:ann%40example.com?secret={secret}&issuer=acme");
    assert_eq!(made["otpauth_url"], expected);
    assert!(text(&made["qr"]).starts_with("data:image/svg+xml;base64,"));
    // Until it is confirmed nobody is asked for it.
    expect(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 200);
    let confirm = format!("{FACTORS}/{id}/confirm");
    problem(&ann.post(&confirm, &json!({"code": "000000"})).await, 401, "wrong_code");
    let used = code(&app, &secret, 0);
    let confirmed = expect(&ann.post(&confirm, &json!({"code": used})).await, 200);
    assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
    assert!(confirmed.get("session").is_none());
    problem(&ann.post(&confirm, &json!({"code": used})).await, 404, "not_found");
    let listed = expect(&ann.get(FACTORS).await, 200);
    assert_eq!(
        (&listed["items"][0]["name"], &listed["items"][0]["kind"]),
        (&json!("Telephone"), &json!("totp"))
    );
    assert_eq!(listed["recovery_codes_left"], 10);
    assert!(!listed.to_string().contains(&secret));

    let asked =
        problem(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 401, "second_factor_needed");
    let pending = &asked["second_factor"];
    assert_eq!(
        (&pending["methods"], &pending["expires_in"]),
        (&json!(["totp", "recovery_code"]), &json!(300))
    );
    let token = text(&pending["token"]);
    // The code that has confirmed it is used up, and the token is good for nothing else.
    problem(&second(&acme.anonymous(), &token, "totp", &used).await, 401, "wrong_code");
    let misused = acme.nobody().bearer(&token);
    problem(&misused.get("/v1/auth/user").await, 401, "invalid_credential");
    let enrol = json!({"name": "Mine", "token": token});
    problem(
        &acme.anonymous().post(&format!("{FACTORS}/totp"), &enrol).await,
        401,
        "invalid_second_factor_token",
    );
    app.platform.clock.advance(30);
    let next = code(&app, &secret, 0);
    let signed_in = expect(&second(&acme.anonymous(), &token, "totp", &next).await, 200);
    assert_eq!(claims(&signed_in)["amr"], json!(["pwd", "otp", "mfa"]));
    let ann = acme.nobody().bearer(&text(&signed_in["access_token"]));
    let sessions = expect(&ann.get("/v1/auth/sessions").await, 200);
    assert_eq!(sessions["items"][0]["second_factor"], "totp");
    problem(&second(&acme.anonymous(), &token, "totp", &next).await, 401, "invalid_second_factor_token");
    // What follows from a refresh token says the same of how it began.
    let refreshed = refresh(&acme.nobody(), &signed_in).await;
    assert_eq!(claims(&expect(&refreshed, 200))["amr"], json!(["pwd", "otp", "mfa"]));
    app.remove().await.unwrap();
}

/// security.md: a step is never accepted twice, whatever the clock does; one step before and after is.
#[tokio::test]
async fn a_one_time_password_is_good_once() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (ann, _) = user(&acme, "ann@example.com").await;
    let (secret, _) = with_totp(&app, &ann).await;
    let anonymous = acme.anonymous();
    let mut tokens = Vec::new();
    for _ in 0..12 {
        tokens.push(first(&acme, "ann@example.com").await);
    }
    let mut tokens = tokens.iter();
    let mut next = || tokens.next().unwrap();
    app.platform.clock.advance(90);
    for (seconds, status) in [(-60, 401), (60, 401), (-30, 200), (-30, 401), (0, 200), (30, 200), (0, 401)] {
        let answer = second(&anonymous, next(), "totp", &code(&app, &secret, seconds)).await;
        assert_eq!(answer.status, status, "{seconds} {}", answer.code());
    }
    // The last one that was accepted is ahead by a step; an hour back, every step has been.
    app.platform.clock.advance(-3600);
    problem(
        &second(&anonymous, &first(&acme, "ann@example.com").await, "totp", &code(&app, &secret, 0)).await,
        401,
        "wrong_code",
    );
    app.platform.clock.advance(3600 + 60);
    let (used, waiting) = (code(&app, &secret, 0), [next(), next(), next(), next()]);
    // Each racer under a token of their own.
    let racers = join_all(waiting.map(|token| second(&anonymous, token, "totp", &used))).await;
    assert_eq!(racers.iter().filter(|answer| answer.status == 200).count(), 1);
    app.remove().await.unwrap();
}

/// security.md: of racers with one secret one succeeds, also after a restart.
#[tokio::test]
async fn a_recovery_code_and_a_waiting_sign_in_are_good_once() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let anonymous = acme.anonymous();
    for round in 0..rounds(3) {
        let email = format!("somebody{round}@example.com");
        let (user, _) = user(&acme, &email).await;
        let (secret, codes) = with_totp(&app, &user).await;
        let token = first(&acme, &email).await;
        let racers = join_all((0..50).map(|_| second(&anonymous, &token, "recovery_code", &codes[0]))).await;
        let won = racers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "round {round}");
        assert!(racers.iter().all(|answer| matches!(answer.status, 200 | 401 | 429)), "round {round}");
        app.platform.clock.advance(30);
        let token = first(&acme, &email).await;
        let shown = code(&app, &secret, 0);
        let racers = join_all((0..50).map(|_| second(&anonymous, &token, "totp", &shown))).await;
        assert_eq!(racers.iter().filter(|answer| answer.status == 200).count(), 1, "round {round}");
        app.platform.clock.advance(FORGIVEN);
    }
    let (ann, _) = user(&acme, "ann@example.com").await;
    let (_, codes) = with_totp(&app, &ann).await;
    let token = first(&acme, "ann@example.com").await;
    expect(&second(&anonymous, &token, "recovery_code", &codes[0]).await, 200);
    let other = acme.anonymous().at(&app.another_process().await.unwrap());
    let token = first(&acme, "ann@example.com").await;
    problem(&second(&other, &token, "recovery_code", &codes[0]).await, 401, "wrong_code");
    // As people type it.
    let typed = codes[4].to_uppercase().replace('-', " ");
    expect(&second(&other, &token, "recovery_code", &typed).await, 200);
    assert_eq!(expect(&ann.get(FACTORS).await, 200)["recovery_codes_left"], 8);
    let renewed = expect(&ann.post("/v1/auth/recovery-codes", &json!({})).await, 200);
    let renewed = text(&renewed["recovery_codes"][0]);
    let token = first(&acme, "ann@example.com").await;
    problem(&second(&anonymous, &token, "recovery_code", &codes[5]).await, 401, "wrong_code");
    expect(&second(&anonymous, &token, "recovery_code", &renewed).await, 200);
    app.remove().await.unwrap();
}

/// security.md: codes are counted apart from passwords; a waiting sign-in takes five tries.
#[tokio::test]
async fn guessing_codes_is_held_up() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (ann, _) = user(&acme, "ann@example.com").await;
    let (secret, codes) = with_totp(&app, &ann).await;
    let anonymous = acme.anonymous();
    app.platform.clock.advance(30);
    let token = first(&acme, "ann@example.com").await;
    let wrong = if code(&app, &secret, 0) == "123456" { "654321" } else { "123456" };
    let tries = join_all((0..20).map(|_| second(&anonymous, &token, "totp", wrong))).await;
    let compared = tries.iter().filter(|answer| answer.code() == "wrong_code").count();
    assert_eq!(compared, 5, "{tries:?}");
    problem(
        &second(&anonymous, &token, "totp", &code(&app, &secret, 0)).await,
        401,
        "invalid_second_factor_token",
    );
    // The next sign-in has a token of its own, and waits like the one before; the password is not locked by it.
    let token = first(&acme, "ann@example.com").await;
    let held = second(&anonymous, &token, "totp", &code(&app, &secret, 0)).await;
    problem(&held, 429, "too_many_tries");
    assert_eq!(held.header("retry-after"), Some("1"));
    // A try that was not made is none, and a recovery code gets in, whatever was guessed.
    expect(&second(&anonymous, &token, "recovery_code", &codes[0]).await, 200);
    let token = first(&acme, "ann@example.com").await;
    expect(&second(&anonymous, &token, "totp", &code(&app, &secret, 0)).await, 200);
    // Passwords the other way around: who guesses those does not lock the factor.
    for _ in 0..6 {
        assert!(sign_in(&anonymous, "ann@example.com", "wrong").await.status >= 400);
    }
    problem(&sign_in(&anonymous, "ann@example.com", PASSWORD).await, 429, "too_many_tries");
    app.platform.clock.advance(30);
    let token = first(&acme, "ann@example.com").await;
    expect(&second(&anonymous, &token, "totp", &code(&app, &secret, 0)).await, 200);
    app.remove().await.unwrap();
}

/// A waiting sign-in is over with its time, and with whatever ends the user's sessions.
#[tokio::test]
async fn a_waiting_sign_in_does_not_outlive_its_user() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let (_, codes) = with_totp(&app, &ann).await;
    let path = format!("/v1/users/{}", text(&signed_in["user"]["id"]));
    let late = first(&acme, "ann@example.com").await;
    app.platform.clock.advance(300);
    problem(
        &second(&acme.anonymous(), &late, "recovery_code", &codes[0]).await,
        401,
        "invalid_second_factor_token",
    );
    let over = async |change: Value, undo: Value| {
        let token = first(&acme, "ann@example.com").await;
        expect(&developer.patch(&path, &change).await, 200);
        expect(&developer.patch(&path, &undo).await, 200);
        problem(
            &second(&acme.anonymous(), &token, "recovery_code", &codes[0]).await,
            401,
            "invalid_second_factor_token",
        );
    };
    over(json!({"disabled": true}), json!({"disabled": false})).await;
    over(json!({"password": PASSWORD}), json!({})).await;
    // And of another tenant it says nothing.
    let other = app.tenant("other").await.unwrap();
    let token = first(&acme, "ann@example.com").await;
    problem(
        &second(&other.anonymous(), &token, "recovery_code", &codes[0]).await,
        401,
        "invalid_second_factor_token",
    );
    expect(&second(&acme.anonymous(), &token, "recovery_code", &codes[0]).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn who_has_to_have_a_factor_sets_one_up_when_signing_in() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    user(&acme, "ann@example.com").await;
    expect(&developer.patch("/v1/auth/settings", &json!({"second_factor": "required"})).await, 200);
    let anonymous = acme.anonymous();
    let asked = problem(
        &sign_in(&anonymous, "ann@example.com", PASSWORD).await,
        401,
        "second_factor_enrolment_needed",
    );
    assert_eq!(asked["second_factor"]["methods"], json!(["totp"]));
    let token = text(&asked["second_factor"]["token"]);
    // It is for that and for nothing else.
    problem(&second(&anonymous, &token, "totp", "000000").await, 401, "invalid_second_factor_token");
    problem(&acme.nobody().bearer(&token).get(FACTORS).await, 401, "invalid_credential");
    let enrol = json!({"name": "Telephone", "token": token});
    let made = expect(&anonymous.post(&format!("{FACTORS}/totp"), &enrol).await, 201);
    let (id, secret) = (text(&made["id"]), text(&made["secret"]));
    let confirm = json!({"token": token, "code": code(&app, &secret, 0)});
    let path = format!("{FACTORS}/{id}/confirm");
    let racers = join_all((0..8).map(|_| anonymous.post(&path, &confirm))).await;
    let won: Vec<_> = racers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1, "{racers:?}");
    let confirmed = won[0].json();
    assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(claims(&confirmed["session"])["amr"], json!(["pwd", "otp", "mfa"]));
    let ann = acme.nobody().bearer(&text(&confirmed["session"]["access_token"]));
    expect(&ann.get("/v1/auth/user").await, 200);
    problem(&ann.delete(&format!("{FACTORS}/{id}")).await, 409, "last_factor");
    app.platform.clock.advance(30);
    let token = first(&acme, "ann@example.com").await;
    expect(&second(&anonymous, &token, "totp", &code(&app, &secret, 0)).await, 200);
    // A second one may go, and brings no second set of codes.
    let (_, codes) = with_totp(&app, &ann).await;
    assert!(codes.is_empty());
    expect(&ann.delete(&format!("{FACTORS}/{id}")).await, 204);
    // Where no factor is asked for, there is none to be had.
    expect(&developer.patch("/v1/auth/settings", &json!({"second_factor": "off"})).await, 200);
    expect(&sign_in(&anonymous, "ann@example.com", PASSWORD).await, 200);
    problem(&ann.post(&format!("{FACTORS}/totp"), &json!({"name": "x"})).await, 403, "second_factors_off");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn factors_are_their_users_and_go_with_them() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let (bob, _) = user(&acme, "bob@example.com").await;
    let (secret, _) = with_totp(&app, &ann).await;
    let listed = expect(&ann.get(FACTORS).await, 200);
    let id = text(&listed["items"][0]["id"]);
    assert_eq!(expect(&bob.get(FACTORS).await, 200)["items"], json!([]));
    problem(&bob.delete(&format!("{FACTORS}/{id}")).await, 404, "not_found");
    let confirm = json!({"code": code(&app, &secret, 0)});
    problem(&bob.post(&format!("{FACTORS}/{id}/confirm"), &confirm).await, 404, "not_found");
    problem(&bob.post("/v1/auth/recovery-codes", &json!({})).await, 404, "not_found");
    problem(&developer.get(FACTORS).await, 403, "user_needed");
    for name in ["", " ", "a\u{7}", &"a".repeat(101)] {
        problem(&ann.post(&format!("{FACTORS}/totp"), &json!({"name": name})).await, 400, "invalid_body");
    }
    // What the database holds is sealed: nonce, secret, tag.
    let place = acme.tenant.place();
    let count = async |sql: &str| number(app.platform.store(), place, sql, &[]).await;
    let sealed = format!("SELECT COUNT(*) FROM factors WHERE LENGTH(secret) = {}", 12 + 20 + 16);
    assert_eq!(count(&sealed).await, 1);
    let of_ann = format!("/v1/users/{}/factors", text(&signed_in["user"]["id"]));
    problem(&bob.get(&of_ann).await, 403, "scope_needed");
    assert_eq!(expect(&developer.get(&of_ann).await, 200), listed);
    problem(&bob.delete(&of_ann).await, 403, "scope_needed");
    assert_eq!(expect(&developer.delete(&of_ann).await, 200), json!({"count": 1}));
    expect(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 200);
    with_totp(&app, &ann).await;
    let own = format!("/v1/collections/users/records/{}", text(&signed_in["user"]["id"]));
    expect(&developer.delete(&own).await, 204);
    assert_eq!(count("SELECT COUNT(*) FROM factors").await, 0);
    assert_eq!(count("SELECT COUNT(*) FROM recovery_codes").await, 0);
    app.remove().await.unwrap();
}

/// What would make a session somebody else's for good asks for a proof that is not old.
#[tokio::test]
async fn what_is_dangerous_asks_for_a_fresh_proof() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    expect(&developer.patch("/v1/auth/settings", &json!({"access_token_minutes": 60})).await, 200);
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let (secret, codes) = with_totp(&app, &ann).await;
    let id = text(&expect(&ann.get(FACTORS).await, 200)["items"][0]["id"]);
    let own = format!("/v1/collections/users/records/{}", text(&signed_in["user"]["id"]));
    let dangerous = async || {
        vec![
            ann.post(&format!("{FACTORS}/totp"), &json!({"name": "Theirs"})).await,
            ann.post("/v1/auth/recovery-codes", &json!({})).await,
            ann.delete(&format!("{FACTORS}/{id}")).await,
            ann.delete(&own).await,
        ]
    };
    app.platform.clock.advance(599);
    expect(&ann.post("/v1/auth/recovery-codes", &json!({})).await, 200);
    app.platform.clock.advance(1);
    for answer in dangerous().await {
        problem(&answer, 403, "step_up_needed");
    }
    let step_up = async |body: Value| ann.post("/v1/auth/step-up", &body).await;
    let wrong = step_up(json!({"method": "password", "password": "wrong horse battery staple"})).await;
    problem(&wrong, 400, "invalid_body");
    problem(&step_up(json!({"method": "password"})).await, 400, "invalid_body");
    problem(&step_up(json!({"method": "totp", "code": "000000"})).await, 401, "wrong_code");
    problem(&step_up(json!({"method": "recovery_code", "code": codes[0]})).await, 401, "wrong_code");
    for answer in dangerous().await {
        problem(&answer, 403, "step_up_needed");
    }
    expect(&step_up(json!({"method": "totp", "code": code(&app, &secret, 0)})).await, 204);
    problem(&step_up(json!({"method": "totp", "code": code(&app, &secret, 0)})).await, 401, "wrong_code");
    let renewed = expect(&ann.post("/v1/auth/recovery-codes", &json!({})).await, 200);
    // A clock that is set back makes nothing fresher.
    app.platform.clock.advance(-60);
    problem(&ann.post("/v1/auth/recovery-codes", &json!({})).await, 403, "step_up_needed");
    app.platform.clock.advance(60 + 600);
    problem(&ann.post("/v1/auth/recovery-codes", &json!({})).await, 403, "step_up_needed");
    let recovery = json!({"method": "recovery_code", "code": renewed["recovery_codes"][0]});
    expect(&step_up(recovery).await, 204);
    expect(&ann.delete(&format!("{FACTORS}/{id}")).await, 204);
    app.platform.clock.advance(200);
    let fresh = expect(&refresh(&acme.nobody(), &signed_in).await, 200);
    let ann = acme.nobody().bearer(&text(&fresh["access_token"]));
    app.platform.clock.advance(400);
    problem(&ann.delete(&own).await, 403, "step_up_needed");
    expect(&ann.post("/v1/auth/step-up", &json!({"method": "password", "password": PASSWORD})).await, 204);
    expect(&ann.delete(&own).await, 204);
    app.remove().await.unwrap();
}
