//! PocketBase under test: the same posts, asked with a user's token under rules that let everybody pass, as Neonex is
//! asked with a publishable key under the rule `true`.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::bail;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::client::{call, text};
use crate::process::{Process, free_address};
use crate::target::{Shape, Target};

/// Its name in the report.
pub(crate) const WHO: &str = "PocketBase";

const OPERATOR: &str = "bench@example.com";
const USER: &str = "user@example.com";
const PASSWORD: &str = "only for this bench";

/// A server that runs, without collections of ours.
pub(crate) struct Running {
    pub(crate) process: Process,
    pub(crate) address: String,
    /// Headers of who may make collections, and of a user.
    pub(crate) operator: Vec<(&'static str, String)>,
    pub(crate) user: Vec<(&'static str, String)>,
}

/// How PocketBase answers.
pub(crate) const SHAPE: Shape =
    Shape { record: "", id: "/id", items: "/items", count: "?perPage=1&fields=id", total: "/totalItems" };

/// Starts PocketBase on the empty folder `data` and makes a user.
pub(crate) async fn run(binary: &Path, data: &Path) -> anyhow::Result<Running> {
    std::fs::create_dir_all(data)?;
    let folder = format!("--dir={}", data.display());
    let made = Command::new(binary).args(["superuser", "upsert", OPERATOR, PASSWORD, &folder]).output()?;
    if !made.status.success() {
        bail!("`pocketbase superuser upsert` failed: {}", String::from_utf8_lossy(&made.stderr));
    }
    let listen = free_address()?;
    let mut command = Command::new(binary);
    command.args(["serve", &folder, &format!("--http={listen}")]);
    let client = Client::new();
    let started = Instant::now();
    let mut process = Process::start(&mut command, &data.with_extension("log"))?;
    let address = format!("http://{listen}");
    process.ready(&client, &format!("{address}/api/health"), started).await?;
    let sign_in = async |collection: &str, email: &str| -> anyhow::Result<_> {
        let url = format!("{address}/api/collections/{collection}/auth-with-password");
        let credential = json!({ "identity": email, "password": PASSWORD });
        let signed_in = call(&client, Method::POST, &url, &[], Some(&credential)).await?;
        Ok(vec![("Authorization", text(&signed_in, "/token")?)])
    };
    let operator = sign_in("_superusers", OPERATOR).await?;
    let user = json!({ "email": USER, "password": PASSWORD, "passwordConfirm": PASSWORD });
    let users = format!("{address}/api/collections/users/records");
    call(&client, Method::POST, &users, &operator, Some(&user)).await?;
    let user = sign_in("users", USER).await?;
    Ok(Running { process, address, operator, user })
}

impl Running {
    /// Makes a collection, which everybody may read, and returns its id.
    pub(crate) async fn collection(&self, design: &Value) -> anyhow::Result<String> {
        let url = format!("{}/api/collections", self.address);
        text(&call(&Client::new(), Method::POST, &url, &self.operator, Some(design)).await?, "/id")
    }
}

/// Starts PocketBase on the empty folder `data` and makes the collection of posts.
pub(crate) async fn start(binary: &Path, data: &Path) -> anyhow::Result<Target> {
    let running = run(binary, data).await?;
    running.collection(&posts()).await?;
    let records = "/api/collections/posts/records";
    // author="author-{author}"&&views>{views}
    let filter = "author%3D%22author-{author}%22%26%26views%3E{views}";
    Ok(Target {
        who: WHO.to_owned(),
        process: Arc::new(running.process),
        address: running.address,
        constant: "/api/health".to_owned(),
        records: records.to_owned(),
        // Neonex counts a total only when asked to, so PocketBase is told not to.
        list: format!("{records}?perPage=20&skipTotal=1&sort=-views&filter={filter}"),
        headers: running.user,
        ids: data.with_extension("ids"),
        shape: SHAPE,
    })
}

fn posts() -> Value {
    json!({
        "name": "posts",
        "type": "base",
        "fields": [
            { "name": "title", "type": "text", "required": true },
            { "name": "body", "type": "text" },
            { "name": "views", "type": "number", "onlyInt": true },
            { "name": "author", "type": "text" },
        ],
        "indexes": ["CREATE INDEX posts_author_views ON posts (author, views)"],
        "listRule": "",
        "viewRule": "",
        "createRule": "",
    })
}
