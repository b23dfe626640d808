//! Bytes that pass through, and what the document says of them.

use super::{client, problem};

#[tokio::test]
async fn bytes_come_back_as_they_went() {
    let client = &client();
    let text = "{\"b\":1.10,  \"a\":\"\\u00e9\"}";
    let response = client.put("/v1/records").content_type("application/json").body(text).send().await;
    response.assert_status_is_ok();
    response.assert_content_type("application/json; charset=utf-8");
    response.assert_text(text).await;
}

#[tokio::test]
async fn a_raw_body_is_bounded_like_any_other() {
    let client = &client();
    let put = || client.put("/v1/records");
    problem(put().body("{}").send().await, 415, "unsupported_media_type").await;
    let deep = put().content_type("application/json").body("[".repeat(33)).send().await;
    problem(deep, 400, "json_too_deep").await;
}
