//! The end of what has been kept long enough, of the change log and of the audit log.
//!
//! The control database says when a tenant is to be looked at next: a day after its schema changed, and then when the
//! oldest entry of its logs is due. Nothing that is written meanwhile is due before that, so that writes need say
//! nothing, and a tenant that has no collections is never looked at. A look takes a tenant's time first, which keeps
//! others away and is when it is looked at again if this one fails; when it ends, the next time is written only if no
//! schema changed meanwhile.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use sea_query::Value;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::collections::LEAST_SECONDS;
use crate::engine::Undo;
use crate::ids::TenantId;
use crate::platform::{Platform, Swept};
use crate::store::entities::schema_migrations;
use crate::store::entities::tenants::{Column, Entity, Model};
use crate::store::{Place, Sql, StoreError, Tx};
use crate::tenants::{TenantState, TenantStatus};

/// Tenants that one sweep looks at.
const TENANTS: u64 = 100;
/// Changes that one transaction removes.
const STEP: usize = 500;
/// Changes that one look at a tenant removes, about; the rest is for the next sweep.
const MOST: usize = 10_000;
/// How long a look may take, and how long one that failed is put off.
const LEASE_SECONDS: i64 = 10 * 60;
/// A tenant is not looked at more often, so that what is due in between goes together.
const PAUSE_SECONDS: i64 = 6 * 3600;
/// What the log can say of a change.
const OPERATIONS: [&str; 3] = ["create", "update", "delete"];

/// How long the changes of a collection are kept.
#[derive(Debug, Clone, Copy)]
struct Kept {
    collection: Uuid,
    seconds: i64,
    /// Whether the collection is no more, so that nothing follows.
    gone: bool,
}

impl Platform {
    /// Removes changes and entries of audit logs that have been kept long enough, and counts them. An error is one of the control database:
    /// without it nothing can be done for anybody.
    pub async fn prune_history(&self) -> Result<Swept<usize>, StoreError> {
        let until = self.now().as_micros();
        let due = self
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let due = Entity::find()
                        .filter(Column::NextDueAt.lte(until))
                        .filter(Column::DeleteAfter.is_null())
                        .order_by_asc(Column::NextDueAt)
                        .limit(TENANTS);
                    tx.all(due).await
                }
                .boxed()
            })
            .await?;
        let mut swept = Swept::default();
        for row in due {
            let (tenant, slug) = (TenantId::from_uuid(row.id), row.slug.clone());
            let Some(lease) = self.take(&row).await? else { continue };
            match self.prune(tenant).await {
                Ok((removed, next)) => {
                    swept.done += removed;
                    self.set_next(&lease, next).await?;
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(%tenant, slug, error, "a tenant's old changes could not be removed yet");
                    swept.failed += 1;
                }
            }
        }
        Ok(swept)
    }

    /// Takes a look at a tenant for this process; `None` where another has it, or it is not due any more.
    async fn take(&self, row: &Model) -> Result<Option<Model>, StoreError> {
        let until = self.now().plus_seconds(LEASE_SECONDS).as_micros();
        let (id, seen) = (row.id, row.next_due_at);
        let take = Entity::update_many()
            .col_expr(Column::NextDueAt, until.into())
            .filter(Column::Id.eq(id))
            .filter(Column::NextDueAt.eq(seen))
            .filter(Column::DeleteAfter.is_null());
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    if tx.update(take).await? == 0 {
                        return Ok(None);
                    }
                    tx.find(Entity::find_by_id(id)).await
                }
                .boxed()
            })
            .await
    }

    /// Says when the tenant is to be looked at next, unless that was said or a schema changed meanwhile.
    async fn set_next(&self, lease: &Model, next: Option<Timestamp>) -> Result<(), StoreError> {
        let next = Entity::update_many()
            .col_expr(Column::NextDueAt, Expr::value(next.map(Timestamp::as_micros)))
            .filter(Column::Id.eq(lease.id))
            .filter(Column::NextDueAt.eq(lease.next_due_at))
            .filter(Column::Version.eq(lease.version))
            .filter(Column::DeleteAfter.is_null());
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.update(next).await.map(drop) }.boxed()
            })
            .await
    }

    /// Removes what is due of a tenant's log, as far as one look goes. Says how much it was, and when more is.
    async fn prune(&self, tenant: TenantId) -> Result<(usize, Option<Timestamp>), StoreError> {
        let now = self.now();
        let (mut removed, mut next) = self.prune_audit(tenant, MOST).await?;
        if removed >= MOST {
            return Ok((removed, Some(now)));
        }
        for kept in self.kept(tenant).await? {
            let until = now.plus_seconds(-kept.seconds).as_micros();
            let mut oldest = self.oldest(tenant, kept.collection).await?;
            for (operation, oldest) in OPERATIONS.into_iter().zip(&mut oldest) {
                while oldest.is_some_and(|oldest| oldest <= until) {
                    if removed >= MOST {
                        return Ok((removed, Some(now)));
                    }
                    let (step, first) = self.step(tenant, kept.collection, operation, until).await?;
                    removed += step;
                    *oldest = first;
                }
            }
            let first = oldest.into_iter().flatten().min().and_then(Timestamp::from_micros);
            let due = first.or((!kept.gone).then_some(now)).map(|first| first.plus_seconds(kept.seconds));
            next = next.into_iter().chain(due).min();
        }
        Ok((removed, next.map(|next| next.max(now.plus_seconds(PAUSE_SECONDS)))))
    }

    /// How long changes are kept, of each collection whose changes are not kept for ever. Those of a collection that is
    /// gone have no reader left but those who are late.
    async fn kept(&self, tenant: TenantId) -> Result<Vec<Kept>, StoreError> {
        let state = self.load_tenant(tenant).await?;
        // A file is not made anew for a tenant that has gone meanwhile, or is about to.
        let is_there = |state: &Arc<TenantState>| !matches!(state.status(), TenantStatus::Deleting { .. });
        let Some(state) = state.filter(is_there) else { return Ok(Vec::new()) };
        let gone = self
            .store()
            .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
                async move {
                    use schema_migrations::{Column, Entity};
                    let gone = Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()));
                    tx.all(gone.filter(Column::AfterDefinition.is_null())).await
                }
                .boxed()
            })
            .await?;
        let there: HashSet<_> = state.collections().map(|collection| collection.id().as_uuid()).collect();
        let gone = gone.into_iter().map(|row| row.collection_id).filter(|id| !there.contains(id));
        let gone = gone.map(|collection| Kept { collection, seconds: LEAST_SECONDS, gone: true });
        let own = state.collections().filter_map(|collection| {
            let seconds = collection.definition().history.seconds()?;
            Some(Kept { collection: collection.id().as_uuid(), seconds, gone: false })
        });
        Ok(own.chain(gone).collect())
    }

    /// Removes some changes of one kind that are due, and counts them. Gives the time of the first that is left.
    async fn step(
        &self,
        tenant: TenantId,
        collection: Uuid,
        operation: &'static str,
        until: i64,
    ) -> Result<(usize, Option<i64>), StoreError> {
        self.store()
            .write::<_, StoreError, _>(Place::Tenant(tenant), Undo::Savepoint, move |tx| {
                async move {
                    let text = format!(
                        "SELECT seq FROM changes WHERE tenant_id = ? AND collection_id = ? AND operation = ? AND \
                         at <= ? ORDER BY at LIMIT {STEP}"
                    );
                    let own = Value::from(tenant.as_uuid());
                    let values = vec![own.clone(), collection.into(), operation.into(), until.into()];
                    let due = Sql::new(tx.dialect().placeholders(&text), values);
                    let due: Vec<_> = tx.query(&due, |row| row.int(0)).await?.into_iter().flatten().collect();
                    if !due.is_empty() {
                        let marks = vec!["?"; due.len()].join(", ");
                        let text = format!("DELETE FROM changes WHERE tenant_id = ? AND seq IN ({marks})");
                        let values = std::iter::once(own).chain(due.iter().map(|seq| Value::from(*seq)));
                        tx.execute(&Sql::new(tx.dialect().placeholders(&text), values.collect())).await?;
                    }
                    Ok((due.len(), first_of(tx, tenant, collection, operation).await?))
                }
                .boxed()
            })
            .await
    }

    /// The time of the oldest change of a collection, of each kind.
    async fn oldest(&self, tenant: TenantId, collection: Uuid) -> Result<[Option<i64>; 3], StoreError> {
        self.store()
            .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
                async move {
                    let mut oldest = [None; 3];
                    for (operation, oldest) in OPERATIONS.into_iter().zip(&mut oldest) {
                        *oldest = first_of(tx, tenant, collection, operation).await?;
                    }
                    Ok(oldest)
                }
                .boxed()
            })
            .await
    }
}

async fn first_of(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    collection: Uuid,
    operation: &str,
) -> Result<Option<i64>, StoreError> {
    let text = "SELECT MIN(at) FROM changes WHERE tenant_id = ? AND collection_id = ? AND operation = ?";
    let values = vec![tenant.as_uuid().into(), collection.into(), operation.into()];
    let first = tx.query(&Sql::new(tx.dialect().placeholders(text), values), |row| row.int(0)).await?;
    Ok(first.into_iter().flatten().next())
}
