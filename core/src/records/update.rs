//! Changes of a record: some of its fields, or all of them.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::error::RecordError;
use super::input::RecordInput;
use super::query::rule_query;
use super::relations::link;
use super::service::{
    Access, ChangeEntry, ETag, Precondition, RecordBody, RecordId, Records, Stored, Verb, find_locked,
    refused,
};
use super::value::FieldValue;
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::invalid::Invalid;
use crate::store::{Sql, Tx};

/// What an upsert did.
#[derive(Debug, Clone)]
pub enum Upserted {
    /// There was no such record; now there is.
    Created(RecordBody),
    /// There was one; now it is this.
    Replaced(RecordBody),
}

impl Records<'_> {
    /// Changes the fields that were sent; null is a value, absence leaves a field as it is.
    pub async fn update(
        &self,
        id: RecordId,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<RecordBody, RecordError> {
        if input.id.is_some_and(|sent| sent != id) {
            return Err(Invalid::one("/id", "read_only", "a record's id cannot change").into());
        }
        let work = self.work(self.rule(Verb::Update, id)?);
        let undo = if work.rule.is_none() && self.collection.relations.is_empty() {
            Undo::None
        } else {
            Undo::Savepoint
        };
        self.scope
            .platform()
            .store()
            .write(self.scope.place(), undo, move |tx| {
                async move {
                    let layout = &work.collection.layout;
                    let before = find_locked(tx, layout, id, work.rule.as_ref()).await?;
                    let before = before.ok_or(RecordError::NotFound)?;
                    precondition.check(Some(ETag::new(before.updated_at)))?;
                    let mut values = before.values.clone();
                    let mut places = Vec::new();
                    for (place, (value, sent)) in values.iter_mut().zip(input.values).enumerate() {
                        if let Some(sent) = sent {
                            *value = sent;
                            places.push(place);
                        }
                    }
                    places.extend(layout.touched());
                    work.replace(tx, &before, values, &places).await
                }
                .boxed()
            })
            .await
    }

    /// Makes the record of that id what was sent, whether there is one or not.
    pub async fn upsert(
        &self,
        id: RecordId,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<Upserted, RecordError> {
        if input.id.is_some_and(|sent| sent != id) {
            return Err(Invalid::one("/id", "mismatch", "this is not the id of the path").into());
        }
        let values = input.complete(&self.collection)?;
        let first = self.try_upsert(id, values.clone(), precondition.clone()).await;
        match first {
            // Another made it between the look and the insert; now there is one to replace.
            Err(RecordError::Exists) => self.try_upsert(id, values, precondition).await,
            first => first,
        }
    }

    async fn try_upsert(
        &self,
        id: RecordId,
        values: Vec<FieldValue>,
        precondition: Precondition,
    ) -> Result<Upserted, RecordError> {
        let (create, update) = (self.rule(Verb::Create, id), self.rule(Verb::Update, id));
        let work = self.work(None);
        self.scope
            .platform()
            .store()
            .write(self.scope.place(), Undo::Savepoint, move |tx| {
                async move {
                    let layout = &work.collection.layout;
                    let Some(before) = find_locked(tx, layout, id, None).await? else {
                        precondition.check(None)?;
                        return work.insert(tx, id, values, create?).await.map(Upserted::Created);
                    };
                    if let Some(rule) = update?
                        && tx.query(&rule, |_| Ok(())).await?.is_empty()
                    {
                        return Err(RecordError::NotFound);
                    }
                    precondition.check(Some(ETag::new(before.updated_at)))?;
                    let mut values = values;
                    layout.keep_automatic(&before.values, &mut values);
                    let places: Vec<usize> = (0..values.len()).collect();
                    work.replace(tx, &before, values, &places).await.map(Upserted::Replaced)
                }
                .boxed()
            })
            .await
    }

    /// The condition that a rule puts on the record of that id; none for whom no rule binds.
    pub(super) fn rule(&self, verb: Verb, id: RecordId) -> Result<Option<Sql>, RecordError> {
        Ok(match self.access(verb)? {
            Access::All => None,
            Access::Ruled(rule) => {
                Some(rule_query(self.layout(), &rule, self.scope.actor(), id, self.dialect()))
            }
        })
    }

    fn work(&self, rule: Option<Sql>) -> Work {
        Work {
            collection: Arc::clone(&self.collection),
            author: self.author(),
            now: self.scope.platform().now(),
            sees_hidden: self.sees_hidden(),
            rule,
        }
    }
}

/// What a write takes along to where the database is.
struct Work {
    collection: Arc<crate::collections::Collection>,
    author: super::service::Author,
    now: Timestamp,
    sees_hidden: bool,
    rule: Option<Sql>,
}

impl Work {
    async fn replace(
        self,
        tx: &mut Tx<'_>,
        before: &Stored,
        values: Vec<FieldValue>,
        places: &[usize],
    ) -> Result<RecordBody, RecordError> {
        let layout = &self.collection.layout;
        // Two writes of one record never have the same time, even if the clock stands still or goes back.
        let updated_at = self.now.max(before.updated_at.next());
        let mut after = Stored { id: before.id, created_at: before.created_at, updated_at, values };
        after.set_automatic(layout, false);
        let dialect = tx.dialect();
        tx.execute(&after.update(layout, places, dialect))
            .await
            .map_err(|error| refused(error, &self.collection, dialect))?;
        link(tx, &self.collection, &after, Some(before), Some(places)).await?;
        let whole = after.json(layout, true);
        let body = after.body(layout, &whole, self.sees_hidden);
        let before_json = Some(before.json(layout, true));
        let entry = ChangeEntry { operation: "update", before: before_json, after: Some(whole) };
        self.author.log(tx, before.id, updated_at, entry).await?;
        Ok(body)
    }

    async fn insert(
        self,
        tx: &mut Tx<'_>,
        id: RecordId,
        values: Vec<FieldValue>,
        rule: Option<Sql>,
    ) -> Result<RecordBody, RecordError> {
        let layout = &self.collection.layout;
        let dialect = tx.dialect();
        let mut stored = Stored { id, created_at: self.now, updated_at: self.now, values };
        stored.set_automatic(layout, true);
        tx.execute(&stored.insert(layout, dialect))
            .await
            .map_err(|error| refused(error, &self.collection, dialect))?;
        link(tx, &self.collection, &stored, None, None).await?;
        if let Some(rule) = rule
            && tx.query(&rule, |_| Ok(())).await?.is_empty()
        {
            return Err(RecordError::Forbidden);
        }
        let whole = stored.json(layout, true);
        let body = stored.body(layout, &whole, self.sees_hidden);
        let entry = ChangeEntry { operation: "create", before: None, after: Some(whole) };
        self.author.log(tx, id, self.now, entry).await?;
        Ok(body)
    }
}
