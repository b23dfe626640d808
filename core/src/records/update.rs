//! Changes of a record: some of its fields, or all of them.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::error::RecordError;
use super::incoming::Incoming;
use super::input::RecordInput;
use super::relations::link;
use super::service::{
    ChangeEntry, ETag, Precondition, RecordBody, RecordId, Records, Stored, Verb, find_locked, refused,
};
use super::value::FieldValue;
use crate::access::Denied;
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

/// A change of some fields, ready to be made.
pub(super) struct Modification {
    work: Work,
    id: RecordId,
    input: RecordInput,
    precondition: Precondition,
}

/// A record as it is to be, whether there is one or not.
#[derive(Clone)]
pub(super) struct Replacement {
    work: Work,
    id: RecordId,
    values: Vec<FieldValue>,
    precondition: Precondition,
    /// What is asked, or why it may not be done, where there is none yet.
    create: Result<Option<Sql>, Denied>,
    /// The same where there is one.
    update: Result<Option<Sql>, Denied>,
}

impl Records<'_> {
    /// Changes the fields that were sent; null is a value, absence leaves a field as it is.
    pub async fn update(
        &self,
        id: RecordId,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<RecordBody, RecordError> {
        let change = self.modification(id, input, precondition)?;
        let alone = change.work.rule.is_none() && self.collection.relations.is_empty();
        let undo = if alone { Undo::None } else { Undo::Savepoint };
        let store = self.scope.platform().store();
        store.write(self.scope.place(), undo, move |tx| change.apply(tx).boxed()).await
    }

    pub(super) fn modification(
        &self,
        id: RecordId,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<Modification, RecordError> {
        if input.id.is_some_and(|sent| sent != id) {
            return Err(Invalid::one("/id", "read_only", "a record's id cannot change").into());
        }
        let work = self.work(self.rule(Verb::Update, id, || Incoming::changes(&input))?);
        Ok(Modification { work, id, input, precondition })
    }

    /// Makes the record of that id what was sent, whether there is one or not.
    pub async fn upsert(
        &self,
        id: RecordId,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<Upserted, RecordError> {
        let replacement = self.replacement(id, input, precondition)?;
        let again = replacement.clone();
        let (store, place) = (self.scope.platform().store(), self.scope.place());
        let first = store.write(place, Undo::Savepoint, move |tx| replacement.apply(tx).boxed()).await;
        match first {
            // Another made it between the look and the insert; now there is one to replace.
            Err(RecordError::Exists) => {
                store.write(place, Undo::Savepoint, move |tx| again.apply(tx).boxed()).await
            }
            first => first,
        }
    }

    pub(super) fn replacement(
        &self,
        id: RecordId,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<Replacement, RecordError> {
        if input.id.is_some_and(|sent| sent != id) {
            return Err(Invalid::one("/id", "mismatch", "this is not the id of the path").into());
        }
        let sent = input.sent();
        let values = input.complete(&self.collection)?;
        let create = self.rule(Verb::Create, id, || Incoming::stored(&sent));
        let update = self.rule(Verb::Update, id, || Incoming::whole(&sent, &values, self.layout()));
        Ok(Replacement { work: self.work(None), id, values, precondition, create, update })
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

impl Modification {
    /// Makes it.
    pub(super) async fn apply(self, tx: &mut Tx<'_>) -> Result<RecordBody, RecordError> {
        let layout = &self.work.collection.layout;
        let before = find_locked(tx, layout, self.id, self.work.rule.as_ref()).await?;
        let before = before.ok_or(RecordError::NotFound)?;
        self.precondition.check(Some(ETag::new(before.updated_at)))?;
        let mut values = before.values.clone();
        let mut places = Vec::new();
        for (place, (value, sent)) in values.iter_mut().zip(self.input.values).enumerate() {
            if let Some(sent) = sent {
                *value = sent;
                places.push(place);
            }
        }
        places.extend(layout.touched());
        self.work.replace(tx, &before, values, &places).await
    }
}

impl Replacement {
    /// Writes it.
    pub(super) async fn apply(self, tx: &mut Tx<'_>) -> Result<Upserted, RecordError> {
        let Self { work, id, mut values, precondition, create, update } = self;
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
        layout.keep_automatic(&before.values, &mut values);
        let places: Vec<usize> = (0..values.len()).collect();
        work.replace(tx, &before, values, &places).await.map(Upserted::Replaced)
    }
}

/// What a write takes along to where the database is.
#[derive(Clone)]
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
