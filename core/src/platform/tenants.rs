//! Tenants' states: found by id or slug, loaded on first use, kept until they change.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{COHERENCE, Platform};
use crate::auth::TenantAuth;
use crate::clock::Timestamp;
use crate::collections::Collection;
use crate::ids::TenantId;
use crate::records::observed::Observed;
use crate::store::entities::tenants;
use crate::store::{MigrateError, Place, StoreError};
use crate::tenants::{Slug, Tenant, TenantState, TenantStatus};

impl Platform {
    /// The id of the tenant that a request names by id or slug. It may not exist.
    pub(crate) async fn find_tenant(&self, named: &str) -> Result<Option<TenantId>, StoreError> {
        if let Ok(id) = named.parse() {
            return Ok(Some(id));
        }
        if let Some(id) = self.0.slugs.get(named) {
            return Ok(Some(id));
        }
        // What is no slug is nobody's, and is not asked for: Postgres takes some of it for no text at all.
        let Ok(slug) = Slug::try_from(named.to_owned()) else { return Ok(None) };
        let forgotten = self.forgotten();
        let found = self
            .0
            .store
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    tx.find(tenants::Entity::find().filter(tenants::Column::Slug.eq(slug.as_str()))).await
                }
                .boxed()
            })
            .await?;
        let id = found.map(|row| TenantId::from_uuid(row.id));
        if let Some(id) = id {
            self.0.slugs.insert(named.to_owned(), id);
            if self.forgotten() != forgotten {
                self.0.slugs.invalidate(named);
            }
        }
        Ok(id)
    }

    /// A tenant's state, as fresh as [`COHERENCE`] asks for.
    pub(crate) async fn tenant_state(&self, id: TenantId) -> Result<Option<Arc<TenantState>>, StoreError> {
        let Some(known) = self.0.tenants.get(&id) else { return self.load_tenant(id).await };
        if self.0.store.is_embedded() || !known.is_due(self.now(), COHERENCE) {
            return Ok(Some(known));
        }
        match self.tenant_row(id).await? {
            Some(row) if row.version == known.tenant().version => Ok(Some(known)),
            _ => self.load_tenant(id).await,
        }
    }

    /// A tenant's state as it is now.
    pub(crate) async fn load_tenant(&self, id: TenantId) -> Result<Option<Arc<TenantState>>, StoreError> {
        let forgotten = self.forgotten();
        let Some(row) = self.tenant_row(id).await? else {
            self.0.tenants.invalidate(&id);
            return Ok(None);
        };
        let tenant = Tenant::try_from(row)?;
        let place = Place::Tenant(id);
        let now = self.now();
        // Nobody gets into a deleted tenant, whose file may be about to go: opening it would make it anew.
        if matches!(tenant.status, TenantStatus::Deleting { .. }) {
            self.0.tenants.invalidate(&id);
            return Ok(Some(Arc::new(TenantState::new(tenant, Vec::new(), TenantAuth::default(), now))));
        }
        if self.0.store.is_embedded() {
            self.0.store.migrate_up(place, now).await.map_err(|error| match error {
                MigrateError::Store(error) => error,
                error => StoreError::Fault(error.into()),
            })?;
        }
        let loaded = crate::collections::load(&self.0.store, id, now).await?;
        for collection in &loaded.collections {
            self.observe_collection(collection, now);
        }
        let auth = crate::auth::load(&self.0.store, id).await?;
        let state = Arc::new(TenantState::new(tenant, loaded.collections, auth, now));
        self.0.tenants.insert(id, Arc::clone(&state));
        if self.forgotten() != forgotten || !loaded.settled {
            self.0.tenants.invalidate(&id);
        }
        Ok(Some(state))
    }

    /// Goes on with what is known of the collection's lists, unless its design is another by now.
    fn observe_collection(&self, collection: &Collection, now: Timestamp) {
        let (id, design) = (collection.id(), collection.etag());
        let known = self.0.observed.get(&id).filter(|known| known.is_of(design));
        let observed = known.unwrap_or_else(|| {
            let observed = Arc::new(Observed::new(design, now));
            self.0.observed.insert(id, Arc::clone(&observed));
            observed
        });
        // It was made just now, and has none yet.
        let _ = collection.observed.set(observed);
    }

    async fn tenant_row(&self, id: TenantId) -> Result<Option<tenants::Model>, StoreError> {
        self.0
            .store
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move { tx.find(tenants::Entity::find_by_id(id.as_uuid())).await }.boxed()
            })
            .await
    }
}
