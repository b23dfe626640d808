//! The real program, started on a data folder and killed without warning.

use std::env;
use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// How long a server may take until it is ready; after a crash it first recovers its files.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a server keeps what it is told: the same over all its starts.
pub(crate) struct Home {
    pub(crate) data: PathBuf,
    /// The database server, where it is not embedded.
    pub(crate) database: Option<String>,
}

/// A server that runs. It is killed when this is dropped.
pub(crate) struct Server {
    /// Killed by one while others still call.
    child: Mutex<Child>,
    address: String,
    client: Client,
}

impl Server {
    /// Starts the server and waits until it is ready.
    pub(crate) async fn start(home: &Home) -> anyhow::Result<Self> {
        migrate(home).await?;
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut command = program(home);
        command.arg("serve").arg("--data").arg(&home.data).args(["--listen", &listen]);
        if let Some(url) = &home.database {
            command.args(["--database", url]);
        }
        command.env("NEONEX_RATE_LIMIT", "off");
        let log = std::fs::File::options().create(true).append(true).open(log_file(&home.data))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        let child = command.spawn()?;
        let server =
            Self { child: Mutex::new(child), address: format!("http://{listen}"), client: Client::new() };
        server.ready(home).await?;
        Ok(server)
    }

    async fn ready(&self, home: &Home) -> anyhow::Result<()> {
        let started = Instant::now();
        let url = format!("{}/readyz", self.address);
        while !self.client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = self.child.lock().await.try_wait()?;
            if ended.is_some() || started.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(log_file(&home.data))?;
                bail!("the server is not ready ({ended:?}); its log:\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Ends the server as nothing else does: SIGKILL, no handler runs, nothing is flushed.
    pub(crate) async fn kill(&self) -> anyhow::Result<()> {
        Ok(self.child.lock().await.kill().await?)
    }

    /// Calls the server. The outer error is a call without an answer, the inner one an answer that is no success.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        credential: &str,
        body: Option<&Value>,
    ) -> Result<anyhow::Result<Value>, reqwest::Error> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.address));
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
        let mut command = program(home);
        command.args(["token", "create", "--json", "--data"]).arg(&home.data);
        if let Some(url) = &home.database {
            command.env("NEONEX_DATABASE_URL", url);
        }
        let output = command.output().await?;
        if !output.status.success() {
            bail!("`neonex token create` failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let operator = text(&serde_json::from_slice(&output.stdout)?, "token")?;
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

/// The program under test, without settings of this shell. `NEONEX_TEST_BINARY` names another build of it: the one
/// that is packaged, say.
fn program(home: &Home) -> Command {
    let built = || OsString::from(env!("CARGO_BIN_EXE_neonex"));
    let mut command = Command::new(env::var_os("NEONEX_TEST_BINARY").unwrap_or_else(built));
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NEONEX_")) {
        command.env_remove(name);
    }
    // A configuration file in the folder of the test is none of this server's.
    command.current_dir(&home.data);
    if home.database.is_some() {
        // 32 bytes in base64: instances that share a database share a key.
        command.env("NEONEX_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    }
    command
}

/// Brings a database server to the program's schema, which the server itself does for embedded databases only.
async fn migrate(home: &Home) -> anyhow::Result<()> {
    let Some(url) = &home.database else { return Ok(()) };
    let output = program(home).args(["migrate", "up", "--database", url]).output().await?;
    if !output.status.success() {
        bail!("`neonex migrate up` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn log_file(data: &Path) -> PathBuf {
    data.with_extension("log")
}
