//! Every error is a problem and says what is wrong.

use poem::Body;
use poem::http::{Method, StatusCode};
use serde_json::json;

use super::{SHORT, client, client_with, places, problem, settings};

#[tokio::test]
async fn a_path_that_leads_nowhere() {
    let client = &client();
    let body = problem(client.get("/v1/nowhere").send().await, 404, "not_found").await;
    assert_eq!(body["instance"], "/v1/nowhere");
    assert_eq!(body["type"], "/problems/not_found");
}

#[tokio::test]
async fn a_method_that_is_not_there_names_those_that_are() {
    let client = &client();
    let response = client.delete("/v1/things").send().await;
    response.assert_header("allow", "GET, HEAD, OPTIONS, POST");
    problem(response, 405, "method_not_allowed").await;
    let options = client.request(Method::OPTIONS, "/v1/things").send().await;
    options.assert_status(poem::http::StatusCode::NO_CONTENT);
    options.assert_header("allow", "GET, HEAD, OPTIONS, POST");
}

#[tokio::test]
async fn unknown_query_parameters_are_named() {
    let client = &client();
    let response = client.get("/v1/things?limit=2&limt=3&%73ort=a&x=").send().await;
    let body = problem(response, 400, "unknown_parameter").await;
    assert_eq!(places(&body), [("?limt", "unknown_parameter"), ("?x", "unknown_parameter")]);
    client.get("/v1/things?limit=2&sort=a").send().await.assert_status_is_ok();
    let none = client.get("/v1/fail/not?x=1").send().await;
    problem(none, 400, "unknown_parameter").await;
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_is_named() {
    let client = &client();
    let body = problem(client.get("/v1/things?limit=many").send().await, 400, "invalid_parameter").await;
    assert_eq!(places(&body), [("?limit", "invalid")]);
    let body = problem(client.get("/v1/things/a/parts/b").send().await, 400, "invalid_parameter").await;
    assert_eq!(places(&body), [("part", "invalid")]);
    let response = client.get("/v1/mine").header("x-count", "many").send().await;
    assert_eq!(places(&problem(response, 400, "invalid_parameter").await), [("X-Count", "invalid")]);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_body_is_said_at_once() {
    let client = &client();
    let cases = [
        (json!({"name": "a", "nmae": 1, "x": 2}), vec![("/nmae", "unknown_field"), ("/x", "unknown_field")]),
        (
            json!({"count": "3", "colour": "blue"}),
            vec![("/name", "required"), ("/colour", "not_allowed"), ("/count", "type")],
        ),
        (
            json!({"name": "a", "parts": [{"label": "b"}, {"label": null}, {"labl": "c"}]}),
            vec![("/parts/1/label", "type"), ("/parts/2/label", "required")],
        ),
        (
            json!({"name": "a", "parts": [{"label": "b", "more": 1}]}),
            vec![("/parts/0/more", "unknown_field")],
        ),
        (json!({"name": "a", "short": "long"}), vec![("/short", "invalid")]),
        (json!([]), vec![("", "type")]),
    ];
    for (sent, expected) in cases {
        let response = client.post("/v1/things").body_json(&sent).send().await;
        let body = problem(response, 400, "invalid_body").await;
        assert_eq!(places(&body), expected, "{sent} gave {body}");
    }
    let nulls = json!({"name": "a", "count": null, "colour": null});
    client.post("/v1/things").body_json(&nulls).send().await.assert_status_is_ok();
}

#[tokio::test]
async fn a_body_that_is_no_json() {
    let client = &client();
    let send = |kind: &'static str, body: &'static str| async move {
        client.post("/v1/things").header("content-type", kind).body(body).send().await
    };
    problem(send("application/json", "{\"name\": }").await, 400, "invalid_json").await;
    problem(send("application/json", "").await, 400, "missing_body").await;
    problem(send("text/plain", "{\"name\": \"a\"}").await, 415, "unsupported_media_type").await;
    problem(client.post("/v1/things").body("{}").send().await, 415, "unsupported_media_type").await;
    send("Application/JSON; charset=utf-8", "{\"name\": \"a\"}").await.assert_status_is_ok();
    let packed =
        client.post("/v1/things").content_type("application/json").header("content-encoding", "gzip");
    problem(packed.body("{}").send().await, 415, "unsupported_media_type").await;
}

#[tokio::test]
async fn a_body_too_deep_is_refused_unparsed() {
    let client = &client();
    let nested = |levels| format!("{{\"name\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    let send =
        |levels| client.post("/v1/things").content_type("application/json").body(nested(levels)).send();
    problem(send(31).await, 400, "invalid_body").await;
    problem(send(32).await, 400, "json_too_deep").await;
}

#[tokio::test]
async fn a_body_too_large_is_refused_chunked_or_not() {
    let client = &client();
    let exact = format!("{{\"name\":\"{}\"}}", "x".repeat(1024 * 1024 - 11));
    assert_eq!(exact.len(), 1024 * 1024);
    let post = || client.post("/v1/things").content_type("application/json");
    post().body(exact.clone()).send().await.assert_status_is_ok();
    problem(post().body(format!("{exact} ")).send().await, 413, "body_too_large").await;

    let chunks = |text: String| {
        let chunks: Vec<_> =
            text.as_bytes().chunks(4096).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
        Body::from_bytes_stream(futures_util::stream::iter(chunks))
    };
    post().body(chunks(exact.clone())).send().await.assert_status_is_ok();
    problem(post().body(chunks(format!("{exact} "))).send().await, 413, "body_too_large").await;

    let announced = post().header("content-length", "1048577").body("{}");
    problem(announced.send().await, 413, "body_too_large").await;

    let page = client.post("/console/sign-in").body(chunks(exact.clone())).send().await;
    page.assert_status_is_ok();
    let page = client.post("/console/sign-in").body(chunks(format!("{exact} "))).send().await;
    problem(page, 413, "body_too_large").await;
    let object = client.post("/s3/sign-in").body(chunks(format!("{exact} "))).send().await;
    object.assert_status_is_ok();

    let upload =
        client.put("/v1/upload").content_type("application/octet-stream").body(chunks(format!("{exact} ")));
    upload.send().await.assert_status_is_ok();
}

#[tokio::test]
async fn a_url_too_long() {
    let client = &client();
    let url = format!("/v1/things?sort={}", "x".repeat(8 * 1024));
    problem(client.get(url).send().await, 414, "url_too_long").await;
}

#[tokio::test]
async fn faults_and_panics_show_nothing_of_themselves() {
    let client = &client();
    problem(client.get("/v1/fail/panic").send().await, 500, "internal").await;
    problem(client.get("/v1/fail/fault").send().await, 500, "internal").await;
    problem(client.get("/v1/fail/poem").send().await, 500, "internal").await;
    problem(client.get("/v1/fail/bare").send().await, 409, "conflict").await;
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let mut settings = settings();
    settings.timeout = SHORT;
    let response = client_with(settings).get("/v1/fail/slow").send().await;
    response.assert_header("retry-after", "1");
    problem(response, 503, "timeout").await;
}

#[tokio::test]
async fn another_protocol_s_errors_are_left_alone() {
    let client = &client();
    let response = client.get("/s3/missing").send().await;
    response.assert_status(StatusCode::NOT_FOUND);
    response.assert_text("<Error/>").await;
}
