//! A new record.

use std::sync::Arc;

use super::error::RecordError;
use super::incoming::Incoming;
use super::input::RecordInput;
use super::relations::link;
use super::service::{Author, ChangeEntry, RecordBody, RecordId, Records, Stored, Verb, refused};
use super::write::Write;
use crate::collections::Collection;
use crate::engine::Undo;
use crate::idempotency::{IdempotencyKey, Outcome};
use crate::ids::new_uuid;
use crate::store::{Sql, Tx};

/// A new record, ready to be written.
#[derive(Clone)]
pub(crate) struct Creation {
    collection: Arc<Collection>,
    author: Author,
    stored: Stored,
    insert: Sql,
    rule: Option<Sql>,
    /// As the change log has it.
    whole: Vec<u8>,
    body: RecordBody,
}

impl Records<'_> {
    /// Adds a record.
    pub async fn create(
        &self,
        input: RecordInput,
        once: Option<IdempotencyKey>,
    ) -> Result<Outcome<RecordBody>, RecordError> {
        self.not_users()?;
        let creation = self.creation(input)?;
        // Alone, neither statement can fail after having changed something.
        let alone = creation.rule.is_none() && self.collection.relations.is_empty();
        let undo = if alone { Undo::None } else { Undo::Savepoint };
        self.scope.make(creation, undo, once).await
    }

    /// All that needs no database is done here, not on the writer's time.
    pub(super) fn creation(&self, input: RecordInput) -> Result<Creation, RecordError> {
        let platform = self.scope.platform();
        let now = platform.now();
        let id = match input.id {
            Some(id) => id,
            None => RecordId::new(new_uuid(platform.clock(), platform.rng())?),
        };
        let rule = self.rule(Verb::Create, id, || Incoming::stored(&input.sent()))?;
        let values = input.complete(&self.collection)?;
        let mut stored = Stored { id, created_at: now, updated_at: now, values };
        stored.set_automatic(self.layout(), true);
        let whole = stored.json(self.layout(), true);
        let body = stored.body(self.layout(), &whole, self.sees_hidden());
        let dialect = self.dialect();
        Ok(Creation {
            collection: Arc::clone(&self.collection),
            author: self.author(),
            insert: stored.insert(self.layout(), dialect),
            stored,
            rule,
            whole,
            body,
        })
    }
}

impl Creation {
    /// Of the record that is to be.
    pub(crate) const fn id(&self) -> RecordId {
        self.stored.id
    }
}

impl Write for Creation {
    type Done = RecordBody;
    type Error = RecordError;

    async fn apply(self, tx: &mut Tx<'_>) -> Result<RecordBody, RecordError> {
        let dialect = tx.dialect();
        tx.execute(&self.insert).await.map_err(|error| refused(error, &self.collection, dialect))?;
        link(tx, &self.collection, &self.stored, None, None).await?;
        if let Some(rule) = &self.rule
            && tx.query(rule, |_| Ok(())).await?.is_empty()
        {
            return Err(RecordError::Forbidden);
        }
        let entry = ChangeEntry { operation: "create", before: None, after: Some(self.whole) };
        self.author.log(tx, self.stored.id, self.stored.created_at, entry).await?;
        Ok(self.body)
    }

    fn answer(done: &RecordBody) -> Vec<u8> {
        done.json.clone()
    }

    fn replay(answer: Vec<u8>) -> Option<RecordBody> {
        RecordBody::kept(answer)
    }
}
