//! The end of a record. The change log keeps what it was.

use std::sync::Arc;

use super::error::RecordError;
use super::incoming::Incoming;
use super::relations::Deletion;
use super::service::{Author, ETag, Precondition, Question, RecordId, Records, Verb, find_locked};
use super::write::{Terms, Write};
use crate::clock::Timestamp;
use crate::collections::Collection;
use crate::engine::Undo;
use crate::slow_queries::Operation;
use crate::store::Tx;
use crate::tenants::TenantState;

/// The end of a record, ready to come.
#[derive(Clone)]
pub(super) struct Removal {
    collection: Arc<Collection>,
    tenant: Arc<TenantState>,
    author: Author,
    now: Timestamp,
    id: RecordId,
    rule: Option<Question>,
    precondition: Precondition,
}

impl Records<'_> {
    /// Deletes a record, and with those that point to it does what their fields say.
    pub async fn delete(&self, id: RecordId, terms: impl Into<Terms>) -> Result<(), RecordError> {
        let Terms { precondition, once } = terms.into();
        let asked = self.asked_one(Operation::Delete, Verb::Delete);
        self.scope.make_once(self.removal(id, precondition)?, Undo::Savepoint, once, asked).await
    }

    pub(super) fn removal(&self, id: RecordId, precondition: Precondition) -> Result<Removal, RecordError> {
        self.is_writable()?;
        Ok(Removal {
            collection: Arc::clone(&self.collection),
            tenant: self.scope.shared_tenant(),
            author: self.author(),
            now: self.scope.platform().now(),
            rule: self.rule(Verb::Delete, id, Incoming::nothing)?,
            id,
            precondition,
        })
    }
}

impl Write for Removal {
    type Done = ();
    type Error = RecordError;

    async fn apply(self, tx: &mut Tx<'_>) -> Result<(), RecordError> {
        let before = find_locked(tx, &self.collection.layout, self.id, self.rule.as_ref()).await?;
        let before = before.ok_or(RecordError::NotFound)?;
        self.precondition.check(Some(ETag::new(before.updated_at)))?;
        Deletion::new(&self.tenant, &self.author, self.now).run(tx, &self.collection, vec![before]).await
    }

    fn ends_users(&self) -> bool {
        self.tenant.users_may_go_with(self.collection.id())
    }

    fn answer((): &()) -> Vec<u8> {
        Vec::new()
    }

    fn replay(_: Vec<u8>) -> Option<()> {
        Some(())
    }
}
