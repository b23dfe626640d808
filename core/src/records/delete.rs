//! The end of a record. The change log keeps what it was.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::error::RecordError;
use super::relations::Deletion;
use super::service::{ETag, Precondition, RecordId, Records, Verb, find_locked};
use crate::engine::Undo;

impl Records<'_> {
    /// Deletes a record, and with those that point to it does what their fields say.
    pub async fn delete(&self, id: RecordId, precondition: Precondition) -> Result<(), RecordError> {
        let rule = self.rule(Verb::Delete, id)?;
        let (author, now) = (self.author(), self.scope.platform().now());
        let (collection, tenant) = (Arc::clone(&self.collection), self.scope.shared_tenant());
        self.scope
            .platform()
            .store()
            .write(self.scope.place(), Undo::Savepoint, move |tx| {
                async move {
                    let before = find_locked(tx, &collection.layout, id, rule.as_ref()).await?;
                    let before = before.ok_or(RecordError::NotFound)?;
                    precondition.check(Some(ETag::new(before.updated_at)))?;
                    Deletion::new(&tenant, &author, now).run(tx, &collection, before).await
                }
                .boxed()
            })
            .await
    }
}
