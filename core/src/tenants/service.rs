//! What operators do with tenants.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, UpdateMany,
};

use super::model::{NewTenant, Settings, Slug, Tenant, TenantPatch, TenantStatus};
use crate::access::{OperatorScope, TenantScope};
use crate::engine::Undo;
use crate::idempotency::{KeyReused, Once, Outcome};
use crate::ids::TenantId;
use crate::platform::see_through;
use crate::rng::RandomnessUnavailable;
use crate::store::entities::tenants::{self, Column, Entity};
use crate::store::{Dialect, Place, StoreError, Tx};
use crate::version::{Precondition, PreconditionFailed};

/// How long a deleted tenant can be had back: a week.
pub const DELETION_GRACE_SECONDS: i64 = 7 * 24 * 3600;

/// What can come of an operator's wish.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    NotFound,
    /// Another tenant has the slug.
    #[error("another tenant has the slug `{0}` already")]
    SlugTaken(Slug),
    /// The tenant is deleted; it has to be restored first.
    #[error("the tenant is deleted; restore it first")]
    Deleted,
    /// The tenant is not the one that the client has seen.
    #[error("the tenant has changed since it was read")]
    PreconditionFailed(#[from] PreconditionFailed),
    /// The idempotency key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One page of tenants, oldest first.
#[derive(Debug, Clone)]
pub struct TenantPage {
    /// The tenants.
    pub items: Vec<Tenant>,
    /// The last one's id, where more follow.
    pub next: Option<TenantId>,
}

impl OperatorScope {
    /// Makes a tenant. Its database comes with the first request that needs it.
    pub async fn create_tenant(
        &self,
        new: NewTenant,
        once: Option<Once<Tenant>>,
    ) -> Result<Outcome<Tenant>, TenantError> {
        let platform = self.platform();
        let now = platform.now();
        let tenant = Tenant {
            id: TenantId::generate(platform.clock(), platform.rng())?,
            slug: new.slug,
            name: new.name,
            settings: new.settings,
            status: TenantStatus::Active,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let row = row(&tenant, platform.store().placement())?;
        let taken = tenant.slug.clone();
        let made = platform
            .store()
            .write(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    if let Some(once) = &once
                        && let Some(body) = once.key.take::<TenantError>(tx, Place::Control, now).await?
                    {
                        return Ok::<_, TenantError>(Outcome::Replayed(body));
                    }
                    tx.insert(row).await?;
                    if let Some(once) = once {
                        once.key.keep(tx, Place::Control, (once.render)(&tenant)).await?;
                    }
                    Ok(Outcome::Fresh(tenant))
                }
                .boxed()
            })
            .await;
        made.map_err(|error| slug_taken(error, Some(&taken)))
    }

    /// The tenant of that id or slug, deleted ones too.
    pub async fn tenant(&self, named: &str) -> Result<Tenant, TenantError> {
        let id = self.tenant_id(named).await?;
        self.read_tenant(id).await
    }

    /// A page of at most `limit` tenants that follow `after`, deleted ones too.
    pub async fn tenants(&self, after: Option<TenantId>, limit: u64) -> Result<TenantPage, TenantError> {
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let mut select = Entity::find().order_by_asc(Column::Id).limit(limit + 1);
                    if let Some(after) = after {
                        select = select.filter(Column::Id.gt(after.as_uuid()));
                    }
                    tx.all(select).await
                }
                .boxed()
            })
            .await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        let items =
            rows.into_iter().take(limit).map(Tenant::try_from).collect::<Result<Vec<_>, StoreError>>()?;
        let next = items.last().filter(|_| more).map(|tenant| tenant.id);
        Ok(TenantPage { items, next })
    }

    /// Renames a tenant or changes its settings.
    pub async fn update_tenant(
        &self,
        named: &str,
        patch: TenantPatch,
        precondition: Precondition,
    ) -> Result<Tenant, TenantError> {
        let mut update = Entity::update_many();
        let taken = patch.slug.clone();
        if let Some(slug) = patch.slug {
            update = update.col_expr(Column::Slug, String::from(slug).into());
        }
        if let Some(name) = patch.name {
            update = update.col_expr(Column::Name, name.into());
        }
        if let Some(settings) = patch.settings {
            update = update.col_expr(Column::Settings, json(&settings)?.into());
        }
        let update = update.filter(Column::DeleteAfter.is_null());
        let changed = self.change(named, update, precondition).await;
        changed.map_err(|error| slug_taken(error, taken.as_ref()))
    }

    /// Stops a tenant: its keys are refused, its data stays. Doing it again changes nothing.
    pub async fn suspend_tenant(&self, named: &str) -> Result<Tenant, TenantError> {
        let since = Expr::col(Column::SuspendedAt).if_null(self.platform().now().as_micros());
        let update = Entity::update_many().col_expr(Column::SuspendedAt, since);
        self.change(named, update.filter(Column::DeleteAfter.is_null()), Precondition::None).await
    }

    /// Lets a suspended tenant go on.
    pub async fn resume_tenant(&self, named: &str) -> Result<Tenant, TenantError> {
        let update = Entity::update_many().col_expr(Column::SuspendedAt, Expr::value(None::<i64>));
        self.change(named, update.filter(Column::DeleteAfter.is_null()), Precondition::None).await
    }

    /// Deletes a tenant: it is refused from now on, and its data goes after [`DELETION_GRACE_SECONDS`].
    pub async fn delete_tenant(
        &self,
        named: &str,
        precondition: Precondition,
    ) -> Result<Tenant, TenantError> {
        let after = self.platform().now().plus_seconds(DELETION_GRACE_SECONDS).as_micros();
        let update = Entity::update_many()
            .col_expr(Column::DeleteAfter, Expr::col(Column::DeleteAfter).if_null(after))
            .col_expr(Column::NextDueAt, Expr::col(Column::DeleteAfter).if_null(after));
        self.change(named, update, precondition).await
    }

    /// Takes a deletion back while its grace lasts. After that the data may be half gone, so there is no such tenant
    /// any more.
    pub async fn restore_tenant(&self, named: &str) -> Result<Tenant, TenantError> {
        let now = self.platform().now().as_micros();
        let update = Entity::update_many()
            .col_expr(Column::DeleteAfter, Expr::value(None::<i64>))
            .col_expr(Column::NextDueAt, now.into())
            .filter(Column::DeleteAfter.is_null().or(Column::DeleteAfter.gt(now)));
        self.change(named, update, Precondition::None).await.map_err(|error| match error {
            TenantError::Deleted => TenantError::NotFound,
            error => error,
        })
    }

    /// A scope inside a tenant, for work on its keys and collections; a suspended one too.
    pub async fn enter(&self, named: &str) -> Result<TenantScope, TenantError> {
        let id = self.tenant_id(named).await?;
        let state = self.platform().tenant_state(id).await?.ok_or(TenantError::NotFound)?;
        if matches!(state.status(), TenantStatus::Deleting { .. }) {
            return Err(TenantError::Deleted);
        }
        Ok(TenantScope::new(
            self.platform().clone(),
            state,
            self.actor().clone(),
            self.request().clone().into(),
        ))
    }

    async fn tenant_id(&self, named: &str) -> Result<TenantId, TenantError> {
        self.platform().find_tenant(named).await?.ok_or(TenantError::NotFound)
    }

    async fn read_tenant(&self, id: TenantId) -> Result<Tenant, TenantError> {
        self.platform()
            .store()
            .read(Place::Control, move |tx| async move { find(tx, id).await }.boxed())
            .await
    }

    /// Runs an update whose condition the tenant has to meet; one that is there and does not is deleted.
    async fn change(
        &self,
        named: &str,
        update: UpdateMany<Entity>,
        precondition: Precondition,
    ) -> Result<Tenant, TenantError> {
        let id = self.tenant_id(named).await?;
        let now = self.platform().now().as_micros();
        let update = update
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::ChangedAt, now.into())
            .col_expr(Column::UpdatedAt, now.into())
            .filter(Column::Id.eq(id.as_uuid()));
        let platform = self.platform().clone();
        see_through(async move {
            let changed = platform
                .store()
                .write(Place::Control, Undo::Savepoint, move |tx| {
                    async move {
                        if precondition != Precondition::None {
                            precondition.check(Some(find_locked(tx, id).await?.etag()))?;
                        }
                        let changed = tx.update(update).await?;
                        let tenant = find(tx, id).await?;
                        if changed == 0 { Err(TenantError::Deleted) } else { Ok(tenant) }
                    }
                    .boxed()
                })
                .await;
            platform.forget_tenant(id).await;
            changed
        })
        .await
    }
}

async fn find(tx: &mut Tx<'_>, id: TenantId) -> Result<Tenant, TenantError> {
    let found = tx.find(Entity::find_by_id(id.as_uuid())).await?;
    Ok(found.ok_or(TenantError::NotFound)?.try_into()?)
}

/// The same, held against other writers.
async fn find_locked(tx: &mut Tx<'_>, id: TenantId) -> Result<Tenant, TenantError> {
    let mut select = Entity::find_by_id(id.as_uuid());
    if tx.dialect() != Dialect::Sqlite {
        select = select.lock_exclusive();
    }
    Ok(tx.find(select).await?.ok_or(TenantError::NotFound)?.try_into()?)
}

fn slug_taken(error: TenantError, slug: Option<&Slug>) -> TenantError {
    match (error, slug) {
        (TenantError::Store(StoreError::Unique { .. }), Some(slug)) => TenantError::SlugTaken(slug.clone()),
        (error, _) => error,
    }
}

fn row(tenant: &Tenant, placement: &str) -> Result<tenants::ActiveModel, StoreError> {
    Ok(tenants::ActiveModel {
        id: Set(tenant.id.as_uuid()),
        slug: Set(tenant.slug.as_str().to_owned()),
        name: Set(tenant.name.clone()),
        placement: Set(placement.to_owned()),
        settings: Set(json(&tenant.settings)?),
        version: Set(tenant.version),
        changed_at: Set(tenant.created_at.as_micros()),
        next_due_at: Set(None),
        suspended_at: Set(None),
        delete_after: Set(None),
        created_at: Set(tenant.created_at.as_micros()),
        updated_at: Set(tenant.updated_at.as_micros()),
    })
}

fn json(settings: &Settings) -> Result<String, StoreError> {
    serde_json::to_string(settings).map_err(|error| StoreError::Fault(error.into()))
}
