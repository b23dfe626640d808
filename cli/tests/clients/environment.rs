//! What a client is given by its surroundings.

use neonex_sdk::reqwest::header::{HeaderMap, HeaderValue};
use neonex_sdk::{env, reqwest};

use crate::relay::Relay;
use crate::site::{Site, program};

#[tokio::test]
async fn a_client_may_bring_its_own_way_to_the_server() {
    let site = Site::open().await;
    let relay = Relay::before(site.server.url(), []).await;
    let headers = HeaderMap::from_iter([("x-pass".parse().unwrap(), HeaderValue::from_static("gate"))]);
    let http = reqwest::Client::builder().default_headers(headers).user_agent("http/1").build().unwrap();
    let client = site.at(&relay.url).http_client(http).user_agent("tests/1").build().unwrap();
    client.collections().list().await.unwrap();
    let seen = &relay.seen()[0];
    assert_eq!((seen.header("x-pass"), seen.header("user-agent")), (Some("gate"), Some("tests/1")));
}

#[tokio::test]
async fn a_server_starts_where_a_client_is_set_up() {
    let (_folder, program) = program();
    let program = [env::URL, env::TOKEN, env::TENANT]
        .into_iter()
        .fold(program, |program, variable| program.with(variable, "http://127.0.0.1:1"));
    let server = program.serve().await.unwrap();
    program.token().unwrap();
    assert_ne!(server.url(), "http://127.0.0.1:1");

    // What only looks like one of them is a mistake as ever.
    let mistyped = program.with("NEONEX_URI", "http://127.0.0.1:1");
    let refused = mistyped.run(&["config", "check"]).unwrap_err().to_string();
    assert!(refused.contains("`NEONEX_URI` is not a known variable"), "{refused}");
    assert_eq!(refused.matches("is not a known").count(), 1, "{refused}");
}
