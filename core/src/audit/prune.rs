//! The end of what has been kept long enough. It goes with the look at a tenant that its history gets
//! (`records::history`), which is when the oldest of both is due. A tenant that never had a collection is not looked at: in
//! its log stands only what its keys and settings were.

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::log::first_id;
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::TenantId;
use crate::platform::Platform;
use crate::store::entities::audit_log::{Column, Entity};
use crate::store::{Place, StoreError};
use crate::tenants::TenantStatus;

/// Entries that one transaction removes.
const STEP: u64 = 500;

impl Platform {
    /// Removes entries of a tenant's audit log that have been kept long enough, about `most` of them. Says how many it
    /// were, and when more are due.
    pub(crate) async fn prune_audit(
        &self,
        tenant: TenantId,
        most: usize,
    ) -> Result<(usize, Option<Timestamp>), StoreError> {
        let (now, mut removed) = (self.now(), 0);
        let state = self.tenant_state(tenant).await?;
        // A file is not made anew for a tenant that has gone meanwhile, or is about to.
        let is_there = |status| !matches!(status, TenantStatus::Deleting { .. });
        let Some(state) = state.filter(|state| is_there(state.status())) else { return Ok((0, None)) };
        let kept = state.settings().audit;
        let Some(until) = kept.reaches_back_to(now) else { return Ok((0, None)) };
        loop {
            let (step, oldest) = self.remove_entries(tenant, until).await?;
            removed += step;
            let due = oldest.and_then(|oldest| kept.ends(oldest));
            if removed >= most || due.is_none_or(|due| due > now) || step == 0 {
                return Ok((removed, due));
            }
        }
    }

    /// Removes some entries that are not younger, and counts them. Gives the time of the oldest that is left.
    async fn remove_entries(
        &self,
        tenant: TenantId,
        until: Timestamp,
    ) -> Result<(usize, Option<Timestamp>), StoreError> {
        let own = Column::TenantId.eq(tenant.as_uuid());
        let oldest = Entity::find().filter(own.clone()).order_by_asc(Column::Id);
        // With what is due goes the rest of its second.
        let due = oldest.clone().filter(Column::Id.lt(first_id(until.plus_seconds(1)))).limit(STEP);
        self.store()
            .write::<_, StoreError, _>(Place::Tenant(tenant), Undo::Savepoint, move |tx| {
                async move {
                    let due: Vec<_> = tx.all(due).await?.into_iter().map(|row| row.id).collect();
                    let count = due.len();
                    if count > 0 {
                        tx.delete(Entity::delete_many().filter(own).filter(Column::Id.is_in(due))).await?;
                    }
                    let oldest = tx.find(oldest.limit(1)).await?;
                    Ok((count, oldest.and_then(|row| Timestamp::from_micros(row.at))))
                }
                .boxed()
            })
            .await
    }
}
