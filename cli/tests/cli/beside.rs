//! Commands beside a running server, on its data folder.

use neonex_core::store::Scope;
use reqwest::Client;
use serde_json::json;

use super::Place;
use super::running::Running;

#[tokio::test]
async fn a_token_is_made_and_the_schema_looked_at_but_not_changed() {
    let place = Place::new();
    let server = Running::start(&place).await;
    let made = place.run(&["token", "create"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let token = made.stdout.trim();
    let tenant = server.call(token, "/v1/tenants", Some(&json!({ "slug": "acme", "name": "Acme" }))).await;
    let tenant = tenant["id"].as_str().unwrap();
    // The tenant's database comes with the first request that needs it.
    server.call(token, "/v1/tenants/acme/keys", None).await;

    let beside = place.run(&["migrate", "status"]);
    assert_eq!(beside.code, Some(0), "{beside:?}");
    let databases: Vec<_> = beside.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let rows = |scope: Scope, place| vec![place; scope.migrations().len()];
    let expected = [rows(Scope::Control, "control"), rows(Scope::Tenant, tenant)].concat();
    assert_eq!(databases, expected, "{beside:?}");
    for change in
        [&["migrate", "up"][..], &["migrate", "down", "--yes"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let refused = place.run(change);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(5), ""), "{change:?}: {refused:?}");
        assert!(refused.stderr.contains(&format!("process {}", server.process_id())), "{refused:?}");
    }
    // Nothing of this disturbed the server.
    let tenants = server.call(token, "/v1/tenants", None).await;
    assert_eq!(tenants["items"][0]["id"], tenant, "{tenants}");

    server.stop().await;
    let newest = Scope::Tenant.migrations().last().unwrap().name;
    let back = place.run(&["migrate", "down", "--yes"]);
    assert_eq!(back.stdout, format!("took back {tenant} {newest}\n"), "{back:?}");
    let up = place.run(&["migrate", "up"]);
    assert_eq!(up.stdout, format!("applied {tenant} {newest}\n"), "{up:?}");
}

#[tokio::test]
async fn the_link_that_serve_prints_leads_to_the_form() {
    let place = Place::new();
    let server = Running::start(&place).await;
    let link = server.setup.as_str();
    assert!(link.starts_with(&format!("{}/console/setup?token=nx_set_", server.base)), "{link}");
    let answer = Client::new().get(link).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let page = answer.text().await.unwrap();
    assert!(page.contains("action=\"/console/setup\""), "{page}");
    let style = page.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let answer = Client::new().get(format!("{}{style}", server.base)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{style}");
    server.stop().await;
}

#[tokio::test]
async fn a_server_on_every_address_prints_those_that_can_be_opened() {
    let place = Place::new();
    let server = Running::start_with(&place, "0.0.0.0:0", &[]).await;
    assert!(server.base.starts_with("http://localhost:"), "{}", server.base);
    let answer = Client::new().get(&server.setup).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", server.setup);
    server.stop().await;
}

#[tokio::test]
async fn the_configured_address_is_printed_and_no_header_changes_it() {
    let place = Place::new();
    let public = [("NEONEX_PUBLIC_URL", "https://nx.example/")];
    let server = Running::start_with(&place, "127.0.0.1:0", &public).await;
    assert_eq!(server.base, "https://nx.example");
    assert!(server.setup.starts_with("https://nx.example/console/setup?token=nx_set_"), "{}", server.setup);
    server.stop().await;
}

/// What is at the root: for people a page, for programs a problem, and for neither the link.
#[tokio::test]
async fn the_root_says_that_set_up_is_needed_and_then_where_things_are() {
    let place = Place::new();
    let server = Running::start(&place).await;
    let get = async |accept: &str| {
        let request = Client::new().get(format!("{}/", server.base)).header("accept", accept);
        let answer = request.send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let (status, kind, vary) = (answer.status().as_u16(), header("content-type"), header("vary"));
        assert!(vary.to_ascii_lowercase().contains("accept"), "{vary}");
        (status, kind, answer.text().await.unwrap())
    };
    let token = server.setup.split("token=").nth(1).unwrap();
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (accept, status, kind) in
        [(browser, 200, "text/html; charset=utf-8"), ("*/*", 404, "application/problem+json")]
    {
        let (found, found_kind, text) = get(accept).await;
        assert_eq!((found, found_kind.as_str()), (status, kind), "{text}");
        assert!(text.contains("et-up") && text.contains("printed"), "{text}");
        assert!(!text.contains(token) && !text.contains("nx_set_"), "{text}");
        let head = Client::new().head(format!("{}/", server.base)).header("accept", accept);
        let head = head.send().await.unwrap();
        assert_eq!(
            (head.status().as_u16(), head.headers()["content-type"].to_str().unwrap()),
            (status, kind)
        );
        if status == 200 {
            assert_eq!(head.headers()["content-length"], text.len().to_string().as_str());
        }
    }

    let fields = [
        ("token", token),
        ("email", "ann@example.com"),
        ("password", "correct horse battery"),
        ("again", "correct horse battery"),
    ];
    let url = format!("{}/console/setup", server.base);
    let body = fields.map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).join("&");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let made = Client::new().post(url).header(form.0, form.1).body(body).send().await.unwrap();
    assert_eq!(made.status(), 200);
    for accept in [browser, "application/json"] {
        let (_, _, text) = get(accept).await;
        assert!(!text.contains("et-up"), "{text}");
        for place in ["/docs", "/livez", "/readyz", "/openapi.json"] {
            assert!(text.contains(place), "{place} is not in {text}");
        }
    }
    server.stop().await;
}
