//! A server under test with its 10,000 posts, and how it is spoken to.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use futures_util::future::try_join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::client;
use crate::process::Process;

/// Posts before any scenario.
const POSTS: usize = 10_000;
/// Clients that make them.
const MAKERS: usize = 32;

/// A server under test. What differs between products is in these fields, so that all run the same scripts.
pub(crate) struct Target {
    /// The server.
    pub(crate) process: Process,
    /// `http://HOST:PORT`.
    pub(crate) address: String,
    /// Path of a constant answer.
    pub(crate) constant: String,
    /// Path of the posts.
    pub(crate) records: String,
    /// Path of a list, with `{author}` and `{views}` to be filled in.
    pub(crate) list: String,
    /// The header that every request on records carries.
    pub(crate) authorization: String,
    /// A file with the ids of the 10,000 posts, a line each.
    pub(crate) ids: PathBuf,
}

impl Target {
    /// Makes the posts and keeps their ids.
    ///
    /// Post `n` is of author `n mod 100`; the views of an author's posts are spread evenly over 0 to 9,999.
    pub(crate) async fn seed(&self) -> anyhow::Result<()> {
        let client = Client::new();
        let url = format!("{}{}", self.address, self.records);
        let makers = (0..MAKERS).map(|maker| {
            let (client, url) = (&client, &url);
            async move {
                let mut ids = Vec::with_capacity(POSTS / MAKERS + 1);
                for number in (maker..POSTS).step_by(MAKERS) {
                    let made =
                        client::call(client, Method::POST, url, &self.authorization, Some(&post(number)))
                            .await?;
                    ids.push(client::text(&made, "id")?);
                }
                anyhow::Ok(ids)
            }
        });
        let ids = try_join_all(makers).await?.concat();
        Ok(fs::write(&self.ids, ids.join("\n"))?)
    }

    /// Asks once for a record and once for a list and looks at what comes: a fast wrong answer is no figure.
    pub(crate) async fn probe(&self) -> anyhow::Result<()> {
        let client = Client::new();
        let get = |path: String| {
            let (client, url) = (&client, format!("{}{path}", self.address));
            async move { client::call(client, Method::GET, &url, &self.authorization, None).await }
        };
        let ids = fs::read_to_string(&self.ids)?;
        let id = ids.lines().last().context("no post was made")?;
        let record = get(format!("{}/{id}", self.records)).await?;
        let whole = record.get("body").and_then(Value::as_str).map(str::len) == Some(200);
        if client::text(&record, "id")? != id || !whole {
            bail!("asked for post {id}, got {record}");
        }
        let list = get(self.list.replace("{author}", "7").replace("{views}", "7000")).await?;
        let items = list.get("items").and_then(Value::as_array).context("a list has no `items`")?;
        let views: Vec<_> = items.iter().filter_map(|item| item.get("views")?.as_i64()).collect();
        let of_author = items.iter().all(|item| item.get("author").is_some_and(|name| name == "author-7"));
        let above = views.iter().all(|views| *views > 7000);
        if views.len() != 20 || !of_author || !above || !views.is_sorted_by(|a, b| a >= b) {
            bail!("asked for the 20 most viewed posts of author 7 above 7,000 views, got {list}");
        }
        Ok(())
    }
}

/// Post `number`, as [`Target::seed`] has them.
pub(crate) fn post(number: usize) -> Value {
    let (author, views) = (number % 100, number * 7919 % 10_000);
    json!({
        "title": format!("Post {number}"),
        "body": "x".repeat(200),
        "views": views,
        "author": format!("author-{author}"),
    })
}
