//! A tour of the SDK on a real server, which is left as it was found.
//!
//! ```sh
//! export NEONEX_URL=http://127.0.0.1:8080
//! export NEONEX_TOKEN=…   # an operator's, from `neonex token create --data DIR`
//! cargo run -p neonex-sdk --example quickstart
//! ```

use anyhow::{Context as _, ensure};
use futures_util::TryStreamExt as _;
use neonex_sdk::types::{NewCollection, NewField, NewKey, NewTenant};
use neonex_sdk::{Client, Records};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Serialize, Deserialize)]
struct Post {
    title: String,
    views: i64,
    author: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let operator = Client::from_env()?;

    let slug = format!("quickstart-{}", std::process::id());
    let tenant = operator.tenants().create(&NewTenant::new(slug, "Quickstart")).await?;
    println!("tenant {} is {}", tenant.slug, tenant.status);
    let toured = tour(&operator, &tenant.id).await;
    let tenant = operator.tenants().delete(&tenant.id).await?;
    println!("tenant {} is {}", tenant.slug, tenant.status);
    toured
}

async fn tour(operator: &Client, tenant: &str) -> anyhow::Result<()> {
    // From here on as the tenant's own backend would: with a key that is good for this tenant only.
    let key = operator.keys(tenant).create(&NewKey::secret("quickstart")).await?;
    let client = operator.with_credential(key.key.context("a new key shows its text")?.reveal())?;

    let posts = NewCollection::new("posts")
        .field(NewField::text("title").required())
        .field(NewField::int("views").default_value(0))
        .field(NewField::text("author"))
        .index(["views"]);
    let posts = client.collections().create(&posts).await?;
    println!("collection {} has {} fields", posts.name, posts.fields.len());

    let posts = client.records::<Post>(posts.name);
    for number in 1..=5 {
        let author = (number > 2).then(|| "Ada".to_owned());
        posts.create(&Post { title: format!("Post {number}"), views: number * 10, author }).await?;
    }
    read(&posts).await?;
    change(&posts).await?;
    client.collections().delete("posts").await?;
    Ok(())
}

async fn read(posts: &Records<Post>) -> anyhow::Result<()> {
    let page = posts.list().filter("author == 'Ada' && views >= 40").sort("-views").send().await?;
    for post in &page.items {
        println!("{} has {} views", post.fields.title, post.fields.views);
    }
    ensure!(page.items.len() == 2, "two posts match");

    // Two on a page, so that there are three pages to go through.
    let views: i64 =
        posts.list().limit(2).stream().try_fold(0, async |sum, post| Ok(sum + post.fields.views)).await?;
    println!("all posts together have {views} views");
    ensure!(views == 150, "10 + 20 + 30 + 40 + 50");
    Ok(())
}

async fn change(posts: &Records<Post>) -> anyhow::Result<()> {
    let post = posts.create(&Post { title: "Draft".to_owned(), views: 0, author: None }).await?;
    let seen = post.etag.context("a record that was written has a tag")?;

    let post = posts.update(post.id, &json!({ "title": "Final" })).if_match(&seen).await?;
    println!("{:?} was changed", post.fields.title);

    // Whoever still has the draft's tag is too late.
    let late = posts.update(post.id, &json!({ "title": "Lost" })).if_match(&seen).await;
    let refused = late.err().context("a stale tag is refused")?;
    println!("{}: {refused}", refused.code().unwrap_or_default());

    posts.delete(post.id).await?;
    let gone = posts.get(post.id).await.err().context("a deleted record is gone")?;
    ensure!(gone.is_not_found(), "{gone}");
    Ok(())
}
