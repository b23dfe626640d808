//! A server under test with its posts, and how it is spoken to.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use futures_util::future::try_join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::client;
use crate::process::Process;

/// Posts before any scenario.
pub(crate) const POSTS: usize = 10_000;
/// Clients that make them.
const MAKERS: usize = 32;

/// Where a product's answers hold what the bench looks at, as JSON pointers (RFC 6901).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// The record in the answer to a read.
    pub(crate) record: &'static str,
    /// The id in the answer to a create and to a read.
    pub(crate) id: &'static str,
    /// The records of a list.
    pub(crate) items: &'static str,
    /// A query that asks for the number of records.
    pub(crate) count: &'static str,
    /// The number in the answer to it.
    pub(crate) total: &'static str,
}

/// A way to speak to a server under test. What differs between products is in these fields, so that all run the
/// same scripts.
#[derive(Clone)]
pub(crate) struct Target {
    /// Its name in the report.
    pub(crate) who: String,
    /// The server. It ends with the last target on it.
    pub(crate) process: Arc<Process>,
    /// `http://HOST:PORT`.
    pub(crate) address: String,
    /// Path of a constant answer.
    pub(crate) constant: String,
    /// Path of the posts.
    pub(crate) records: String,
    /// Path of a list, with `{author}` and `{views}` to be filled in.
    pub(crate) list: String,
    /// Headers of every request on records.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// A file with the ids of the posts, a line each.
    pub(crate) ids: PathBuf,
    pub(crate) shape: Shape,
}

impl Target {
    /// The same records under another name and with other credentials.
    pub(crate) fn like(&self, who: &str, headers: Vec<(&'static str, String)>) -> Self {
        Self { who: who.to_owned(), headers, ..self.clone() }
    }

    /// Makes `POSTS` posts and keeps their ids.
    ///
    /// Post `n` is of author `n mod 100`; the views of an author's posts are spread evenly over 0 to 9,999.
    pub(crate) async fn seed(&self) -> anyhow::Result<()> {
        self.make(POSTS, post).await
    }

    /// Makes so many records, each what `record` says of its number, and keeps their ids.
    pub(crate) async fn make(&self, count: usize, record: impl Fn(usize) -> Value) -> anyhow::Result<()> {
        let client = Client::new();
        let url = format!("{}{}", self.address, self.records);
        let makers = (0..MAKERS).map(|maker| {
            let (client, url, record) = (&client, &url, &record);
            async move {
                let mut ids = Vec::with_capacity(count / MAKERS + 1);
                for number in (maker..count).step_by(MAKERS) {
                    let record = record(number);
                    let made = client::call(client, Method::POST, url, &self.headers, Some(&record)).await?;
                    ids.push(client::text(&made, self.shape.id)?);
                }
                anyhow::Ok(ids)
            }
        });
        let ids = try_join_all(makers).await?.concat();
        Ok(fs::write(&self.ids, ids.join("\n"))?)
    }

    /// A file with bodies of records to be made, a line each, where posts are not what is made.
    pub(crate) fn bodies(&self) -> PathBuf {
        self.ids.with_extension("bodies")
    }

    /// Asks for a record and, where this can list, for a list, and looks at what comes: a fast wrong answer is no
    /// figure.
    pub(crate) async fn probe(&self) -> anyhow::Result<()> {
        let ids = fs::read_to_string(&self.ids)?;
        let id = ids.lines().last().context("no post was made")?;
        let answer = self.get(&format!("{}/{id}", self.records)).await?;
        let record = answer.pointer(self.shape.record).unwrap_or(&Value::Null);
        let whole = record.get("body").and_then(Value::as_str).map(str::len) == Some(200);
        if client::text(&answer, self.shape.id)? != id || !whole {
            bail!("{}: asked for post {id}, got {answer}", self.who);
        }
        if self.list.is_empty() {
            return Ok(());
        }
        let list = self.get(&self.list.replace("{author}", "7").replace("{views}", "7000")).await?;
        let items =
            list.pointer(self.shape.items).and_then(Value::as_array).context("a list has no items")?;
        let views: Vec<_> = items.iter().filter_map(|item| item.get("views")?.as_i64()).collect();
        let of_author = items.iter().all(|item| item.get("author").is_some_and(|name| name == "author-7"));
        let above = views.iter().all(|views| *views > 7000);
        if views.len() != 20 || !of_author || !above || !views.is_sorted_by(|a, b| a >= b) {
            bail!("{}: asked for 20 posts of author 7 above 7,000 views, most first, got {list}", self.who);
        }
        Ok(())
    }

    /// How many posts there are.
    pub(crate) async fn count(&self) -> anyhow::Result<f64> {
        let answer = self.get(&format!("{}{}", self.records, self.shape.count)).await?;
        let total = answer.pointer(self.shape.total);
        // Some write the number as text.
        let total = total.and_then(|total| total.as_f64().or_else(|| total.as_str()?.parse().ok()));
        total.with_context(|| format!("{}: no number of posts in {answer}", self.who))
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.address);
        client::call(&Client::new(), Method::GET, &url, &self.headers, None).await
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
