//! The few calls that prepare a server. The load itself comes from `wrk`.

use anyhow::{Context as _, bail};
use reqwest::{Client, Method};
use serde_json::Value;

/// Sends `body` and returns the answer's JSON. Anything but a success is an error that shows what was answered.
pub(crate) async fn call(
    client: &Client,
    method: Method,
    url: &str,
    headers: &[(&'static str, String)],
    body: Option<&Value>,
) -> anyhow::Result<Value> {
    let mut request = client.request(method.clone(), url);
    for (name, value) in headers {
        request = request.header(*name, value);
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

/// The text that the JSON pointer names.
pub(crate) fn text(object: &Value, pointer: &str) -> anyhow::Result<String> {
    let value = object.pointer(pointer).and_then(Value::as_str);
    Ok(value.with_context(|| format!("the answer has no text at {pointer}: {object}"))?.to_owned())
}

/// The header of a bearer credential.
pub(crate) fn bearer(credential: &str) -> Vec<(&'static str, String)> {
    vec![("Authorization", format!("Bearer {credential}"))]
}
