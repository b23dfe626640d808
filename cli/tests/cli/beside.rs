//! Commands beside a running server, on its data folder.

use neonex_testkit::Server;
use reqwest::Client;
use serde_json::{Value, json};

use super::Place;

async fn call(server: &Server, token: &str, path: &str, body: Option<&Value>) -> Value {
    let url = format!("{}{path}", server.url());
    let client = Client::new();
    let request = match body {
        Some(body) => client.post(url).json(body),
        None => client.get(url),
    };
    let answer = request.bearer_auth(token).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path}: {status}: {text}");
    serde_json::from_str(&text).unwrap()
}

async fn stop(server: Server) {
    assert_eq!(server.stop().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_token_is_made_and_the_schema_looked_at_but_not_changed() {
    let place = Place::new();
    let server = place.program().serve().await.unwrap();
    let made = place.run(&["token", "create"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let token = made.stdout.trim();
    let tenant = call(&server, token, "/v1/tenants", Some(&json!({ "slug": "acme", "name": "Acme" }))).await;
    let tenant = tenant["id"].as_str().unwrap();
    // The tenant's database comes with the first request that needs it.
    call(&server, token, "/v1/tenants/acme/keys", None).await;

    let beside = place.run(&["migrate", "status"]);
    assert_eq!(beside.code, Some(0), "{beside:?}");
    let databases: Vec<_> = beside.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(databases, ["control", tenant], "{beside:?}");
    for change in
        [&["migrate", "up"][..], &["migrate", "down", "--yes"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let refused = place.run(change);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(5), ""), "{change:?}: {refused:?}");
        assert!(refused.stderr.contains(&format!("process {}", server.process_id())), "{refused:?}");
    }
    // Nothing of this disturbed the server.
    let tenants = call(&server, token, "/v1/tenants", None).await;
    assert_eq!(tenants["items"][0]["id"], tenant, "{tenants}");

    stop(server).await;
    let name = "m20261123_000001_foundation";
    let back = place.run(&["migrate", "down", "--yes"]);
    assert_eq!(back.stdout, format!("took back {tenant} {name}\ntook back control {name}\n"), "{back:?}");
    let up = place.run(&["migrate", "up"]);
    assert_eq!(up.stdout, format!("applied control {name}\napplied {tenant} {name}\n"), "{up:?}");
}

#[tokio::test]
async fn the_link_that_serve_prints_leads_to_the_form() {
    let place = Place::new();
    let server = place.program().serve().await.unwrap();
    let heading = server.line().await.unwrap();
    assert!(heading.starts_with("Make the first operator"), "{heading}");
    let link = server.line().await.unwrap();
    let link = link.trim();
    assert!(link.starts_with(&format!("{}/console/setup?token=nx_set_", server.url())), "{link}");
    let answer = Client::new().get(link).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let page = answer.text().await.unwrap();
    assert!(page.contains("action=\"/console/setup\""), "{page}");
    let style = page.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let answer = Client::new().get(format!("{}{style}", server.url())).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{style}");
    stop(server).await;
}
