//! What the benchmark asks that `TrailBase` publishes: messages put into rooms under a rule that looks up whether who
//! sends is a member, and messages read by their ids.
//!
//! The sender is a field of the message, for both products: the rule looks up the same row of the same table.

use std::path::Path;
use std::sync::Arc;

use anyhow::ensure;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::bench::{Bench, Block};
use crate::blocks::files::usage;
use crate::client::{call, text};
use crate::neonex::{self, Durability, RULE};
use crate::peers::pocketbase;
use crate::target::{POSTS, Target};
use crate::wrk::Work::{Message, Read};

const NAME: &str = "messages";
const ROOMS: usize = 20;
/// People, each of whom is in so many rooms.
const PEOPLE: usize = 100;
const ROOMS_OF_ONE: usize = 5;

/// Neonex and, where it was named, PocketBase.
pub(crate) async fn block(bench: &Bench<'_>) -> anyhow::Result<Option<Block>> {
    let wanted = bench.wanted(NAME, &[(Read, 32), (Message, 32)]);
    if wanted.is_empty() {
        return Ok(None);
    }
    bench.say(&format!("{NAME}: 10,000 messages by members of rooms"));
    let mut targets = vec![own(bench).await?];
    if let Some(binary) = &bench.args.pocketbase {
        targets.push(peer(bench, binary).await?);
    }
    let mut memories = Vec::new();
    for (target, setter) in &targets {
        let idle = target.process.memory()?;
        seed(target, setter).await?;
        memories.push((idle, target.process.memory()?));
    }
    let asked: Vec<_> = targets.iter().map(|(target, _)| target).collect();
    let mut outcomes = Vec::new();
    for scenario in wanted {
        outcomes.push(bench.scenario(scenario, &asked).await?);
    }
    let memory = asked.iter().zip(memories);
    let memory = memory.map(|(target, memory)| usage(target, target.who.clone(), memory));
    Ok(Some(Block {
        name: NAME,
        title: "Messages under a rule that looks up the sender's membership of the room, durability normal"
            .to_owned(),
        outcomes,
        memory: memory.collect::<anyhow::Result<_>>()?,
        remarks: Vec::new(),
    }))
}

type Headers = Vec<(&'static str, String)>;

/// Who sends messages, and the headers of who sets rooms and members up.
async fn own(bench: &Bench<'_>) -> anyhow::Result<(Target, Headers)> {
    let installation = neonex::on_files(&bench.binary, &bench.folder, NAME, Durability::Normal);
    let (secret, tenant) = installation.prepare().await?;
    let url = format!("{}/v1/collections", secret.address);
    let member = "collection('room_members').exists(m, m.room == input.room && m.person == input.owner)";
    for design in [
        json!({ "name": "rooms", "fields": [{ "name": "name", "type": "text" }] }),
        json!({ "name": "people", "fields": [{ "name": "name", "type": "text" }] }),
        json!({
            "name": "room_members",
            "fields": [
                { "name": "room", "type": "relation", "collection": "rooms" },
                { "name": "person", "type": "relation", "collection": "people" },
            ],
            "indexes": [{ "fields": ["room", "person"], "unique": true }],
        }),
        json!({
            "name": "messages",
            "fields": [
                { "name": "room", "type": "relation", "collection": "rooms", "required": true },
                { "name": "owner", "type": "relation", "collection": "people", "required": true },
                { "name": "body", "type": "text" },
            ],
            "rules": { "list": "true", "view": "true", "create": member },
        }),
    ] {
        call(&Client::new(), Method::POST, &url, &secret.headers, Some(&design)).await?;
    }
    let target = Target { records: records("/v1", "messages"), ..secret.like(RULE, tenant.publishable) };
    Ok((target, tenant.secret))
}

async fn peer(bench: &Bench<'_>, binary: &Path) -> anyhow::Result<(Target, Headers)> {
    let data = bench.folder.join("messages-pocketbase");
    let running = pocketbase::run(binary, &data).await?;
    let point = |name: &str, to: &str| json!({ "name": name, "type": "relation", "collectionId": to, "maxSelect": 1 });
    let plain =
        |name: &str| json!({ "name": name, "type": "base", "fields": [{ "name": "name", "type": "text" }] });
    let rooms = running.collection(&plain("rooms")).await?;
    let people = running.collection(&plain("people")).await?;
    let members = json!({
        "name": "room_members",
        "type": "base",
        "fields": [point("room", &rooms), point("person", &people)],
        "indexes": ["CREATE UNIQUE INDEX room_members_both ON room_members (room, person)"],
    });
    running.collection(&members).await?;
    let member = "@collection.room_members.room ?= @request.body.room && \
                  @collection.room_members.person ?= @request.body.owner";
    let messages = json!({
        "name": "messages",
        "type": "base",
        "fields": [point("room", &rooms), point("owner", &people), { "name": "body", "type": "text" }],
        "listRule": "",
        "viewRule": "",
        "createRule": member,
    });
    running.collection(&messages).await?;
    let target = Target {
        who: pocketbase::WHO.to_owned(),
        process: Arc::new(running.process),
        address: running.address,
        constant: "/api/health".to_owned(),
        records: records("/api", "messages"),
        list: String::new(),
        headers: running.user,
        ids: data.with_extension("ids"),
        shape: pocketbase::SHAPE,
    };
    Ok((target, running.operator))
}

fn records(api: &str, collection: &str) -> String {
    format!("{api}/collections/{collection}/records")
}

/// Rooms, people and who is where; then messages, and the bodies of those to come, a line each.
async fn seed(target: &Target, setter: &Headers) -> anyhow::Result<()> {
    let client = Client::new();
    let make = async |collection: &str, body: Value| -> anyhow::Result<String> {
        let url = format!("{}{}", target.address, target.records.replace("messages", collection));
        text(&call(&client, Method::POST, &url, setter, Some(&body)).await?, target.shape.id)
    };
    let (mut rooms, mut bodies) = (Vec::new(), Vec::new());
    for number in 0..ROOMS {
        rooms.push(make("rooms", json!({ "name": format!("room-{number}") })).await?);
    }
    let mut outside = None;
    for number in 0..PEOPLE {
        let person = make("people", json!({ "name": format!("person-{number}") })).await?;
        for (at, room) in rooms.iter().cycle().skip(number).take(ROOMS_OF_ONE + 1).enumerate() {
            let message = json!({ "room": room, "owner": person, "body": "x".repeat(200) });
            if at == ROOMS_OF_ONE {
                outside = Some(message);
                break;
            }
            make("room_members", json!({ "room": room, "person": person })).await?;
            bodies.push(message);
        }
    }
    // Who is not in a room must not be heard there.
    let url = format!("{}{}", target.address, target.records);
    let refused = call(&client, Method::POST, &url, &target.headers, outside.as_ref()).await;
    ensure!(refused.is_err(), "{}: a message from outside of the room was taken", target.who);
    let lines: Vec<_> = bodies.iter().map(Value::to_string).collect();
    std::fs::write(target.bodies(), lines.join("\n"))?;
    target.make(POSTS, |number| bodies.get(number % bodies.len()).cloned().unwrap_or_default()).await
}
