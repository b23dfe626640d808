//! The same list on a small and on a large table of one server: an indexed page should not care how many rows there
//! are.

use crate::bench::{Bench, Block};
use crate::blocks::files::usage;
use crate::neonex::{self, Durability, RULE};
use crate::report::thousands;
use crate::target::{POSTS, Target};
use crate::wrk::{self, Work};

const NAME: &str = "rows";
/// Clients that fill the large table.
const FILLERS: u32 = 64;
/// Seconds that they write before the rows are counted again.
const FILL_SECONDS: u32 = 5;

/// Who asks for a list of the table with so many rows.
pub(crate) fn who(rows: usize) -> String {
    format!("{} rows", thousands(rows))
}

/// Two tenants of one server, one with many more posts.
pub(crate) async fn block(bench: &Bench<'_>) -> anyhow::Result<Option<Block>> {
    let wanted = bench.wanted(NAME, &[(Work::List, 32)]);
    if wanted.is_empty() {
        return Ok(None);
    }
    let rows = bench.pace.rows;
    bench.say(&format!("{NAME}: tables of {} and {} rows", thousands(POSTS), thousands(rows)));
    let installation = neonex::on_files(&bench.binary, &bench.folder, NAME, Durability::Normal);
    let (secret, tenant) = installation.prepare().await?;
    let memory = bench.fill(&secret).await?;
    let small = secret.like(&who(POSTS), tenant.publishable);
    let operator = installation.operator()?;
    let tenant = neonex::tenant(&reqwest::Client::new(), &small.address, &operator, "large").await?;
    let mut large = small.like(RULE, tenant.publishable);
    large.ids = bench.folder.join("rows-large.ids");
    large.seed().await?;
    let written = fill(bench, &large, rows).await?;
    large.who = who(written);
    large.probe().await?;
    let mut outcomes = Vec::new();
    for scenario in wanted {
        outcomes.push(bench.scenario(scenario, &[&large, &small]).await?);
    }
    let memory = vec![usage(&small, "Neonex normal".to_owned(), memory)?];
    let title = "The same list on a small and on a large table".to_owned();
    Ok(Some(Block { name: NAME, title, outcomes, memory, remarks: Vec::new() }))
}

/// Creates posts until there are at least so many, and says how many that came to.
async fn fill(bench: &Bench<'_>, target: &Target, rows: usize) -> anyhow::Result<usize> {
    loop {
        let count = target.count().await?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows")]
        let count = count as usize;
        if count >= rows {
            return Ok(count);
        }
        let round = wrk::run(&bench.wrk, target, Work::Create, FILLERS, FILL_SECONDS).await?;
        anyhow::ensure!(round.errors == 0.0, "filling the large table: {} errors", round.errors);
    }
}
