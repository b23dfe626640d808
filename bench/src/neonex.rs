//! Neonex under test: the real program on a fresh data folder.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;
use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::{Value, json};

use crate::client::{call, text};
use crate::process::{Process, command, free_address};
use crate::target::Target;

/// Path of the posts' records.
pub(crate) const RECORDS: &str = "/v1/collections/posts/records";

/// When a write counts as done, as the server's setting names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Durability {
    /// The default: when it is on the disk.
    Full,
    /// When the operating system has it.
    Normal,
}

impl Durability {
    /// The setting's value.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
        }
    }
}

/// Starts the server on the empty folder `data`; says how long it took until `/readyz` answered.
pub(crate) async fn start(
    binary: &Path,
    data: &Path,
    durability: Durability,
) -> anyhow::Result<(Process, String, Duration)> {
    std::fs::create_dir_all(data)?;
    let listen = free_address()?;
    let mut command = command(binary);
    command.arg("serve").arg("--data").arg(data).args(["--listen", &listen.to_string()]);
    command.env("NEONEX_DURABILITY", durability.name()).env("NEONEX_RATE_LIMIT", "off");
    let started = Instant::now();
    let mut process = Process::start(&mut command, &data.with_extension("log"))?;
    let address = format!("http://{listen}");
    let took = process.ready(&format!("{address}/readyz"), started).await?;
    Ok((process, address, took))
}

/// Makes a tenant with a collection of posts on a server that runs, and says how to speak to it.
pub(crate) async fn prepare(
    binary: &Path,
    data: &Path,
    (process, address): (Process, String),
) -> anyhow::Result<Target> {
    let authorization = tenant(&Client::new(), &address, &operator(binary, data)?, "bench").await?;
    // author=="author-{author}"&&views>{views}
    let filter = "author%3D%3D%22author-{author}%22%26%26views%3E{views}";
    Ok(Target {
        process,
        address,
        constant: "/livez".to_owned(),
        records: RECORDS.to_owned(),
        list: format!("{RECORDS}?limit=20&sort=-views&filter={filter}"),
        authorization,
        ids: data.with_extension("ids"),
    })
}

/// Makes the tenant `slug` with a collection of posts; returns the header that carries a secret key of it.
pub(crate) async fn tenant(
    client: &Client,
    address: &str,
    operator: &str,
    slug: &str,
) -> anyhow::Result<String> {
    let tenant = json!({ "slug": slug, "name": "Bench" });
    call(client, Method::POST, &format!("{address}/v1/tenants"), operator, Some(&tenant)).await?;
    let key = json!({ "name": "bench", "kind": "secret" });
    let url = format!("{address}/v1/tenants/{slug}/keys");
    let key = call(client, Method::POST, &url, operator, Some(&key)).await?;
    let authorization = format!("Bearer {}", text(&key, "key")?);
    call(client, Method::POST, &format!("{address}/v1/collections"), &authorization, Some(&posts())).await?;
    Ok(authorization)
}

fn posts() -> Value {
    json!({
        "name": "posts",
        "fields": [
            { "name": "title", "type": "text", "required": true },
            { "name": "body", "type": "text" },
            { "name": "views", "type": "int" },
            { "name": "author", "type": "text" },
        ],
        "indexes": [{ "fields": ["author", "views"], "unique": false }],
        "rules": { "list": null, "view": null, "create": null, "update": null, "delete": null },
    })
}

/// The header that carries a fresh operator token.
pub(crate) fn operator(binary: &Path, data: &Path) -> anyhow::Result<String> {
    let output = command(binary).args(["token", "create", "--json", "--data"]).arg(data).output()?;
    if !output.status.success() {
        bail!("`neonex token create` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(format!("Bearer {}", text(&serde_json::from_slice(&output.stdout)?, "token")?))
}
