//! `neonex advice`: which indexes a tenant's collections lack or do without, and which queries were slow.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use neonex_sdk::Client;
use neonex_sdk::types::{Advice, SlowQuery};
use serde_json::json;

use crate::exit::CommandError;
use crate::output;
use crate::remote::{self, AdviceArgs};

pub(super) fn run(args: &AdviceArgs) -> Result<(), CommandError> {
    let (advice, slow) = remote::run(ask(&args.remote.client()?, &args.collections))?;
    if args.json {
        return output::json(&json!({ "collections": advice, "slow_queries": slow }));
    }
    output::text(&text(&advice, &slow))
}

async fn ask(
    client: &Client,
    named: &[String],
) -> Result<(BTreeMap<String, Advice>, Vec<SlowQuery>), CommandError> {
    let collections = client.collections();
    let mut asked = named.to_vec();
    if asked.is_empty() {
        asked = collections.list().await?.into_iter().map(|collection| collection.name).collect();
    }
    let mut advice = BTreeMap::new();
    for name in asked {
        advice.insert(name.clone(), collections.advice(&name).await?);
    }
    Ok((advice, collections.slow_queries(None, None).await?.items))
}

/// For people.
fn text(advice: &BTreeMap<String, Advice>, slow: &[SlowQuery]) -> String {
    let mut text = String::new();
    for (name, advice) in advice {
        if advice.missing_indexes.is_empty() && advice.unused_indexes.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{name}, by its lists since {}", advice.since.to_rfc3339());
        for index in &advice.missing_indexes {
            let like = asked(index.filter.as_deref(), index.sort.as_deref());
            let _ =
                writeln!(text, "    + index ({}): for {} lists{like}", index.fields.join(", "), index.lists);
        }
        for index in &advice.unused_indexes {
            let _ = writeln!(text, "    - {} index ({}): no use", index.kind, index.fields.join(", "));
        }
    }
    for (at, query) in slow.iter().enumerate() {
        if at == 0 {
            text.push_str("slow queries\n");
        }
        let like = asked(query.filter.as_deref(), query.order.as_deref());
        let timeouts =
            if query.timeouts > 0 { format!(", {} given up", query.timeouts) } else { String::new() };
        let _ = writeln!(
            text,
            "    {} × {} {}{like}: {:.0} ms on average, {:.0} ms at most{timeouts}",
            query.count, query.operation, query.collection, query.mean_ms, query.max_ms
        );
    }
    text
}

fn asked(filter: Option<&str>, order: Option<&str>) -> String {
    let filter = filter.map(|filter| format!(" where {filter}")).unwrap_or_default();
    let order = order.map(|order| format!(" by {order}")).unwrap_or_default();
    format!("{filter}{order}")
}
