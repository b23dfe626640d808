//! Changes of a record: some of its fields, or all of them.

use std::sync::Arc;

use super::error::RecordError;
use super::history::{is_after_all, last_logged};
use super::incoming::Incoming;
use super::input::RecordInput;
use super::relations::link;
use super::service::{
    ChangeEntry, ETag, Precondition, Question, RecordBody, RecordId, Records, Stored, Verb, find_locked,
    read_stored, refused,
};
use super::value::FieldValue;
use super::write::{Terms, Write};
use crate::access::Denied;
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::invalid::Invalid;
use crate::slow_queries::Operation;
use crate::store::{Sql, StoreError, Tx};

/// What an upsert did.
#[derive(Debug, Clone)]
pub enum Upserted {
    /// There was no such record; now there is.
    Created(RecordBody),
    /// There was one; now it is this.
    Replaced(RecordBody),
}

impl Upserted {
    /// The record as it is now.
    pub const fn record(&self) -> &RecordBody {
        match self {
            Self::Created(record) | Self::Replaced(record) => record,
        }
    }

    /// What an answer that was kept tells. No change of a record leaves it as old as it was when it was made. `None` if
    /// it is no record.
    fn kept(json: Vec<u8>) -> Option<Self> {
        #[derive(serde::Deserialize)]
        struct Times<'j> {
            created_at: &'j str,
            updated_at: &'j str,
        }
        let times: Times<'_> = serde_json::from_slice(&json).ok()?;
        let new = times.created_at == times.updated_at;
        let record = RecordBody::kept(json)?;
        Some(if new { Self::Created(record) } else { Self::Replaced(record) })
    }
}

/// A change of some fields, ready to be made.
#[derive(Clone)]
pub(crate) struct Modification {
    work: Work,
    id: RecordId,
    input: RecordInput,
    precondition: Precondition,
}

/// A record as it is to be, whether there is one or not.
#[derive(Clone)]
pub(super) struct Replacement {
    pub(super) work: Work,
    /// Of the new record, where there is none yet.
    pub(super) id: RecordId,
    pub(super) target: Target,
    pub(super) values: Vec<FieldValue>,
    pub(super) precondition: Precondition,
    /// What is asked, or why it may not be done, where there is none yet.
    pub(super) create: Result<Option<Question>, Denied>,
    /// The same where there is one.
    pub(super) update: Result<Option<Question>, Denied>,
    /// The places of fields that stay as they are where there is one.
    pub(super) kept: Vec<usize>,
}

/// How the record is found that is to be replaced.
#[derive(Clone)]
pub(super) enum Target {
    /// By the id that a new one gets.
    Id,
    /// By a statement that asks for the values of these fields, of which no two records have the same. `sent` is the id
    /// that it must have, if one was sent. Where only some records are so, `meets` finds the one of an id if it is one
    /// of them.
    Key { find: Sql, fields: Vec<String>, sent: Option<RecordId>, meets: Option<Sql> },
}

impl Records<'_> {
    /// Changes the fields that were sent; null is a value, absence leaves a field as it is.
    pub async fn update(
        &self,
        id: RecordId,
        input: RecordInput,
        terms: impl Into<Terms>,
    ) -> Result<RecordBody, RecordError> {
        let Terms { precondition, once } = terms.into();
        let change = self.modification(id, input, precondition)?;
        let alone = change.work.rule.is_none() && self.collection.relations.is_empty();
        let undo = if alone { Undo::None } else { Undo::Savepoint };
        self.scope.make_once(change, undo, once, self.asked_one(Operation::Update, Verb::Update)).await
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
        terms: impl Into<Terms>,
    ) -> Result<Upserted, RecordError> {
        let Terms { precondition, once } = terms.into();
        let replacement = self.replacement(id, input, precondition)?;
        let asked = self.asked_one(Operation::Upsert, Verb::Create);
        self.scope.make_once(replacement, Undo::Savepoint, once, asked).await
    }

    pub(super) fn replacement(
        &self,
        id: RecordId,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<Replacement, RecordError> {
        self.not_users()?;
        if input.id.is_some_and(|sent| sent != id) {
            return Err(Invalid::one("/id", "mismatch", "this is not the id of the path").into());
        }
        let sent = input.sent();
        let kept = self.kept(&sent);
        let values = input.complete(&self.collection)?;
        let create = self.rule(Verb::Create, id, || Incoming::stored(&sent));
        let update = self.rule(Verb::Update, id, || Incoming::whole(&sent, &values, &kept, self.layout()));
        let work = self.work(None);
        Ok(Replacement { work, id, target: Target::Id, values, precondition, create, update, kept })
    }

    /// The fields that a replacement leaves as they are, by their places: whom rules bind does not lose what they may
    /// neither see nor write by not sending it.
    pub(super) fn kept(&self, sent: &[bool]) -> Vec<usize> {
        let is_ruled = self.access(Verb::Update).is_ok_and(|access| access.is_ruled());
        let fields = self.collection.definition().fields.iter().enumerate();
        let kept = fields.filter(|(place, field)| {
            let unsent = sent.get(*place).is_some_and(|sent| !sent);
            is_ruled && unsent && self.collection.field_rules.concern(*place, field.name.as_str())
        });
        kept.map(|(place, _)| place).collect()
    }

    pub(super) fn work(&self, rule: Option<Question>) -> Work {
        Work {
            collection: Arc::clone(&self.collection),
            author: self.author(),
            now: self.scope.platform().now(),
            left_out: self.left_out(),
            rule,
        }
    }
}

impl Modification {
    /// Whether a rule has to be asked, and the record with it.
    pub(super) const fn is_ruled(&self) -> bool {
        self.work.rule.is_some()
    }

    /// Makes it of the record as it was found and is held.
    pub(super) async fn apply_to(self, tx: &mut Tx<'_>, before: Stored) -> Result<RecordBody, RecordError> {
        self.precondition.check(Some(ETag::new(before.updated_at)))?;
        let (values, mut places) = self.input.over(&before.values, &self.work.collection)?;
        places.extend(self.work.collection.layout.touched());
        self.work.replace(tx, &before, values, &places).await
    }
}

impl Write for Modification {
    type Done = RecordBody;
    type Error = RecordError;

    async fn apply(self, tx: &mut Tx<'_>) -> Result<RecordBody, RecordError> {
        let layout = &self.work.collection.layout;
        let before = find_locked(tx, layout, self.id, self.work.rule.as_ref()).await?;
        let before = before.ok_or(RecordError::NotFound)?;
        self.apply_to(tx, before).await
    }

    fn answer(done: &RecordBody) -> Vec<u8> {
        done.json.clone()
    }

    fn replay(answer: Vec<u8>) -> Option<RecordBody> {
        RecordBody::kept(answer)
    }
}

impl Write for Replacement {
    type Done = Upserted;
    type Error = RecordError;

    async fn apply(self, tx: &mut Tx<'_>) -> Result<Upserted, RecordError> {
        let Self { work, id, target, mut values, precondition, create, update, kept } = self;
        let layout = &work.collection.layout;
        let found = match &target {
            Target::Id => find_locked(tx, layout, id, None).await?,
            Target::Key { find, .. } => {
                tx.query(find, |row| read_stored(layout, row)).await?.into_iter().next()
            }
        };
        let Some(before) = found else {
            precondition.check(None)?;
            let inserted = work.insert(tx, id, values, (create?, target.is_chosen())).await;
            let inserted = inserted.map(Upserted::Created);
            let inserted = inserted.map_err(|error| target.may_have_met(error))?;
            target.is_met(tx, id).await?;
            return Ok(inserted);
        };
        if let Some(rule) = update?
            && !rule.of(before.id).holds(tx).await?
        {
            return Err(target.hidden());
        }
        target.check(before.id)?;
        precondition.check(Some(ETag::new(before.updated_at)))?;
        layout.keep_automatic(&before.values, &mut values);
        for place in kept {
            if let (Some(before), Some(value)) = (before.values.get(place), values.get_mut(place)) {
                value.clone_from(before);
            }
        }
        let places: Vec<usize> = (0..values.len()).collect();
        let replaced = work.replace(tx, &before, values, &places).await?;
        target.is_met(tx, before.id).await?;
        Ok(Upserted::Replaced(replaced))
    }

    fn answer(done: &Upserted) -> Vec<u8> {
        done.record().json.clone()
    }

    fn replay(answer: Vec<u8>) -> Option<Upserted> {
        Upserted::kept(answer)
    }
}

impl Target {
    /// What a refused insert means: another may have made the record between the look and the insert, and then the next
    /// try finds one to replace.
    fn may_have_met(&self, error: RecordError) -> RecordError {
        match self {
            Self::Id if matches!(error, RecordError::Exists) => StoreError::Conflict(error.into()).into(),
            Self::Id => error,
            Self::Key { fields, .. } => may_have_met(fields, error),
        }
    }

    /// Refuses a record that the key's index does not keep apart from others.
    async fn is_met(&self, tx: &mut Tx<'_>, id: RecordId) -> Result<(), RecordError> {
        let Self::Key { meets, fields, .. } = self else { return Ok(()) };
        is_met(tx, (meets.as_ref(), fields), id, "/key").await
    }

    /// What a record is to whom its rule does not let change it. Who names an id learns nothing; who names a key would
    /// learn of it by the refusal of its creation as well.
    const fn hidden(&self) -> RecordError {
        match self {
            Self::Id => RecordError::NotFound,
            Self::Key { .. } => RecordError::Forbidden,
        }
    }

    /// Whether the client chose the id of a new record, which may have been an earlier one's.
    const fn is_chosen(&self) -> bool {
        match self {
            Self::Id => true,
            Self::Key { sent, .. } => sent.is_some(),
        }
    }

    /// Whether it is the record whose id was sent.
    fn check(&self, found: RecordId) -> Result<(), Invalid> {
        match self {
            Self::Key { sent: Some(sent), .. } if *sent != found => {
                let message = format!("the record with this key is {found}, and a record's id cannot change");
                Err(Invalid::one("/id", "mismatch", message))
            }
            _ => Ok(()),
        }
    }
}

/// The same of a record that was looked for by the key of these fields.
pub(super) fn may_have_met(key: &[String], error: RecordError) -> RecordError {
    match &error {
        RecordError::NotUnique { fields }
            if fields.len() == key.len() && fields.iter().all(|field| key.contains(field)) =>
        {
            StoreError::Conflict(error.into()).into()
        }
        _ => error,
    }
}

/// Refuses a record that the index of a key does not keep apart from others: who sends it again would make another.
pub(super) async fn is_met(
    tx: &mut Tx<'_>,
    (meets, fields): (Option<&Sql>, &[String]),
    id: RecordId,
    pointer: &str,
) -> Result<(), RecordError> {
    let Some(mut meets) = meets.cloned() else { return Ok(()) };
    // The id is what such a statement takes last.
    if let Some(last) = meets.values.last_mut() {
        *last = id.as_uuid().into();
    }
    if tx.query(&meets, |_| Ok(())).await?.is_empty() {
        let message = format!(
            "`{}` is unique only among records that meet the condition of its index, and this one does not",
            fields.join(",")
        );
        return Err(Invalid::one(pointer, "invalid_key", message).into());
    }
    Ok(())
}

/// What a write takes along to where the database is.
#[derive(Clone)]
pub(super) struct Work {
    collection: Arc<crate::collections::Collection>,
    author: super::service::Author,
    now: Timestamp,
    left_out: Arc<[usize]>,
    rule: Option<Question>,
}

impl Work {
    /// When the request came.
    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) async fn replace(
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
        after.settle(&self.collection, false)?;
        let dialect = tx.dialect();
        tx.execute(&after.update(layout, places, dialect))
            .await
            .map_err(|error| refused(error, &self.collection, dialect))?;
        link(tx, &self.collection, &after, Some(before), Some(places)).await?;
        let whole = after.json(layout);
        let body = after.body(layout, &whole, &self.left_out);
        let before_json = Some(before.json(layout));
        let entry = ChangeEntry { operation: "update", before: before_json, after: Some(whole) };
        self.author.log(tx, before.id, updated_at, entry).await?;
        Ok(body)
    }

    async fn insert(
        self,
        tx: &mut Tx<'_>,
        id: RecordId,
        values: Vec<FieldValue>,
        (rule, chosen): (Option<Question>, bool),
    ) -> Result<RecordBody, RecordError> {
        let last = if chosen { last_logged(tx, &self.author, id).await? } else { None };
        let now = last.map_or(self.now, |last| self.now.max(last.next()));
        let mut stored = Stored { id, created_at: now, updated_at: now, values };
        stored.settle(&self.collection, true)?;
        self.make(tx, stored, (rule, chosen)).await
    }

    /// Makes the record, whose times are set; `chosen` if there may have been one of its id before.
    pub(super) async fn make(
        self,
        tx: &mut Tx<'_>,
        stored: Stored,
        (rule, chosen): (Option<Question>, bool),
    ) -> Result<RecordBody, RecordError> {
        let layout = &self.collection.layout;
        let dialect = tx.dialect();
        tx.execute(&stored.insert(layout, dialect))
            .await
            .map_err(|error| refused(error, &self.collection, dialect))?;
        if chosen {
            is_after_all(tx, &self.author, stored.id, stored.updated_at).await?;
        }
        link(tx, &self.collection, &stored, None, None).await?;
        if let Some(rule) = rule
            && !rule.holds(tx).await?
        {
            return Err(RecordError::Forbidden);
        }
        let whole = stored.json(layout);
        let body = stored.body(layout, &whole, &self.left_out);
        let entry = ChangeEntry { operation: "create", before: None, after: Some(whole) };
        self.author.log(tx, stored.id, stored.updated_at, entry).await?;
        Ok(body)
    }
}
