//! The end of a deleted tenant: its data goes when its days of grace are over.
//!
//! The tenant's row goes last, so that an interrupted purge is taken up again. One that fails is put off, so that it
//! does not stand before the others each time.

use futures_util::FutureExt as _;
use neonex_migrations::Scope;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use crate::collections::{Definition, link_tables, table_name};
use crate::engine::Undo;
use crate::ids::{CollectionId, TenantId};
use crate::platform::{Platform, Swept};
use crate::store::entities::tenants::{Column, Entity};
use crate::store::entities::{api_key_index, mail_due};
use crate::store::{Place, Sql, Store, StoreError};

/// Tenants purged in one go.
const BATCH: u64 = 20;
/// How long a purge that failed is put off.
const RETRY_SECONDS: i64 = 10 * 60;

impl Platform {
    /// Removes tenants whose grace is over, and names them. An error is one of the control database: without it
    /// nothing can be done for anybody.
    pub async fn purge_tenants(&self) -> Result<Swept<Vec<TenantId>>, StoreError> {
        let now = self.now();
        let until = now.as_micros();
        let due = self
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let over = Entity::find()
                        .filter(Column::NextDueAt.lte(until))
                        .filter(Column::DeleteAfter.lte(until))
                        .order_by_asc(Column::NextDueAt)
                        .limit(BATCH);
                    tx.all(over).await
                }
                .boxed()
            })
            .await?;
        let mut swept: Swept<Vec<TenantId>> = Swept::default();
        for row in due {
            let (tenant, slug) = (TenantId::from_uuid(row.id), row.slug);
            match self.purge(tenant, until).await {
                Ok(()) => {
                    tracing::info!(%tenant, slug, "a deleted tenant's data has been removed");
                    swept.done.push(tenant);
                }
                Err(error) => {
                    tracing::warn!(
                        %tenant,
                        slug,
                        error = &error as &dyn std::error::Error,
                        "a deleted tenant's data could not be removed yet"
                    );
                    swept.failed += 1;
                    self.put_off_purge(tenant, now.plus_seconds(RETRY_SECONDS).as_micros()).await?;
                }
            }
        }
        Ok(swept)
    }

    async fn put_off_purge(&self, tenant: TenantId, until: i64) -> Result<(), StoreError> {
        let later = Entity::update_many()
            .col_expr(Column::NextDueAt, until.into())
            .filter(Column::Id.eq(tenant.as_uuid()))
            .filter(Column::DeleteAfter.is_not_null());
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.update(later).await.map(drop) }.boxed()
            })
            .await
    }

    /// The tenant was refused since its deletion began, so nobody works in its data. A restore that comes in between
    /// finds the keys gone: it is too late then.
    async fn purge(&self, tenant: TenantId, now: i64) -> Result<(), StoreError> {
        if self.store().is_embedded() {
            self.store().remove_file(tenant).await?;
        } else {
            drop_shared(self.store(), tenant).await?;
        }
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    use api_key_index::Column as IndexColumn;
                    let keys = api_key_index::Entity::delete_many();
                    tx.delete(keys.filter(IndexColumn::TenantId.eq(tenant.as_uuid()))).await?;
                    tx.delete(mail_due::Entity::delete_by_id(tenant.as_uuid())).await?;
                    crate::members::forget(tx, tenant).await?;
                    let row = Entity::delete_many().filter(Column::Id.eq(tenant.as_uuid()));
                    tx.delete(row.filter(Column::DeleteAfter.lte(now))).await.map(drop)
                }
                .boxed()
            })
            .await?;
        self.forget_tenant(tenant).await;
        Ok(())
    }
}

/// A server's tables are shared: the tenant's own tables are dropped, its rows deleted from the others. A table whose
/// making was interrupted has no collection yet, but a place in the history.
async fn drop_shared(store: &Store, tenant: TenantId) -> Result<(), StoreError> {
    let place = Place::Tenant(tenant);
    store
        .write::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
            async move {
                let made = "SELECT id, definition FROM collections WHERE tenant_id = ? \
                            UNION ALL SELECT collection_id, after_definition FROM schema_migrations \
                            WHERE tenant_id = ? AND finished_at IS NULL";
                let values = vec![tenant.as_uuid().into(), tenant.as_uuid().into()];
                let made = Sql::new(tx.dialect().placeholders(made), values);
                let made = tx.query(&made, |row| Ok((row.uuid(0)?, row.text(1)?))).await?;
                for (id, definition) in made {
                    for table in tables(id, definition)? {
                        tx.define(&[format!("DROP TABLE IF EXISTS {table}")]).await?;
                    }
                }
                for migration in Scope::Tenant.migrations() {
                    for table in migration.tables {
                        let delete = format!("DELETE FROM {table} WHERE tenant_id = ?");
                        let values = vec![tenant.as_uuid().into()];
                        tx.execute(&Sql::new(tx.dialect().placeholders(&delete), values)).await?;
                    }
                }
                Ok(())
            }
            .boxed()
        })
        .await
}

/// The tables of a collection.
fn tables(collection: Option<Uuid>, definition: Option<String>) -> Result<Vec<String>, StoreError> {
    let Some(id) = collection else { return Ok(Vec::new()) };
    let definition = definition.map(|text| serde_json::from_str::<Definition>(&text)).transpose();
    let definition = definition.map_err(|error| StoreError::Fault(error.into()))?;
    let links = definition.map(|definition| link_tables(CollectionId::from_uuid(id), &definition));
    Ok(links.unwrap_or_default().into_iter().chain([table_name(id)]).collect())
}
