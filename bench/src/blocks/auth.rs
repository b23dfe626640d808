//! Users: what a signed-in user's token costs beside a key, how many sign in at most, and what others wait meanwhile.
//!
//! Each sign-in hashes a password, which is dear on purpose. So a flood of them is what a server is to stand without
//! its reads becoming slow.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::steady::{Latency, Steady, pause};
use crate::bench::{Bench, Block};
use crate::blocks::files::usage;
use crate::client::{bearer, call, text};
use crate::neonex::{self, Durability, RULE};
use crate::target::Target;
use crate::wrk::Work::Read;

const NAME: &str = "auth";
/// Who is signed in by a token.
pub(crate) const USER: &str = "Neonex, a user's token";
const PASSWORD: &str = "correct horse battery staple";
/// Users that sign in at the same time, again and again.
pub(crate) const SIGNING_IN: usize = 16;

/// What a flood of sign-ins came to.
#[derive(Debug, Serialize)]
pub(crate) struct Flood {
    /// Sign-ins a second.
    pub(crate) rate: f64,
    /// What one who reads at a steady pace waits: before and after the flood.
    pub(crate) quiet: Latency,
    /// The same during it.
    pub(crate) flooded: Latency,
}

/// Reads by a key and by a user's token, and a flood of sign-ins on the same server.
pub(crate) async fn measure(bench: &Bench<'_>) -> anyhow::Result<(Option<Block>, Option<Flood>)> {
    let wanted = bench.wanted(NAME, &[(Read, 64)]);
    let floods = bench.args.wants("auth-flood");
    if wanted.is_empty() && !floods {
        return Ok((None, None));
    }
    bench.say(&format!("{NAME}: reads by a user's token, and a flood of sign-ins"));
    let installation = neonex::on_files(&bench.binary, &bench.folder, NAME, Durability::Full);
    let (secret, tenant) = installation.prepare().await?;
    let key = secret.like(RULE, tenant.publishable);
    let memory = bench.fill(&key).await?;
    let settings = format!("{}/v1/auth/settings", secret.address);
    let longer = json!({ "access_token_minutes": 60 });
    call(&Client::new(), Method::PATCH, &settings, &secret.headers, Some(&longer)).await?;
    for number in 0..SIGNING_IN {
        sign_up(&key, number).await?;
    }
    let signed_in = sign_in(&Client::new(), &key, 0).await?;
    let user = key.like(USER, bearer(&text(&signed_in, "/access_token")?));

    let mut outcomes = Vec::new();
    for scenario in wanted {
        outcomes.push(bench.scenario(scenario, &[&key, &user]).await?);
    }
    let flood = if floods { Some(flood(bench, &user).await?) } else { None };
    let block = Block {
        name: NAME,
        title: "Reads of a signed-in user, under the same rule as those of a publishable key".to_owned(),
        outcomes,
        memory: vec![usage(&key, key.who.clone(), memory)?],
        remarks: Vec::new(),
    };
    Ok((Some(block), flood))
}

async fn flood(bench: &Bench<'_>, user: &Target) -> anyhow::Result<Flood> {
    let steady = Steady { target: user, creates: None };
    // The first requests open connections.
    steady.during(pause(1)).await?;
    let quiet = bench.pace.quiet_seconds;
    let (mut calm, ()) = steady.during(pause(quiet)).await?;
    let (storm, rate) = steady.during(sign_ins(user, Duration::from_secs(quiet))).await?;
    calm.extend(steady.during(pause(quiet)).await?.0);
    Ok(Flood { rate, quiet: Latency::of(calm), flooded: Latency::of(storm) })
}

/// Has users sign in for so long, each one time after the other, and gives how many did in a second.
async fn sign_ins(target: &Target, time: Duration) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut signing_in = JoinSet::new();
    for number in 0..SIGNING_IN {
        let target = target.clone();
        signing_in.spawn(async move {
            let (client, mut done) = (Client::new(), 0_u32);
            while started.elapsed() < time {
                sign_in(&client, &target, number).await?;
                done += 1;
            }
            anyhow::Ok(done)
        });
    }
    let done: Vec<u32> = signing_in.join_all().await.into_iter().collect::<anyhow::Result<_>>()?;
    Ok(f64::from(done.iter().sum::<u32>()) / started.elapsed().as_secs_f64())
}

async fn sign_up(target: &Target, number: usize) -> anyhow::Result<()> {
    let url = format!("{}/v1/auth/sign-up", target.address);
    call(&Client::new(), Method::POST, &url, &target.headers, Some(&who(number))).await.map(drop)
}

async fn sign_in(client: &Client, target: &Target, number: usize) -> anyhow::Result<Value> {
    let url = format!("{}/v1/auth/sign-in", target.address);
    let signed_in = call(client, Method::POST, &url, &target.headers, Some(&who(number))).await;
    signed_in.with_context(|| format!("signing in as {number}"))
}

fn who(number: usize) -> Value {
    json!({ "email": format!("user-{number}@example.com"), "password": PASSWORD })
}
