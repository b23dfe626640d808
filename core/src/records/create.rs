//! A new record.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::error::RecordError;
use super::input::RecordInput;
use super::query::rule_query;
use super::relations::link;
use super::service::{Access, ChangeEntry, RecordBody, RecordId, Records, Stored, Verb, refused};
use crate::engine::Undo;
use crate::idempotency::{IdempotencyKey, Outcome};
use crate::ids::new_uuid;

impl Records<'_> {
    /// Adds a record.
    pub async fn create(
        &self,
        input: RecordInput,
        once: Option<IdempotencyKey>,
    ) -> Result<Outcome<RecordBody>, RecordError> {
        let access = self.access(Verb::Create)?;
        let platform = self.scope.platform();
        let now = platform.now();
        let id = match input.id {
            Some(id) => id,
            None => RecordId::new(new_uuid(platform.clock(), platform.rng())?),
        };
        let values = input.complete(&self.collection)?;
        let mut stored = Stored { id, created_at: now, updated_at: now, values };
        stored.set_automatic(self.layout(), true);
        // All that needs no database is done here, not on the writer's time.
        let whole = stored.json(self.layout(), true);
        let body = stored.body(self.layout(), &whole, self.sees_hidden());
        let dialect = self.dialect();
        let insert = stored.insert(self.layout(), dialect);
        let rule = match &access {
            Access::All => None,
            Access::Ruled(rule) => Some(rule_query(self.layout(), rule, self.scope.actor(), id, dialect)),
        };
        // Alone, neither statement can fail after having changed something.
        let undo = if once.is_none() && rule.is_none() && self.collection.relations.is_empty() {
            Undo::None
        } else {
            Undo::Savepoint
        };
        let (author, place) = (self.author(), self.scope.place());
        let collection = Arc::clone(&self.collection);
        platform
            .store()
            .write(place, undo, move |tx| {
                async move {
                    if let Some(key) = &once
                        && let Some(body) = key.take::<RecordError>(tx, place, now).await?
                    {
                        return Ok(Outcome::Replayed(body));
                    }
                    tx.execute(&insert).await.map_err(|error| refused(error, &collection, dialect))?;
                    link(tx, &collection, &stored, None, None).await?;
                    if let Some(rule) = rule
                        && tx.query(&rule, |_| Ok(())).await?.is_empty()
                    {
                        return Err(RecordError::Forbidden);
                    }
                    let entry = ChangeEntry { operation: "create", before: None, after: Some(whole) };
                    author.log(tx, id, now, entry).await?;
                    if let Some(key) = once {
                        key.keep(tx, place, body.json.clone()).await?;
                    }
                    Ok(Outcome::Fresh(body))
                }
                .boxed()
            })
            .await
    }
}
