//! What was done to a tenant's collections, in the form in which it was asked for.
//!
//! An entry is appended where its change is recorded as done, and so with it or not at all. It holds the request as it
//! was understood, with the renames and the drops that a design alone does not tell, and other collections by the
//! names that they had then. Requests made again in the order of their entries make the same collections elsewhere.
//!
//! A tenant that was there before there was a history begins it with a baseline: the designs as they were before the
//! first change that was recorded. As long as there is none, it is told of without being stored.

use std::collections::HashMap;

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::definition::{Definition, NewCollection, NewIndex};
use super::field::NewField;
use super::patch::CollectionPatch;
use super::schema::from_json;
use super::service::CollectionError;
use super::view::NewView;
use crate::access::{Actor, CollectionsRead, Permit, TenantScope};
use crate::auth::Act;
use crate::clock::Timestamp;
use crate::ids::{CollectionId, TenantId};
use crate::store::entities::{audit_log, collections, schema_history};
use crate::store::{StoreError, Tx};

/// What kind of change it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaAction {
    /// A collection was made.
    Create,
    /// A collection was changed.
    Update,
    /// A collection was deleted.
    Delete,
    /// Collections were there before there was a history.
    Baseline,
}

/// An entry of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaChange {
    /// Its number, from 1 and without gaps.
    pub seq: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub actor: String,
    /// In which request; of a baseline in none.
    pub request_id: Option<String>,
    /// What kind of change it was.
    pub action: SchemaAction,
    /// The collection, by its name before the change; of a baseline none.
    pub collection: Option<String>,
    /// What was asked for: a [`NewCollection`], a [`CollectionPatch`], nothing of a deletion, of a baseline
    /// `{"collections": […]}` with a [`NewCollection`] for each.
    pub change: Option<Json>,
}

/// A part of the history.
#[derive(Debug)]
pub struct SchemaChanges {
    /// The entries, oldest first.
    pub items: Vec<SchemaChange>,
    /// The number of the last of them, where there are more.
    pub next: Option<i64>,
}

/// An entry that has no number and no time yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    action: SchemaAction,
    collection: String,
    request_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<Json>,
}

/// Designs by their collections' ids.
pub(super) type Designs = HashMap<CollectionId, Definition>;

impl Entry {
    pub(super) fn create(new: &NewCollection, request: &str) -> Result<Self, StoreError> {
        Ok(Self::new(SchemaAction::Create, &new.name, request, Some(written(new)?)))
    }

    pub(super) fn update(name: &str, patch: &CollectionPatch, request: &str) -> Result<Self, StoreError> {
        Ok(Self::new(SchemaAction::Update, name, request, Some(written(patch)?)))
    }

    pub(super) fn delete(name: &str, request: &str) -> Self {
        Self::new(SchemaAction::Delete, name, request, None)
    }

    fn new(action: SchemaAction, collection: &str, request: &str, change: Option<Json>) -> Self {
        Self { action, collection: collection.to_owned(), request_id: request.to_owned(), change }
    }

    /// Calls collections that relations point to by their names, where the request calls them by their ids.
    pub(super) fn name_targets(&mut self, own: CollectionId, designs: &Designs) {
        let own = (own, self.collection.clone());
        if let Some(change) = &mut self.change {
            name_targets(change, |id| match designs.get(&id) {
                Some(design) => Some(design.name.to_string()),
                None => (id == own.0).then(|| own.1.clone()),
            });
        }
    }

    /// The same for the audit log. It has the id of the migration, for who finishes a change need not be who has begun it.
    pub(super) fn audit(
        &self,
        (tenant, collection): (TenantId, CollectionId),
        migration: Uuid,
        (actor, at): (&str, Timestamp),
    ) -> audit_log::ActiveModel {
        let act = match self.action {
            SchemaAction::Create | SchemaAction::Baseline => Act::CollectionCreated,
            SchemaAction::Update => Act::CollectionChanged,
            SchemaAction::Delete => Act::CollectionDeleted,
        };
        audit_log::ActiveModel {
            tenant_id: Set(tenant.as_uuid()),
            id: Set(migration),
            at: Set(at.as_micros()),
            actor: Set(actor.to_owned()),
            action: Set(act.name().to_owned()),
            subject: Set(Some(collection.to_string())),
            request_id: Set(self.request_id.clone()),
            ip: Set(None),
            details: Set(Some(self.collection.clone())),
        }
    }

    /// Appends it. The caller holds the tenant's lock, and has not yet changed what the database has of the collections.
    pub(super) async fn append(
        self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        (actor, at): (&str, Timestamp),
    ) -> Result<(), StoreError> {
        let last = schema_history::Entity::find()
            .filter(schema_history::Column::TenantId.eq(tenant.as_uuid()))
            .order_by_desc(schema_history::Column::Seq)
            .limit(1);
        let mut seq = tx.find(last).await?.map_or(0, |row| row.seq);
        if seq == 0
            && let Some(baseline) = baseline(tx, tenant).await?
        {
            seq = baseline.seq;
            tx.insert(row(tenant, baseline)?).await?;
        }
        let Self { action, collection, request_id, change } = self;
        let entry = SchemaChange {
            seq: seq + 1,
            at,
            actor: actor.to_owned(),
            request_id: Some(request_id),
            action,
            collection: Some(collection),
            change,
        };
        tx.insert(row(tenant, entry)?).await
    }
}

impl TenantScope {
    /// The history of the tenant's collections, after the entry of that number.
    pub async fn schema_history(
        &self,
        _: &Permit<CollectionsRead>,
        after: Option<i64>,
        limit: u64,
    ) -> Result<SchemaChanges, CollectionError> {
        let (tenant, after) = (self.tenant().id(), after.unwrap_or_default());
        let store = self.platform().store();
        let read = store.read::<_, StoreError, _>(self.place(), move |tx| {
            async move {
                let own = schema_history::Column::TenantId.eq(tenant.as_uuid());
                let entries = schema_history::Entity::find()
                    .filter(own)
                    .filter(schema_history::Column::Seq.gt(after))
                    .order_by_asc(schema_history::Column::Seq)
                    .limit(limit + 1);
                let rows = tx.all(entries).await?;
                if rows.is_empty() && after == 0 {
                    return Ok(baseline(tx, tenant).await?.into_iter().collect());
                }
                rows.into_iter().map(SchemaChange::try_from).collect::<Result<Vec<_>, _>>()
            }
            .boxed()
        });
        let mut items = read.await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|entry| entry.seq);
        Ok(SchemaChanges { items, next })
    }
}

/// The collections as they are, as the first entry; `None` where there are none. It is the same whenever it is asked
/// for, until a collection is changed.
async fn baseline(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<SchemaChange>, StoreError> {
    let own = collections::Column::TenantId.eq(tenant.as_uuid());
    let rows = tx.all(collections::Entity::find().filter(own).order_by_asc(collections::Column::Id)).await?;
    let Some(at) = rows.iter().map(|row| row.updated_at).max() else { return Ok(None) };
    let names: HashMap<_, _> =
        rows.iter().map(|row| (CollectionId::from_uuid(row.id), row.name.clone())).collect();
    let designs = rows.iter().map(|row| {
        let Definition { name, mut fields, indexes, rules, view, history } = from_json(&row.definition)?;
        // Those of a view follow from what it shows.
        if view.is_some() {
            fields.clear();
        }
        let mut design = written(&NewCollection {
            name: name.to_string(),
            fields: fields.into_iter().map(NewField::from).collect(),
            indexes: indexes.into_iter().map(NewIndex::from).collect(),
            rules,
            view: view.map(NewView::from),
            history: history.sent(),
        })?;
        name_targets(&mut design, |id| names.get(&id).cloned());
        Ok(design)
    });
    Ok(Some(SchemaChange {
        seq: 1,
        at: time(at),
        actor: Actor::System("history").to_string(),
        request_id: None,
        action: SchemaAction::Baseline,
        collection: None,
        change: Some(json!({"collections": designs.collect::<Result<Vec<_>, StoreError>>()?})),
    }))
}

/// A request as JSON, without what it does not say.
fn written(request: &impl Serialize) -> Result<Json, StoreError> {
    let mut request = serde_json::to_value(request).map_err(|error| StoreError::Fault(error.into()))?;
    if let Some(request) = request.as_object_mut() {
        request.retain(|name, value| !(value.is_null() || (name == "drop_fields" && value == &json!([]))));
    }
    let indexes = request.get_mut("indexes").and_then(Json::as_array_mut);
    for index in indexes.into_iter().flatten().filter_map(Json::as_object_mut) {
        index.retain(|_, value| !value.is_null());
    }
    if let Some(rules) = request.get_mut("rules").and_then(Json::as_object_mut) {
        rules.retain(|_, rule| !rule.is_null());
    }
    if let Some(view) = request.get_mut("view").and_then(Json::as_object_mut) {
        view.retain(|_, value| !(value.is_null() || value == &json!([])));
    }
    for field in fields(&mut request) {
        field.retain(|name, value| match name.as_str() {
            "default" | "nullable" => !value.is_null(),
            _ => !value.is_null() && value != &Json::Bool(false),
        });
    }
    Ok(request)
}

fn name_targets(request: &mut Json, name: impl Fn(CollectionId) -> Option<String>) {
    let call = |named: &mut Json| {
        if let Json::String(target) = named
            && let Some(name) = target.parse().ok().and_then(&name)
        {
            *target = name;
        }
    };
    fields(request).filter_map(|field| field.get_mut("collection")).for_each(call);
    request.pointer_mut("/view/collection").into_iter().for_each(call);
}

fn fields(request: &mut Json) -> impl Iterator<Item = &mut serde_json::Map<String, Json>> {
    let fields = request.get_mut("fields").and_then(Json::as_array_mut);
    fields.into_iter().flatten().filter_map(Json::as_object_mut)
}

fn row(tenant: TenantId, entry: SchemaChange) -> Result<schema_history::ActiveModel, StoreError> {
    let action = serde_json::to_value(entry.action).map_err(|error| StoreError::Fault(error.into()))?;
    Ok(schema_history::ActiveModel {
        tenant_id: Set(tenant.as_uuid()),
        seq: Set(entry.seq),
        at: Set(entry.at.as_micros()),
        actor: Set(entry.actor),
        request_id: Set(entry.request_id),
        action: Set(action.as_str().unwrap_or_default().to_owned()),
        collection: Set(entry.collection),
        body: Set(entry.change.map(|change| change.to_string())),
    })
}

impl TryFrom<schema_history::Model> for SchemaChange {
    type Error = StoreError;

    fn try_from(row: schema_history::Model) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.seq,
            at: time(row.at),
            actor: row.actor,
            request_id: row.request_id,
            action: serde_json::from_value(row.action.into())
                .map_err(|error| StoreError::Fault(error.into()))?,
            collection: row.collection,
            change: row.body.map(|body| from_json(&body)).transpose()?,
        })
    }
}

fn time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN)
}
