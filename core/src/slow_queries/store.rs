//! Slow queries in the tenant's database.

use std::collections::{BTreeMap, HashMap};

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::model::{Kind, SlowQuery, SlowQueryCursor, SlowQueryPage, Tally, digest};
use crate::access::{Permit, RecordsRead, TenantScope};
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::TenantId;
use crate::platform::{Platform, Swept};
use crate::store::entities::slow_queries::{ActiveModel, Column, Entity, Model};
use crate::store::{Place, StoreError, Tx};
use crate::tenants::TenantStatus;

/// Kinds of slow queries that are kept of a tenant: those that were met last.
pub const MAX_KINDS: usize = 1_000;

impl TenantScope {
    /// A page of at most `limit` kinds of slow queries, those that took the most time in all first. Only for those who
    /// may read all records: it tells of what others ask for.
    pub async fn slow_queries(
        &self,
        _: &Permit<RecordsRead>,
        after: Option<&SlowQueryCursor>,
        limit: u64,
    ) -> Result<SlowQueryPage, StoreError> {
        let tenant = self.tenant().id();
        // What is noted here counts once: before the rows are read, for meanwhile it may be written.
        let noted = self.platform().slow_queries().of(tenant);
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move { tx.all(Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))).await }
                    .boxed()
            })
            .await?;
        let mut all = self.merged(rows, noted)?;
        all.sort_by(|one, other| {
            other.total_micros.cmp(&one.total_micros).then_with(|| one.id.cmp(&other.id))
        });
        all.retain(|query| after.is_none_or(|after| after.is_before(query)));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = all.len() > limit;
        all.truncate(limit);
        let next = all.last().filter(|_| more).map(SlowQueryCursor::of);
        Ok(SlowQueryPage { items: all, next })
    }

    fn merged(&self, rows: Vec<Model>, noted: HashMap<Kind, Tally>) -> Result<Vec<SlowQuery>, StoreError> {
        let mut all: BTreeMap<String, Tally> = BTreeMap::new();
        for row in rows {
            let tally = Tally {
                calls: row.calls,
                timeouts: row.timeouts,
                total_micros: row.total_micros,
                max_micros: row.max_micros,
                last_at: Timestamp::from_micros(row.last_at).unwrap_or(Timestamp::MIN),
                request: row.request_id,
            };
            all.insert(row.kind, tally);
        }
        for (kind, tally) in noted {
            all.entry(kind.text()?).and_modify(|known| known.add(&tally)).or_insert(tally);
        }
        all.into_iter().map(|(text, tally)| self.slow_query(&text, tally)).collect()
    }

    fn slow_query(&self, text: &str, tally: Tally) -> Result<SlowQuery, StoreError> {
        let kind: Kind = serde_json::from_str(text).map_err(|error| StoreError::Fault(error.into()))?;
        let named = self.tenant().find_collection(&kind.collection).map(|found| found.name().to_owned());
        let short = digest(text).iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Ok(SlowQuery {
            id: format!("{short:016x}"),
            collection: named.unwrap_or(kind.collection),
            operation: kind.operation,
            filter: kind.filter,
            order: kind.order,
            ruled: kind.ruled,
            calls: tally.calls,
            timeouts: tally.timeouts,
            total_micros: tally.total_micros,
            max_micros: tally.max_micros,
            last_at: tally.last_at,
            request: tally.request,
        })
    }
}

impl Platform {
    /// Writes which queries were slow, one transaction for each tenant that had any, and counts the kinds.
    pub async fn flush_slow_queries(&self) -> Swept<usize> {
        let mut swept = Swept::default();
        for (tenant, kinds) in self.slow_queries().take() {
            match self.write_slow_queries(tenant, &kinds).await {
                Ok(written) => swept.done += written,
                Err(error) => {
                    swept.failed += 1;
                    self.slow_queries().put_back(tenant, kinds);
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(%tenant, error, "which queries were slow was not written yet");
                }
            }
        }
        swept
    }

    async fn write_slow_queries(
        &self,
        tenant: TenantId,
        kinds: &HashMap<Kind, Tally>,
    ) -> Result<usize, StoreError> {
        // A file is not made anew for a tenant that has gone meanwhile, or is about to.
        let state = self.tenant_state(tenant).await?;
        if state.is_none_or(|state| matches!(state.status(), TenantStatus::Deleting { .. })) {
            return Ok(0);
        }
        // In one order, so that two processes do not wait for each other.
        let mut texts = BTreeMap::new();
        for (kind, tally) in kinds {
            texts.insert(kind.text()?, tally.clone());
        }
        let written = texts.len();
        self.store()
            .write::<_, StoreError, _>(Place::Tenant(tenant), Undo::Savepoint, move |tx| {
                async move {
                    for (text, tally) in texts {
                        write_one(tx, tenant.as_uuid(), text, tally).await?;
                    }
                    trim(tx, tenant.as_uuid()).await?;
                    Ok(written)
                }
                .boxed()
            })
            .await
    }
}

async fn write_one(tx: &mut Tx<'_>, tenant: Uuid, text: String, tally: Tally) -> Result<(), StoreError> {
    let name = digest(&text);
    let own =
        || Entity::update_many().filter(Column::TenantId.eq(tenant)).filter(Column::Digest.eq(name.clone()));
    let (max, at) = (tally.max_micros, tally.last_at.as_micros());
    let longest = own().col_expr(Column::MaxMicros, max.into()).filter(Column::MaxMicros.lt(max));
    let latest = own()
        .col_expr(Column::LastAt, at.into())
        .col_expr(Column::RequestId, tally.request.clone().into())
        .filter(Column::LastAt.lte(at));
    let sums = own()
        .col_expr(Column::Calls, Expr::col(Column::Calls).add(tally.calls))
        .col_expr(Column::Timeouts, Expr::col(Column::Timeouts).add(tally.timeouts))
        .col_expr(Column::TotalMicros, Expr::col(Column::TotalMicros).add(tally.total_micros));
    if tx.update(sums).await? == 0 {
        let row = ActiveModel {
            tenant_id: Set(tenant),
            digest: Set(name),
            kind: Set(text),
            calls: Set(tally.calls),
            timeouts: Set(tally.timeouts),
            total_micros: Set(tally.total_micros),
            max_micros: Set(max),
            last_at: Set(at),
            request_id: Set(tally.request),
        };
        return tx.insert(row).await;
    }
    tx.update(longest).await?;
    tx.update(latest).await.map(drop)
}

/// Lets go of those that were met longest ago.
async fn trim(tx: &mut Tx<'_>, tenant: Uuid) -> Result<(), StoreError> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant));
    let latest = own.order_by_desc(Column::LastAt).order_by_asc(Column::Digest);
    let first = tx.find(latest.offset(MAX_KINDS as u64).limit(1)).await?;
    let Some(Model { last_at, digest, .. }) = first else { return Ok(()) };
    let further = Column::LastAt.eq(last_at).and(Column::Digest.gte(digest));
    let old = Entity::delete_many().filter(Column::TenantId.eq(tenant));
    tx.delete(old.filter(Column::LastAt.lt(last_at).or(further))).await.map(drop)
}
