//! The first operator, and operators' tokens; accounts, their sessions and tokens.

use futures_util::future::join_all;
use neonex_core::access::Actor;
use neonex_core::accounts::{
    AccountError, Email, IDLE_SECONDS, RESET_SECONDS, SESSION_SECONDS, SETUP_LINK_SECONDS, SetUp, SetUpError,
};
use neonex_core::password::Password;
use neonex_core::platform::AuthError;
use neonex_core::store::Place;
use neonex_testkit::{ACCOUNT_PASSWORD, Answer, Client, TestApp, TestPlatform, operator};
use serde_json::json;
use uuid::Uuid;

use crate::api::{expect, problem};
use crate::support::{execute, number, texts};

fn new(email: &str) -> SetUp {
    let password = Password::try_from("correct horse battery".to_owned()).unwrap();
    SetUp { email: Email::try_from(email.to_owned()).unwrap(), password }
}

#[tokio::test]
async fn a_link_makes_one_operator_once() {
    let test = TestPlatform::start().await.unwrap();
    let platform = &test.platform;
    assert!(platform.needs_set_up().await.unwrap());
    let (link, other) =
        (platform.make_setup_link().await.unwrap(), platform.make_setup_link().await.unwrap());
    assert!(platform.is_setup_link(link.reveal()).await.unwrap());
    let made = platform.set_up(link.reveal(), new("Ada@example.com")).await.unwrap();
    assert!(!platform.needs_set_up().await.unwrap());
    let scope = operator(platform, made.credential.reveal()).await.unwrap();
    assert!(matches!(scope.actor(), Actor::Operator { account: Some(_), .. }));
    // With the first operator every link ends.
    for link in [&link, &other] {
        assert!(!platform.is_setup_link(link.reveal()).await.unwrap());
        let again = platform.set_up(link.reveal(), new("eve@example.com")).await;
        assert!(matches!(again, Err(SetUpError::InvalidLink)), "{again:?}");
    }
    let forged = neonex_core::credential::Credential::generate(
        neonex_core::credential::CredentialKind::SetUp,
        &neonex_core::rng::SystemRng,
    );
    for link in [forged.unwrap().reveal(), made.credential.reveal(), "nonsense"] {
        let refused = platform.set_up(link, new("eve@example.com")).await;
        assert!(matches!(refused, Err(SetUpError::InvalidLink)), "{refused:?}");
    }
    test.remove().await.unwrap();
}

/// A link that was printed at an earlier start must not make a second operator of whoever finds it in a log.
#[tokio::test]
async fn an_operator_made_unattended_ends_every_link() {
    let test = TestPlatform::start().await.unwrap();
    let platform = &test.platform;
    let links = [platform.make_setup_link().await.unwrap(), platform.make_setup_link().await.unwrap()];
    assert!(platform.ensure_operator(new("ada@example.com")).await.unwrap());
    for link in &links {
        assert!(!platform.is_setup_link(link.reveal()).await.unwrap());
        let late = platform.set_up(link.reveal(), new("eve@example.com")).await;
        assert!(matches!(late, Err(SetUpError::InvalidLink)), "{late:?}");
    }
    assert!(!platform.ensure_operator(new("ADA@example.com")).await.unwrap(), "two accounts of one address");
    // A process that found no operator just before makes its link only now.
    let late = platform.make_setup_link().await.unwrap();
    assert!(!platform.is_setup_link(late.reveal()).await.unwrap());
    let refused = platform.set_up(late.reveal(), new("eve@example.com")).await;
    assert!(matches!(refused, Err(SetUpError::InvalidLink)), "{refused:?}");
    let accounts = number(test.store(), Place::Control, "SELECT count(*) FROM accounts", &[]).await;
    assert_eq!(accounts, 1);
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_link_ends_after_half_an_hour_and_outlives_a_failure() {
    let test = TestPlatform::start().await.unwrap();
    let platform = &test.platform;
    let account = "INSERT INTO accounts (id, email, email_key, password_hash, operator, created_at) \
                   VALUES (?, 'ada@example.com', 'ada@example.com', '', FALSE, 1)";
    execute(test.store(), Place::Control, vec![(account.to_owned(), vec![Uuid::from_u128(1)])]).await;
    let link = platform.make_setup_link().await.unwrap();
    let taken = platform.set_up(link.reveal(), new("Ada@Example.com")).await;
    assert!(matches!(taken, Err(SetUpError::EmailTaken)), "{taken:?}");
    test.clock.advance(SETUP_LINK_SECONDS - 1);
    assert!(platform.is_setup_link(link.reveal()).await.unwrap());
    test.clock.advance(1);
    assert!(!platform.is_setup_link(link.reveal()).await.unwrap());
    let late = platform.set_up(link.reveal(), new("eve@example.com")).await;
    assert!(matches!(late, Err(SetUpError::InvalidLink)), "{late:?}");
    test.remove().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racers_with_one_link_one_becomes_operator() {
    let test = TestPlatform::start().await.unwrap();
    let link = test.platform.make_setup_link().await.unwrap();
    let racers = (0..8).map(|number| {
        let (platform, link) = (test.platform.clone(), link.reveal().to_owned());
        tokio::spawn(async move { platform.set_up(&link, new(&format!("a{number}@example.com"))).await })
    });
    let done = join_all(racers).await;
    assert_eq!(done.iter().filter(|done| done.as_ref().unwrap().is_ok()).count(), 1);
    let accounts = number(test.store(), Place::Control, "SELECT count(*) FROM accounts", &[]).await;
    assert_eq!(accounts, 1);
    test.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_no_token_is_nobodys() {
    let test = TestPlatform::start().await.unwrap();
    let link = test.platform.make_setup_link().await.unwrap();
    let forged = neonex_core::credential::Credential::generate(
        neonex_core::credential::CredentialKind::PersonalAccess,
        &neonex_core::rng::SystemRng,
    );
    for text in ["", "nx_pat_", link.reveal(), forged.unwrap().reveal()] {
        let refused = operator(&test.platform, text).await.err().unwrap();
        let refused = refused.downcast::<AuthError>().unwrap();
        assert!(matches!(refused, AuthError::InvalidCredential), "{text}: {refused:?}");
    }
    test.remove().await.unwrap();
}

/// What a session is asked for.
const ACCOUNT: &str = "/v1/account";

async fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/v1/account/sign-in", &json!({"email": email, "password": password})).await
}

async fn accounts_audit(app: &TestApp) -> Vec<String> {
    let sql = "SELECT action FROM platform_audit ORDER BY at, action";
    let rows = texts(app.platform.store(), Place::Control, sql, &[], 1).await;
    rows.into_iter().filter_map(|mut row| row.remove(0)).collect()
}

#[tokio::test]
async fn an_account_signs_in_and_out() {
    let app = TestApp::start().await.unwrap();
    app.account("Ada@example.com", false).await.unwrap();
    app.platform.clock.advance(1);
    let signed_in = expect(&sign_in(&app.nobody(), "ADA@example.com", ACCOUNT_PASSWORD).await, 200);
    let token = signed_in["token"].as_str().unwrap();
    assert!(token.starts_with("nx_ses_"), "{token}");
    let ada = app.nobody().bearer(token);
    let account = expect(&ada.get(ACCOUNT).await, 200);
    assert_eq!((&account["email"], &account["operator"]), (&json!("Ada@example.com"), &json!(false)));
    assert_eq!(account["tenants"], json!([]));
    let sessions = expect(&ada.get("/v1/account/sessions").await, 200);
    assert_eq!(sessions["items"][0], signed_in["session"]);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
    // It is not an operator, and in no tenant.
    problem(&ada.get("/v1/tenants").await, 403, "operator_needed");
    problem(&ada.get("/v1/collections").await, 400, "tenant_needed");
    expect(&ada.post("/v1/account/sign-out", &json!({})).await, 204);
    problem(&ada.get(ACCOUNT).await, 401, "invalid_credential");
    let acts = accounts_audit(&app).await;
    for act in ["account.created", "account.password.reset", "account.signed_in", "account.signed_out"] {
        assert!(acts.iter().any(|known| known == act), "{act} is not in {acts:?}");
    }
    app.remove().await.unwrap();
}

#[tokio::test]
async fn an_operator_signs_in_too() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let ada = app.account("ada@example.com", true).await.unwrap();
    expect(&ada.get("/v1/tenants").await, 200);
    expect(&ada.within("acme").get("/v1/collections").await, 200);
    assert_eq!(expect(&ada.get(ACCOUNT).await, 200)["operator"], true);
    // Its tokens are an operator's, and are not narrowed.
    let narrow = json!({"name": "narrow", "scopes": ["records:read"]});
    problem(&ada.post("/v1/account/tokens", &narrow).await, 400, "invalid_body");
    let made = expect(&ada.post("/v1/account/tokens", &json!({"name": "all"})).await, 201);
    let by_token = app.nobody().bearer(made["token"].as_str().unwrap());
    expect(&by_token.get("/v1/tenants").await, 200);
    assert_eq!(expect(&by_token.get(ACCOUNT).await, 200)["email"], "ada@example.com");
    // One that the machine has made is nobody's, and neither is a key.
    problem(&app.operator().get(ACCOUNT).await, 403, "account_needed");
    problem(&acme.secret().await.unwrap().get(ACCOUNT).await, 403, "account_needed");
    problem(&app.nobody().get(ACCOUNT).await, 401, "unauthorized");
    app.remove().await.unwrap();
}

/// security.md: 12 hours at most, a quarter of an hour without use.
#[tokio::test]
async fn a_session_ends_by_sleep_and_by_age() {
    let app = TestApp::start().await.unwrap();
    let ada = app.account("ada@example.com", false).await.unwrap();
    let elsewhere = ada.at(&app.another_process().await.unwrap());
    let clock = &app.platform.clock;
    // Used every fourteen minutes, here and at another process in turn, it lasts for twelve hours.
    let mut passed = 0;
    while passed + 14 * 60 < SESSION_SECONDS {
        clock.advance(14 * 60);
        passed += 14 * 60;
        let at = if passed % (28 * 60) == 0 { &ada } else { &elsewhere };
        expect(&at.get(ACCOUNT).await, 200);
        let other = if passed % (28 * 60) == 0 { &elsewhere } else { &ada };
        expect(&other.get(ACCOUNT).await, 200);
    }
    clock.advance(SESSION_SECONDS - passed);
    problem(&ada.get(ACCOUNT).await, 401, "invalid_credential");
    problem(&elsewhere.get(ACCOUNT).await, 401, "invalid_credential");
    let ada = app.nobody().signed_in("ada@example.com").await.unwrap();
    clock.advance(IDLE_SECONDS - 1);
    expect(&ada.get(ACCOUNT).await, 200);
    clock.advance(IDLE_SECONDS);
    problem(&ada.get(ACCOUNT).await, 401, "invalid_credential");
    app.remove().await.unwrap();
}

/// What is answered does not tell whether there is such an account, and guessing is slow.
#[tokio::test]
async fn nobody_learns_who_has_an_account_and_guessing_ends() {
    let app = TestApp::start().await.unwrap();
    app.account("ada@example.com", false).await.unwrap();
    let nobody = app.nobody();
    for email in ["ada@example.com", "nobody@example.com", "no address", "nul\0@example.com"] {
        problem(&sign_in(&nobody, email, "wrong horse battery staple").await, 401, "wrong_credentials");
    }
    // Four more of either, in whatever case: then the next has to wait, the right one too.
    for email in ["ada@example.com", "nobody@example.com"] {
        for _ in 0..4 {
            problem(&sign_in(&nobody, &email.to_uppercase(), "wrong").await, 401, "wrong_credentials");
        }
        let wait = sign_in(&nobody, email, ACCOUNT_PASSWORD).await;
        problem(&wait, 429, "too_many_tries");
        assert_eq!(wait.header("retry-after"), Some("1"), "{email}");
    }
    app.platform.clock.advance(1);
    expect(&sign_in(&nobody, "ada@example.com", ACCOUNT_PASSWORD).await, 200);
    // What was right takes the count back.
    for _ in 0..5 {
        problem(&sign_in(&nobody, "ada@example.com", "wrong").await, 401, "wrong_credentials");
    }
    problem(&sign_in(&nobody, "ada@example.com", "wrong").await, 429, "too_many_tries");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let app = TestApp::start().await.unwrap();
    let ada = app.account("ada@example.com", false).await.unwrap();
    let other = app.nobody().signed_in("ada@example.com").await.unwrap();
    let elsewhere = other.at(&app.another_process().await.unwrap());
    expect(&elsewhere.get(ACCOUNT).await, 200);
    let next = "another horse battery staple";
    let change = |password: &str| json!({"password": password, "new_password": next});
    problem(&ada.patch(ACCOUNT, &change("wrong")).await, 401, "wrong_credentials");
    let short = json!({"password": ACCOUNT_PASSWORD, "new_password": "short"});
    problem(&ada.patch(ACCOUNT, &short).await, 400, "invalid_body");
    expect(&ada.patch(ACCOUNT, &change(ACCOUNT_PASSWORD)).await, 204);
    expect(&ada.get(ACCOUNT).await, 200);
    problem(&other.get(ACCOUNT).await, 401, "invalid_credential");
    problem(&sign_in(&app.nobody(), "ada@example.com", ACCOUNT_PASSWORD).await, 401, "wrong_credentials");
    expect(&sign_in(&app.nobody(), "ada@example.com", next).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn one_session_is_ended_by_another_of_its_account_alone() {
    let app = TestApp::start().await.unwrap();
    let (ada, eve) = (
        app.account("ada@example.com", false).await.unwrap(),
        app.account("eve@example.com", false).await.unwrap(),
    );
    let other = app.nobody().signed_in("ada@example.com").await.unwrap();
    let sessions = expect(&ada.get("/v1/account/sessions").await, 200)["items"].clone();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    for session in sessions.as_array().unwrap() {
        let path = format!("/v1/account/sessions/{}", session["id"].as_str().unwrap());
        problem(&eve.delete(&path).await, 404, "not_found");
    }
    expect(&eve.get(ACCOUNT).await, 200);
    expect(&ada.get(ACCOUNT).await, 200);
    for (session, left) in sessions.as_array().unwrap().iter().zip([1, 0]) {
        let path = format!("/v1/account/sessions/{}", session["id"].as_str().unwrap());
        let by = if ada.get(ACCOUNT).await.status == 200 { &ada } else { &other };
        expect(&by.delete(&path).await, 204);
        let there = [ada.get(ACCOUNT).await.status, other.get(ACCOUNT).await.status];
        assert_eq!(there.iter().filter(|status| **status == 200).count(), left, "{there:?}");
    }
    app.remove().await.unwrap();
}

/// A token that gets lost makes no other, and changes no password.
#[tokio::test]
async fn a_token_does_less_than_a_session() {
    let app = TestApp::start().await.unwrap();
    let ada = app.account("ada@example.com", false).await.unwrap();
    let until = app.platform.platform.now().plus_seconds(60).to_string();
    let bad = json!({"name": "", "scopes": ["records:*"], "expires_at": "2020-01-01T00:00:00Z"});
    let refused = expect(&ada.post("/v1/account/tokens", &bad).await, 400);
    assert_eq!(refused["errors"].as_array().unwrap().len(), 3, "{refused}");
    let new = json!({"name": "laptop", "scopes": ["records:read"], "expires_at": until});
    let made = expect(&ada.post("/v1/account/tokens", &new).await, 201);
    let listed = expect(&ada.get("/v1/account/tokens").await, 200);
    assert_eq!(listed["items"][0]["scopes"], json!(["records:read"]));
    assert!(listed["items"][0].get("token").is_none());
    let token = app.nobody().bearer(made["token"].as_str().unwrap());
    expect(&token.get(ACCOUNT).await, 200);
    problem(&token.get("/v1/tenants").await, 403, "operator_needed");
    problem(&token.post("/v1/account/tokens", &json!({"name": "next"})).await, 403, "session_needed");
    problem(&token.get("/v1/account/tokens").await, 403, "session_needed");
    problem(&token.get("/v1/account/sessions").await, 403, "session_needed");
    problem(&token.post("/v1/account/sign-out", &json!({})).await, 403, "session_needed");
    let change = json!({"password": ACCOUNT_PASSWORD, "new_password": "another horse battery"});
    problem(&token.patch(ACCOUNT, &change).await, 403, "session_needed");
    app.platform.clock.advance(60);
    problem(&token.get(ACCOUNT).await, 401, "invalid_credential");
    let made = expect(&ada.post("/v1/account/tokens", &json!({"name": "next"})).await, 201);
    let token = app.nobody().bearer(made["token"].as_str().unwrap());
    expect(&token.get(ACCOUNT).await, 200);
    let path = format!("/v1/account/tokens/{}", made["id"].as_str().unwrap());
    expect(&ada.delete(&path).await, 204);
    problem(&token.get(ACCOUNT).await, 401, "invalid_credential");
    problem(&ada.delete(&path).await, 404, "not_found");
    app.remove().await.unwrap();
}

/// security.md: one-time means once, of racers too.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_the_machine_sets_one_password() {
    let app = TestApp::start().await.unwrap();
    let ada = app.account("ada@example.com", false).await.unwrap();
    let email = Email::try_from("ADA@example.com".to_owned()).unwrap();
    let reset = app.platform.platform.make_reset(&email).await.unwrap();
    let racers = (0..50).map(|number| {
        let body = json!({
            "token": reset.credential.reveal(), "password": format!("another horse battery {number}"),
        });
        let nobody = app.nobody();
        tokio::spawn(async move { nobody.post("/v1/account/reset-password", &body).await.status })
    });
    let done: Vec<_> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(done.iter().filter(|status| **status == 204).count(), 1, "{done:?}");
    problem(&ada.get(ACCOUNT).await, 401, "invalid_credential");
    // It is over after a day, and with another password.
    for _ in 0..2 {
        let reset = app.platform.platform.make_reset(&email).await.unwrap();
        app.platform.clock.advance(RESET_SECONDS);
        let body = json!({"token": reset.credential.reveal(), "password": "another horse battery"});
        problem(&app.nobody().post("/v1/account/reset-password", &body).await, 401, "invalid_token");
    }
    let nobody = Email::try_from("nobody@example.com".to_owned()).unwrap();
    assert!(matches!(app.platform.platform.make_reset(&nobody).await, Err(AccountError::NoAccount)));
    app.remove().await.unwrap();
}

/// A hundred failures end in none at all, until the password is another.
#[tokio::test]
async fn a_reset_lets_a_locked_account_in_again() {
    let app = TestApp::start().await.unwrap();
    app.account("ada@example.com", false).await.unwrap();
    problem(&sign_in(&app.nobody(), "ada@example.com", "wrong").await, 401, "wrong_credentials");
    let locked = "UPDATE account_failures SET failures = 100".to_owned();
    execute(app.platform.store(), Place::Control, vec![(locked, Vec::new())]).await;
    app.platform.clock.advance(2 * 24 * 3600);
    let wait = sign_in(&app.nobody(), "ada@example.com", ACCOUNT_PASSWORD).await;
    problem(&wait, 429, "too_many_tries");
    assert_eq!(wait.header("retry-after"), None);
    let email = Email::try_from("ada@example.com".to_owned()).unwrap();
    let reset = app.platform.platform.make_reset(&email).await.unwrap();
    let body = json!({"token": reset.credential.reveal(), "password": ACCOUNT_PASSWORD});
    expect(&app.nobody().post("/v1/account/reset-password", &body).await, 204);
    expect(&sign_in(&app.nobody(), "ada@example.com", ACCOUNT_PASSWORD).await, 200);
    app.remove().await.unwrap();
}

/// What the databases hold opens nothing.
#[tokio::test]
async fn secrets_of_accounts_are_not_in_the_database() {
    let app = TestApp::start().await.unwrap();
    app.account("ada@example.com", false).await.unwrap();
    let signed_in = expect(&sign_in(&app.nobody(), "ada@example.com", ACCOUNT_PASSWORD).await, 200);
    let ada = app.nobody().bearer(signed_in["token"].as_str().unwrap());
    let made = expect(&ada.post("/v1/account/tokens", &json!({"name": "laptop"})).await, 201);
    let mut held = String::new();
    for (table, columns) in [
        ("accounts", "email, password_hash"),
        ("access_tokens", "name, hint"),
        ("platform_audit", "actor, action, subject, details"),
    ] {
        let count = columns.split(", ").count();
        let sql = format!("SELECT {columns} FROM {table}");
        let found = texts(app.platform.store(), Place::Control, &sql, &[], count).await;
        held.extend([format!("{found:?}")]);
    }
    assert!(held.contains("ada@example.com") && held.contains("$argon2id$"), "{held}");
    for secret in [ACCOUNT_PASSWORD, signed_in["token"].as_str().unwrap(), made["token"].as_str().unwrap()] {
        assert!(!held.contains(secret), "{secret}");
    }
    app.remove().await.unwrap();
}
