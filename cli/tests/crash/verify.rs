//! What is found after a crash, held against what was promised.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use neonex_testkit::Logged;
use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use crate::ledger::{Entry, Ledger, State, state_of};
use crate::server::{Server, text};

/// What was found wrong, a sentence each, and how many writes in doubt turned out to have happened.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Acknowledged writes that are not there.
    pub(crate) lost: Vec<String>,
    /// Writes of which a part is there: in the record, or in the change log.
    pub(crate) half: Vec<String>,
    pub(crate) doubts: usize,
    pub(crate) doubts_kept: usize,
}

/// All records of the collection by title.
pub(crate) async fn records(server: &Server, key: &str) -> anyhow::Result<HashMap<String, Value>> {
    let mut records = HashMap::new();
    let mut path = "/v1/collections/posts/records?limit=200".to_owned();
    loop {
        let page = server.call(Method::GET, &path, key, None).await??;
        for record in page.get("items").and_then(Value::as_array).context("a list has no `items`")? {
            let title = text(record, "title")?;
            ensure!(records.insert(title, record.clone()).is_none(), "there are two of {record}");
        }
        let Some(cursor) = page.get("next_cursor").and_then(Value::as_str) else { return Ok(records) };
        path = format!("/v1/collections/posts/records?limit=200&cursor={cursor}");
    }
}

/// Compares the ledgers with the records and the change log, and settles the ledgers on what is there.
pub(crate) fn compare(
    ledgers: &mut [Ledger],
    mut records: HashMap<String, Value>,
    mut log: HashMap<Uuid, Logged>,
) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    for ledger in ledgers {
        for (title, entry) in &mut ledger.entries {
            findings.entry(title, entry, records.remove(title).as_ref(), &mut log)?;
        }
        ledger.settle();
    }
    findings.half.extend(records.into_values().map(|record| format!("nobody wrote {record}")));
    findings.half.extend(log.into_iter().map(|(id, logged)| format!("nobody wrote {id}, but {logged:?}")));
    Ok(findings)
}

impl Findings {
    fn entry(
        &mut self,
        title: &str,
        entry: &mut Entry,
        record: Option<&Value>,
        log: &mut HashMap<Uuid, Logged>,
    ) -> anyhow::Result<()> {
        let found = match record {
            None => State::Absent,
            Some(record) => {
                let Some(state) = state_of(title, record) else {
                    self.half.push(format!("{title} is of several versions: {record}"));
                    return Ok(());
                };
                state
            }
        };
        let in_doubt = entry.doubt.take();
        let kept = in_doubt == Some(found);
        self.doubts += usize::from(in_doubt.is_some());
        self.doubts_kept += usize::from(kept);
        if found != entry.state && !kept {
            self.lost.push(format!("{title} was {:?} (in doubt: {in_doubt:?}), is {found:?}", entry.state));
        }
        entry.id = match record {
            Some(record) => Some(text(record, "id")?.parse()?),
            None => entry.id,
        };
        entry.state = found;
        entry.writes += u32::from(kept);
        let logged = entry.id.and_then(|id| log.remove(&id));
        if !agree(title, entry, logged.as_ref()) {
            self.half
                .push(format!("{title} is {found:?} after {} writes, the log has {logged:?}", entry.writes));
        }
        Ok(())
    }
}

/// Does the change log have every write of the record, and the record as it is?
fn agree(title: &str, entry: &Entry, logged: Option<&Logged>) -> bool {
    let Some(logged) = logged else { return entry.writes == 0 };
    let after = match &logged.after {
        None => Some(State::Absent),
        Some(after) => serde_json::from_str(after).ok().and_then(|after| state_of(title, &after)),
    };
    logged.changes == entry.writes && after == Some(entry.state)
}
