//! What developers do with collections.

use std::sync::Arc;

use futures_util::FutureExt as _;
use neonex_migrations::Dialect;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::collection::{Collection, defaults};
use super::ddl::Ddl;
use super::definition::{Definition, NewCollection};
use super::history::Entry;
use super::patch::{Change as PatchChange, CollectionPatch};
use super::relation::{self, Target};
use super::schema::{Change, Changed, Context, change, from_json, look_at};
use super::steps::{self, Steps};
use super::view;
use crate::access::{CollectionsRead, CollectionsWrite, Denied, Permit, TenantScope};
use crate::clock::Timestamp;
use crate::expr::Catalogue;
use crate::idempotency::{KeyReused, Once, Outcome};
use crate::ids::{CollectionId, TenantId, new_uuid};
use crate::invalid::Invalid;
use crate::platform::see_through;
use crate::records::layout::model;
use crate::rng::RandomnessUnavailable;
use crate::store::entities::collections;
use crate::store::{Place, Store, StoreError};
use crate::version::{Precondition, PreconditionFailed};

/// Collections that a tenant may have.
pub const MAX_COLLECTIONS: usize = 1_000;

/// What can come of a wish about collections.
#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    /// There is no such collection in this tenant.
    #[error("there is no such collection")]
    NotFound,
    /// The design is not one.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Another collection has the name.
    #[error("another collection has this name already")]
    NameTaken,
    /// The tenant has as many as it may.
    #[error("a tenant has at most {MAX_COLLECTIONS} collections")]
    TooMany,
    /// The records that are there do not allow the change.
    #[error("{0}")]
    Records(String),
    /// Another collection's records point to those of this one.
    #[error("`{field}` of `{collection}` points to its records; drop that field first")]
    Referenced {
        /// The other collection.
        collection: String,
        /// Its field.
        field: String,
    },
    /// A rule of another collection would have no meaning any more.
    #[error("the {rule} rule of `{collection}` would have no meaning: {reason}; change that rule first")]
    UsedByRule {
        /// The other collection.
        collection: String,
        /// Which of its rules.
        rule: String,
        /// What would be wrong with it.
        reason: String,
    },
    /// A view of it would have no meaning any more.
    #[error("the view `{collection}` would have no meaning: {reason}; change or delete that view first")]
    UsedByView {
        /// The view.
        collection: String,
        /// What would be wrong with it.
        reason: String,
    },
    /// It is the users' collection.
    #[error("the collection of users cannot be deleted; delete its records to delete users")]
    OwnedByAuth,
    /// Another change of the tenant's collections is under way.
    #[error("another change of the tenant's collections is under way")]
    UnderWay,
    /// The collection is not the one that the client has seen.
    #[error("the collection has changed since it was read")]
    PreconditionFailed(#[from] PreconditionFailed),
    /// The permission is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
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

impl TenantScope {
    /// Every collection, by name.
    pub fn collections(&self, _: &Permit<CollectionsRead>) -> Vec<Arc<Collection>> {
        let mut all: Vec<_> = self.tenant().collections().cloned().collect();
        all.sort_by(|one, other| one.name().cmp(other.name()));
        all
    }

    /// The collection of that name or id.
    pub fn collection(
        &self,
        _: &Permit<CollectionsRead>,
        named: &str,
    ) -> Result<Arc<Collection>, CollectionError> {
        self.tenant().find_collection(named).cloned().ok_or(CollectionError::NotFound)
    }

    /// Makes a collection with its table.
    pub async fn create_collection(
        &self,
        _: &Permit<CollectionsWrite>,
        mut new: NewCollection,
        once: Option<Once<Collection>>,
    ) -> Result<Outcome<Arc<Collection>>, CollectionError> {
        let platform = self.platform();
        if self.tenant().collections().count() >= MAX_COLLECTIONS {
            return Err(CollectionError::TooMany);
        }
        let id = CollectionId::generate(platform.clock(), platform.rng())?;
        let own = new.name.clone();
        let find = |name: &str| {
            if name == own { Some(Target { id, is_view: false }) } else { self.find_target(name) }
        };
        relation::resolve(new.fields.iter_mut(), find)?;
        view::resolve(new.view.as_mut(), |name| self.find_target(name))?;
        let entry = Some(Entry::create(&new, self.request().as_str())?);
        let mut after = Definition::try_from(new)?;
        relation::number_links(&mut after, None);
        let (now, dialect) = (platform.now(), platform.store().dialect());
        view::complete_in(self.tenant(), &mut after, dialect)?;
        let catalogue = self.tenant().catalogue_with(model(id, &after, dialect));
        let made = Collection::new(id, after.clone(), (now, now), dialect, &catalogue)?;
        let mut context = self.context(id, now)?;
        context.once = once.map(|once| (once.key, (once.render)(&made)));
        let ddl = self.ddl(id);
        let changed = self
            .change(context, move |_| {
                Ok(Change {
                    name: format!("create {}", after.name),
                    before: None,
                    steps: Steps { forward: ddl.create(&after), back: ddl.drop(&after), entry },
                    fills: Vec::new(),
                    after: Some(after),
                    demands: Vec::new(),
                })
            })
            .await?;
        Ok(match changed {
            Changed::Replayed(body) => Outcome::Replayed(body),
            Changed::Done(_) => Outcome::Fresh(Arc::new(made)),
        })
    }

    /// Changes a collection's design, and its table with it.
    pub async fn alter_collection(
        &self,
        _: &Permit<CollectionsWrite>,
        named: &str,
        mut patch: CollectionPatch,
        precondition: Precondition,
    ) -> Result<Arc<Collection>, CollectionError> {
        let old = self.tenant().find_collection(named).ok_or(CollectionError::NotFound)?;
        let (id, created_at) = (old.id(), old.created_at());
        let platform = self.platform();
        let (dialect, now) = (platform.store().dialect(), platform.now());
        let fields = patch.fields.iter_mut().flatten().map(|patch| &mut patch.field);
        relation::resolve(fields, |name| self.find_target(name))?;
        view::resolve(patch.view.as_mut(), |name| self.find_target(name))?;
        let (ddl, tenant, request) = (self.ddl(id), self.shared_tenant(), self.request().clone());
        let context = Context { precondition, ..self.context(id, now)? };
        let changed = self
            .change(context, move |current| {
                let before = current.ok_or(CollectionError::NotFound)?;
                let entry = Some(Entry::update(before.name.as_str(), &patch, request.as_str())?);
                let PatchChange { mut after, renames, mut demands } = patch.apply(&before, now)?;
                relation::number_links(&mut after, Some((&before, &renames)));
                view::complete_in(&tenant, &mut after, dialect)?;
                let catalogue = tenant.catalogue_with(model(id, &after, dialect));
                let made = Collection::new(id, after.clone(), (created_at, now), dialect, &catalogue)?;
                demands.extend(ddl.uniques(&before, &after, &renames));
                let values = made.defaults;
                let back: Vec<_> = renames.iter().map(|(from, to)| (to.clone(), from.clone())).collect();
                Ok(Change {
                    name: format!("alter {}", before.name),
                    steps: Steps {
                        forward: ddl.alter(&before, &after, &renames, &values),
                        back: ddl.alter(&after, &before, &back, &defaults(&before)?),
                        entry,
                    },
                    fills: ddl.fills(&before, &after, &renames, &values),
                    before: Some(before),
                    after: Some(after),
                    demands,
                })
            })
            .await?;
        let after = match changed {
            Changed::Done(change) => change.after,
            Changed::Replayed(_) => None,
        };
        let after = after.ok_or(CollectionError::NotFound)?;
        let catalogue = self.tenant().catalogue_with(model(id, &after, dialect));
        Ok(Arc::new(Collection::new(id, after, (created_at, now), dialect, &catalogue)?))
    }

    /// Deletes a collection with all its records.
    pub async fn delete_collection(
        &self,
        _: &Permit<CollectionsWrite>,
        named: &str,
        precondition: Precondition,
    ) -> Result<(), CollectionError> {
        let found = self.tenant().find_collection(named).ok_or(CollectionError::NotFound)?;
        if found.users.is_some() {
            return Err(CollectionError::OwnedByAuth);
        }
        let id = found.id();
        let mut referrers = self.tenant().referrers(id).filter(|(referrer, _)| referrer.id() != id);
        if let Some((referrer, relation)) = referrers.next() {
            let (collection, field) = (referrer.name().to_owned(), relation.field.clone());
            return Err(CollectionError::Referenced { collection, field });
        }
        let (ddl, request) = (self.ddl(id), self.request().clone());
        let context = Context { precondition, ..self.context(id, self.platform().now())? };
        let changed = self
            .change(context, move |current| {
                let before = current.ok_or(CollectionError::NotFound)?;
                let entry = Some(Entry::delete(before.name.as_str(), request.as_str()));
                Ok(Change {
                    name: format!("delete {}", before.name),
                    steps: Steps { forward: ddl.drop(&before), back: Vec::new(), entry },
                    before: Some(before),
                    after: None,
                    fills: Vec::new(),
                    demands: Vec::new(),
                })
            })
            .await;
        changed.map(drop)
    }

    /// Makes a change, after which the tenant's state is another.
    async fn change<D>(&self, context: Context, decide: D) -> Result<Changed, CollectionError>
    where
        D: FnOnce(Option<Definition>) -> Result<Change, CollectionError> + Send + 'static,
    {
        let (platform, tenant) = (self.platform().clone(), self.tenant().id());
        let due = look_at(context.now);
        see_through(async move {
            let embedded = platform.store().is_embedded();
            if embedded {
                platform.note_due(tenant, due, false).await?;
            }
            let changed = change(platform.store(), context, decide).await;
            platform.forget_tenant(tenant).await;
            if embedded && changed.is_ok() {
                // What was noted before holds, unless somebody looked at the tenant in between.
                if let Err(error) = platform.note_due(tenant, due, true).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(%tenant, error, "when the tenant is to be looked at was not noted again");
                }
            }
            changed
        })
        .await
    }

    fn find_target(&self, named: &str) -> Option<Target> {
        let found = self.tenant().find_collection(named)?;
        Some(Target { id: found.id(), is_view: found.is_view() })
    }

    fn ddl(&self, collection: CollectionId) -> Ddl {
        Ddl { dialect: self.platform().store().dialect(), tenant: self.tenant().id(), collection }
    }

    fn context(&self, collection: CollectionId, now: Timestamp) -> Result<Context, CollectionError> {
        let platform = self.platform();
        Ok(Context {
            tenant: self.tenant().id(),
            collection,
            migration: new_uuid(platform.clock(), platform.rng())?,
            actor: self.actor().to_string(),
            now,
            once: None,
            precondition: Precondition::None,
        })
    }
}

/// A tenant's collections as they were found.
pub(crate) struct Loaded {
    pub(crate) collections: Vec<Arc<Collection>>,
    /// Whether they may be kept: not while a change is under way, whose end is not announced if it is interrupted.
    pub(crate) settled: bool,
}

/// Reads a tenant's collections, after finishing what was interrupted.
pub(crate) async fn load(store: &Store, tenant: TenantId, now: Timestamp) -> Result<Loaded, StoreError> {
    let dialect = store.dialect();
    let mut settled = true;
    if dialect == Dialect::MariaDb {
        settled = steps::resume(store, tenant, now).await.map_err(|error| match error {
            CollectionError::Store(error) => error,
            error => StoreError::Fault(error.into()),
        })?;
    }
    let rows = store
        .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
            async move {
                let own = collections::Column::TenantId.eq(tenant.as_uuid());
                tx.all(collections::Entity::find().filter(own)).await
            }
            .boxed()
        })
        .await?;
    let rows = rows.into_iter().map(|row| {
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        let times = (time(row.created_at), time(row.updated_at));
        Ok((CollectionId::from_uuid(row.id), from_json::<Definition>(&row.definition)?, times))
    });
    let mut designs: Vec<_> = rows.collect::<Result<_, StoreError>>()?;
    let each = designs.iter_mut().map(|(id, design, _)| (*id, design));
    view::complete_all(each, dialect).map_err(|(_, error)| StoreError::Fault(error.into()))?;
    let models = designs.iter().map(|(id, design, _)| Arc::new(model(*id, design, dialect)));
    let catalogue: Arc<Catalogue> = Arc::new(models.collect());
    let open = |(id, design, times)| {
        let made = Collection::new(id, design, times, dialect, &catalogue);
        made.map(Arc::new).map_err(|error| StoreError::Fault(error.into()))
    };
    let collections = designs.into_iter().map(open).collect::<Result<_, StoreError>>()?;
    Ok(Loaded { collections, settled })
}
