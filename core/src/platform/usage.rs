//! When a key or token was last used: noted in memory, to the minute, and written by the background worker.
//! What was noted since the last write is lost with a crash, and with nothing else: what could not be written is
//! noted still.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::authenticate::Principal;
use super::{Platform, Swept};
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialDigest};
use crate::engine::Undo;
use crate::ids::{KeyId, TenantId, TokenId};
use crate::store::entities::{access_tokens, api_keys};
use crate::store::{Place, StoreError, Tx};
use crate::tenants::TenantStatus;

const PRECISION_MICROS: i64 = 60 * 1_000_000;
/// Databases that may fail before the rest waits for the next turn: a server that is away would let each of them wait
/// in vain. The order is another one each time, so that no database stands behind these for ever.
const FAILURES: usize = 5;

/// A row that notes its last use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    Token(TokenId),
    Key(TenantId, KeyId),
}

/// A use of a credential.
type Note = (CredentialDigest, Used, Timestamp);

/// What is still to be written.
#[derive(Default)]
pub(super) struct Usage(Mutex<HashMap<CredentialDigest, (Used, Timestamp)>>);

impl Usage {
    /// Notes a use, unless one was noted less than a minute ago.
    pub(super) fn note(&self, credential: &Credential, principal: &Principal, now: Timestamp) {
        let last = principal.last_used_at.load(Ordering::Relaxed);
        let now_micros = now.as_micros();
        let cell = &principal.last_used_at;
        if now_micros.saturating_sub(last) < PRECISION_MICROS
            || cell.compare_exchange(last, now_micros, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        if let Some(used) = principal.used() {
            let digest = credential.digest();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, (used, now));
        }
    }

    /// What has been noted, by the database that it is for.
    fn take(&self) -> HashMap<Place, Vec<Note>> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut places: HashMap<Place, Vec<Note>> = HashMap::new();
        for (digest, (used, at)) in noted {
            let place = match used {
                Used::Token(_) => Place::Control,
                Used::Key(tenant, _) => Place::Tenant(tenant),
            };
            places.entry(place).or_default().push((digest, used, at));
        }
        places
    }

    /// Takes back what was not written. A use that was noted meanwhile is the later one.
    fn put_back(&self, notes: Vec<Note>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (digest, used, at) in notes {
            kept.entry(digest).or_insert((used, at));
        }
    }
}

const fn is_there(status: TenantStatus) -> bool {
    match status {
        TenantStatus::Active | TenantStatus::Suspended => true,
        TenantStatus::Deleting { .. } => false,
    }
}

impl Platform {
    /// Writes what has been noted, one transaction for each database concerned, and counts what it wrote.
    pub async fn flush_usage(&self) -> Swept<usize> {
        let mut swept = Swept::default();
        for (place, notes) in self.0.usage.take() {
            if swept.failed >= FAILURES {
                self.0.usage.put_back(notes);
                continue;
            }
            match self.write_usage(place, notes.clone()).await {
                Ok(written) => swept.done += written,
                Err(error) => {
                    swept.failed += 1;
                    self.0.usage.put_back(notes);
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(database = %place, error, "when keys were last used was not written yet");
                }
            }
        }
        swept
    }

    async fn write_usage(&self, place: Place, notes: Vec<Note>) -> Result<usize, StoreError> {
        // A file is not made anew for a tenant that has gone meanwhile, or is about to.
        if let Place::Tenant(tenant) = place
            && !self.tenant_state(tenant).await?.is_some_and(|state| is_there(state.status()))
        {
            return Ok(0);
        }
        let written = notes.len();
        self.store()
            .write::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
                async move {
                    for (_, used, at) in notes {
                        write_one(tx, used, at.as_micros()).await?;
                    }
                    Ok(written)
                }
                .boxed()
            })
            .await
    }
}

async fn write_one(tx: &mut Tx<'_>, used: Used, at: i64) -> Result<(), StoreError> {
    match used {
        Used::Token(id) => {
            use access_tokens::{Column, Entity};
            let update = Entity::update_many().col_expr(Column::LastUsedAt, at.into());
            tx.update(update.filter(Column::Id.eq(id.as_uuid()))).await.map(drop)
        }
        Used::Key(tenant, id) => {
            use api_keys::{Column, Entity};
            let update = Entity::update_many()
                .col_expr(Column::LastUsedAt, at.into())
                .filter(Column::TenantId.eq(tenant.as_uuid()))
                .filter(Column::Id.eq(id.as_uuid()));
            tx.update(update).await.map(drop)
        }
    }
}
