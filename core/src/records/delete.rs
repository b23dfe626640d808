//! The end of a record. The change log keeps what it was.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_query::Value;

use super::error::RecordError;
use super::service::{ChangeEntry, ETag, Precondition, RecordId, Records, Verb, find_locked};
use crate::engine::Undo;
use crate::store::Sql;

impl Records<'_> {
    /// Deletes a record.
    pub async fn delete(&self, id: RecordId, precondition: Precondition) -> Result<(), RecordError> {
        let rule = self.rule(Verb::Delete, id)?;
        let (author, now) = (self.author(), self.scope.platform().now());
        let collection = Arc::clone(&self.collection);
        self.scope
            .platform()
            .store()
            .write(self.scope.place(), Undo::None, move |tx| {
                async move {
                    let layout = &collection.layout;
                    let before = find_locked(tx, layout, id, rule.as_ref()).await?;
                    let before = before.ok_or(RecordError::NotFound)?;
                    precondition.check(Some(ETag::new(before.updated_at)))?;
                    let delete = Sql::new(Arc::clone(&layout.delete), vec![Value::Uuid(Some(id.as_uuid()))]);
                    tx.execute(&delete).await?;
                    let before = Some(before.json(layout, true));
                    let entry = ChangeEntry { operation: "delete", before, after: None };
                    Ok(author.log(tx, id, now, entry).await?)
                }
                .boxed()
            })
            .await
    }
}
