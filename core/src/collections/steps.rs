//! A change of a tenant's schema where DDL is not transactional (MariaDB): recorded as begun, carried out, recorded
//! as done, each of which is kept at once.
//!
//! All of it happens on one connection, which holds a lock of the tenant's name. The server takes the lock back when
//! the connection ends, so a change that is recorded as begun and whose lock is free was interrupted. Whoever next
//! loads the tenant finishes it (its statements can be run again), or takes it back where the records do not allow it.

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::{Deserialize, Serialize};

use super::history::Entry;
use super::rewrite::{Step, run};
use super::schema::{Change, Changed, Context, begin, finish, from_json};
use super::service::CollectionError;
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::{CollectionId, TenantId};
use crate::store::entities::schema_migrations::{Column, Entity, Model};
use crate::store::{Place, Sql, Store, StoreError, Tx};

/// How long one change waits for another of the same tenant.
const LOCK_SECONDS: i64 = 3;

/// What a change does, as it is recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Steps {
    pub(super) forward: Vec<Step>,
    /// What takes it back.
    pub(super) back: Vec<Step>,
    /// What the history tells of it when it is done. A change that was begun by a version without one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entry: Option<Entry>,
}

/// Makes a change.
pub(super) async fn change<D>(store: &Store, context: Context, decide: D) -> Result<Changed, CollectionError>
where
    D: FnOnce(Option<super::Definition>) -> Result<Change, CollectionError> + Send + 'static,
{
    store
        .write(Place::Tenant(context.tenant), Undo::Savepoint, move |tx| {
            async move {
                if !lock(tx, context.tenant, LOCK_SECONDS).await? {
                    return Err(CollectionError::UnderWay);
                }
                let changed = change_locked(tx, &context, decide).await;
                unlock(tx, context.tenant, changed.is_ok()).await?;
                changed
            }
            .boxed()
        })
        .await
}

async fn change_locked<D>(tx: &mut Tx<'_>, context: &Context, decide: D) -> Result<Changed, CollectionError>
where
    D: FnOnce(Option<super::Definition>) -> Result<Change, CollectionError> + Send,
{
    if let Some((key, _)) = &context.once
        && let Some(body) = key.answer::<CollectionError>(tx, Place::Tenant(context.tenant)).await?
    {
        return Ok(Changed::Replayed(body));
    }
    let change = begin(tx, context, decide).await?;
    carry_out(tx, context, &change).await?;
    Ok(Changed::Done(Box::new(change)))
}

/// Brings a change that is recorded as begun to its end: done, or taken back.
async fn carry_out(tx: &mut Tx<'_>, context: &Context, change: &Change) -> Result<(), CollectionError> {
    define(tx, "COMMIT").await?;
    if let Err(error) = run(tx, &change.steps.forward).await {
        define(tx, "UNLOCK TABLES").await?;
        run(tx, &change.steps.back).await?;
        let begun = Entity::delete_by_id((context.tenant.as_uuid(), context.migration));
        tx.delete(begun).await?;
        return Err(error);
    }
    define(tx, "START TRANSACTION").await?;
    finish(tx, context, change).await?;
    if let Some((key, body)) = &context.once {
        let place = Place::Tenant(context.tenant);
        if key.take::<CollectionError>(tx, place, context.now).await?.is_none() {
            key.keep(tx, place, body.clone()).await?;
        }
    }
    define(tx, "COMMIT").await?;
    Ok(())
}

/// Finishes changes that were interrupted. False where one is under way at this moment.
pub(super) async fn resume(store: &Store, tenant: TenantId, now: Timestamp) -> Result<bool, CollectionError> {
    let place = Place::Tenant(tenant);
    let begun = store
        .read::<_, StoreError, _>(place, move |tx| async move { unfinished(tx, tenant).await }.boxed())
        .await?;
    if begun.is_empty() {
        return Ok(true);
    }
    store
        .write(place, Undo::Savepoint, move |tx| {
            async move {
                if !lock(tx, tenant, 0).await? {
                    return Ok(false);
                }
                let done = finish_all(tx, tenant, now).await;
                unlock(tx, tenant, done.is_ok()).await?;
                done.map(|()| true)
            }
            .boxed()
        })
        .await
}

async fn finish_all(tx: &mut Tx<'_>, tenant: TenantId, now: Timestamp) -> Result<(), CollectionError> {
    for row in unfinished(tx, tenant).await? {
        let context = Context {
            tenant,
            collection: CollectionId::from_uuid(row.collection_id),
            migration: row.id,
            actor: row.actor,
            now,
            once: None,
        };
        let read = |text: Option<String>| text.map(|text| from_json(&text)).transpose();
        let change = Change {
            name: row.name,
            before: read(row.before_definition)?,
            after: read(row.after_definition)?,
            steps: from_json(&row.statements)?,
            fills: Vec::new(),
            demands: Vec::new(),
        };
        tracing::warn!(%tenant, change = change.name, "finishing a change of the schema that was interrupted");
        match carry_out(tx, &context, &change).await {
            Err(CollectionError::Records(reason)) => {
                tracing::warn!(%tenant, change = change.name, reason, "the change has been taken back");
            }
            carried_out => carried_out?,
        }
    }
    Ok(())
}

async fn unfinished(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Model>, StoreError> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()));
    tx.all(own.filter(Column::FinishedAt.is_null()).order_by_asc(Column::Id)).await
}

/// Takes the tenant's lock; false where it is not to be had in that time.
async fn lock(tx: &mut Tx<'_>, tenant: TenantId, seconds: i64) -> Result<bool, StoreError> {
    let sql = Sql::new(format!("SELECT GET_LOCK({}, ?)", lock_name(tenant)), vec![seconds.into()]);
    let taken = tx.query(&sql, |row| row.int(0)).await?;
    Ok(taken.first().copied().flatten() == Some(1))
}

/// Ends what is open, and only then lets the next one in.
async fn unlock(tx: &mut Tx<'_>, tenant: TenantId, keep: bool) -> Result<(), StoreError> {
    define(tx, if keep { "COMMIT" } else { "ROLLBACK" }).await?;
    define(tx, &format!("DO RELEASE_LOCK({})", lock_name(tenant))).await
}

/// Locks are the whole server's, so the database is a part of the name.
fn lock_name(tenant: TenantId) -> String {
    format!("MD5(CONCAT(DATABASE(), '{tenant}'))")
}

async fn define(tx: &mut Tx<'_>, statement: &str) -> Result<(), StoreError> {
    tx.define(&[statement.to_owned()]).await
}
