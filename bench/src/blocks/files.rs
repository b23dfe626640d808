//! Neonex on SQLite files: alone in both durabilities, and side by side with PocketBase.

use crate::bench::{Bench, Block, Usage};
use crate::neonex::{self, Durability, RULE};
use crate::peers::pocketbase;
use crate::process::Memory;
use crate::target::Target;
use crate::wrk::Work::{self, Create, List, Mixed, Read};

/// Who asks the server whose answered writes are on the disk, where it stands beside others.
pub(crate) const FULL_RULE: &str = "Neonex full, rule";

/// What runs with durability `full`. Reads come before writes make the table grow.
const FULL: &[(Work, u32)] =
    &[(Read, 64), (List, 64), (Create, 1), (Create, 16), (Create, 64), (Create, 256)];
/// What runs with durability `normal`.
const NORMAL: &[(Work, u32)] = &[(Create, 1), (Create, 16), (Create, 64), (Create, 256)];
/// What runs side by side.
const PEERS: &[(Work, u32)] = &[(Read, 32), (List, 32), (Mixed, 32), (Create, 32)];

/// One server alone. With durability `normal`, which costs reads nothing, only creates are measured.
pub(crate) async fn alone(bench: &Bench<'_>, durability: Durability) -> anyhow::Result<Option<Block>> {
    let (plan, title) = match durability {
        Durability::Full => (FULL, "Durability full: an answered write is on the disk"),
        Durability::Normal => (NORMAL, "Durability normal: an answered write is with the operating system"),
    };
    let name = durability.name();
    let wanted = bench.wanted(name, plan);
    if wanted.is_empty() && !bench.args.wants("memory") {
        return Ok(None);
    }
    bench.say(&format!("{name}: a server with 10,000 posts"));
    let (rule, secret, idle) = server(bench, name, durability).await?;
    let targets: &[&Target] = match durability {
        Durability::Full => &[&rule, &secret],
        Durability::Normal => &[&rule],
    };
    let mut outcomes = Vec::new();
    for scenario in wanted {
        outcomes.push(bench.scenario(scenario, targets).await?);
    }
    let memory = vec![usage(&rule, format!("Neonex {name}"), idle)?];
    Ok(Some(Block { name, title: title.to_owned(), outcomes, memory, remarks: Vec::new() }))
}

/// The three servers, each with 10,000 posts.
pub(crate) async fn peers(bench: &Bench<'_>) -> anyhow::Result<Option<Block>> {
    const NAME: &str = "peers";
    let wanted = bench.wanted(NAME, PEERS);
    if wanted.is_empty() {
        return Ok(None);
    }
    bench.say(&format!("{NAME}: Neonex in both durabilities and PocketBase, each with 10,000 posts"));
    let (rule, secret, normal_idle) = server(bench, "peers-normal", Durability::Normal).await?;
    let (full, _, full_idle) = server(bench, "peers-full", Durability::Full).await?;
    let full = full.like(FULL_RULE, full.headers.clone());
    let pocketbase = match &bench.args.pocketbase {
        Some(binary) => {
            let target = pocketbase::start(binary, &bench.folder.join("pocketbase")).await?;
            let memory = bench.fill(&target).await?;
            Some((target, memory))
        }
        None => None,
    };
    let mut targets = vec![&rule, &secret, &full];
    targets.extend(pocketbase.iter().map(|(target, _)| target));
    let mut outcomes = Vec::new();
    for scenario in wanted {
        outcomes.push(bench.scenario(scenario, &targets).await?);
    }
    let mut memory = vec![
        usage(&rule, "Neonex normal".to_owned(), normal_idle)?,
        usage(&full, "Neonex full".to_owned(), full_idle)?,
    ];
    if let Some((target, idle)) = &pocketbase {
        memory.push(usage(target, pocketbase::WHO.to_owned(), *idle)?);
    }
    let remarks = match pocketbase {
        Some(_) => Vec::new(),
        None => vec!["PocketBase did not take part: no program was named.".to_owned()],
    };
    let title = "Side by side with PocketBase, durability normal where nothing is said".to_owned();
    Ok(Some(Block { name: NAME, title, outcomes, memory, remarks }))
}

/// A server with posts: by a publishable key under the rule `true`, by a secret key, and its memory so far.
async fn server(
    bench: &Bench<'_>,
    name: &str,
    durability: Durability,
) -> anyhow::Result<(Target, Target, (Memory, Memory))> {
    let installation = neonex::on_files(&bench.binary, &bench.folder, name, durability);
    let (secret, tenant) = installation.prepare().await?;
    let memory = bench.fill(&secret).await?;
    let rule = secret.like(RULE, tenant.publishable);
    rule.probe().await?;
    Ok((rule, secret, memory))
}

/// The server's memory before and now.
pub(crate) fn usage(target: &Target, who: String, (idle, before): (Memory, Memory)) -> anyhow::Result<Usage> {
    Ok(Usage { who, idle, before, after: target.process.memory()? })
}
