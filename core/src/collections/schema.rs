//! A change of a tenant's schema: decided, carried out and recorded.
//!
//! Where DDL is transactional the three are one transaction. For MariaDB see [`super::steps`].

use futures_util::FutureExt as _;
use neonex_migrations::Dialect;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::collection::version;
use super::definition::Definition;
use super::history::Designs;
use super::patch::Demand;
use super::relation::Relation;
use super::retention::LEAST_SECONDS;
use super::rewrite::run;
use super::rules::check_others;
use super::service::CollectionError;
use super::steps::{self, Steps};
use super::values;
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::idempotency::IdempotencyKey;
use crate::ids::{CollectionId, TenantId};
use crate::records::column::quote;
use crate::store::entities::{collections, schema_migrations, tenants};
use crate::store::{Place, Sql, Store, StoreError, Tx};
use crate::tenants::{announce, due_by};
use crate::version::Precondition;

/// A change that has been decided.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// For people: `create movies`.
    pub(super) name: String,
    pub(super) before: Option<Definition>,
    pub(super) after: Option<Definition>,
    pub(super) steps: Steps,
    /// Statements with values, for what a database reads wrongly from text. Embedded only.
    pub(super) fills: Vec<Sql>,
    pub(super) demands: Vec<Demand>,
}

/// Where, when and by whom a change is made.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) tenant: TenantId,
    pub(super) collection: CollectionId,
    pub(super) migration: Uuid,
    pub(super) actor: String,
    pub(super) now: Timestamp,
    /// The key of a request that may be sent again, and the answer to be kept.
    pub(super) once: Option<(IdempotencyKey, Vec<u8>)>,
    /// What the client asks of the design as it stands.
    pub(super) precondition: Precondition,
}

/// What became of a change.
pub(super) enum Changed {
    Done(Box<Change>),
    /// It was made before; this was the answer.
    Replayed(Vec<u8>),
}

/// Makes a change. `decide` is given the design as it stands, and may be asked on any thread.
pub(super) async fn change<D>(store: &Store, context: Context, decide: D) -> Result<Changed, CollectionError>
where
    D: FnOnce(Option<Definition>) -> Result<Change, CollectionError> + Send + 'static,
{
    let place = Place::Tenant(context.tenant);
    if store.dialect() == Dialect::MariaDb {
        return steps::change(store, context, decide).await;
    }
    store
        .write(place, Undo::Savepoint, move |tx| {
            async move {
                if let Some((key, _)) = &context.once
                    && let Some(body) = key.take::<CollectionError>(tx, place, context.now).await?
                {
                    return Ok(Changed::Replayed(body));
                }
                let change = begin(tx, &context, decide).await?;
                run(tx, &change.steps.forward).await?;
                for fill in &change.fills {
                    tx.execute(fill).await.map_err(duplicates)?;
                }
                finish(tx, &context, &change).await?;
                if let Some((key, body)) = context.once {
                    key.keep(tx, place, body).await?;
                }
                Ok(Changed::Done(Box::new(change)))
            }
            .boxed()
        })
        .await
}

/// Decides on a change under the tenant's lock, and records that it has begun.
pub(super) async fn begin<D>(tx: &mut Tx<'_>, context: &Context, decide: D) -> Result<Change, CollectionError>
where
    D: FnOnce(Option<Definition>) -> Result<Change, CollectionError> + Send,
{
    let id = (context.tenant.as_uuid(), context.collection.as_uuid());
    // Changes of one tenant take turns: embedded at the writer, on a server at the tenant's row.
    if tx.dialect() != Dialect::Sqlite {
        tx.find(tenants::Entity::find_by_id(id.0).lock_exclusive()).await?;
    }
    let rows = tx.all(collections::Entity::find().filter(collections::Column::TenantId.eq(id.0))).await?;
    let found = rows.iter().find(|row| row.id == id.1);
    let updated_at = found.and_then(|row| Timestamp::from_micros(row.updated_at)).unwrap_or(Timestamp::MIN);
    let design = |row: collections::Model| {
        Ok((CollectionId::from_uuid(row.id), from_json::<Definition>(&row.definition)?))
    };
    let designs = rows.into_iter().map(design).collect::<Result<Designs, StoreError>>()?;
    let current = designs.get(&context.collection);
    if let Some(current) = current.filter(|_| context.precondition != Precondition::None) {
        let name = |id: CollectionId| designs.get(&id).map(|design| design.name.to_string());
        let relations = Relation::of(context.collection, current, name);
        context.precondition.check(Some(version(current, updated_at, &relations)))?;
    }
    let mut change = decide(current.cloned())?;
    if let Some(entry) = &mut change.steps.entry {
        entry.name_targets(context.collection, &designs);
    }
    under_way(tx, context, &change).await?;
    check_others(designs, context.collection, change.after.as_ref(), tx.dialect())?;
    for demand in &change.demands {
        check(tx, context.collection, demand).await?;
    }
    let to_text = |definition: &Option<Definition>| definition.as_ref().map(to_json).transpose();
    tx.insert(schema_migrations::ActiveModel {
        tenant_id: Set(id.0),
        id: Set(context.migration),
        collection_id: Set(id.1),
        name: Set(change.name.clone()),
        before_definition: Set(to_text(&change.before)?),
        after_definition: Set(to_text(&change.after)?),
        statements: Set(to_json(&change.steps)?),
        actor: Set(context.actor.clone()),
        created_at: Set(context.now.as_micros()),
        finished_at: Set(None),
    })
    .await?;
    Ok(change)
}

/// Refuses a change while another is under way, and one to a name that is taken.
async fn under_way(tx: &mut Tx<'_>, context: &Context, change: &Change) -> Result<(), CollectionError> {
    use schema_migrations::{Column, Entity};
    let own = Entity::find()
        .filter(Column::TenantId.eq(context.tenant.as_uuid()))
        .filter(Column::FinishedAt.is_null());
    if tx.find(own).await?.is_some() {
        return Err(CollectionError::UnderWay);
    }
    let Some(after) = &change.after else { return Ok(()) };
    let taken = collections::Entity::find()
        .filter(collections::Column::TenantId.eq(context.tenant.as_uuid()))
        .filter(collections::Column::Name.eq(after.name.as_str()))
        .filter(collections::Column::Id.ne(context.collection.as_uuid()));
    if tx.find(taken).await?.is_some() { Err(CollectionError::NameTaken) } else { Ok(()) }
}

/// Brings the collection's row to the new design, and records that the change is done, in the history too.
pub(super) async fn finish(
    tx: &mut Tx<'_>,
    context: &Context,
    change: &Change,
) -> Result<(), CollectionError> {
    let id = (context.tenant.as_uuid(), context.collection.as_uuid());
    let now = context.now.as_micros();
    if let Some(entry) = change.steps.entry.clone() {
        let by = (context.actor.as_str(), context.now);
        tx.insert(entry.audit((context.tenant, context.collection), context.migration, by)).await?;
        entry.append(tx, context.tenant, (&context.actor, context.now)).await?;
    }
    match &change.after {
        None => drop(tx.delete(collections::Entity::delete_by_id(id)).await?),
        Some(after) => {
            use collections::{Column, Entity};
            let update = Entity::update_many()
                .col_expr(Column::Name, after.name.as_str().into())
                .col_expr(Column::Definition, to_json(after)?.into())
                .col_expr(Column::UpdatedAt, now.into())
                .filter(Column::TenantId.eq(id.0))
                .filter(Column::Id.eq(id.1));
            if change.before.is_none() || tx.update(update).await? == 0 {
                let row = collections::ActiveModel {
                    tenant_id: Set(id.0),
                    id: Set(id.1),
                    name: Set(after.name.to_string()),
                    definition: Set(to_json(after)?),
                    created_at: Set(now),
                    updated_at: Set(now),
                };
                tx.insert(row).await.map_err(name_taken)?;
            }
        }
    }
    let done = schema_migrations::Entity::update_many()
        .col_expr(schema_migrations::Column::FinishedAt, now.into())
        .filter(schema_migrations::Column::TenantId.eq(id.0))
        .filter(schema_migrations::Column::Id.eq(context.migration));
    tx.update(done).await?;
    announce(tx, context.tenant, now).await?;
    // Embedded, the tenants table lies in another database: see where the change was made.
    if tx.dialect() != Dialect::Sqlite {
        tx.update(due_by(context.tenant, look_at(context.now))).await?;
    }
    Ok(())
}

/// When a tenant is looked at whose schema changed: nothing that is written under the new one is due earlier.
pub(super) fn look_at(changed: Timestamp) -> Timestamp {
    changed.plus_seconds(LEAST_SECONDS)
}

/// Looks whether the records allow the change.
async fn check(tx: &mut Tx<'_>, collection: CollectionId, demand: &Demand) -> Result<(), CollectionError> {
    let dialect = tx.dialect();
    let table = super::table_name(collection.as_uuid());
    let (condition, refusal) = match demand {
        Demand::NoRecords { field } => (
            "1 = 1".to_owned(),
            format!("there are records, which would have no value for `{field}`; give it a default"),
        ),
        Demand::NoNulls { column, field } => (
            format!("{} IS NULL", quote(column, dialect)),
            format!("there are records without a value for `{field}`"),
        ),
        Demand::Values { column, was, field } => {
            return values::check(tx, &table, (column, was), field).await;
        }
        Demand::Unique { fields, columns, condition } => {
            return values::check_unique(tx, &table, (fields, columns), condition.as_deref()).await;
        }
    };
    let select = format!("SELECT 1 FROM {table} WHERE {condition} LIMIT 1");
    let found = tx.query(&Sql::new(select, Vec::new()), |_| Ok(())).await?;
    if found.is_empty() { Ok(()) } else { Err(CollectionError::Records(refusal)) }
}

pub(super) fn duplicates(error: StoreError) -> CollectionError {
    match error {
        error if error.is_too_long_for_an_index() => {
            CollectionError::Records("there are records with texts too long to be indexed".to_owned())
        }
        StoreError::Unique { .. } => {
            let refusal = "there are records with the same values, so these cannot be made unique";
            CollectionError::Records(refusal.to_owned())
        }
        error => error.into(),
    }
}

fn name_taken(error: StoreError) -> CollectionError {
    match error {
        StoreError::Unique { .. } => CollectionError::NameTaken,
        error => error.into(),
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Fault(error.into()))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Fault(error.into()))
}
