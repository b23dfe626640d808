//! Which indexes the lists of a collection lack, and which of its indexes they do without.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::observed::{Need, Observed, Seen, Sent};
use super::query::Term;
use super::service::Records;
use crate::access::{Permit, RecordsRead};
use crate::clock::Timestamp;
use crate::collections::{Collection, Index, IndexKind};
use crate::expr::{Checked, Sought};

/// What is to be said about a collection's indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Since when this process has seen lists of the collections as they are.
    pub since: Timestamp,
    /// Whether all kinds of lists could be told apart. Else no index is called unused.
    pub complete: bool,
    /// Those that would help; that which would help most lists comes first.
    pub missing: Vec<MissingIndex>,
    /// Those that no list since then can have used. What is unique is none of them: it keeps more than order.
    pub unused: Vec<Index>,
}

/// An index that would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingIndex {
    /// Its fields.
    pub fields: Vec<String>,
    /// How many lists it would have helped.
    pub lists: u64,
    /// The filter of one of them, with `?` for its constants.
    pub filter: Option<String>,
    /// How that one is sorted.
    pub sort: Option<String>,
    /// Whether the collection's list rule bound it.
    pub ruled: bool,
}

impl Records<'_> {
    /// Advice about the collection's indexes. Only for those who may read all records: it tells of what others ask for.
    pub fn advice(&self, _: &Permit<RecordsRead>) -> Advice {
        let tenant = self.scope.tenant();
        let observed: Vec<&Observed> = tenant
            .collections()
            .filter_map(|collection| collection.observed.get())
            .map(AsRef::as_ref)
            .collect();
        let now = self.scope.platform().now();
        let since = observed.iter().map(|observed| observed.since).max().unwrap_or(now);
        let complete = !observed.iter().any(|observed| observed.is_crowded());
        let unused = if complete { self.unused() } else { Vec::new() };
        Advice { since, complete, missing: self.missing(), unused }
    }

    fn missing(&self) -> Vec<MissingIndex> {
        let mut missing: BTreeMap<Vec<String>, (MissingIndex, u64)> = BTreeMap::new();
        let seen = self.collection.observed.get().map(|observed| observed.all());
        for seen in seen.into_iter().flatten() {
            let Some(fields) = &seen.kind.need.missing else { continue };
            let lists = seen.counted();
            let new = || MissingIndex {
                fields: fields.clone(),
                lists: 0,
                filter: seen.filter.clone(),
                sort: seen.sort.clone(),
                ruled: seen.kind.ruled,
            };
            let (index, most) = missing.entry(fields.clone()).or_insert_with(|| (new(), lists));
            // The example is the kind that there is most of.
            if lists > *most {
                (*index, *most) = (MissingIndex { lists: index.lists, ..new() }, lists);
            }
            index.lists += lists;
        }
        let mut missing: Vec<_> = missing.into_values().map(|(index, _)| index).collect();
        missing.sort_by(|one, other| other.lists.cmp(&one.lists).then_with(|| one.fields.cmp(&other.fields)));
        missing
    }

    /// Where a list might have used an index, the index counts as used: what the database chose is its own affair.
    fn unused(&self) -> Vec<Index> {
        let tenant = self.scope.tenant();
        let id = self.collection.id();
        let kinds: Vec<(bool, Vec<Arc<Seen>>)> = tenant
            .collections()
            .filter_map(|collection| Some((collection.id() == id, collection.observed.get()?.all())))
            .collect();
        let ruled: Vec<String> =
            tenant.collections().flat_map(|collection| rule_mentions(collection)).collect();
        let is_used = |index: &Index| match index.kind {
            IndexKind::Search => {
                self.collection.observed.get().is_none_or(|observed| observed.was_searched())
            }
            IndexKind::Ordered => index.fields.first().is_none_or(|first| {
                ruled.contains(first)
                    || kinds
                        .iter()
                        .any(|(own, kinds)| kinds.iter().any(|seen| seen.may_have_used(first, *own)))
            }),
        };
        let all = self.collection.definition().indexes.iter();
        all.filter(|index| !index.unique && !is_used(index)).cloned().collect()
    }

    /// Notes the kind of a list, to be counted.
    pub(super) fn observe(
        &self,
        conditions: &[Checked],
        order: &[Term],
        also: &[String],
        sent: Sent<'_>,
    ) -> Option<Arc<Seen>> {
        let observed = self.collection.observed.get()?;
        let missing = self.missing_index(conditions, order);
        observed.kind(Need::new(conditions, order, self.layout(), missing), conditions, also, sent)
    }
}

/// Fields that a collection's rules look for in other records.
fn rule_mentions(collection: &Collection) -> Vec<String> {
    let rules = &collection.rules;
    let all = [&rules.list, &rules.view, &rules.create, &rules.update, &rules.delete];
    let all: Vec<Checked> = all.into_iter().flatten().cloned().collect();
    Sought::elsewhere(&all)
}
