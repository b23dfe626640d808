//! The real program, started on a data folder and killed without warning.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use neonex_testkit::{Program, Server as Process};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Where a server keeps what it is told: the same over all its starts.
pub(crate) struct Home {
    pub(crate) program: Program,
    pub(crate) data: PathBuf,
    /// The database server, where it is not embedded.
    pub(crate) database: Option<String>,
}

impl Home {
    pub(crate) fn new(folder: &Path, database: Option<String>) -> Self {
        let mut program = Program::new(env!("CARGO_BIN_EXE_neonex"), folder).with("NEONEX_RATE_LIMIT", "off");
        if let Some(url) = &database {
            // 32 bytes in base64: instances that share a database share a key.
            let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
            program = program.with("NEONEX_DATABASE_URL", url).with("NEONEX_MASTER_KEY", key);
        }
        Self { program, data: folder.join("data"), database }
    }
}

/// A server that runs. It is killed when this is dropped.
pub(crate) struct Server {
    process: Process,
    client: Client,
}

impl Server {
    /// Starts the server and waits until it listens.
    pub(crate) async fn start(home: &Home) -> anyhow::Result<Self> {
        if home.database.is_some() {
            // Which the server itself does for embedded databases only.
            home.program.run(&["migrate", "up"])?;
        }
        Ok(Self { process: home.program.serve().await?, client: Client::new() })
    }

    /// Ends the server as nothing else does.
    pub(crate) async fn kill(&self) -> anyhow::Result<()> {
        self.process.kill().await
    }

    /// Calls the server. The outer error is a call without an answer, the inner one an answer that is no success.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        credential: &str,
        body: Option<&Value>,
    ) -> Result<anyhow::Result<Value>, reqwest::Error> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.process.url()));
        request = request.bearer_auth(credential);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        // A server killed while it sends the body has answered no more than one killed before.
        let text = answer.text().await?;
        if !status.is_success() {
            return Ok(Err(anyhow::anyhow!("{method} {path}: {status}: {text}")));
        }
        let value = if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text) };
        Ok(value.with_context(|| format!("{method} {path} answered no JSON: {text}")))
    }

    /// Makes a tenant with a collection; returns the tenant's id and a secret key of it.
    pub(crate) async fn prepare(&self, home: &Home) -> anyhow::Result<(String, String)> {
        let operator = home.program.token()?;
        let tenant = json!({ "slug": "crash", "name": "Crash" });
        let tenant = self.call(Method::POST, "/v1/tenants", &operator, Some(&tenant)).await??;
        let key = json!({ "name": "crash", "kind": "secret" });
        let key = self.call(Method::POST, "/v1/tenants/crash/keys", &operator, Some(&key)).await??;
        let key = text(&key, "key")?;
        let posts = json!({
            "name": "posts",
            "fields": [
                { "name": "title", "type": "text", "required": true },
                { "name": "body", "type": "text" },
                { "name": "views", "type": "int" },
                { "name": "author", "type": "text" },
            ],
            "indexes": [{ "fields": ["author", "views"], "unique": false }],
        });
        self.call(Method::POST, "/v1/collections", &key, Some(&posts)).await??;
        Ok((text(&tenant, "id")?, key))
    }
}

/// The text member `name` of an answer.
pub(crate) fn text(object: &Value, name: &str) -> anyhow::Result<String> {
    let value = object.get(name).and_then(Value::as_str);
    Ok(value.with_context(|| format!("the answer has no text `{name}`: {object}"))?.to_owned())
}
