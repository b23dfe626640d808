//! Neonex under test: the real program on a fresh data folder, or on an empty database of a server.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::{Value, json};

use crate::client::{bearer, call, text};
use crate::process::{Process, command, free_address};
use crate::target::{Shape, Target};

/// Path of the posts' records.
pub(crate) const RECORDS: &str = "/v1/collections/posts/records";
/// Who asks with a secret key, to which no rule applies.
pub(crate) const SECRET: &str = "Neonex, secret key";
/// Who asks with a publishable key, so that the rule decides.
pub(crate) const RULE: &str = "Neonex, rule";

/// When a write counts as done, as the server's setting names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
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

/// An installation: the program, and where its data lies.
pub(crate) struct Neonex {
    pub(crate) binary: PathBuf,
    /// Its folder; the server's log and other files of the bench lie beside it.
    pub(crate) data: PathBuf,
    pub(crate) storage: Storage,
}

/// Where records lie.
pub(crate) enum Storage {
    /// In SQLite files.
    Files(Durability),
    /// On the database server at this URL.
    Server(String),
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) process: Process,
    pub(crate) address: String,
    /// From its start to its first success on `/readyz`.
    pub(crate) took: Duration,
}

/// A tenant with a collection of posts.
pub(crate) struct Tenant {
    /// Its id, and that of the collection.
    pub(crate) id: String,
    pub(crate) collection: String,
    /// Headers that carry a key, of each kind.
    pub(crate) secret: Vec<(&'static str, String)>,
    pub(crate) publishable: Vec<(&'static str, String)>,
}

impl Neonex {
    /// The program with this installation's settings, and no others.
    fn command(&self) -> Command {
        let mut command = command(&self.binary);
        command.env("NEONEX_DATA", &self.data).env("NEONEX_RATE_LIMIT", "off");
        match &self.storage {
            Storage::Files(durability) => command.env("NEONEX_DURABILITY", durability.name()),
            // 32 bytes in base64: with a database server, the key is not made by itself.
            Storage::Server(url) => command
                .env("NEONEX_DATABASE_URL", url)
                .env("NEONEX_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        };
        command
    }

    /// Starts the server.
    pub(crate) async fn start(&self) -> anyhow::Result<Running> {
        std::fs::create_dir_all(&self.data)?;
        if matches!(self.storage, Storage::Server(_)) {
            self.run(&["migrate", "up"])?;
        }
        let listen = free_address()?;
        let address = format!("http://{listen}");
        let mut command = self.command();
        command.args(["serve", "--listen", &listen.to_string()]);
        let client = Client::new();
        let started = Instant::now();
        let mut process = Process::start(&mut command, &self.data.with_extension("log"))?;
        let took = process.ready(&client, &format!("{address}/readyz"), started).await?;
        Ok(Running { process, address, took })
    }

    /// Starts the server and makes a tenant. Returns the target with a secret key; the other key is in the tenant.
    pub(crate) async fn prepare(&self) -> anyhow::Result<(Target, Tenant)> {
        let Running { process, address, .. } = self.start().await?;
        let tenant = tenant(&Client::new(), &address, &self.operator()?, "bench").await?;
        // author=="author-{author}"&&views>{views}
        let filter = "author%3D%3D%22author-{author}%22%26%26views%3E{views}";
        let target = Target {
            who: SECRET.to_owned(),
            process: Arc::new(process),
            address,
            constant: "/livez".to_owned(),
            records: RECORDS.to_owned(),
            list: format!("{RECORDS}?limit=20&sort=-views&filter={filter}"),
            headers: tenant.secret.clone(),
            ids: self.data.with_extension("ids"),
            shape: SHAPE,
        };
        Ok((target, tenant))
    }

    /// The header that carries a fresh operator token.
    pub(crate) fn operator(&self) -> anyhow::Result<Vec<(&'static str, String)>> {
        let output = self.run(&["token", "create", "--json"])?;
        Ok(bearer(&text(&serde_json::from_slice(&output)?, "/token")?))
    }

    fn run(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let output = self.command().args(arguments).output()?;
        if !output.status.success() {
            bail!("`neonex {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(output.stdout)
    }
}

/// How Neonex answers.
pub(crate) const SHAPE: Shape = Shape {
    record: "",
    id: "/id",
    items: "/items",
    count: "?limit=1&fields=id&count=exact",
    total: "/total",
};

/// Makes the tenant `slug` with a collection of posts, which everybody may read and create.
pub(crate) async fn tenant(
    client: &Client,
    address: &str,
    operator: &[(&'static str, String)],
    slug: &str,
) -> anyhow::Result<Tenant> {
    let post = async |path: String, headers: &[(&'static str, String)], body: Value| {
        call(client, Method::POST, &format!("{address}{path}"), headers, Some(&body)).await
    };
    let made = post("/v1/tenants".to_owned(), operator, json!({ "slug": slug, "name": "Bench" })).await?;
    let key = async |kind: &str| -> anyhow::Result<_> {
        let body = json!({ "name": kind, "kind": kind });
        let made = post(format!("/v1/tenants/{slug}/keys"), operator, body).await?;
        Ok(bearer(&text(&made, "/key")?))
    };
    let (secret, publishable) = (key("secret").await?, key("publishable").await?);
    let collection = post("/v1/collections".to_owned(), &secret, posts()).await?;
    Ok(Tenant { id: text(&made, "/id")?, collection: text(&collection, "/id")?, secret, publishable })
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
        "rules": { "list": "true", "view": "true", "create": "true", "update": null, "delete": null },
    })
}

/// An installation on files in `folder`, named after its durability.
pub(crate) fn on_files(binary: &Path, folder: &Path, name: &str, durability: Durability) -> Neonex {
    Neonex { binary: binary.to_owned(), data: folder.join(name), storage: Storage::Files(durability) }
}
