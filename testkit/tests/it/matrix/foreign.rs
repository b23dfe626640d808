//! What is another tenant's is as what there is not.
//!
//! Each probe is a pair of requests that are alike but for a name: in one it is another tenant's, in the other
//! nobody's. The answers have to be alike in the same way, and to show nothing that they were not told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use neonex_testkit::{Answer, TestTenant};

use super::call::{Call, anonymised};
use super::credentials::Credential;
use super::names::Names;
use super::operations::{Entry, Needs, entries};
use super::own::Own;
use super::probes::Probe;
use super::unchanged::everything;
use super::world::World;

/// What there is to be compared with, for all credentials.
struct Sides {
    foreign: Names,
    absent: Names,
    canaries: Vec<String>,
}

/// What came of a credential's calls.
#[derive(Default)]
struct Tally {
    calls: usize,
    /// By operation and what was named: what was answered, and what where the id was none.
    answers: BTreeMap<(usize, String), [BTreeSet<String>; 2]>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_anothers_is_as_what_there_is_not() {
    let World { app, other, foreign, absent, canaries, owns } = World::start().await;
    let collection = foreign.collection.trim_start_matches("col_").parse().unwrap();
    let field = foreign.field.clone();
    let held = async |tenant: &TestTenant| {
        everything(app.platform.store(), tenant, collection, &[field.as_str(), "note"]).await
    };
    let before = held(&other.tenant).await;
    let sides = Arc::new(Sides { foreign, absent, canaries });
    let tallies = owns.into_iter().map(|own| tokio::spawn(try_all(own, Arc::clone(&sides))));
    let mut calls = 0;
    for tally in futures_util::future::join_all(tallies).await {
        let (credential, tally) = tally.unwrap();
        calls += tally.calls;
        if credential == Credential::EveryScope {
            insta::assert_snapshot!("what_a_key_of_every_scope_is_told", tally.table());
        }
    }
    assert_eq!(before, held(&other.tenant).await, "the other tenant's data has changed");
    println!("{calls} calls: 0 canary bytes, every foreign name answered as an absent one");
    assert!(calls >= 10_000, "only {calls} calls");
    app.remove().await.unwrap();
}

async fn try_all(mut own: Own, sides: Arc<Sides>) -> (Credential, Tally) {
    let credential = own.credential;
    let mut tally = Tally::default();
    for (at, entry) in entries().iter().enumerate() {
        let mut probes = entry.probes();
        probes.retain(|probe| concerns(credential, entry, probe));
        for collection in entry.collections() {
            for probe in &probes {
                let key = (at, probe.what.clone());
                let answers = &mut tally.answers.entry(key).or_default()[usize::from(probe.malformed)];
                let mut told = Vec::new();
                for side in [&sides.foreign, &sides.absent] {
                    let call = entry.call(probe, &own, collection, side);
                    let answer = own.carry_out(entry, collection, &call).await;
                    tally.calls += 1;
                    told.push(judge(credential, &call, &answer, &sides.canaries));
                    if entry.row.needs != Needs::Nobody {
                        check_header(credential, probe, &answer);
                    }
                    answers.insert(said(&answer));
                }
                let what = format!("{} as {}", entry.row.operation, credential.heading());
                assert_eq!(told[0], told[1], "{what}: another's {} is not as an absent one", probe.what);
            }
        }
    }
    (credential, tally)
}

/// Whether what a probe names is another tenant's to whoever presents the credential. To an operator no tenant is, and
/// who has no key may visit any, by a header or by a path that is everybody's.
fn concerns(credential: Credential, entry: &Entry, probe: &Probe) -> bool {
    let tenants = probe.names_tenant() || entry.row.needs == Needs::Operator;
    let public = entry.row.needs == Needs::Tenant && probe.names_tenant();
    let visits = (probe.has_header() || public) && !credential.names_its_tenant();
    !(visits || credential.is_operators() && tenants)
}

/// The answer without what may differ, after looking for what it must not have.
fn judge(credential: Credential, call: &Call, answer: &Answer, canaries: &[String]) -> String {
    let told = call.told(answer);
    let who = credential.heading();
    assert!(answer.status < 500, "{who}: {} {}: {told}", call.method, call.path);
    let lower = told.to_lowercase();
    for canary in canaries {
        assert!(!lower.contains(canary), "{who}: {} {} shows {canary}: {told}", call.method, call.path);
    }
    anonymised(&told)
}

/// A key or token that names another tenant is told that this does not fit, whatever it asks for.
fn check_header(credential: Credential, probe: &Probe, answer: &Answer) {
    if probe.is_header_alone() && credential.is_in_use() {
        assert_eq!(answer.status, 400, "{}: {}", credential.heading(), answer.code());
        let by_head = answer.body.is_empty();
        assert!(by_head || answer.code() == "tenant_mismatch", "{}", answer.code());
    }
}

fn said(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.code()).trim_end().to_owned()
}

impl Tally {
    /// A line for each operation and what was named at it.
    fn table(&self) -> String {
        let entries = entries();
        let join = |answers: &BTreeSet<String>| answers.iter().cloned().collect::<Vec<_>>().join(", ");
        let mut lines = Vec::new();
        let mut operation = "";
        for ((at, what), [sound, malformed]) in &self.answers {
            if what.ends_with("HEAD") {
                continue;
            }
            if entries[*at].row.operation != operation {
                operation = entries[*at].row.operation;
                lines.push(operation.to_owned());
            }
            let mut line = format!("  {what}: {}", join(sound));
            if !malformed.is_empty() {
                line = format!("{line}; no id: {}", join(malformed));
            }
            lines.push(line);
        }
        lines.join("\n")
    }
}
