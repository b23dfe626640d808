//! Caches do not mix tenants: two that have everything alike but what it says, read at once through the same process.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::expect;

const READERS: usize = 8;
const READS: usize = 10_000;
const RECORDS: u128 = 20;
const COLLECTION: &str = "/v1/collections/notes";
/// Stands in everything that one of them says.
const WORDS: [&str; 2] = ["northern", "southern"];

/// A tenant, and who reads in it.
struct Side {
    word: &'static str,
    tenant: AppTenant,
    developer: Client,
    readers: [Client; 3],
    /// The version of its first record.
    etag: String,
}

fn record(at: u128) -> String {
    format!("{COLLECTION}/records/{}", Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + at))
}

fn design(word: &str, turn: usize) -> Value {
    // Always true, and another text in each tenant and at each turn.
    let rule = format!("owner == '{word}' || owner != 'turn {turn}'");
    json!({"list": rule, "view": rule})
}

async fn side(app: &TestApp, word: &'static str) -> Side {
    let tenant = app.tenant(word).await.unwrap();
    let developer = tenant.secret().await.unwrap();
    let owner = json!({"name": "owner", "type": "text", "default": word});
    let new = json!({"name": "notes", "fields": [owner, {"name": "turn", "type": "int"}], "rules": design(word, 0)});
    expect(&developer.post("/v1/collections", &new).await, 201);
    let mut etag = String::new();
    for at in (0..RECORDS).rev() {
        let made = developer.put(&record(at), &json!({"turn": 1})).await;
        assert_eq!(expect(&made, 201)["owner"], word);
        made.header("etag").unwrap().clone_into(&mut etag);
    }
    let readers = [developer.clone(), tenant.publishable().await.unwrap(), tenant.anonymous()];
    // The versions of the next one's records are others.
    app.platform.clock.advance(1);
    Side { word, tenant, developer, readers, etag }
}

/// The read of that number: who asks for what.
fn question(sides: &[Side; 2], number: usize) -> (&Side, &Client, String) {
    let side = &sides[number % 2];
    let at = u128::try_from(number / 2).unwrap() % RECORDS;
    let (client, path) = match number / 2 % 7 {
        0 => (&side.readers[0], record(at)),
        1 => (&side.readers[1], record(at)),
        2 => (&side.readers[2], format!("{}?fields=owner", record(at))),
        3 => (&side.readers[1], format!("{COLLECTION}/records?limit=3&sort=-owner&count=exact")),
        4 => {
            (&side.readers[0], format!("{COLLECTION}/records?filter=turn%20%3E%200&fields=owner,id&limit=3"))
        }
        5 => (&side.developer, COLLECTION.to_owned()),
        _ => (&side.developer, "/v1/collections".to_owned()),
    };
    (side, client, path)
}

async fn read(sides: &[Side; 2], number: usize) {
    let (side, client, path) = question(sides, number);
    let other = &sides[(number + 1) % 2];
    // What the other tenant's reader has in hand is not what this one asks for.
    let answer = client.with("if-none-match", &other.etag).get(&path).await;
    let shown = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 200, "{path} in {}: {shown}", side.word);
    assert!(shown.contains(side.word), "{path} in {} is not its own: {shown}", side.word);
    assert!(!shown.contains(other.word), "{path} crossed into {}: {shown}", side.word);
}

/// Changes the rules of both, so that what is cached is replaced while it is read.
async fn redesign(sides: &[Side; 2]) {
    for turn in 1..=10 {
        for side in sides {
            let rules = json!({"rules": design(side.word, turn)});
            expect(&side.developer.patch(COLLECTION, &rules).await, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_reads_of_colliding_ids_cross_nowhere() {
    let app = TestApp::start().await.unwrap();
    let sides = [side(&app, WORDS[0]).await, side(&app, WORDS[1]).await];
    let sides = std::sync::Arc::new(sides);
    let next = std::sync::Arc::new(AtomicUsize::new(0));
    let readers = (0..READERS).map(|_| {
        let (sides, next) = (sides.clone(), next.clone());
        tokio::spawn(async move {
            while let number @ 0..READS = next.fetch_add(1, Ordering::Relaxed) {
                read(&sides, number).await;
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    redesign(&sides).await;
    for reader in join_all(readers).await {
        reader.unwrap();
    }
    println!("{READS} reads of colliding ids: 0 crossings");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_slug_that_changed_hands_leads_to_its_new_owner() {
    let app = TestApp::start().await.unwrap();
    let sides = [side(&app, WORDS[0]).await, side(&app, WORDS[1]).await];
    for _ in 0..3 {
        for (side, slug) in sides.iter().zip(WORDS) {
            let seen = expect(&app.nobody().within(slug).get(&record(0)).await, 200);
            assert_eq!(seen["owner"], side.word);
        }
        let rename = async |side: &Side, slug: &str| {
            let path = format!("/v1/tenants/{}", side.tenant.id());
            expect(&app.operator().patch(&path, &json!({"slug": slug})).await, 200);
        };
        rename(&sides[0], "between").await;
        rename(&sides[1], WORDS[0]).await;
        rename(&sides[0], WORDS[1]).await;
        for (side, slug) in sides.iter().rev().zip(WORDS) {
            let seen = expect(&app.nobody().within(slug).get(&record(0)).await, 200);
            assert_eq!(seen["owner"], side.word, "{slug} leads to its former owner");
        }
        rename(&sides[0], "between").await;
        rename(&sides[1], WORDS[1]).await;
        rename(&sides[0], WORDS[0]).await;
    }
    app.remove().await.unwrap();
}
