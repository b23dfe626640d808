//! Directus under test, on PostgreSQL: the same posts under a policy that lets its users read and create all of them,
//! asked with a user's token.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::bail;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::client::{bearer, call, text};
use crate::database::Database;
use crate::process::{Process, free_address};
use crate::target::{Shape, Target};

/// Its name in the report.
pub(crate) const WHO: &str = "Directus";

const PASSWORD: &str = "only-for-this-bench";
const OPERATOR: &str = "operator-of-this-bench";
const USER: &str = "user-of-this-bench";

/// Starts the package installed in `folder` on the empty `database`.
pub(crate) async fn start(folder: &Path, database: &Database, data: &Path) -> anyhow::Result<Target> {
    std::fs::create_dir_all(data)?;
    let listen = free_address()?;
    let url = database.url()?;
    let directus = |action: &str| {
        let mut command = Command::new(folder.join("node_modules/.bin/node"));
        command.arg(folder.join("node_modules/.bin/directus")).arg(action).current_dir(data);
        command.envs([
            ("DB_CLIENT", "pg"),
            ("DB_CONNECTION_STRING", &url),
            ("HOST", "127.0.0.1"),
            ("PORT", &listen.port().to_string()),
            ("KEY", "bench"),
            ("SECRET", "a secret of this bench, which nobody else uses"),
            ("ADMIN_EMAIL", "bench@example.com"),
            ("ADMIN_PASSWORD", PASSWORD),
            ("ADMIN_TOKEN", OPERATOR),
            ("TELEMETRY", "false"),
            ("LOG_LEVEL", "warn"),
        ]);
        command
    };
    let made = directus("bootstrap").output()?;
    if !made.status.success() {
        bail!("`directus bootstrap` failed: {}", String::from_utf8_lossy(&made.stderr));
    }
    let client = Client::new();
    let address = format!("http://{listen}");
    let mut process = Process::start(&mut directus("start"), &data.with_extension("log"))?;
    process.ready(&client, &format!("{address}/server/ping"), Instant::now()).await?;

    let operator = bearer(OPERATOR);
    let post = async |path: &str, body: Value| {
        call(&client, Method::POST, &format!("{address}{path}"), &operator, Some(&body)).await
    };
    post("/collections", posts()).await?;
    let policy = json!({ "name": "bench", "app_access": false, "admin_access": false });
    let policy = text(&post("/policies", policy).await?, "/data/id")?;
    let permission = |action: &str| {
        json!({
            "policy": policy, "collection": "posts", "action": action, "fields": ["*"], "permissions": {},
        })
    };
    post("/permissions", json!([permission("read"), permission("create")])).await?;
    let user = json!({
        "email": "user@example.com",
        "password": PASSWORD,
        "token": USER,
        "policies": { "create": [{ "policy": policy }], "update": [], "delete": [] },
    });
    post("/users", user).await?;
    database.run("CREATE INDEX posts_author_views ON posts (author, views)").await?;
    let records = "/items/posts";
    // {"author":"author-{author}","views":{"_gt":{views}}}
    let filter = "%7B%22author%22%3A%22author-{author}%22%2C%22views%22%3A%7B%22_gt%22%3A{views}%7D%7D";
    Ok(Target {
        who: WHO.to_owned(),
        process: Arc::new(process),
        address,
        constant: "/server/ping".to_owned(),
        records: records.to_owned(),
        list: format!("{records}?limit=20&sort=-views&filter={filter}"),
        headers: bearer(USER),
        ids: data.with_extension("ids"),
        shape: Shape {
            record: "/data",
            id: "/data/id",
            items: "/data",
            count: "?aggregate%5Bcount%5D=*",
            total: "/data/0/count",
        },
    })
}

fn posts() -> Value {
    let field = |name: &str, kind: &str| json!({ "field": name, "type": kind, "schema": {}, "meta": {} });
    json!({
        "collection": "posts",
        "schema": {},
        "meta": {},
        "fields": [
            {
                "field": "id", "type": "uuid",
                "schema": { "is_primary_key": true }, "meta": { "special": ["uuid"] },
            },
            field("title", "string"),
            field("body", "text"),
            field("views", "integer"),
            field("author", "string"),
        ],
    })
}
