//! The few calls that prepare a server. The load itself comes from `wrk`.

use anyhow::{Context as _, bail};
use reqwest::{Client, Method};
use serde_json::Value;

/// Sends `body` and returns the answer's JSON. Anything but a success is an error that shows what was answered.
pub(crate) async fn call(
    client: &Client,
    method: Method,
    url: &str,
    authorization: &str,
    body: Option<&Value>,
) -> anyhow::Result<Value> {
    let mut request = client.request(method.clone(), url);
    if !authorization.is_empty() {
        request = request.header("authorization", authorization);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    if !status.is_success() {
        bail!("{method} {url}: {status}: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{method} {url} answered no JSON: {text}"))
}

/// The text member `name` of `object`.
pub(crate) fn text(object: &Value, name: &str) -> anyhow::Result<String> {
    let value = object.get(name).and_then(Value::as_str);
    Ok(value.with_context(|| format!("the answer has no text `{name}`: {object}"))?.to_owned())
}
