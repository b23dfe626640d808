//! A new record.

use std::sync::Arc;

use super::error::RecordError;
use super::history::last_logged;
use super::incoming::Incoming;
use super::input::RecordInput;
use super::layout::Layout;
use super::relations::link;
use super::service::{Author, ChangeEntry, Question, RecordBody, RecordId, Records, Stored, Verb, refused};
use super::write::Write;
use crate::access::Denied;
use crate::clock::Timestamp;
use crate::collections::Collection;
use crate::dialect::Dialect;
use crate::engine::Undo;
use crate::idempotency::{IdempotencyKey, Outcome};
use crate::ids::new_uuid;
use crate::slow_queries::Operation;
use crate::store::{Sql, Tx};

/// A new record, ready to be written.
#[derive(Clone)]
pub(crate) struct Creation {
    collection: Arc<Collection>,
    author: Author,
    stored: Stored,
    rule: Option<Question>,
    /// Whether the client chose the id, which may have been an earlier record's.
    chosen: bool,
    left_out: Arc<[usize]>,
    ready: Ready,
}

/// What is made of a record that is to be inserted, before it is known whether it will be.
#[derive(Clone)]
struct Ready {
    insert: Sql,
    /// As the change log has it.
    whole: Vec<u8>,
    body: RecordBody,
}

impl Ready {
    fn new(stored: &Stored, layout: &Layout, dialect: Dialect, left_out: &[usize]) -> Self {
        let whole = stored.json(layout);
        let body = stored.body(layout, &whole, left_out);
        Self { insert: stored.insert(layout, dialect), whole, body }
    }
}

impl Records<'_> {
    /// Adds a record.
    pub async fn create(
        &self,
        input: RecordInput,
        once: Option<IdempotencyKey>,
    ) -> Result<Outcome<RecordBody>, RecordError> {
        let creation = self.creation(input)?;
        // Alone, neither statement can fail after having changed something.
        let alone = creation.rule.is_none() && self.collection.relations.is_empty();
        let undo = if alone { Undo::None } else { Undo::Savepoint };
        self.scope.make(creation, undo, once, Some(self.asked_one(Operation::Create, Verb::Create))).await
    }

    /// All that needs no database is done here, not on the writer's time.
    pub(super) fn creation(&self, input: RecordInput) -> Result<Creation, RecordError> {
        self.not_users()?;
        let sent = input.sent();
        self.creation_asking(input, |id| self.rule(Verb::Create, id, || Incoming::stored(&sent)))
    }

    /// The same, with what is to be asked of the record of that id.
    pub(super) fn creation_asking(
        &self,
        input: RecordInput,
        rule: impl FnOnce(RecordId) -> Result<Option<Question>, Denied>,
    ) -> Result<Creation, RecordError> {
        let platform = self.scope.platform();
        let now = platform.now();
        let chosen = input.id.is_some();
        let id = match input.id {
            Some(id) => id,
            None => RecordId::new(new_uuid(platform.clock(), platform.rng())?),
        };
        let rule = rule(id)?;
        let values = input.complete(&self.collection)?;
        let mut stored = Stored { id, created_at: now, updated_at: now, values };
        stored.settle(&self.collection, true)?;
        let left_out = self.left_out();
        Ok(Creation {
            collection: Arc::clone(&self.collection),
            author: self.author(),
            ready: Ready::new(&stored, self.layout(), self.dialect(), &left_out),
            stored,
            rule,
            chosen,
            left_out,
        })
    }
}

impl Creation {
    /// Of the record that is to be.
    pub(crate) const fn id(&self) -> RecordId {
        self.stored.id
    }

    /// Whether a rule is asked before it is made.
    pub(crate) const fn is_ruled(&self) -> bool {
        self.rule.is_some()
    }

    /// Makes it as far as rules can be asked of it, and asks them. Whoever calls it takes back what was written.
    pub(crate) async fn ask(mut self, tx: &mut Tx<'_>) -> Result<(), RecordError> {
        self.put(tx).await?;
        self.is_allowed(tx).await
    }

    /// Inserts the record and what it is linked to, and asks nothing.
    pub(super) async fn put(&mut self, tx: &mut Tx<'_>) -> Result<(), RecordError> {
        let dialect = tx.dialect();
        tx.execute(&self.ready.insert).await.map_err(|error| refused(error, &self.collection, dialect))?;
        if self.chosen {
            self.come_later(tx).await?;
        }
        link(tx, &self.collection, &self.stored, None, None).await
    }

    async fn is_allowed(&self, tx: &mut Tx<'_>) -> Result<(), RecordError> {
        match &self.rule {
            Some(rule) if !rule.holds(tx).await? => Err(RecordError::Forbidden),
            _ => Ok(()),
        }
    }

    /// As one that was made elsewhere, at another time.
    pub(crate) fn made_at(mut self, at: Timestamp, dialect: Dialect) -> Self {
        self.stored.created_at = at;
        self.ready = Ready::new(&self.stored, &self.collection.layout, dialect, &self.left_out);
        self
    }

    /// Comes after the end of an earlier record of this id, whatever the clock says. Only who has inserted the id knows
    /// that nobody else is about to end one.
    async fn come_later(&mut self, tx: &mut Tx<'_>) -> Result<(), RecordError> {
        let last = last_logged(tx, &self.author, self.stored.id).await?;
        if let Some(last) = last.filter(|last| *last >= self.stored.updated_at) {
            let layout = &self.collection.layout;
            (self.stored.created_at, self.stored.updated_at) = (last.next(), last.next());
            self.stored.settle(&self.collection, true)?;
            self.ready = Ready::new(&self.stored, layout, tx.dialect(), &self.left_out);
            let id = self.stored.id.as_uuid().into();
            tx.execute(&Sql::new(Arc::clone(&layout.delete), vec![id])).await?;
            tx.execute(&self.ready.insert).await?;
        }
        Ok(())
    }
}

impl Write for Creation {
    type Done = RecordBody;
    type Error = RecordError;

    async fn apply(mut self, tx: &mut Tx<'_>) -> Result<RecordBody, RecordError> {
        self.put(tx).await?;
        self.is_allowed(tx).await?;
        let entry = ChangeEntry { operation: "create", before: None, after: Some(self.ready.whole) };
        self.author.log(tx, self.stored.id, self.stored.updated_at, entry).await?;
        Ok(self.ready.body)
    }

    fn answer(done: &RecordBody) -> Vec<u8> {
        done.json.clone()
    }

    fn replay(answer: Vec<u8>) -> Option<RecordBody> {
        RecordBody::kept(answer)
    }
}
