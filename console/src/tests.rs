//! The pages from outside, over a platform on a folder of its own.

use std::sync::Arc;

use askama::Template;
use neonex_core::clock::SystemClock;
use neonex_core::engine::EngineOptions;
use neonex_core::platform::Platform;
use neonex_core::rng::SystemRng;
use neonex_core::secrets::MasterKey;
use neonex_core::store::Store;
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Route};

use crate::page::Failed;
use crate::setup::{Done, EmailFault, Foreign, Home, Refused, SetUpForm, Welcome};

const PASSWORD: &str = "correct horse battery";
const SETUP: &str = "/console/setup";

/// Names and values of a form's fields.
type Fields<'f> = [(&'f str, &'f str)];

async fn platform(folder: &tempfile::TempDir) -> Platform {
    let store = Store::embedded(folder.path(), EngineOptions::default()).unwrap();
    let key = MasterKey::from_bytes(&[7; 32]);
    Platform::open(store, Arc::new(SystemClock), Arc::new(SystemRng), key).await.unwrap()
}

fn client(platform: &Platform) -> TestClient<impl Endpoint + use<>> {
    let routes = crate::routes(platform.clone(), "http://nx.test".to_owned());
    TestClient::new(Route::new().at("/", crate::welcome(platform.clone())).nest(crate::MOUNT, routes))
}

fn body<'b>(token: &'b str, email: &'b str, password: &'b str, again: &'b str) -> [(&'b str, &'b str); 4] {
    [("token", token), ("email", email), ("password", password), ("again", again)]
}

/// A page, which has the headers of one.
async fn html(response: TestResponse, status: StatusCode) -> String {
    response.assert_status(status);
    response.assert_header("content-type", "text/html; charset=utf-8");
    response.assert_header("cache-control", "no-store");
    response.assert_header("referrer-policy", "no-referrer");
    response.assert_header("cross-origin-opener-policy", "same-origin");
    response.assert_header("x-content-type-options", "nosniff");
    let policy = response.0.headers().get("content-security-policy").unwrap().to_str().unwrap();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    response.0.into_body().into_string().await.unwrap()
}

#[tokio::test]
async fn a_link_makes_one_operator_and_shows_a_token_once() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let client = client(&platform);
    let link = platform.make_setup_link().await.unwrap();
    let link = link.reveal();
    let page = html(client.get(SETUP).query("token", &link).send().await, StatusCode::OK).await;
    assert!(page.contains(link), "{page}");

    let sent = body(link, "ann@example.com", PASSWORD, PASSWORD);
    let page = html(client.post(SETUP).form(&sent).send().await, StatusCode::OK).await;
    assert!(page.contains("http://nx.test/v1/tenants") && !page.contains(link), "{page}");
    let token = page.split("<pre class=\"secret\">").nth(1).unwrap().split('<').next().unwrap();
    let request = neonex_core::access::RequestId::parse("test").unwrap();
    assert!(platform.authenticate(Some(token), None, request).await.is_ok(), "{token} is no token");

    for again in [link, "nx_set_nothing", ""] {
        let sent = body(again, "bob@example.com", PASSWORD, PASSWORD);
        let page = html(client.post(SETUP).form(&sent).send().await, StatusCode::FORBIDDEN).await;
        assert!(page.contains("neonex token create"), "{page}");
        html(client.get(SETUP).query("token", &again).send().await, StatusCode::FORBIDDEN).await;
    }
    for path in ["/console", "/"] {
        let page = html(client.get(path).send().await, StatusCode::OK).await;
        assert!(page.contains("running") && page.contains("\"/docs\""), "{page}");
        assert_eq!(page.contains("\"/console\""), path == "/", "{page}");
    }
    platform.close().await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let client = client(&platform);
    let link = platform.make_setup_link().await.unwrap();
    let link = link.reveal();
    let all = ["email-error", "password-error", "again-error"];
    let cases: [(&Fields<'_>, &[&str]); 5] = [
        (&body(link, "ann@example", "too short", "too short"), &["password-error"]),
        (&body(link, "nobody", PASSWORD, PASSWORD), &["email-error"]),
        (&body(link, "ann@example.com", PASSWORD, "correct horse batterz"), &["again-error"]),
        (&body(link, "nobody", "too short", "other"), &all),
        (&[("token", link)], &["email-error", "password-error"]),
    ];
    for (sent, errors) in cases {
        let response = client.post(SETUP).form(&sent).send().await;
        let page = html(response, StatusCode::UNPROCESSABLE_ENTITY).await;
        for id in all {
            assert_eq!(
                page.contains(&format!("id=\"{id}\"")),
                errors.contains(&id),
                "{id} of {sent:?}: {page}"
            );
        }
        assert_eq!(page.matches(" autofocus").count(), 1, "{sent:?}: {page}");
        for (name, value) in sent {
            let kept = page.contains(&format!("value=\"{value}\""));
            assert_eq!(kept, ["token", "email"].contains(name), "{name} of {sent:?}: {page}");
        }
    }
    assert!(platform.needs_set_up().await.unwrap() && platform.is_setup_link(link).await.unwrap());
    platform.close().await;
}

#[tokio::test]
async fn another_site_cannot_send_the_form() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let client = client(&platform);
    let link = platform.make_setup_link().await.unwrap();
    let sent = body(link.reveal(), "ann@example.com", PASSWORD, PASSWORD);
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")] {
        let response = client.post(SETUP).header(name, value).form(&sent).send().await;
        let page = html(response, StatusCode::FORBIDDEN).await;
        assert!(page.contains("Another site"), "{page}");
    }
    assert!(platform.needs_set_up().await.unwrap());
    platform.close().await;
}

#[tokio::test]
async fn a_new_platform_says_what_is_needed_and_a_broken_one_that_it_failed() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let client = client(&platform);
    for path in ["/console", "/"] {
        let page = html(client.get(path).send().await, StatusCode::OK).await;
        assert!(page.contains("Set-up needed") && page.contains("journalctl"), "{page}");
    }
    let page = html(client.get(SETUP).send().await, StatusCode::FORBIDDEN).await;
    assert!(page.contains("Start the server again"), "{page}");

    platform.close().await;
    let response = client.get("/console").send().await;
    let status = response.0.status();
    assert!(status.is_server_error(), "{status}");
    let page = html(response, status).await;
    assert!(page.contains("could not be made"), "{page}");
}

#[tokio::test]
async fn pages_find_their_style_which_is_cached_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let platform = platform(&folder).await;
    let client = client(&platform);
    let page = html(client.get("/console").send().await, StatusCode::OK).await;
    let path = page.split("<link rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let response = client.get(path).send().await;
    response.assert_status_is_ok();
    response.assert_header("content-type", "text/css; charset=utf-8");
    response.assert_header("cache-control", "public, max-age=31536000, immutable");
    platform.close().await;
}

/// Every page in every state that it has.
fn samples() -> Vec<String> {
    let full = SetUpForm {
        token: "nx_set_sample".to_owned(),
        email: "\"><script>".to_owned(),
        email_fault: Some(EmailFault::Malformed),
        password_unfit: true,
        again_differs: true,
        busy: true,
    };
    let taken = SetUpForm { email_fault: Some(EmailFault::Taken), ..SetUpForm::default() };
    let done = Done { token: "nx_pat_sample".to_owned(), base: "http://nx.test".to_owned() };
    let forms = [SetUpForm::default().render(), full.render(), taken.render()];
    let homes = [true, false].map(|needed| Home { needed }.render());
    let welcomes = [true, false].map(|needed| Welcome { needed }.render());
    let refusals = [true, false].map(|needed| Refused { needed }.render());
    let failures = [true, false].map(|busy| Failed { busy }.render());
    let pages = forms.into_iter().chain(homes).chain(welcomes).chain(refusals).chain(failures);
    pages.chain([done.render(), Foreign.render()]).map(Result::unwrap).collect()
}

/// The values of an attribute.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let start = format!(" {attribute}=\"");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What a browser's own tools find as well, of every sample: accessible, and nothing that the policy refuses.
#[test]
fn every_page_is_sound_in_every_state() {
    for page in samples() {
        assert_eq!(page.matches("<h1>").count(), 1, "{page}");
        assert!(page.contains("<html lang=\"en\">"), "{page}");
        for refused in ["<script", "<style", " style=", " onclick=", "javascript:"] {
            assert!(!page.contains(refused), "{refused} in {page}");
        }
        let ids = values(&page, "id");
        let referred = values(&page, "aria-describedby").into_iter().flat_map(str::split_whitespace);
        for id in referred.chain(values(&page, "for")) {
            assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{id} in {page}");
        }
        let labelled = values(&page, "for").len();
        assert_eq!(page.matches("<input id=").count(), labelled, "{page}");
    }
}
