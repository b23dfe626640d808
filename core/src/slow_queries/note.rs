//! What was slow, noted in memory until it is written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::model::{Kind, Operation, Tally};
use super::store::MAX_KINDS;
use crate::access::TenantScope;
use crate::expr;
use crate::ids::{CollectionId, TenantId};
use crate::platform::Platform;
use crate::store::{OfStore, StoreError};

/// How long a query may take where nothing else is said.
const DEFAULT: Duration = Duration::from_millis(200);

/// Notes by tenant and kind.
type Notes = HashMap<TenantId, HashMap<Kind, Tally>>;

/// What counts as slow, and what was.
#[derive(Debug)]
pub(crate) struct SlowQueries {
    /// In microseconds.
    from: AtomicU64,
    notes: Mutex<Notes>,
}

impl Default for SlowQueries {
    fn default() -> Self {
        let queries = Self { from: AtomicU64::default(), notes: Mutex::default() };
        queries.set(Some(DEFAULT));
        queries
    }
}

impl SlowQueries {
    fn set(&self, from: Option<Duration>) {
        let micros = from.map_or(u64::MAX, |from| u64::try_from(from.as_micros()).unwrap_or(u64::MAX));
        self.from.store(micros, Ordering::Relaxed);
    }

    fn from(&self) -> Option<Duration> {
        let micros = self.from.load(Ordering::Relaxed);
        (micros < u64::MAX).then(|| Duration::from_micros(micros))
    }

    fn note(&self, tenant: TenantId, kind: Kind, tally: Tally) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let kinds = notes.entry(tenant).or_default();
        let has_room = kinds.len() < MAX_KINDS;
        match kinds.entry(kind) {
            Entry::Occupied(mut known) => known.get_mut().add(&tally),
            Entry::Vacant(new) if has_room => drop(new.insert(tally)),
            Entry::Vacant(_) => {}
        }
    }

    /// Takes what was noted, by tenant.
    pub(super) fn take(&self) -> Notes {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes back what was not written.
    pub(super) fn put_back(&self, tenant: TenantId, kinds: impl IntoIterator<Item = (Kind, Tally)>) {
        for (kind, tally) in kinds {
            self.note(tenant, kind, tally);
        }
    }

    /// What was noted of a tenant and is not written yet.
    pub(super) fn of(&self, tenant: TenantId) -> HashMap<Kind, Tally> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.get(&tenant).cloned().unwrap_or_default()
    }
}

/// What a statement is run for. It costs nothing until that took too long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) operation: Operation,
    pub(crate) collection: CollectionId,
    pub(crate) filter: Option<&'a str>,
    pub(crate) sort: Option<&'a str>,
    /// Of a place or a vector that is sought: its field, and then what is private.
    pub(crate) nearest: Option<&'a str>,
    /// Whether words are searched for.
    pub(crate) search: bool,
    pub(crate) ruled: bool,
}

impl<'a> Asked<'a> {
    pub(crate) const fn new(operation: Operation, collection: CollectionId) -> Self {
        Self { operation, collection, filter: None, sort: None, nearest: None, search: false, ruled: false }
    }

    pub(crate) const fn filtered(self, filter: Option<&'a str>) -> Self {
        Self { filter, ..self }
    }

    fn kind(&self) -> Kind {
        let field = |text: &str| format!("nearest {}", text.split(':').next().unwrap_or_default());
        let orders = [
            self.search.then(|| "search".to_owned()),
            self.nearest.map(field),
            self.sort.filter(|sort| !sort.is_empty()).map(str::to_owned),
        ];
        let order = orders.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Kind {
            collection: self.collection.to_string(),
            operation: self.operation,
            filter: self.filter.filter(|filter| !filter.trim().is_empty()).map(expr::without_constants),
            order: Some(order).filter(|order| !order.is_empty()),
            ruled: self.ruled,
        }
    }
}

impl Platform {
    /// From how long on a query counts as slow; none does where that is `None`. A tenant's own setting goes before.
    pub fn set_slow_query(&self, from: Option<Duration>) {
        self.slow_queries().set(from);
    }
}

impl TenantScope {
    /// Passes on what was done, and notes it if that took too long.
    pub(crate) fn timed<T, E: OfStore>(
        &self,
        asked: &Asked<'_>,
        done: Result<(T, Duration), E>,
    ) -> Result<T, E> {
        let own = self.tenant().settings().slow_query_ms.map(|millis| Duration::from_millis(millis.into()));
        let Some(from) = own.or_else(|| self.platform().slow_queries().from()) else {
            return done.map(|(done, _)| done);
        };
        match &done {
            Ok((_, spent)) if *spent >= from => self.note_slow(asked, Some(*spent)),
            Err(error) if matches!(error.store(), Some(StoreError::Timeout)) => self.note_slow(asked, None),
            _ => {}
        }
        done.map(|(done, _)| done)
    }

    /// Notes a query that took so long, or was given up.
    fn note_slow(&self, asked: &Asked<'_>, spent: Option<Duration>) {
        let micros = spent.map_or(0, |spent| i64::try_from(spent.as_micros()).unwrap_or(i64::MAX));
        let tally = Tally {
            calls: i64::from(spent.is_some()),
            timeouts: i64::from(spent.is_none()),
            total_micros: micros,
            max_micros: micros,
            last_at: self.platform().now(),
            request: self.request().as_str().to_owned(),
        };
        self.platform().slow_queries().note(self.tenant().id(), asked.kind(), tally);
    }
}
