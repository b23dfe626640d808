//! Neonex on PostgreSQL and MariaDB, held against bare statements on the same tables, and against products that run
//! on PostgreSQL.

use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use crate::bench::{Bench, Block};
use crate::blocks::files::usage;
use crate::database::{Database, Kind};
use crate::neonex::{Neonex, RECORDS, RULE, SHAPE, Storage, Tenant};
use crate::peers::{directus, parse};
use crate::process::{Process, free_address};
use crate::target::Target;
use crate::wrk::Work::{self, Create, List, Mixed, Read};

/// Who asks for bare statements.
pub(crate) const BARE: &str = "bare sqlx";

/// What is held against bare statements.
const PLAN: &[(Work, u32)] = &[(Read, 32), (Create, 32)];
/// And what against other products, where there are any.
const PEERS: &[(Work, u32)] = &[(Read, 32), (List, 32), (Mixed, 32), (Create, 32)];

/// Another product on the same server, with its database and its memory so far.
struct Peer {
    target: Target,
    memory: (crate::process::Memory, crate::process::Memory),
}

/// The scenarios on the server at `url`.
pub(crate) async fn block(bench: &Bench<'_>, kind: Kind, url: Option<&str>) -> anyhow::Result<Option<Block>> {
    let has_peers =
        kind == Kind::Postgres && (bench.args.parse_server.is_some() || bench.args.directus.is_some());
    let wanted = bench.wanted(kind.name(), if has_peers { PEERS } else { PLAN });
    let Some(url) = url.filter(|_| !wanted.is_empty()) else { return Ok(None) };
    bench.say(&format!("{}: 10,000 posts, and bare statements beside them", kind.name()));
    let mut databases = vec![Database::create(kind, url, "neonex").await?];
    let measured = measure(bench, kind, url, wanted, &mut databases).await;
    for database in databases {
        database.drop().await?;
    }
    measured.map(Some)
}

async fn measure(
    bench: &Bench<'_>,
    kind: Kind,
    server: &str,
    wanted: Vec<(String, Work, u32)>,
    databases: &mut Vec<Database>,
) -> anyhow::Result<Block> {
    let url = databases.first().map(Database::url).transpose()?.unwrap_or_default();
    let data = bench.folder.join(kind.name());
    let installation = Neonex { binary: bench.binary.clone(), data, storage: Storage::Server(url.clone()) };
    let (secret, tenant) = installation.prepare().await?;
    let memory = bench.fill(&secret).await?;
    let rule = secret.like(RULE, tenant.publishable.clone());
    rule.probe().await?;
    let bare = bare(bench, kind, &url, &tenant, &secret).await?;
    bare.probe().await?;
    let (peers, remarks) =
        if kind == Kind::Postgres { peers(bench, server, databases).await } else { Default::default() };
    let mut targets = vec![&secret, &rule, &bare];
    targets.extend(peers.iter().map(|peer| &peer.target));
    let mut outcomes = Vec::new();
    for (name, work, clients) in wanted {
        let able: Vec<_> =
            targets.iter().copied().filter(|target| work != List || !target.list.is_empty()).collect();
        outcomes.push(bench.scenario((name, work, clients), &able).await?);
    }
    let mut usages = vec![usage(&secret, "Neonex".to_owned(), memory)?];
    for peer in &peers {
        usages.push(usage(&peer.target, peer.target.who.clone(), peer.memory)?);
    }
    let title = match kind {
        Kind::Postgres => "On PostgreSQL, shared tables under row-level security",
        Kind::MariaDb => "On MariaDB, shared tables",
    };
    Ok(Block { name: kind.name(), title: title.to_owned(), outcomes, memory: usages, remarks })
}

/// This program as a server that does no more than the statements, on the tables of that tenant.
async fn bare(
    bench: &Bench<'_>,
    kind: Kind,
    url: &str,
    tenant: &Tenant,
    target: &Target,
) -> anyhow::Result<Target> {
    let listen = free_address()?;
    let table = tenant.collection.replacen("col_", "c_", 1);
    let owner = tenant.id.trim_start_matches("ten_");
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bare", "--database", url, "--listen", &listen.to_string(), "--table", &table]);
    command.args(["--tenant", owner, "--collection", tenant.collection.trim_start_matches("col_")]);
    let log = bench.folder.join(format!("{}-bare.log", kind.name()));
    let mut process = Process::start(&mut command, &log)?;
    let address = format!("http://{listen}");
    process.ready(&reqwest::Client::new(), &format!("{address}/livez"), Instant::now()).await?;
    Ok(Target {
        who: BARE.to_owned(),
        process: Arc::new(process),
        address,
        constant: "/livez".to_owned(),
        records: RECORDS.to_owned(),
        list: String::new(),
        headers: Vec::new(),
        ids: target.ids.clone(),
        shape: SHAPE,
    })
}

/// The products that were asked for. One that does not start is left out, and the report says so.
async fn peers(bench: &Bench<'_>, server: &str, databases: &mut Vec<Database>) -> (Vec<Peer>, Vec<String>) {
    let (mut peers, mut remarks) = (Vec::new(), Vec::new());
    let asked = [(parse::WHO, &bench.args.parse_server), (directus::WHO, &bench.args.directus)];
    for (who, folder) in asked {
        let Some(folder) = folder else { continue };
        let started = async {
            bench.say(&format!("{who}: starting, and 10,000 posts"));
            let name = who.to_lowercase().replace(' ', "_");
            let database = Database::create(Kind::Postgres, server, &name).await?;
            let data = bench.folder.join(&name);
            let target = match who {
                parse::WHO => parse::start(folder, &database.url()?, &data).await,
                _ => directus::start(folder, &database, &data).await,
            };
            databases.push(database);
            let target = target?;
            let memory = bench.fill(&target).await?;
            anyhow::Ok(Peer { target, memory })
        };
        match started.await {
            Ok(peer) => peers.push(peer),
            Err(error) => remarks.push(format!("{who} did not take part: {error:#}")),
        }
    }
    (peers, remarks)
}
