//! When a key or token was last used: noted in memory, to the minute, and written by the background worker.
//! What was noted since the last write is lost with a crash.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::Platform;
use super::authenticate::Principal;
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialDigest};
use crate::engine::Undo;
use crate::ids::{KeyId, TenantId, TokenId};
use crate::store::entities::{access_tokens, api_keys};
use crate::store::{Place, StoreError};
use crate::tenants::TenantStatus;

const PRECISION_MICROS: i64 = 60 * 1_000_000;

/// A row that notes its last use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    Token(TokenId),
    Key(TenantId, KeyId),
}

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

    fn take(&self) -> Vec<(Used, Timestamp)> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        noted.into_values().collect()
    }
}

const fn is_there(status: TenantStatus) -> bool {
    match status {
        TenantStatus::Active | TenantStatus::Suspended => true,
        TenantStatus::Deleting { .. } => false,
    }
}

impl Platform {
    /// Writes what has been noted, one transaction for each database concerned.
    pub async fn flush_usage(&self) -> Result<usize, StoreError> {
        let mut places: HashMap<Place, Vec<(Used, Timestamp)>> = HashMap::new();
        for (used, at) in self.0.usage.take() {
            let place = match used {
                Used::Token(_) => Place::Control,
                Used::Key(tenant, _) => Place::Tenant(tenant),
            };
            places.entry(place).or_default().push((used, at));
        }
        let mut written = 0;
        for (place, uses) in places {
            // A file is not made anew for a tenant that has gone meanwhile, or is about to.
            if let Place::Tenant(tenant) = place
                && !self.tenant_state(tenant).await?.is_some_and(|state| is_there(state.status()))
            {
                continue;
            }
            written += uses.len();
            self.store()
                .write::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
                    async move {
                        for (used, at) in uses {
                            let at = at.as_micros();
                            match used {
                                Used::Token(id) => {
                                    use access_tokens::{Column, Entity};
                                    let update = Entity::update_many()
                                        .col_expr(Column::LastUsedAt, at.into())
                                        .filter(Column::Id.eq(id.as_uuid()));
                                    tx.update(update).await?;
                                }
                                Used::Key(tenant, id) => {
                                    use api_keys::{Column, Entity};
                                    let update = Entity::update_many()
                                        .col_expr(Column::LastUsedAt, at.into())
                                        .filter(Column::TenantId.eq(tenant.as_uuid()))
                                        .filter(Column::Id.eq(id.as_uuid()));
                                    tx.update(update).await?;
                                }
                            }
                        }
                        Ok(())
                    }
                    .boxed()
                })
                .await?;
        }
        Ok(written)
    }
}
