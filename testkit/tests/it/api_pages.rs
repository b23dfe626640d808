//! Pages, their links and cursors; and what is asked for by a name that nothing has.

use neonex_testkit::{Client, TestApp};
use serde_json::json;

use crate::api::{NOTES, expect, note, places, problem, with_notes};

/// The address in `Link: <…>; rel="next"`.
fn next(link: &str) -> &str {
    link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap()
}

/// What the items of all pages have under `name`, going from link to link; and how many pages there were.
async fn walk(client: &Client, first: &str, name: &str) -> (Vec<String>, usize) {
    let (mut path, mut found, mut pages) = (first.to_owned(), Vec::new(), 0);
    loop {
        let answer = client.get(&path).await;
        let page = expect(&answer, 200);
        pages += 1;
        for item in page["items"].as_array().unwrap() {
            found.push(item[name].to_string());
        }
        let Some(link) = answer.header("link") else {
            assert!(page["next_cursor"].is_null(), "{path} has a cursor and no link");
            return (found, pages);
        };
        let cursor = page["next_cursor"].as_str().unwrap();
        assert!(link.contains(&format!("cursor={cursor}")), "{link} is not to {cursor}");
        next(link).clone_into(&mut path);
    }
}

#[tokio::test]
async fn links_lead_through_every_record_once_in_order() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    for (title, stars) in [("a", 2), ("b", 1), ("c", 2), ("d", 3), ("e", 1)] {
        note(&developer, title, stars).await;
    }
    let (titles, pages) = walk(&developer, &format!("{NOTES}?limit=2&sort=-stars,title"), "title").await;
    assert_eq!((titles.join(" ").as_str(), pages), ("\"d\" \"a\" \"c\" \"b\" \"e\"", 3));
    let filtered = format!("{NOTES}?limit=1&filter=stars%20%3D%3D%202&sort=title");
    assert_eq!(walk(&developer, &filtered, "title").await.0.join(" "), "\"a\" \"c\"");
    let (ids, pages) = walk(&developer, &format!("{NOTES}?limit=5"), "id").await;
    assert!(pages == 1 && ids.is_sorted(), "a page that holds all has no next: {ids:?}");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_question_in_a_body_is_that_of_a_url() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    for (title, stars) in [("a", 2), ("b", 1), ("c", 2)] {
        note(&developer, title, stars).await;
    }
    let question = "/v1/collections/notes/query";
    let mut body =
        json!({"filter": "stars == 2", "sort": "-title", "fields": "title", "limit": 1, "count": "exact"});
    let asked = expect(&developer.post(question, &body).await, 200);
    let url = format!("{NOTES}?filter=stars%20%3D%3D%202&sort=-title&fields=title&limit=1&count=exact");
    assert_eq!(asked, expect(&developer.get(&url).await, 200));
    assert_eq!((&asked["items"], &asked["total"]), (&json!([{"title": "c"}]), &json!(2)));
    body["cursor"] = asked["next_cursor"].clone();
    let rest = expect(&developer.post(question, &body).await, 200);
    assert_eq!((&rest["items"], &rest["next_cursor"]), (&json!([{"title": "a"}]), &json!(null)));
    // What is wrong is said of the body, and of no URL.
    let wrong = developer.post(question, &json!({"filter": "stars ==", "sort": "nope"})).await;
    assert!(wrong.status == 400 || wrong.status == 422, "{}", wrong.status);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn links_lead_through_tenants_and_keys() {
    let app = TestApp::start().await.unwrap();
    for slug in ["t1", "t2", "t3", "t4", "t5"] {
        app.tenant(slug).await.unwrap();
        app.platform.clock.advance(1);
    }
    let (slugs, pages) = walk(&app.operator(), "/v1/tenants?limit=2", "slug").await;
    assert_eq!((slugs.join(" ").as_str(), pages), ("\"t1\" \"t2\" \"t3\" \"t4\" \"t5\"", 3));
    for name in ["k1", "k2", "k3"] {
        let new = json!({"name": name, "kind": "publishable"});
        expect(&app.operator().post("/v1/tenants/t1/keys", &new).await, 201);
        app.platform.clock.advance(1);
    }
    let (names, pages) = walk(&app.operator(), "/v1/tenants/t1/keys?limit=2", "name").await;
    assert_eq!((names.join(" ").as_str(), pages), ("\"k1\" \"k2\" \"k3\"", 2));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_page_has_bounds_and_a_cursor_belongs_to_its_list() {
    let app = TestApp::start().await.unwrap();
    let developer = with_notes(&app.tenant("acme").await.unwrap()).await;
    note(&developer, "a", 1).await;
    note(&developer, "b", 2).await;
    let refused = async |client: &Client, path: String| {
        let body = problem(&client.get(&path).await, 400, "invalid_parameter");
        places(&body)
            .into_iter()
            .map(|(place, code)| format!("{place} {code}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for limit in ["0", "201"] {
        assert_eq!(refused(&developer, format!("{NOTES}?limit={limit}")).await, "?limit out_of_range");
        assert_eq!(
            refused(&app.operator(), format!("/v1/tenants?limit={limit}")).await,
            "?limit out_of_range"
        );
    }
    assert_eq!(refused(&developer, format!("{NOTES}?limit=-1")).await, "?limit invalid");
    for cursor in ["x", "W10", "e30"] {
        assert_eq!(refused(&developer, format!("{NOTES}?cursor={cursor}")).await, "?cursor invalid_cursor");
    }
    assert_eq!(refused(&app.operator(), "/v1/tenants?cursor=x".into()).await, "?cursor invalid_cursor");
    let first = expect(&developer.get(&format!("{NOTES}?limit=1&sort=stars")).await, 200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let other = format!("{NOTES}?limit=1&sort=-stars&cursor={cursor}");
    assert_eq!(refused(&developer, other).await, "?cursor other_list");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_not_known_is_named() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = with_notes(&acme).await;
    let keys = format!("/v1/tenants/{}/keys", acme.id());
    for path in ["/v1/tenants", "/v1/collections", NOTES, &keys] {
        let client = if path == "/v1/tenants" { app.operator() } else { developer.clone() };
        let body = problem(&client.get(&format!("{path}?Limit=1")).await, 400, "unknown_parameter");
        assert_eq!(places(&body), [("?Limit", "unknown_parameter")], "{path}");
        // All that a body of any of them needs, so that what is unknown is all that is wrong with it.
        let more = json!({"slug": "new", "name": "new", "kind": "secret", "title": "new", "nmae": 1});
        let body = problem(&client.post(path, &more).await, 400, "invalid_body");
        assert!(places(&body).contains(&("/nmae", "unknown_field")), "{path}: {body}");
    }
    for (query, place) in
        [("sort=starz", "?sort"), ("fields=starz", "?fields"), ("filter=starz%3D%3D1", "?filter")]
    {
        let body = problem(&developer.get(&format!("{NOTES}?{query}")).await, 400, "invalid_parameter");
        assert_eq!(places(&body)[0].0, place);
    }
    app.remove().await.unwrap();
}
