//! PocketBase under test: the same posts in a collection that a superuser made, asked with that superuser's token,
//! as Neonex is asked with a secret key. Rules are empty on both sides, and neither counts the total of a list.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::bail;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::client::{call, text};
use crate::process::{Process, free_address};
use crate::target::Target;

const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "only for this bench";

/// Starts PocketBase on the empty folder `data` and makes the collection.
pub(crate) async fn start(binary: &Path, data: &Path) -> anyhow::Result<Target> {
    std::fs::create_dir_all(data)?;
    let folder = format!("--dir={}", data.display());
    let made = Command::new(binary).args(["superuser", "upsert", EMAIL, PASSWORD, &folder]).output()?;
    if !made.status.success() {
        bail!("`pocketbase superuser upsert` failed: {}", String::from_utf8_lossy(&made.stderr));
    }
    let listen = free_address()?;
    let mut command = Command::new(binary);
    command.args(["serve", &folder, &format!("--http={listen}")]);
    let mut process = Process::start(&mut command, &data.with_extension("log"))?;
    let address = format!("http://{listen}");
    process.ready(&format!("{address}/api/health"), Instant::now()).await?;
    let client = Client::new();
    let url = format!("{address}/api/collections/_superusers/auth-with-password");
    let credential = json!({ "identity": EMAIL, "password": PASSWORD });
    let signed_in = call(&client, Method::POST, &url, "", Some(&credential)).await?;
    let authorization = text(&signed_in, "token")?;
    let url = format!("{address}/api/collections");
    call(&client, Method::POST, &url, &authorization, Some(&posts())).await?;
    let records = "/api/collections/posts/records";
    // author="author-{author}"&&views>{views}
    let filter = "author%3D%22author-{author}%22%26%26views%3E{views}";
    Ok(Target {
        process,
        address,
        constant: "/api/health".to_owned(),
        records: records.to_owned(),
        list: format!("{records}?perPage=20&skipTotal=1&sort=-views&filter={filter}"),
        authorization,
        ids: data.with_extension("ids"),
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
    })
}
