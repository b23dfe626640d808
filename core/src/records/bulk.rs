//! Changes and deletions of every record that a filter finds: all of them in one transaction, each as if it were alone.

use std::sync::Arc;

use sea_query::Value;

use super::error::RecordError;
use super::incoming::Incoming;
use super::input::RecordInput;
use super::observed::Sent;
use super::query::Planner;
use super::relations::Deletion;
use super::service::{Author, RecordId, Records, Stored, Verb, read_stored};
use super::update::Work;
use super::write::Write;
use crate::access::{Denied, Permission as _, RecordsWrite};
use crate::clock::Timestamp;
use crate::collections::Collection;
use crate::engine::Undo;
use crate::expr::{Checked, Param};
use crate::idempotency::IdempotencyKey;
use crate::invalid::Invalid;
use crate::slow_queries::{Asked, Operation};
use crate::store::{Sql, Tx};
use crate::tenants::TenantState;

/// Records that one request may change or delete.
pub const MAX_BULK: usize = 10_000;

/// Which records, and under what condition.
#[derive(Debug, Clone, Default)]
pub struct BulkQuery {
    /// A condition in CEL, which `true` is, too.
    pub filter: String,
    /// How many there must be.
    pub expect: Option<u64>,
    /// That it is done once, however often it is sent.
    pub once: Option<IdempotencyKey>,
}

/// A bulk write, ready to be made.
#[derive(Clone)]
struct Bulk {
    collection: Arc<Collection>,
    found: Sql,
    expect: Option<u64>,
    what: What,
}

#[derive(Clone)]
enum What {
    Change(Work, RecordInput),
    Delete(Arc<TenantState>, Author, Timestamp),
}

impl Records<'_> {
    /// How many records this change of those that the filter finds would change.
    pub async fn count_updates(&self, filter: &str, input: &RecordInput) -> Result<u64, RecordError> {
        self.count_matching(Verb::Update, filter, &Incoming::changes(input)).await
    }

    /// How many records a deletion of those that the filter finds would delete.
    pub async fn count_deletions(&self, filter: &str) -> Result<u64, RecordError> {
        self.count_matching(Verb::Delete, filter, &Incoming::nothing()).await
    }

    /// Changes the records that the filter finds, as far as the actor may see and change them, and counts them.
    pub async fn update_all(&self, query: &BulkQuery, input: RecordInput) -> Result<u64, RecordError> {
        if input.id.is_some() {
            return Err(Invalid::one("/id", "read_only", "a record's id cannot change").into());
        }
        let found = self.matching(Verb::Update, &query.filter, &Incoming::changes(&input))?;
        let asked = self.asked(Operation::UpdateMany, Verb::Update, &query.filter);
        self.write_all(query, found, What::Change(self.work(None), input), asked).await
    }

    /// Deletes the records that the filter finds, as far as the actor may see and delete them, and counts them. With those
    /// that point to them it does what their fields say.
    pub async fn delete_all(&self, query: &BulkQuery) -> Result<u64, RecordError> {
        let found = self.matching(Verb::Delete, &query.filter, &Incoming::nothing())?;
        let now = self.scope.platform().now();
        let what = What::Delete(self.scope.shared_tenant(), self.author(), now);
        let asked = self.asked(Operation::DeleteMany, Verb::Delete, &query.filter);
        self.write_all(query, found, what, asked).await
    }

    fn asked<'q>(&self, operation: Operation, verb: Verb, filter: &'q str) -> Asked<'q> {
        let ruled = self.access(verb).is_ok_and(|access| access.is_ruled());
        Asked { ruled, ..Asked::new(operation, self.collection.id()).filtered(Some(filter)) }
    }

    async fn write_all(
        &self,
        query: &BulkQuery,
        found: Sql,
        what: What,
        asked: Asked<'_>,
    ) -> Result<u64, RecordError> {
        let collection = Arc::clone(&self.collection);
        let bulk = Bulk { collection, found, expect: query.expect, what };
        self.scope.make_once(bulk, Undo::Savepoint, query.once.clone(), asked).await
    }

    async fn count_matching(
        &self,
        verb: Verb,
        filter: &str,
        incoming: &Incoming,
    ) -> Result<u64, RecordError> {
        let planner = Planner { layout: self.layout(), dialect: self.dialect(), veils: &[] };
        let (text, params) = planner.select("count(*)", &self.bulk_conditions(verb, filter)?);
        let count = Sql::new(text, self.resolved(&params, incoming)?);
        let store = self.scope.platform().store();
        let counted = store
            .read_timed::<_, RecordError, _>(self.scope.place(), move |tx| {
                Box::pin(async move { Ok(tx.query(&count, |row| row.int(0)).await?) })
            })
            .await;
        let counted = self.scope.timed(&self.asked(Operation::Count, verb, filter), counted)?;
        let counted = counted.first().copied().flatten().unwrap_or_default();
        Ok(u64::try_from(counted).unwrap_or_default())
    }

    /// The statement that finds the records and holds them, in an order that is the same for all who do so.
    fn matching(&self, verb: Verb, filter: &str, incoming: &Incoming) -> Result<Sql, RecordError> {
        let planner = Planner { layout: self.layout(), dialect: self.dialect(), veils: &[] };
        let (text, params) = planner.select(&planner.every_column(), &self.bulk_conditions(verb, filter)?);
        let lock = if self.scope.platform().store().is_embedded() { "" } else { " FOR UPDATE" };
        let text = format!("{text} ORDER BY id LIMIT {}{lock}", MAX_BULK + 1);
        Ok(Sql::new(text, self.resolved(&params, incoming)?))
    }

    fn resolved(&self, params: &[Param], incoming: &Incoming) -> Result<Vec<Value>, Denied> {
        let (bindings, dialect) = (self.scope.bindings(), self.dialect());
        let input = |field: &str, part| incoming.answer(self.layout(), dialect, field, part);
        let values = params.iter().map(|param| param.resolve(&bindings, &input)).collect();
        if incoming.is_missed() { Err(Denied { needs: RecordsWrite::NAME }) } else { Ok(values) }
    }

    /// What the rules of fields ask that are sent.
    fn of_fields(&self, verb: Verb) -> Option<Checked> {
        let of_fields = &self.collection.field_rules.write;
        let anything = self.collection.rules.update.as_ref().filter(|_| verb == Verb::Update)?;
        (!of_fields.is_empty()).then(|| anything.with_fields(of_fields))
    }

    /// The filter, and where rules bind, those of what is done and of what is listed: a filter that finds records which
    /// nobody may list would tell of them.
    fn bulk_conditions(&self, verb: Verb, filter: &str) -> Result<Vec<Checked>, RecordError> {
        self.is_writable()?;
        if filter.trim().is_empty() {
            let message = "say which records: `true` stands for all";
            return Err(Invalid::one("/filter", "invalid_filter", message).into());
        }
        let access = self.access(verb)?;
        let mut conditions = Vec::new();
        if access.is_ruled() {
            conditions = self.access(Verb::List)?.conditions();
            conditions.extend(access.conditions().into_iter().chain(self.of_fields(verb)));
        }
        let filtered = self.conditions(Some(filter), &access)?;
        conditions.extend(filtered.into_iter().last());
        let sent = Sent { filter: Some(filter), sort: None, ruled: access.is_ruled() };
        if let Some(seen) = self.observe(&conditions, &[], &[], sent) {
            seen.count();
        }
        Ok(conditions)
    }
}

impl Write for Bulk {
    type Done = u64;
    type Error = RecordError;

    async fn apply(self, tx: &mut Tx<'_>) -> Result<u64, RecordError> {
        let layout = &self.collection.layout;
        let found: Vec<Stored> = tx.query(&self.found, |row| read_stored(layout, row)).await?;
        if found.len() > MAX_BULK {
            return Err(RecordError::TooManyRecords { most: MAX_BULK });
        }
        let count = found.len() as u64;
        if let Some(expected) = self.expect.filter(|expected| *expected != count) {
            return Err(RecordError::OtherCount { expected, found: count });
        }
        match self.what {
            What::Change(work, input) => {
                for before in found {
                    let of = |error: RecordError| within(before.id, error);
                    let (values, mut places) =
                        input.over(&before.values, &self.collection).map_err(|invalid| of(invalid.into()))?;
                    places.extend(layout.touched());
                    work.clone().replace(tx, &before, values, &places).await.map_err(of)?;
                }
            }
            What::Delete(tenant, author, now) => {
                Deletion::new(&tenant, &author, now).run(tx, &self.collection, found).await?;
            }
        }
        Ok(count)
    }

    fn ends_users(&self) -> bool {
        matches!(&self.what, What::Delete(tenant, ..) if tenant.users_may_go_with(self.collection.id()))
    }

    fn answer(done: &u64) -> Vec<u8> {
        done.to_string().into_bytes()
    }

    fn replay(answer: Vec<u8>) -> Option<u64> {
        String::from_utf8(answer).ok()?.parse().ok()
    }
}

/// Which of many records it was.
fn within(id: RecordId, error: RecordError) -> RecordError {
    match error {
        error @ RecordError::Store(_) => error,
        error => RecordError::OfRecord { id, error: Box::new(error) },
    }
}
