//! A tenant as requests see it: an immutable snapshot, replaced whole when anything in it changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::model::{Settings, Tenant, TenantStatus};
use crate::auth::TenantAuth;
use crate::clock::Timestamp;
use crate::collections::users::USERS;
use crate::collections::{Collection, OnDelete, Relation};
use crate::expr::{Catalogue, Checked, Model, Way, name_of_referrers};
use crate::ids::{CollectionId, TenantId};
use crate::members::Members;
use crate::store::{Store, StoreError};

/// A tenant, its settings and the design of its collections, at one version.
#[derive(Debug)]
pub struct TenantState {
    tenant: Tenant,
    collections: HashMap<String, Arc<Collection>>,
    auth: TenantAuth,
    /// Who its members are: read when the first of them comes.
    members: OnceCell<Members>,
    /// When the version was last compared with the control database's, in microseconds.
    checked_at: AtomicI64,
}

impl TenantState {
    pub(crate) fn new(
        tenant: Tenant,
        collections: Vec<Arc<Collection>>,
        auth: TenantAuth,
        now: Timestamp,
    ) -> Self {
        let by_name = |collection: Arc<Collection>| (collection.name().to_owned(), collection);
        let collections = collections.into_iter().map(by_name).collect();
        let (members, checked_at) = (OnceCell::new(), AtomicI64::new(now.as_micros()));
        Self { tenant, collections, auth, members, checked_at }
    }

    /// Its members. They are those of this version or of a later one: each change of them is one of the version.
    pub(crate) async fn members(&self, store: &Store) -> Result<&Members, StoreError> {
        self.members.get_or_try_init(|| Members::load(store, self.tenant.id)).await
    }

    /// Its id.
    pub const fn id(&self) -> TenantId {
        self.tenant.id
    }

    /// Its settings.
    pub const fn settings(&self) -> &Settings {
        &self.tenant.settings
    }

    /// How its users sign in, and what signs their tokens.
    pub(crate) const fn auth(&self) -> &TenantAuth {
        &self.auth
    }

    /// The collection of its users, once there is one.
    pub(crate) fn users(&self) -> Option<&Arc<Collection>> {
        self.collection(USERS).filter(|collection| collection.users.is_some())
    }

    /// Whether it works.
    pub const fn status(&self) -> TenantStatus {
        self.tenant.status
    }

    /// The tenant itself.
    pub const fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The collection of that name.
    pub fn collection(&self, name: &str) -> Option<&Arc<Collection>> {
        self.collections.get(name)
    }

    /// The collection of that name or id.
    pub(crate) fn find_collection(&self, named: &str) -> Option<&Arc<Collection>> {
        self.collection(named).or_else(|| {
            let id = named.parse().ok()?;
            self.collections().find(|collection| collection.id() == id)
        })
    }

    /// Every collection, in no order.
    pub fn collections(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.collections.values()
    }

    /// The collections as expressions know them, with one that is to be.
    pub(crate) fn catalogue_with(&self, model: Model) -> Arc<Catalogue> {
        let own = self.collections().map(|collection| Arc::clone(&collection.model));
        Arc::new(own.collect::<Catalogue>().with(Arc::new(model)))
    }

    /// The rule that says which records of the collection of that id are seen from others.
    pub(crate) fn rule_of(&self, id: CollectionId, way: Way) -> Option<Checked> {
        let rules = &self.collections().find(|collection| collection.id() == id)?.rules;
        match way {
            Way::Forth => rules.view.clone(),
            Way::Back => rules.list.clone(),
        }
    }

    /// The relation by which records called so point to those of a collection, with the collection that has it; `None`
    /// also where two are called so.
    pub(crate) fn pointing(&self, target: CollectionId, name: &str) -> Option<(&Arc<Collection>, &Relation)> {
        let mut found = self.collections().flat_map(|collection| {
            let pointing = collection.relations.iter().filter(move |relation| {
                relation.target == target && name_of_referrers(collection.name(), &relation.field) == name
            });
            pointing.map(move |relation| (collection, relation))
        });
        let one = found.next()?;
        found.next().is_none().then_some(one)
    }

    /// Whether users may go when records of that collection are deleted.
    pub(crate) fn users_may_go_with(&self, collection: CollectionId) -> bool {
        self.users().is_some_and(|users| {
            let cascades = |relation: &Relation| relation.on_delete == OnDelete::Cascade;
            users.id() == collection || users.relations.iter().any(cascades)
        })
    }

    /// Relations that point to records of that collection, each with the collection that has it.
    pub(crate) fn referrers(
        &self,
        target: CollectionId,
    ) -> impl Iterator<Item = (&Arc<Collection>, &Relation)> {
        let all = self.collections.values();
        let all = all.filter(|collection| !collection.is_view());
        all.flat_map(|collection| collection.relations.iter().map(move |relation| (collection, relation)))
            .filter(move |(_, relation)| relation.target == target)
    }

    /// Whether the version should be compared again; says so to one caller only for each `interval`. A clock that was
    /// set back is a reason to compare, too.
    pub(crate) fn is_due(&self, now: Timestamp, interval: Duration) -> bool {
        let last = self.checked_at.load(Ordering::Relaxed);
        u128::from(now.as_micros().abs_diff(last)) >= interval.as_micros()
            && self
                .checked_at
                .compare_exchange(last, now.as_micros(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}
