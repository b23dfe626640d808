//! What lists of a collection look for, counted, so that advice about its indexes is about lists that there are.
//!
//! A kind of list is noted where its statement is made, which is kept with the collection; a list of that kind then adds
//! one to a number. This is known to one process and from when it first knew the design on: nothing of it is written.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::layout::Layout;
use super::query::Term;
use crate::clock::Timestamp;
use crate::expr::{self, Checked, Sought};
use crate::version::ETag;

/// Kinds of lists that are told apart, for each collection.
const MOST: usize = 500;

/// What a list needs of indexes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Need {
    /// Fields by which its records are found, or sorted.
    fields: Vec<String>,
    /// The fields of an index that would help and is not there.
    pub(super) missing: Option<Vec<String>>,
}

impl Need {
    pub(super) fn new(
        conditions: &[Checked],
        order: &[Term],
        layout: &Layout,
        missing: Option<Vec<String>>,
    ) -> Self {
        let Sought { equal, ranged } = Sought::of(conditions);
        let sorted = order.iter().filter_map(|term| layout.columns.get(term.by.column()?));
        let mut fields: Vec<_> =
            equal.into_iter().chain(ranged).chain(sorted.map(|column| column.name.clone())).collect();
        fields.sort_unstable();
        fields.dedup();
        Self { fields, missing }
    }
}

/// A list as it was sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sent<'s> {
    pub(super) filter: Option<&'s str>,
    pub(super) sort: Option<&'s str>,
    /// Whether the collection's rule bound it.
    pub(super) ruled: bool,
}

/// What makes lists of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    pub(super) need: Need,
    /// Fields that they may look for by an index in another way, of whichever collection these are.
    mentions: Vec<String>,
    /// Whether the collection's rule binds them.
    pub(super) ruled: bool,
}

/// Lists of a kind.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(super) kind: Kind,
    /// One of them, without its constants.
    pub(super) filter: Option<String>,
    pub(super) sort: Option<String>,
    count: AtomicU64,
}

impl Seen {
    /// Counts a list.
    pub(super) fn count(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn counted(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether an index that begins with that field may have been of use.
    pub(super) fn may_have_used(&self, field: &String, own: bool) -> bool {
        self.kind.mentions.contains(field) || own && self.kind.need.fields.contains(field)
    }
}

/// Which kinds of lists a collection has had.
#[derive(Debug)]
pub(crate) struct Observed {
    /// In which design.
    design: ETag,
    pub(super) since: Timestamp,
    kinds: Mutex<HashMap<Kind, Arc<Seen>>>,
    /// Whether there were more than are told apart.
    crowded: AtomicBool,
    /// Whether words were searched for.
    searched: AtomicBool,
}

impl Observed {
    pub(crate) fn new(design: ETag, since: Timestamp) -> Self {
        let (crowded, searched) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { design, since, kinds: Mutex::default(), crowded, searched }
    }

    /// Whether it is of that design.
    pub(crate) fn is_of(&self, design: ETag) -> bool {
        self.design == design
    }

    /// The kind of a list of these conditions and this order. `also` are fields that it may look for besides.
    pub(super) fn kind(
        &self,
        need: Need,
        conditions: &[Checked],
        also: &[String],
        sent: Sent<'_>,
    ) -> Option<Arc<Seen>> {
        let mut mentions = Sought::elsewhere(conditions);
        mentions.extend_from_slice(also);
        mentions.sort_unstable();
        mentions.dedup();
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = Kind { need, mentions, ruled: sent.ruled };
        if let Some(known) = kinds.get(&kind) {
            return Some(Arc::clone(known));
        }
        if kinds.len() >= MOST {
            self.crowded.store(true, Ordering::Relaxed);
            return None;
        }
        let seen = Arc::new(Seen {
            kind: kind.clone(),
            filter: sent.filter.map(expr::without_constants),
            sort: sent.sort.filter(|sort| !sort.is_empty()).map(str::to_owned),
            count: AtomicU64::new(0),
        });
        kinds.insert(kind, Arc::clone(&seen));
        Some(seen)
    }

    /// Notes that words were searched for.
    pub(super) fn search(&self) {
        self.searched.store(true, Ordering::Relaxed);
    }

    pub(super) fn was_searched(&self) -> bool {
        self.searched.load(Ordering::Relaxed)
    }

    pub(super) fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    /// The kinds that there were.
    pub(super) fn all(&self) -> Vec<Arc<Seen>> {
        let kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.values().filter(|seen| seen.counted() > 0).cloned().collect()
    }
}
