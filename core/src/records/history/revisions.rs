//! The changes of a record.

use futures_util::FutureExt as _;
use sea_query::Value;
use serde::Serialize;
use serde_json::value::RawValue;

use super::log::Entry;
use super::past::{Past, same};
use crate::access::{Permit, RecordsRead};
use crate::clock::Timestamp;
use crate::collections::Definition;
use crate::invalid::Invalid;
use crate::records::error::RecordError;
use crate::records::layout::Layout;
use crate::records::list::RecordPage;
use crate::records::service::{RecordId, Records};
use crate::records::value::write_string;
use crate::store::{Sql, StoreError};

/// A change of a record, as it is shown.
#[derive(Debug, Serialize)]
struct Revision {
    at: Timestamp,
    action: &'static str,
    actor: String,
    request_id: String,
    changes: Vec<FieldChange>,
}

/// A field's value before a change and after it; null where there was none.
#[derive(Debug, Serialize)]
struct FieldChange {
    field: String,
    before: Option<Box<RawValue>>,
    after: Option<Box<RawValue>>,
}

/// What a change found, and what it left.
struct States {
    before: Option<Past>,
    after: Option<Past>,
}

impl States {
    fn read(entry: &Entry, definition: &Definition) -> Result<Self, StoreError> {
        let read = |json: &Option<String>| {
            json.as_deref().map(|json| Past::read(json, entry.at, definition)).transpose()
        };
        Ok(Self { before: read(&entry.before)?, after: read(&entry.after)? })
    }

    /// The fields that differ: today's in their order, then those that are no more.
    fn changes(&self, layout: &Layout, definition: &Definition) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        let mut compare = |field: &str, of: &dyn Fn(&Past) -> Option<Box<RawValue>>| {
            let known =
                |past: &Option<Past>| past.as_ref().and_then(of).filter(|value| value.get() != "null");
            let (before, after) = (known(&self.before), known(&self.after));
            let unchanged = match (&before, &after) {
                (Some(before), Some(after)) => same(before, after),
                (before, after) => before.is_none() && after.is_none(),
            };
            if !unchanged {
                changes.push(FieldChange { field: field.to_owned(), before, after });
            }
        };
        for (place, field) in definition.fields.iter().enumerate() {
            compare(field.name.as_str(), &|past| past.fields.get(place).cloned().flatten());
        }
        let gone = [&self.before, &self.after].into_iter().flatten().flat_map(|past| past.gone.keys());
        let gone: std::collections::BTreeSet<_> = gone.filter(|name| layout.column(name).is_none()).collect();
        for name in gone {
            compare(name, &|past| past.gone.get(name).cloned());
        }
        changes
    }
}

impl Records<'_> {
    /// A page of a record's changes, the latest first: of those before `cursor`, if one is given. The page is
    /// `{"items":[…],"next_cursor":…}`.
    pub async fn revisions(
        &self,
        _: &Permit<RecordsRead>,
        id: RecordId,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<RecordPage, RecordError> {
        let wrong = || Invalid::one("/cursor", "invalid_cursor", "this is no cursor of a page before");
        let before = match cursor {
            Some(cursor) => Timestamp::parse(cursor).ok_or_else(wrong)?,
            None => Timestamp::MAX,
        };
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let (log, exists) = (self.log(), self.exists(id));
        let (first, store) = (cursor.is_none(), self.scope.platform().store());
        let mut entries = store
            .read(self.scope.place(), move |tx| {
                async move {
                    let entries = log.before(tx, id, before, wanted.saturating_add(1)).await?;
                    // All that was told of it may have been removed.
                    if first && entries.is_empty() && tx.query(&exists, |_| Ok(())).await?.is_empty() {
                        return Err(RecordError::NotFound);
                    }
                    Ok(entries)
                }
                .boxed()
            })
            .await?;
        let more = entries.len() > wanted;
        entries.truncate(wanted);
        let next = entries.last().filter(|_| more).map(|last| last.at.to_string());
        let mut json = b"{\"items\":[".to_vec();
        for (at, entry) in entries.iter().enumerate() {
            if at > 0 {
                json.push(b',');
            }
            json.extend_from_slice(&self.revision_json(entry)?.0);
        }
        finish(&mut json, next.as_deref());
        Ok(RecordPage { json, next })
    }

    /// The change of a record that was the latest at that time, with the record as it was then, which is null if it was
    /// gone.
    pub async fn revision(
        &self,
        _: &Permit<RecordsRead>,
        id: RecordId,
        at: Timestamp,
    ) -> Result<Vec<u8>, RecordError> {
        let (log, store) = (self.log(), self.scope.platform().store());
        let entry = store
            .read::<_, RecordError, _>(self.scope.place(), move |tx| {
                async move { Ok(log.before(tx, id, at.next(), 1).await?.pop()) }.boxed()
            })
            .await?;
        let entry = entry.ok_or(RecordError::NotFound)?;
        let (mut json, states) = self.revision_json(&entry)?;
        json.pop();
        json.extend_from_slice(b",\"record\":");
        match &states.after {
            Some(record) => {
                let every: Vec<usize> = (0..self.layout().columns.len()).collect();
                record.write(self.layout(), &every, true, &mut json);
            }
            None => json.extend_from_slice(b"null"),
        }
        json.push(b'}');
        Ok(json)
    }

    fn revision_json(&self, entry: &Entry) -> Result<(Vec<u8>, States), StoreError> {
        let definition = self.collection.definition();
        let states = States::read(entry, definition)?;
        let revision = Revision {
            at: entry.at,
            action: match (&states.before, &states.after) {
                (None, _) => "created",
                (Some(_), Some(_)) => "updated",
                (Some(_), None) => "deleted",
            },
            actor: entry.actor.clone(),
            request_id: entry.request.clone(),
            changes: states.changes(self.layout(), definition),
        };
        let json = serde_json::to_vec(&revision).map_err(|error| StoreError::Fault(error.into()))?;
        Ok((json, states))
    }

    /// The statement that asks whether there is a record of that id.
    pub(super) fn exists(&self, id: RecordId) -> Sql {
        let text = format!("SELECT 1 FROM {} WHERE id = ?", self.layout().source);
        Sql::new(self.dialect().placeholders(&text), vec![Value::Uuid(Some(id.as_uuid()))])
    }
}

/// Ends a page that has its items.
pub(super) fn finish(json: &mut Vec<u8>, next: Option<&str>) {
    json.extend_from_slice(b"],\"next_cursor\":");
    match next {
        Some(next) => write_string(next, json),
        None => json.extend_from_slice(b"null"),
    }
    json.push(b'}');
}
