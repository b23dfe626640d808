//! Posts that point to their author and to tags: a page of them, with what they point to, and found through it. These
//! are the kinds of lists that PocketBase's own benchmark asks for.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::bench::{Bench, Block};
use crate::blocks::files::usage;
use crate::client::{call, text};
use crate::neonex::{self, Durability, RULE};
use crate::peers::pocketbase;
use crate::target::{POSTS, Target};
use crate::wrk::Work;

const NAME: &str = "relations";
const CLIENTS: u32 = 32;
/// Authors, and as many tags, of which a post has three.
const OTHERS: usize = 100;

/// A kind of list: its name, the item of an answer that must be there, and how each product is asked for it.
struct Kind {
    name: &'static str,
    shows: &'static str,
    neonex: &'static str,
    pocketbase: &'static str,
}

/// Each is a page of 20, most viewed first. `{author}` and `{views}` are filled in by the script.
const KINDS: [Kind; 4] = [
    // views>{views}
    Kind {
        name: "relations-list-32",
        shows: "/items/19/author",
        neonex: "limit=20&sort=-views&filter=views%3E{views}",
        pocketbase: "perPage=20&skipTotal=1&sort=-views&filter=views%3E{views}",
    },
    // The same with the author and the tags.
    Kind {
        name: "relations-expand-32",
        shows: "/items/19/expand/tags/2/name",
        neonex: "limit=20&sort=-views&filter=views%3E{views}&expand=author,tags",
        pocketbase: "perPage=20&skipTotal=1&sort=-views&filter=views%3E{views}&expand=author,tags",
    },
    // author.name=="author-{author}"&&views>{views}
    Kind {
        name: "relations-through-32",
        shows: "/items/19/author",
        neonex: "limit=20&sort=-views&filter=author.name%3D%3D%22author-{author}%22%26%26views%3E{views}",
        pocketbase: "perPage=20&skipTotal=1&sort=-views&filter=author.name%3D%22author-{author}%22%26%26views%3E{views}",
    },
    // tags.exists(t,t.name=="tag-{author}"), and `?=` for any of several
    Kind {
        name: "relations-among-32",
        shows: "/items/19/author",
        neonex: "limit=20&sort=-views&filter=tags.exists(t,t.name%3D%3D%22tag-{author}%22)",
        pocketbase: "perPage=20&skipTotal=1&sort=-views&filter=tags.name%3F%3D%22tag-{author}%22",
    },
];

/// Neonex and, where it was named, PocketBase.
pub(crate) async fn block(bench: &Bench<'_>) -> anyhow::Result<Option<Block>> {
    let wanted: Vec<_> = KINDS.iter().filter(|kind| bench.args.wants(kind.name)).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    bench.say(&format!("{NAME}: 10,000 posts that point to authors and tags"));
    let mut targets = vec![own(bench).await?];
    if let Some(binary) = &bench.args.pocketbase {
        targets.push(peer(bench, binary).await?);
    }
    let mut memories = Vec::new();
    for target in &targets {
        let idle = target.process.memory()?;
        seed(target).await?;
        memories.push((idle, target.process.memory()?));
    }
    let mut outcomes = Vec::new();
    for kind in wanted {
        let asked = |target: &Target| {
            let query = if target.who == pocketbase::WHO { kind.pocketbase } else { kind.neonex };
            Target { list: format!("{}?{query}", target.records), ..target.clone() }
        };
        let asked: Vec<_> = targets.iter().map(asked).collect();
        for target in &asked {
            probe(target, kind).await?;
        }
        let asked: Vec<_> = asked.iter().collect();
        outcomes.push(bench.scenario((kind.name.to_owned(), Work::List, CLIENTS), &asked).await?);
    }
    let memory = targets.iter().zip(memories);
    let memory = memory.map(|(target, memory)| usage(target, target.who.clone(), memory));
    Ok(Some(Block {
        name: NAME,
        title: "Posts that point to an author and to three tags, durability normal".to_owned(),
        outcomes,
        memory: memory.collect::<anyhow::Result<_>>()?,
        remarks: Vec::new(),
    }))
}

async fn own(bench: &Bench<'_>) -> anyhow::Result<Target> {
    let installation = neonex::on_files(&bench.binary, &bench.folder, NAME, Durability::Normal);
    let (secret, tenant) = installation.prepare().await?;
    let url = format!("{}/v1/collections", secret.address);
    let named = |name: &str| {
        let field = json!({ "name": "name", "type": "text", "required": true, "unique": true });
        json!({ "name": name, "fields": [field], "rules": { "list": "true", "view": "true", "create": "true" } })
    };
    let articles = json!({
        "name": "articles",
        "fields": [
            { "name": "title", "type": "text" },
            { "name": "body", "type": "text" },
            { "name": "views", "type": "int" },
            { "name": "author", "type": "relation", "collection": "authors" },
            { "name": "tags", "type": "relation", "collection": "tags", "many": true },
        ],
        "indexes": [{ "fields": ["views"] }, { "fields": ["author", "views"] }],
        "rules": { "list": "true", "view": "true", "create": "true" },
    });
    for design in [named("authors"), named("tags"), articles] {
        call(&Client::new(), Method::POST, &url, &secret.headers, Some(&design)).await?;
    }
    Ok(Target { records: records("/v1", "articles"), ..secret.like(RULE, tenant.publishable) })
}

async fn peer(bench: &Bench<'_>, binary: &std::path::Path) -> anyhow::Result<Target> {
    let data = bench.folder.join("relations-pocketbase");
    let running = pocketbase::run(binary, &data).await?;
    let design = |name: &str, fields: Value, indexes: Value| {
        json!({
            "name": name, "type": "base", "fields": fields, "indexes": indexes,
            "listRule": "", "viewRule": "", "createRule": "",
        })
    };
    let name = || json!([{ "name": "name", "type": "text", "required": true }]);
    let index = |name: &str| json!([format!("CREATE UNIQUE INDEX {name}_name ON {name} (name)")]);
    let authors = running.collection(&design("authors", name(), index("authors"))).await?;
    let tags = running.collection(&design("tags", name(), index("tags"))).await?;
    let fields = json!([
        { "name": "title", "type": "text" },
        { "name": "body", "type": "text" },
        { "name": "views", "type": "number", "onlyInt": true },
        { "name": "author", "type": "relation", "collectionId": authors, "maxSelect": 1 },
        { "name": "tags", "type": "relation", "collectionId": tags, "maxSelect": 10 },
    ]);
    let indexes = json!([
        "CREATE INDEX articles_views ON articles (views)",
        "CREATE INDEX articles_author_views ON articles (author, views)",
    ]);
    running.collection(&design("articles", fields, indexes)).await?;
    Ok(Target {
        who: pocketbase::WHO.to_owned(),
        process: Arc::new(running.process),
        address: running.address,
        constant: "/api/health".to_owned(),
        records: records("/api", "articles"),
        list: String::new(),
        headers: running.user,
        ids: data.with_extension("ids"),
        shape: pocketbase::SHAPE,
    })
}

fn records(api: &str, collection: &str) -> String {
    format!("{api}/collections/{collection}/records")
}

/// Authors, tags, and posts as elsewhere: post `n` is of author `n mod 100`.
async fn seed(target: &Target) -> anyhow::Result<()> {
    let mut made = [Vec::new(), Vec::new()];
    for (kind, ids) in ["author", "tag"].into_iter().zip(&mut made) {
        let url = format!("{}{}", target.address, target.records.replace("articles", &format!("{kind}s")));
        for number in 0..OTHERS {
            let body = json!({ "name": format!("{kind}-{number}") });
            let made = call(&Client::new(), Method::POST, &url, &target.headers, Some(&body)).await?;
            ids.push(text(&made, target.shape.id)?);
        }
    }
    let [authors, tags] = made;
    let of = |ids: &[String], number: usize| ids.get(number % OTHERS).cloned().unwrap_or_default();
    target
        .make(POSTS, |number| {
            let tags = [0, 1, 2].map(|tag| of(&tags, number * 7 + tag * 31));
            json!({
                "title": format!("Post {number}"),
                "body": "x".repeat(200),
                "views": number * 7919 % 10_000,
                "author": of(&authors, number),
                "tags": tags,
            })
        })
        .await
}

/// Looks whether the page is full, and shows what it is to show.
async fn probe(target: &Target, kind: &Kind) -> anyhow::Result<()> {
    let path = target.list.replace("{author}", "7").replace("{views}", "1000");
    let url = format!("{}{path}", target.address);
    let page = call(&Client::new(), Method::GET, &url, &target.headers, None).await?;
    let items = page.pointer("/items").and_then(Value::as_array).context("a list has no items")?;
    let views: Vec<_> = items.iter().filter_map(|item| item.get("views")?.as_i64()).collect();
    let whole = views.len() == 20 && views.is_sorted_by(|one, other| one >= other);
    ensure!(whole && page.pointer(kind.shows).is_some(), "{}: {}: got {page}", target.who, kind.name);
    Ok(())
}
