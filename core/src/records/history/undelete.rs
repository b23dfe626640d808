//! A deleted record, made again as it was in the end.

use std::sync::Arc;

use super::log::Log;
use super::past::Past;
use crate::access::{AuthWrite, Permit, RecordsWrite};
use crate::collections::Collection;
use crate::engine::Undo;
use crate::idempotency::IdempotencyKey;
use crate::records::computed::compute;
use crate::records::error::RecordError;
use crate::records::service::{RecordBody, RecordId, Records, Stored, Verb};
use crate::records::update::Work;
use crate::records::write::Write;
use crate::slow_queries::Operation;
use crate::store::{Sql, Tx};

/// A deletion that is to be taken back.
#[derive(Clone)]
struct Undeletion {
    work: Work,
    collection: Arc<Collection>,
    log: Log,
    id: RecordId,
    exists: Sql,
}

impl Records<'_> {
    /// Makes the record of that id again, with the values that it had when it was deleted and the time at which it was
    /// made first. Fields that are new since have their defaults. A user is made again only by who may make users.
    pub async fn undelete(
        &self,
        _: &Permit<RecordsWrite>,
        id: RecordId,
        once: Option<IdempotencyKey>,
    ) -> Result<RecordBody, RecordError> {
        // A user comes back with the roles that they had.
        if self.collection.users.is_some() {
            self.scope.permit::<AuthWrite>()?;
        }
        let undeletion = Undeletion {
            work: self.work(None),
            collection: Arc::clone(&self.collection),
            log: self.log(),
            id,
            exists: self.exists(id),
        };
        let asked = self.asked_one(Operation::Create, Verb::Create);
        self.scope.make_once(undeletion, Undo::Savepoint, once, asked).await
    }
}

impl Write for Undeletion {
    type Done = RecordBody;
    type Error = RecordError;

    async fn apply(self, tx: &mut Tx<'_>) -> Result<RecordBody, RecordError> {
        let last = self.log.last(tx, self.id).await?;
        let Some(end) = last.filter(super::log::Entry::is_deletion) else {
            let exists = !tx.query(&self.exists, |_| Ok(())).await?.is_empty();
            return Err(if exists { RecordError::Exists } else { RecordError::NotFound });
        };
        let collection = &self.collection;
        let before = end.before.as_deref().unwrap_or_default();
        let past = Past::read(before, end.at, collection.definition())?;
        let values = past.input(collection, (true, true), None)?.complete(collection)?;
        let mut stored = Stored {
            id: self.id,
            created_at: past.created_at,
            updated_at: self.work.now().max(end.at.next()),
            values,
        };
        stored.set_automatic_again(&collection.layout);
        compute(&collection.computed, &collection.layout, &mut stored)?;
        self.work.make(tx, stored, (None, true)).await
    }

    fn answer(done: &RecordBody) -> Vec<u8> {
        done.json.clone()
    }

    fn replay(answer: Vec<u8>) -> Option<RecordBody> {
        RecordBody::kept(answer)
    }
}
