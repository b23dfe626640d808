//! Parse Server under test, on PostgreSQL: the same posts in a class that everybody may read and create, asked with a
//! user's session token.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use reqwest::{Client, Method};
use serde_json::json;

use crate::client::{call, text};
use crate::process::{Process, free_address};
use crate::target::{Shape, Target};

/// Its name in the report.
pub(crate) const WHO: &str = "Parse Server";

const APPLICATION: &str = "bench";
const MASTER: &str = "only-for-this-bench";

/// Starts the package installed in `folder` on the empty database at `url`.
pub(crate) async fn start(folder: &Path, url: &str, data: &Path) -> anyhow::Result<Target> {
    std::fs::create_dir_all(data)?;
    let listen = free_address()?;
    let address = format!("http://{listen}/parse");
    let mut command = Command::new(folder.join("node_modules/.bin/node"));
    command.arg(folder.join("node_modules/parse-server/bin/parse-server")).current_dir(data);
    command.args(["--appId", APPLICATION, "--masterKey", MASTER, "--databaseURI", url]);
    command.args(["--host", "127.0.0.1", "--port", &listen.port().to_string(), "--serverURL", &address]);
    let client = Client::new();
    let mut process = Process::start(&mut command, &data.with_extension("log"))?;
    process.ready(&client, &format!("{address}/health"), Instant::now()).await?;

    let application = ("X-Parse-Application-Id", APPLICATION.to_owned());
    let operator = [application.clone(), ("X-Parse-Master-Key", MASTER.to_owned())];
    let class = json!({
        "className": "posts",
        "fields": {
            "title": { "type": "String" },
            "body": { "type": "String" },
            "views": { "type": "Number" },
            "author": { "type": "String" },
        },
        "indexes": { "posts_author_views": { "author": 1, "views": 1 } },
    });
    call(&client, Method::POST, &format!("{address}/schemas/posts"), &operator, Some(&class)).await?;
    let user = json!({ "username": "bench", "password": MASTER });
    // Not as the operator, who would get no session.
    let anyone = [application.clone()];
    let user = call(&client, Method::POST, &format!("{address}/users"), &anyone, Some(&user)).await?;
    let records = "/parse/classes/posts";
    // {"author":"author-{author}","views":{"$gt":{views}}}
    let filter = "%7B%22author%22%3A%22author-{author}%22%2C%22views%22%3A%7B%22%24gt%22%3A{views}%7D%7D";
    Ok(Target {
        who: WHO.to_owned(),
        process: Arc::new(process),
        address: format!("http://{listen}"),
        constant: "/parse/health".to_owned(),
        records: records.to_owned(),
        list: format!("{records}?limit=20&order=-views&where={filter}"),
        headers: vec![application, ("X-Parse-Session-Token", text(&user, "/sessionToken")?)],
        ids: data.with_extension("ids"),
        shape: Shape {
            record: "",
            id: "/objectId",
            items: "/results",
            count: "?limit=0&count=1",
            total: "/count",
        },
    })
}
