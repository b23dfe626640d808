//! Sessions in cookies: what they look like, whom they are good for, and which pages they are obeyed from.

use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use serde_json::json;

use crate::api::{expect, problem};
use crate::auth::{PASSWORD, sign_in, user};

const PUBLIC: &str = "https://api.example";
const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";
const USER: &str = "/v1/auth/user";

struct World {
    app: TestApp,
    acme: AppTenant,
    /// A browser that shows the tenant's app.
    browser: Client,
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await.unwrap();
        app.platform.platform.set_public_url(PUBLIC);
        let acme = app.tenant("acme").await.unwrap();
        let settings = json!({"settings": {"cors_origins": [APP, "*"]}});
        expect(&app.operator().patch(&format!("/v1/tenants/{}", acme.id()), &settings).await, 200);
        user(&acme, "ann@example.com").await;
        let browser = acme.publishable().await.unwrap().with("origin", APP);
        Self { app, acme, browser }
    }
}

/// Signs somebody in and keeps what a browser would keep.
async fn sign_in_by(browser: &Client, email: &str) -> (Client, Answer) {
    let answer = sign_in(&browser.with("x-neonex-session", "cookie"), email, PASSWORD).await;
    expect(&answer, 200);
    (keeping(browser, &answer), answer)
}

/// The cookies that an answer sets, each with what is said of it.
fn cookies(answer: &Answer) -> Vec<(String, String, String)> {
    let lines = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let parts = lines.map(|line| {
        let (pair, attributes) = line.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned(), attributes.to_owned())
    });
    parts.collect()
}

/// The browser with the cookies of an answer in place of its own.
fn keeping(browser: &Client, answer: &Answer) -> Client {
    let pairs = cookies(answer).into_iter().map(|(name, value, _)| format!("{name}={value}"));
    browser.with("cookie", &pairs.collect::<Vec<_>>().join("; "))
}

#[tokio::test]
async fn tokens_are_cookies_that_no_script_and_no_other_host_reads() {
    let World { app, acme, browser } = World::start().await;
    let (_, answer) = sign_in_by(&browser, "ann@example.com").await;
    let body = answer.json();
    assert_eq!(body["token_type"], "Cookie");
    assert!(body.get("access_token").is_none() && body.get("refresh_token").is_none(), "{body}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let said = "Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict";
    let seen: Vec<_> = cookies(&answer).into_iter().map(|(name, _, said)| (name, said)).collect();
    let name = |kind: &str| format!("__Host-nx-{kind}-{}", acme.id());
    let expected = ["access", "refresh"].map(|kind| (name(kind), format!("{said}; Secure")));
    assert_eq!(seen, expected);
    app.remove().await.unwrap();

    // On a machine's own address, without TLS.
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    user(&acme, "ann@example.com").await;
    let local = acme.anonymous().with("host", "localhost:8080").with("origin", "http://localhost:8080");
    let (ann, answer) = sign_in_by(&local, "ann@example.com").await;
    let seen: Vec<_> = cookies(&answer).into_iter().map(|(name, _, said)| (name, said)).collect();
    let name = |kind: &str| format!("nx-{kind}-{}", acme.id());
    let expected = ["access", "refresh"].map(|kind| (name(kind), said.to_owned()));
    assert_eq!(seen, expected);
    expect(&ann.get(USER).await, 200);
    expect(&ann.delete("/v1/auth/sessions").await, 200);
    // Anywhere else they have not the prefix that says who set them.
    problem(&ann.with("host", "api.example").get(USER).await, 403, "user_needed");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_changes_something_comes_from_a_page_of_the_tenants() {
    let World { app, browser, .. } = World::start().await;
    let (ann, _) = sign_in_by(&browser, "ann@example.com").await;
    let change = async |who: &Client| who.delete("/v1/auth/sessions").await;
    let allowed = change(&ann).await;
    expect(&allowed, 200);
    assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
    expect(&change(&ann.with("origin", PUBLIC)).await, 200);
    for foreign in
        [EVIL, "null", "https://app.example.evil.example", "http://app.example", "https://app.example:8443"]
    {
        let page = ann.with("origin", foreign);
        problem(&change(&page).await, 403, "cross_site");
        // It may have a browser read, and reads nothing of it itself.
        let read = page.get(USER).await;
        expect(&read, 200);
        assert_eq!(read.header("access-control-allow-credentials"), None, "{foreign}");
        // Nor does it sign anybody in, as themselves or as somebody else.
        let refused = sign_in(&page.with("x-neonex-session", "cookie"), "ann@example.com", PASSWORD).await;
        problem(&refused, 403, "cross_site");
        assert!(cookies(&refused).is_empty());
        problem(&page.post("/v1/auth/refresh", &json!({})).await, 403, "cross_site");
    }
    // A bearer token is none that a browser adds by itself.
    let signed_in = expect(&sign_in(&browser, "ann@example.com", PASSWORD).await, 200);
    let bearer = ann.bearer(signed_in["access_token"].as_str().unwrap()).with("origin", EVIL);
    expect(&bearer.post("/v1/auth/sign-out", &json!({})).await, 204);
    expect(&ann.get(USER).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_preflight_lets_cookies_through_and_the_answer_decides() {
    let World { app, browser, .. } = World::start().await;
    let asked = browser.with("access-control-request-method", "POST");
    let preflight = asked.send(poem::http::Method::OPTIONS, USER, None).await;
    assert_eq!(preflight.header("access-control-allow-credentials"), Some("true"));
    assert!(preflight.header("access-control-allow-headers").unwrap().contains("X-Neonex-Session"));
    // Why a cookie was refused is for the page to read, or it could not ask for the next one.
    let (ann, _) = sign_in_by(&browser, "ann@example.com").await;
    app.platform.clock.advance(900);
    let late = ann.get(USER).await;
    problem(&late, 401, "invalid_credential");
    assert_eq!(late.header("access-control-allow-origin"), Some(APP));
    assert_eq!(late.header("access-control-allow-credentials"), Some("true"));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_session_of_cookies_is_refreshed_and_ends_with_them() {
    let World { app, browser, .. } = World::start().await;
    let (ann, first) = sign_in_by(&browser, "ann@example.com").await;
    app.platform.clock.advance(900);
    problem(&ann.get(USER).await, 401, "invalid_credential");
    let refreshed = ann.post("/v1/auth/refresh", &json!({})).await;
    assert_eq!(expect(&refreshed, 200)["token_type"], "Cookie");
    assert_ne!(cookies(&refreshed)[1].1, cookies(&first)[1].1);
    // The session does not grow longer by it.
    assert!(cookies(&refreshed)[1].2.contains(&format!("Max-Age={}", 30 * 24 * 3600 - 900)));
    let ann = keeping(&ann, &refreshed);
    expect(&ann.get(USER).await, 200);
    // No tenant is named but by the one cookie.
    let alone = keeping(&app.nobody().with("origin", APP), &refreshed);
    expect(&alone.get(USER).await, 200);
    let out = ann.post("/v1/auth/sign-out", &json!({})).await;
    expect(&out, 204);
    for (_, value, said) in cookies(&out) {
        assert_eq!((value.as_str(), said.contains("Max-Age=0;")), ("", true), "{said}");
    }
    assert_eq!(cookies(&out).len(), 2);
    // Who has kept them all the same has nothing.
    problem(&ann.get(USER).await, 401, "invalid_credential");
    problem(&ann.post("/v1/auth/refresh", &json!({})).await, 401, "invalid_refresh_token");
    let again = ann.post("/v1/auth/sign-out", &json!({})).await;
    problem(&again, 401, "invalid_credential");
    assert_eq!(cookies(&again).len(), 2, "they are taken away also where nothing is left to end");
    // And can sign in with them in the way.
    sign_in_by(&ann, "ann@example.com").await;
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_cookie_is_good_for_its_tenant_and_only_where_no_header_says_who_calls() {
    let World { app, acme, browser } = World::start().await;
    let other = app.tenant("other").await.unwrap();
    let (_, bob) = user(&other, "bob@example.com").await;
    let (ann, answer) = sign_in_by(&browser, "ann@example.com").await;
    // Somebody who is signed in to one is nobody in the other.
    let there = keeping(&other.publishable().await.unwrap().with("origin", APP), &answer);
    problem(&there.get(USER).await, 403, "user_needed");
    problem(&there.within("acme").get(USER).await, 400, "tenant_mismatch");
    // Under the other's name it is refused as any credentials are that disagree.
    let (name, token, _) = cookies(&answer)[0].clone();
    let renamed = format!("{}={token}", name.replace(&acme.id(), &other.id()));
    problem(&there.with("cookie", &renamed).get(USER).await, 400, "tenant_mismatch");
    problem(&app.nobody().with("cookie", &renamed).get(USER).await, 400, "tenant_mismatch");
    problem(&ann.within("other").get(USER).await, 400, "tenant_mismatch");
    // With those of both, the request says which is meant.
    let (_, theirs) = sign_in_by(&other.anonymous().with("origin", PUBLIC), "bob@example.com").await;
    let both = format!("{}={}; {name}={token}", cookies(&theirs)[0].0, cookies(&theirs)[0].1);
    let both = app.nobody().with("cookie", &both);
    problem(&both.get(USER).await, 400, "tenant_needed");
    assert_eq!(expect(&both.within("acme").get(USER).await, 200)["email"], "ann@example.com");
    assert_eq!(expect(&both.within("other").get(USER).await, 200)["email"], "bob@example.com");
    // A token in the header counts before them.
    let bearer = both.bearer(bob["access_token"].as_str().unwrap());
    assert_eq!(expect(&bearer.get(USER).await, 200)["email"], "bob@example.com");
    let key = other.tenant.key(neonex_core::keys::KeyKind::Secret, None).await.unwrap();
    let by_key = both.bearer(&key.credential).get("/v1/collections").await;
    expect(&by_key, 200);
    // Keys and operators' tokens open nothing in a cookie.
    for credential in [key.credential.as_str(), app.platform.operator_token()] {
        let cookie = format!("{}={credential}", cookies(&theirs)[0].0);
        problem(
            &app.nobody().with("cookie", &cookie).get("/v1/collections").await,
            401,
            "invalid_credential",
        );
    }
    problem(&browser.with("x-neonex-session", "jar").get(USER).await, 400, "invalid_parameter");
    app.remove().await.unwrap();
}
