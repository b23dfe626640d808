//! What users do by mail: each way once through, each secret once only, and nobody in who does not own the address.

use futures_util::future::join_all;
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::auth::user;
use crate::mail::{PASSWORD, mails, text, token};
use crate::support::{FORGIVEN, rounds, rows_of};

const ANOTHER: &str = "another horse battery staple";
const ANN: &str = "ann@example.com";

async fn sign_up(tenant: &AppTenant, email: &str, password: &str) {
    let new = json!({"email": email, "password": password});
    expect(&tenant.anonymous().post("/v1/auth/sign-up", &new).await, 202);
}

async fn sign_in(tenant: &AppTenant, email: &str, password: &str) -> Answer {
    tenant.anonymous().post("/v1/auth/sign-in", &json!({"email": email, "password": password})).await
}

/// Who has those tokens.
fn bearer(tenant: &AppTenant, signed_in: &Value) -> Client {
    tenant.nobody().bearer(signed_in["access_token"].as_str().unwrap())
}

async fn ask(tenant: &AppTenant, path: &str, email: &str) -> Value {
    expect(&tenant.anonymous().post(path, &json!({"email": email})).await, 202)
}

async fn code(developer: &Client, to: &str) -> String {
    let text = text(developer, to, "code").await;
    let code = text.split(|letter: char| !letter.is_ascii_digit()).find(|digits| digits.len() == 6);
    code.unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

/// Signs somebody in by a link.
async fn by_link(tenant: &AppTenant, developer: &Client, email: &str) -> Value {
    ask(tenant, "/v1/auth/magic-link", email).await;
    let token = json!({"token": token(developer, email, "magic_link").await});
    expect(&tenant.anonymous().post("/v1/auth/magic-link/confirm", &token).await, 200)
}

#[tokio::test]
async fn who_signs_up_shows_that_the_address_is_theirs() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    expect(&developer.patch("/v1/auth/settings", &json!({"require_verification": true})).await, 200);
    sign_up(&acme, ANN, PASSWORD).await;
    problem(&sign_in(&acme, ANN, PASSWORD).await, 403, "email_unverified");
    let first = token(&developer, ANN, "verify_email").await;
    app.platform.clock.advance(1);
    ask(&acme, "/v1/auth/verification", ANN).await;
    let second = token(&developer, ANN, "verify_email").await;
    assert_ne!(first, second);
    let anonymous = acme.anonymous();
    expect(&anonymous.post("/v1/auth/verify", &json!({"token": second})).await, 204);
    problem(&anonymous.post("/v1/auth/verify", &json!({"token": second})).await, 401, "invalid_token");
    let signed_in = expect(&sign_in(&acme, ANN, PASSWORD).await, 200);
    assert_eq!(signed_in["user"]["verified"], true);
    // Who needs it no more gets none.
    ask(&acme, "/v1/auth/verification", ANN).await;
    assert_eq!(mails(&developer, ANN).await.len(), 2);
    // A token is good for what it was made for, in its tenant, for a day.
    for path in ["/v1/auth/magic-link/confirm", "/v1/auth/email/confirm"] {
        problem(&anonymous.post(path, &json!({"token": first})).await, 401, "invalid_token");
    }
    let other = app.tenant("other").await.unwrap();
    problem(&other.anonymous().post("/v1/auth/verify", &json!({"token": first})).await, 401, "invalid_token");
    app.platform.clock.advance(24 * 3600);
    problem(&anonymous.post("/v1/auth/verify", &json!({"token": first})).await, 401, "invalid_token");
    app.remove().await.unwrap();
}

/// security.md: a reset ends every session and opens what guessers have locked; it signs nobody in.
#[tokio::test]
async fn a_password_that_was_forgotten_is_replaced() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let (ann, signed_in) = user(&acme, ANN).await;
    let verify = json!({"token": token(&developer, ANN, "verify_email").await});
    expect(&acme.anonymous().post("/v1/auth/verify", &verify).await, 204);
    for _ in 0..6 {
        sign_in(&acme, ANN, "wrong horse battery staple").await;
    }
    problem(&sign_in(&acme, ANN, PASSWORD).await, 429, "too_many_tries");
    ask(&acme, "/v1/auth/password-reset", ANN).await;
    let reset = token(&developer, ANN, "reset_password").await;
    ask(&acme, "/v1/auth/magic-link", ANN).await;
    let link = token(&developer, ANN, "magic_link").await;
    let anonymous = acme.anonymous();
    let confirm = "/v1/auth/password-reset/confirm";
    let short = expect(&anonymous.post(confirm, &json!({"token": reset, "password": "short"})).await, 400);
    assert_eq!(short["errors"][0]["pointer"], "/password");
    let body = json!({"token": reset, "password": ANOTHER});
    let answer = anonymous.post(confirm, &body).await;
    expect(&answer, 204);
    assert!(answer.body.is_empty(), "it signs nobody in");
    problem(&anonymous.post(confirm, &body).await, 401, "invalid_token");
    problem(&ann.get("/v1/auth/user").await, 401, "invalid_credential");
    let refresh = json!({"refresh_token": signed_in["refresh_token"]});
    problem(&anonymous.post("/v1/auth/refresh", &refresh).await, 401, "invalid_refresh_token");
    // Nor is what was sent before good for anything.
    let link = anonymous.post("/v1/auth/magic-link/confirm", &json!({"token": link})).await;
    problem(&link, 401, "invalid_token");
    problem(&sign_in(&acme, ANN, PASSWORD).await, 401, "wrong_credentials");
    expect(&sign_in(&acme, ANN, ANOTHER).await, 200);
    // Who is disabled gets nothing.
    let id = signed_in["user"]["id"].as_str().unwrap();
    app.platform.clock.advance(3600);
    ask(&acme, "/v1/auth/password-reset", ANN).await;
    let late = json!({"token": token(&developer, ANN, "reset_password").await, "password": PASSWORD});
    expect(&developer.patch(&format!("/v1/users/{id}"), &json!({"disabled": true})).await, 200);
    problem(&anonymous.post(confirm, &late).await, 401, "invalid_token");
    let before = mails(&developer, ANN).await.len();
    ask(&acme, "/v1/auth/password-reset", ANN).await;
    assert_eq!(mails(&developer, ANN).await.len(), before);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_link_and_a_code_sign_in() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    sign_up(&acme, ANN, PASSWORD).await;
    let signed_in = by_link(&acme, &developer, "Ann@Example.com").await;
    assert_eq!(signed_in["user"]["verified"], true);
    let ann = bearer(&acme, &signed_in);
    let sessions = expect(&ann.get("/v1/auth/sessions").await, 200);
    assert_eq!(sessions["items"][0]["method"], "magic_link");
    let id = ask(&acme, "/v1/auth/code", ANN).await["id"].as_str().unwrap().to_owned();
    let right = code(&developer, ANN).await;
    let anonymous = acme.anonymous();
    let confirm = async |id: &str, code: &str| {
        anonymous.post("/v1/auth/code/confirm", &json!({"id": id, "code": code})).await
    };
    let wrong = if right == "000000" { "000001" } else { "000000" };
    problem(&confirm(&id, wrong).await, 401, "wrong_code");
    // An id is there for nobody, too, and is as little use as another's.
    let nobodys = ask(&acme, "/v1/auth/code", "nobody@example.com").await["id"].as_str().unwrap().to_owned();
    assert_eq!(nobodys.len(), id.len());
    problem(&confirm(&nobodys, &right).await, 401, "wrong_code");
    for id in ["", "one_0", "one_0190a1b2000070008000000000000001"] {
        problem(&confirm(id, &right).await, 401, "wrong_code");
    }
    let signed_in = expect(&confirm(&id, &format!(" {right} ")).await, 200);
    assert_eq!(signed_in["user"]["email"], ANN);
    problem(&confirm(&id, &right).await, 401, "wrong_code");
    app.platform.clock.advance(3600);
    let late = ask(&acme, "/v1/auth/code", ANN).await["id"].as_str().unwrap().to_owned();
    let right = code(&developer, ANN).await;
    app.platform.clock.advance(600);
    problem(&confirm(&late, &right).await, 401, "wrong_code");
    app.remove().await.unwrap();
}

/// security.md: a code is tried five times, and tries are counted over all of a user's codes, apart from passwords.
#[tokio::test]
async fn codes_are_not_guessed() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    sign_up(&acme, ANN, PASSWORD).await;
    by_link(&acme, &developer, ANN).await;
    app.platform.clock.advance(3600);
    let ask = async || ask(&acme, "/v1/auth/code", ANN).await["id"].as_str().unwrap().to_owned();
    let first = ask().await;
    let right = code(&developer, ANN).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let anonymous = acme.anonymous();
    let attempt = |id: &str, code: &str| {
        let body = json!({"id": id, "code": code});
        let anonymous = anonymous.clone();
        async move { anonymous.post("/v1/auth/code/confirm", &body).await }
    };
    let tries = join_all((0..40).map(|_| attempt(&first, wrong))).await;
    let compared = tries.iter().filter(|answer| answer.status == 401).count();
    let held = tries.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((compared, held), (5, 35));
    app.platform.clock.advance(1);
    problem(&attempt(&first, &right).await, 401, "wrong_code");
    // A new code does not make the tries new.
    let second = ask().await;
    let right = code(&developer, ANN).await;
    problem(&attempt(&second, &right).await, 429, "too_many_tries");
    // And the password is not locked by it.
    let reset = json!({"email": ANN});
    problem(&sign_in(&acme, ANN, PASSWORD).await, 401, "wrong_credentials");
    app.platform.clock.advance(2);
    expect(&attempt(&second, &right).await, 200);
    app.platform.clock.advance(600);
    expect(&acme.anonymous().post("/v1/auth/magic-link", &reset).await, 202);
    app.remove().await.unwrap();
}

/// What is sent at once by many. Of each secret one gets what it is for.
async fn race(app: &TestApp, tenant: &AppTenant, path: &str, body: Value, good: u16) {
    let anonymous = tenant.anonymous();
    let racers = join_all((0..50).map(|_| anonymous.post(path, &body))).await;
    let won = racers.iter().filter(|answer| answer.status == good).count();
    let lost = racers.iter().filter(|answer| matches!(answer.status, 401 | 429)).count();
    let all: Vec<_> = racers.iter().map(|answer| (answer.status, answer.code())).collect();
    assert_eq!((won, lost), (1, 49), "{path}: {all:?}");
    let restarted = anonymous.at(&app.another_process().await.unwrap());
    assert!(matches!(restarted.post(path, &body).await.status, 401 | 429), "{path} after a restart");
}

/// security.md: one-time means once.
#[tokio::test]
async fn each_secret_is_good_once() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let rounds = rounds(1);
    for round in 0..rounds {
        race_for_each(&app, &acme, &developer, round).await;
        app.platform.clock.advance(FORGIVEN);
    }
    println!("{rounds} rounds of 50 racers on each of 7 kinds of secrets: 1 success each, 0 after a restart");
    app.remove().await.unwrap();
}

async fn race_for_each(app: &TestApp, acme: &AppTenant, developer: &Client, round: usize) {
    let ann = format!("ann{round}@example.com");
    let [bob, moved] = ["com", "org"].map(|end| format!("bob{round}@example.{end}"));
    sign_up(acme, &ann, PASSWORD).await;
    let verify = json!({"token": token(developer, &ann, "verify_email").await});
    race(app, acme, "/v1/auth/verify", verify, 204).await;
    ask(acme, "/v1/auth/magic-link", &ann).await;
    let link = json!({"token": token(developer, &ann, "magic_link").await});
    race(app, acme, "/v1/auth/magic-link/confirm", link, 200).await;
    app.platform.clock.advance(3600);
    let id = ask(acme, "/v1/auth/code", &ann).await["id"].clone();
    let code = json!({"id": id, "code": code(developer, &ann).await});
    race(app, acme, "/v1/auth/code/confirm", code, 200).await;
    ask(acme, "/v1/auth/password-reset", &ann).await;
    let reset = json!({"token": token(developer, &ann, "reset_password").await, "password": ANOTHER});
    race(app, acme, "/v1/auth/password-reset/confirm", reset, 204).await;
    app.platform.clock.advance(3600);
    expect(&developer.post("/v1/users/invitations", &json!({"email": bob})).await, 201);
    let taken = json!({"token": token(developer, &bob, "invitation").await, "password": ANOTHER});
    race(app, acme, "/v1/auth/invitation/confirm", taken, 200).await;
    let signed_in = bearer(acme, &expect(&sign_in(acme, &bob, ANOTHER).await, 200));
    let change = json!({"email": moved, "password": ANOTHER});
    expect(&signed_in.post("/v1/auth/email", &change).await, 202);
    for side in [&bob, &moved] {
        let body = json!({"token": token(developer, side, "change_email").await});
        race(app, acme, "/v1/auth/email/confirm", body, 200).await;
    }
    assert_eq!(expect(&signed_in.get("/v1/auth/user").await, 200)["email"], *moved);
}

/// security.md 2.1: who signs up with another's address and waits for them has nothing in the end, whichever way the
/// owner comes in.
#[tokio::test]
async fn an_address_that_was_taken_before_its_owner_came_is_its_owners() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    for way in ["magic_link", "code", "reset_password", "invitation"] {
        app.platform.clock.advance(3600);
        let email = format!("{}@example.com", way.replace('_', "-"));
        let (squatter, signed_in) = user(&acme, &email).await;
        // The squatter has a link of their own on the way, to an address of theirs.
        let theirs = format!("squatter-of-{email}");
        let change = json!({"email": theirs, "password": PASSWORD});
        expect(&squatter.post("/v1/auth/email", &change).await, 202);
        let change = json!({"token": token(&developer, &theirs, "change_email").await});
        let anonymous = acme.anonymous();
        let owner = match way {
            "magic_link" => by_link(&acme, &developer, &email).await,
            "code" => {
                let id = ask(&acme, "/v1/auth/code", &email).await["id"].clone();
                let body = json!({"id": id, "code": code(&developer, &email).await});
                expect(&anonymous.post("/v1/auth/code/confirm", &body).await, 200)
            }
            "reset_password" => {
                ask(&acme, "/v1/auth/password-reset", &email).await;
                let token = token(&developer, &email, "reset_password").await;
                let body = json!({"token": token, "password": ANOTHER});
                expect(&anonymous.post("/v1/auth/password-reset/confirm", &body).await, 204);
                expect(&sign_in(&acme, &email, ANOTHER).await, 200)
            }
            _ => {
                let invitation = json!({"email": email, "roles": ["admin"]});
                expect(&developer.post("/v1/users/invitations", &invitation).await, 201);
                let token = token(&developer, &email, "invitation").await;
                let body = json!({"token": token, "password": ANOTHER});
                expect(&anonymous.post("/v1/auth/invitation/confirm", &body).await, 200)
            }
        };
        assert_eq!(
            (&owner["user"]["email"], &owner["user"]["verified"]),
            (&json!(email), &json!(true)),
            "{way}"
        );
        assert_eq!(owner["user"]["id"], signed_in["user"]["id"]);
        problem(&squatter.get("/v1/auth/user").await, 401, "invalid_credential");
        let refresh = json!({"refresh_token": signed_in["refresh_token"]});
        problem(&anonymous.post("/v1/auth/refresh", &refresh).await, 401, "invalid_refresh_token");
        problem(&sign_in(&acme, &email, PASSWORD).await, 401, "wrong_credentials");
        problem(&anonymous.post("/v1/auth/email/confirm", &change).await, 401, "invalid_token");
        expect(&bearer(&acme, &owner).get("/v1/auth/user").await, 200);
    }
    // Who has shown it keeps what they have: a link is only another way in.
    let (ann, _) = user(&acme, ANN).await;
    let verify = json!({"token": token(&developer, ANN, "verify_email").await});
    expect(&acme.anonymous().post("/v1/auth/verify", &verify).await, 204);
    expect(&ann.get("/v1/auth/user").await, 200);
    by_link(&acme, &developer, ANN).await;
    expect(&ann.get("/v1/auth/user").await, 200);
    expect(&sign_in(&acme, ANN, PASSWORD).await, 200);
    app.remove().await.unwrap();
}

/// The same is answered and the same is done, whether somebody has the address or not.
#[tokio::test]
async fn nobody_learns_who_is_there_by_asking_for_mails() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    sign_up(&acme, ANN, PASSWORD).await;
    let anonymous = acme.anonymous();
    let tables = ["mails", "one_time_secrets", "audit_log"];
    for way in ["verification", "password-reset", "magic-link", "code"] {
        app.platform.clock.advance(1200);
        let mut told = Vec::new();
        for email in [ANN, "bob@example.com"] {
            let mut before = Vec::new();
            for table in tables {
                before.push(rows_of(app.platform.store(), &acme.tenant, table).await);
            }
            let answer = anonymous.post(&format!("/v1/auth/{way}"), &json!({"email": email})).await;
            let body = String::from_utf8(answer.body.clone()).unwrap().replace(email, "‹email›");
            // Of an id the form.
            let shape: String = body.chars().map(|c| if c.is_ascii_hexdigit() { '0' } else { c }).collect();
            let mut rows = Vec::new();
            for (table, before) in tables.iter().zip(before) {
                rows.push(rows_of(app.platform.store(), &acme.tenant, table).await - before);
            }
            // What is over is removed with the next, so only what comes is compared.
            rows[1] = 0;
            let names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            told.push((answer.status, shape, names, rows));
        }
        assert_eq!(told[0], told[1], "{way}");
        assert_eq!(told[0].0, 202);
    }
    assert_eq!(mails(&developer, "bob@example.com").await, Vec::<Value>::new());
    // Who has the address learns that somebody has signed up with it.
    app.platform.clock.advance(1);
    sign_up(&acme, ANN, ANOTHER).await;
    assert_eq!(mails(&developer, ANN).await[0]["template"], "already_registered");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn an_address_changes_when_both_have_said_yes() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    expect(&developer.patch("/v1/auth/settings", &json!({"access_token_minutes": 60})).await, 200);
    let (ann, _) = user(&acme, ANN).await;
    sign_up(&acme, "taken@example.com", PASSWORD).await;
    let anonymous = acme.anonymous();
    let wish = |email: &str| json!({"email": email, "password": PASSWORD});
    let confirm = async |side: &str| {
        let body = json!({"token": token(&developer, side, "change_email").await});
        anonymous.post("/v1/auth/email/confirm", &body).await
    };
    // Who has not shown that the old one is theirs needs the new one alone.
    for wrong in [json!({"email": "a@example.org"}), json!({"email": "a@example.org", "password": ANOTHER})] {
        let refused = expect(&ann.post("/v1/auth/email", &wrong).await, 400);
        assert_eq!(refused["errors"][0]["pointer"], "/password");
    }
    problem(&anonymous.post("/v1/auth/email", &wish("a@example.org")).await, 403, "user_needed");
    expect(&ann.post("/v1/auth/email", &wish("ann@example.org")).await, 202);
    assert!(mails(&developer, ANN).await.iter().all(|mail| mail["template"] != "change_email"));
    assert_eq!(expect(&confirm("ann@example.org").await, 200), json!({"changed": true}));
    let now = expect(&ann.get("/v1/auth/user").await, 200);
    assert_eq!((&now["email"], &now["verified"]), (&json!("ann@example.org"), &json!(true)));
    // From then on both.
    app.platform.clock.advance(1150);
    expect(&ann.post("/v1/auth/email", &wish("ann@example.net")).await, 202);
    let reset = ask(&acme, "/v1/auth/password-reset", "ann@example.org").await;
    assert_eq!(reset["email"], "ann@example.org");
    let reset =
        json!({"token": token(&developer, "ann@example.org", "reset_password").await, "password": ANOTHER});
    assert_eq!(expect(&confirm("ann@example.org").await, 200), json!({"changed": false}));
    assert_eq!(expect(&ann.get("/v1/auth/user").await, 200)["email"], "ann@example.org");
    app.platform.clock.advance(1);
    assert_eq!(expect(&confirm("ann@example.net").await, 200), json!({"changed": true}));
    assert_eq!(expect(&ann.get("/v1/auth/user").await, 200)["email"], "ann@example.net");
    assert_eq!(mails(&developer, "ann@example.org").await[0]["template"], "email_changed");
    // What was sent to the old one is good for nothing.
    problem(&anonymous.post("/v1/auth/password-reset/confirm", &reset).await, 401, "invalid_token");
    expect(&sign_in(&acme, "ann@example.net", PASSWORD).await, 200);
    problem(&sign_in(&acme, ANN, PASSWORD).await, 401, "wrong_credentials");
    // That somebody has the address is told to nobody but them.
    app.platform.clock.advance(1150);
    let free = ann.post("/v1/auth/email", &wish("free@example.com")).await;
    let taken = ann.post("/v1/auth/email", &wish("taken@example.com")).await;
    assert_eq!((free.status, taken.status), (202, 202));
    assert_eq!(mails(&developer, "taken@example.com").await[0]["template"], "already_registered");
    // Both at once.
    app.platform.clock.advance(1150);
    expect(&ann.post("/v1/auth/email", &wish("ann@example.info")).await, 202);
    let mut sides = Vec::new();
    for side in ["ann@example.net", "ann@example.info"] {
        sides.push(json!({"token": token(&developer, side, "change_email").await}));
    }
    let both = join_all(sides.iter().map(|body| anonymous.post("/v1/auth/email/confirm", body))).await;
    let mut changed: Vec<_> = both.iter().map(|answer| expect(answer, 200)["changed"].clone()).collect();
    changed.sort_by_key(ToString::to_string);
    assert_eq!(changed, [json!(false), json!(true)]);
    assert_eq!(expect(&ann.get("/v1/auth/user").await, 200)["email"], "ann@example.info");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn users_are_invited() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let design = json!({"name": "users", "fields": [{"name": "name", "type": "text", "required": true}]});
    expect(&developer.post("/v1/collections", &design).await, 201);
    expect(&developer.patch("/v1/auth/settings", &json!({"sign_up": "invitation"})).await, 200);
    let anonymous = acme.anonymous();
    let closed = json!({"email": ANN, "password": PASSWORD, "profile": {"name": "Ann"}});
    problem(&anonymous.post("/v1/auth/sign-up", &closed).await, 403, "sign_up_closed");
    let invitations = "/v1/users/invitations";
    let wrong = json!({"email": ANN, "roles": ["emperor"], "profile": {"nick": 1}});
    expect(&developer.post(invitations, &wrong).await, 400);
    problem(&anonymous.post(invitations, &json!({"email": ANN})).await, 403, "scope_needed");
    let invitation = json!({"email": ANN, "roles": ["admin"], "profile": {"name": "Ann"}, "locale": "de"});
    let made = expect(&developer.post(invitations, &invitation).await, 201);
    let first = json!({"token": token(&developer, ANN, "invitation").await, "password": PASSWORD});
    expect(&developer.delete(&format!("{invitations}/{}", made["id"].as_str().unwrap())).await, 204);
    let gone = developer.delete(&format!("{invitations}/{}", made["id"].as_str().unwrap())).await;
    problem(&gone, 404, "not_found");
    let confirm = "/v1/auth/invitation/confirm";
    problem(&anonymous.post(confirm, &first).await, 401, "invalid_token");
    app.platform.clock.advance(1);
    expect(&developer.post(invitations, &invitation).await, 201);
    assert_eq!(mails(&developer, ANN).await[0]["subject"], "Du bist zu acme eingeladen");
    let token = token(&developer, ANN, "invitation").await;
    let short = anonymous.post(confirm, &json!({"token": token, "password": "short"})).await;
    assert_eq!(expect(&short, 400)["errors"][0]["pointer"], "/password");
    let chosen = json!({"token": token, "password": PASSWORD});
    let signed_in = expect(&anonymous.post(confirm, &chosen).await, 200);
    let user = &signed_in["user"];
    assert_eq!(
        (&user["email"], &user["verified"], &user["roles"], &user["name"]),
        (&json!(ANN), &json!(true), &json!(["admin"]), &json!("Ann"))
    );
    problem(&anonymous.post(confirm, &chosen).await, 401, "invalid_token");
    expect(&sign_in(&acme, ANN, PASSWORD).await, 200);
    problem(&developer.post(invitations, &invitation).await, 409, "email_taken");
    expect(&developer.patch("/v1/auth/settings", &json!({"sign_up": "closed"})).await, 200);
    let other = json!({"email": "bob@example.com", "profile": {"name": "Bob"}});
    problem(&developer.post(invitations, &other).await, 403, "sign_up_closed");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn who_is_nobody_in_particular_becomes_somebody() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let anonymous = acme.anonymous();
    problem(&anonymous.post("/v1/auth/anonymous", &json!({})).await, 403, "method_off");
    let on =
        expect(&developer.patch("/v1/auth/settings", &json!({"methods": {"anonymous": true}})).await, 200);
    assert_eq!(on["methods"], json!({"password": true, "magic_link": true, "code": true, "anonymous": true}));
    let chosen = json!({"profile": {"id": "0190a1b2-0000-7000-8000-000000000001", "email": ANN}});
    expect(&anonymous.post("/v1/auth/anonymous", &chosen).await, 400);
    let signed_in = expect(&anonymous.post("/v1/auth/anonymous", &json!({})).await, 200);
    let nobody = bearer(&acme, &signed_in);
    let user = expect(&nobody.get("/v1/auth/user").await, 200);
    assert_eq!((&user["email"], &user["verified"]), (&json!(null), &json!(false)));
    let short = json!({"email": ANN, "password": "short"});
    assert_eq!(
        expect(&nobody.post("/v1/auth/email", &short).await, 400)["errors"][0]["pointer"],
        "/password"
    );
    expect(&nobody.post("/v1/auth/email", &json!({"email": ANN, "password": PASSWORD})).await, 202);
    problem(&sign_in(&acme, ANN, PASSWORD).await, 401, "wrong_credentials");
    let confirm = json!({"token": token(&developer, ANN, "change_email").await});
    assert_eq!(expect(&anonymous.post("/v1/auth/email/confirm", &confirm).await, 200)["changed"], true);
    let again = expect(&sign_in(&acme, ANN, PASSWORD).await, 200);
    assert_eq!(again["user"]["id"], signed_in["user"]["id"]);
    expect(&nobody.get("/v1/auth/user").await, 200);
    // Not without number from one address.
    let empty = json!({});
    let made = join_all((0..60).map(|_| anonymous.post("/v1/auth/anonymous", &empty))).await;
    let admitted = made.iter().filter(|answer| answer.status == 200).count();
    assert!(admitted <= 49, "{admitted}");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_off_is_off() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let (ann, _) = user(&acme, ANN).await;
    let anonymous = acme.anonymous();
    let set = async |methods: Value| {
        expect(&developer.patch("/v1/auth/settings", &json!({"methods": methods})).await, 200);
    };
    set(json!({"magic_link": false, "code": false})).await;
    for way in ["magic-link", "code"] {
        problem(&anonymous.post(&format!("/v1/auth/{way}"), &json!({"email": ANN})).await, 403, "method_off");
    }
    // Nobody could sign in without a password.
    let without = json!({"email": "bob@example.com"});
    let refused = expect(&anonymous.post("/v1/auth/sign-up", &without).await, 400);
    assert_eq!(refused["errors"][0]["pointer"], "/password");
    set(json!({"magic_link": true, "password": false})).await;
    problem(&sign_in(&acme, ANN, PASSWORD).await, 403, "method_off");
    problem(&anonymous.post("/v1/auth/password-reset", &json!({"email": ANN})).await, 403, "method_off");
    let change = json!({"password": PASSWORD, "new_password": ANOTHER});
    problem(&ann.post("/v1/auth/password", &change).await, 403, "method_off");
    expect(
        &anonymous.post("/v1/auth/sign-up", &json!({"email": "c@example.com", "password": PASSWORD})).await,
        400,
    );
    expect(&anonymous.post("/v1/auth/sign-up", &without).await, 202);
    by_link(&acme, &developer, "bob@example.com").await;
    let wrong = json!({"app_url": "javascript:alert(1)", "mail_locale": "English", "mails_per_hour": 0});
    let refused = expect(&developer.patch("/v1/auth/settings", &wrong).await, 400);
    assert_eq!(refused["errors"].as_array().unwrap().len(), 3);
    app.remove().await.unwrap();
}
