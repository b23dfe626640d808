//! The pages from outside, over a platform on a folder of its own.

use std::sync::Arc;

use neonex_core::clock::SystemClock;
use neonex_core::engine::EngineOptions;
use neonex_core::platform::Platform;
use neonex_core::rng::SystemRng;
use neonex_core::secrets::MasterKey;
use neonex_core::store::Store;
use poem::IntoEndpoint as _;
use poem::http::StatusCode;
use poem::test::TestClient;

const PASSWORD: &str = "correct horse battery";

async fn platform(folder: &tempfile::TempDir) -> Platform {
    let store = Store::embedded(folder.path(), EngineOptions::default()).unwrap();
    let key = MasterKey::from_bytes(&[7; 32]);
    Platform::open(store, Arc::new(SystemClock), Arc::new(SystemRng), key).await.unwrap()
}

fn body<'b>(token: &'b str, email: &'b str, password: &'b str, again: &'b str) -> [(&'b str, &'b str); 4] {
    [("token", token), ("email", email), ("password", password), ("again", again)]
}

#[tokio::test]
async fn a_link_makes_one_operator_and_shows_a_token_once() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let client =
        TestClient::new(crate::routes(platform.clone(), "http://nx.test".to_owned()).into_endpoint());
    let link = platform.make_setup_link().await.unwrap();
    let link = link.reveal();

    let response = client.get("/setup").query("token", &link).send().await;
    response.assert_status_is_ok();
    response.assert_header("cache-control", "no-store");
    response.assert_header("referrer-policy", "no-referrer");

    let sent = body(link, "ann@example.com", "too short", "too short");
    let response = client.post("/setup").form(&sent).send().await;
    response.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    let html = response.0.into_body().into_string().await.unwrap();
    assert!(html.contains("at least 15 characters") && html.contains("ann@example.com"), "{html}");
    assert!(!html.contains("too short"), "a password was sent back");

    let other = body(link, "ann@example.com", PASSWORD, "correct horse batterz");
    client.post("/setup").form(&other).send().await.assert_status(StatusCode::UNPROCESSABLE_ENTITY);

    let sent = body(link, "ann@example.com", PASSWORD, PASSWORD);
    let foreign = client.post("/setup").header("sec-fetch-site", "cross-site").form(&sent).send().await;
    foreign.assert_status(StatusCode::FORBIDDEN);
    let response = client.post("/setup").form(&sent).send().await;
    response.assert_status_is_ok();
    let html = response.0.into_body().into_string().await.unwrap();
    assert!(html.contains("nx_pat_") && html.contains("http://nx.test/v1/tenants"), "{html}");

    for again in [link, "nx_set_nothing"] {
        let sent = body(again, "bob@example.com", PASSWORD, PASSWORD);
        client.post("/setup").form(&sent).send().await.assert_status(StatusCode::FORBIDDEN);
        client.get("/setup").query("token", &again).send().await.assert_status(StatusCode::FORBIDDEN);
    }
    platform.close().await;
}

#[tokio::test]
async fn home_says_what_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let client = TestClient::new(crate::routes(platform.clone(), String::new()).into_endpoint());
    let html = client.get("/").send().await.0.into_body().into_string().await.unwrap();
    assert!(html.contains("Set-up needed"), "{html}");
    platform.close().await;
}

#[test]
fn what_was_typed_is_escaped() {
    use askama::Template as _;
    let form = crate::setup::SetUpForm { email: "\"><script>".to_owned(), ..Default::default() };
    assert!(!form.render().unwrap().contains("<script>"));
}
