//! A real OpenID provider (npm `oidc-provider`), and a browser as far as one is needed: redirects, cookies and forms.

use std::collections::HashMap;
use std::process::Stdio;

use neonex_core::clock::{Clock as _, SystemClock};
use neonex_testkit::TestApp;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use url::Url;

use super::{APP, CHALLENGE, PUBLIC, VERIFIER, World, exchange};
use crate::api::{expect, problem};

struct RealProvider {
    issuer: String,
    // Killed when it is dropped.
    _child: Child,
}

impl RealProvider {
    async fn start(redirect_uri: &str) -> Self {
        let folder = std::env::var("NEONEX_TEST_OIDC_PROVIDER").unwrap_or_else(|_| {
            panic!("NEONEX_TEST_OIDC_PROVIDER names the folder of oidc-provider: see infra/services.sh")
        });
        // The package needs a newer Node.js than Debian's, which is beside it.
        let node =
            ["x64", "arm64"].map(|machine| format!("{folder}/node_modules/node-linux-{machine}/bin/node"));
        let node = node.into_iter().find(|node| std::path::Path::new(node).exists());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/oauth/provider.mjs");
        let mut child = Command::new(node.unwrap_or_else(|| "node".to_owned()))
            .args([script, &folder, redirect_uri])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = said.next_line().await.unwrap().unwrap_or_else(|| panic!("the provider has ended"));
        Self { issuer, _child: child }
    }
}

/// A browser in the hands of somebody who signs in at the provider and agrees to everything.
struct Browser {
    client: reqwest::Client,
    cookies: HashMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self { client: client.build().unwrap(), cookies: HashMap::new() }
    }

    /// From the provider's page to where it sends the browser in the end.
    async fn sign_in(&mut self, start: &str, login: &str) -> Url {
        let mut url: Url = start.parse().unwrap();
        let mut form = None;
        for _ in 0..20 {
            if url.as_str().starts_with(PUBLIC) {
                return url;
            }
            let (next, page) = self.open(&url, form.take()).await;
            if let Some(next) = next {
                url = next;
                continue;
            }
            let prompt = if page.contains(r#"value="login""#) { "login" } else { "consent" };
            let action = page.split(r#"action=""#).nth(1).and_then(|rest| rest.split('"').next());
            url = url.join(action.unwrap_or_else(|| panic!("no form: {page}"))).unwrap();
            form = Some(format!("prompt={prompt}&login={login}&password=any"));
        }
        panic!("the provider leads nowhere: {url}")
    }

    async fn open(&mut self, url: &Url, form: Option<String>) -> (Option<Url>, String) {
        let request = match form {
            Some(form) => self
                .client
                .post(url.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form),
            None => self.client.get(url.clone()),
        };
        let sent: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(COOKIE, sent.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let next = answer.headers().get(LOCATION).map(|next| url.join(next.to_str().unwrap()).unwrap());
        (next, answer.text().await.unwrap())
    }
}

/// The whole way, as a browser goes it: from the app to the provider and back, and with the code to a session.
#[tokio::test]
async fn somebody_signs_in_by_a_real_provider() {
    let app = TestApp::start().await.unwrap();
    let world = World::of(app).await;
    let callback = format!("{PUBLIC}/v1/auth/oauth/callback/{}/real", world.acme.id());
    let provider = RealProvider::start(&callback).await;
    // It signs with its own time.
    let clock = &world.app.platform.clock;
    clock
        .advance((SystemClock.now().as_micros() - world.app.platform.platform.now().as_micros()) / 1_000_000);
    world.allow(&provider.issuer);
    let new = json!({"name": "real", "kind": "oidc", "issuer": provider.issuer, "client_id": "the-app",
        "client_secret": "a secret: with %, & and +", "profile": {"display_name": "name"}});
    let made = expect(&world.developer.post("/v1/auth/providers", &new).await, 201);
    assert_eq!(made["callback_url"], callback);
    let tested = expect(&world.developer.post("/v1/auth/providers/real/test", &json!({})).await, 200);
    assert_eq!(tested["ok"], true, "{tested}");
    let users = json!({"name": "users", "fields": [{"name": "display_name", "type": "text"}]});
    expect(&world.developer.post("/v1/collections", &users).await, 201);

    let sign_in = async |login: &str| {
        let path = format!(
            "/v1/auth/oauth/real?tenant=acme&redirect_url={APP}&code_challenge={CHALLENGE}&state=the%20app's"
        );
        let start = world.acme.nobody().get(&path).await;
        assert_eq!(start.status, 303, "{start:?}");
        let back = Browser::new().sign_in(start.header("location").unwrap(), login).await;
        assert_eq!(back.as_str().split('?').next(), Some(callback.as_str()));
        let came = world.acme.nobody().get(&format!("{}?{}", back.path(), back.query().unwrap())).await;
        assert_eq!(came.status, 303, "{came:?}");
        let landed: Url = came.header("location").unwrap().parse().unwrap();
        assert!(landed.as_str().starts_with(APP), "{landed}");
        let said: HashMap<String, String> = landed.query_pairs().into_owned().collect();
        assert_eq!(said.get("state").map(String::as_str), Some("the app's"), "{landed}");
        // The same once more: the flow is over.
        let again = world.acme.nobody().get(&format!("{}?{}", back.path(), back.query().unwrap())).await;
        problem(&again, 400, "oauth_flow_over");
        said.get("code").unwrap_or_else(|| panic!("{landed}")).clone()
    };
    let code = sign_in("ann").await;
    problem(&exchange(&world.acme, &code, &VERIFIER.replace('d', "e")).await, 401, "invalid_code");
    let code = sign_in("ann").await;
    let first = expect(&exchange(&world.acme, &code, VERIFIER).await, 200);
    let user = &first["user"];
    assert_eq!((&user["email"], &user["verified"]), (&json!("ann@example.com"), &json!(true)));
    assert_eq!(user["display_name"], "The user ann");
    let ann = world.acme.nobody().bearer(first["access_token"].as_str().unwrap());
    assert_eq!(expect(&ann.get("/v1/auth/user").await, 200), *user);
    let sessions = expect(&ann.get("/v1/auth/sessions").await, 200);
    assert_eq!(sessions["items"][0]["method"], "oauth");
    let second = expect(&exchange(&world.acme, &sign_in("ann").await, VERIFIER).await, 200);
    assert_eq!(second["user"]["id"], user["id"]);
    let other = expect(&exchange(&world.acme, &sign_in("bob").await, VERIFIER).await, 200);
    assert_ne!(other["user"]["id"], user["id"]);
    world.app.remove().await.unwrap();
}
