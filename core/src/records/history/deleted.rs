//! Records that are gone and can be had back.

use futures_util::FutureExt as _;
use uuid::Uuid;

use super::past::Past;
use super::revisions::finish;
use crate::access::{Permit, RecordsRead};
use crate::clock::Timestamp;
use crate::invalid::Invalid;
use crate::records::error::RecordError;
use crate::records::list::RecordPage;
use crate::records::service::{RecordId, Records};
use crate::records::value::write_string;

impl Records<'_> {
    /// A page of deleted records, those that went last first: when, by whom, and what each was in the end. The page is
    /// `{"items":[…],"next_cursor":…}`.
    pub async fn deleted(
        &self,
        _: &Permit<RecordsRead>,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<RecordPage, RecordError> {
        let wrong = || Invalid::one("/cursor", "invalid_cursor", "this is no cursor of a page before");
        let after = cursor.map(|cursor| read(cursor).ok_or_else(wrong)).transpose()?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let (log, store) = (self.log(), self.scope.platform().store());
        let mut entries = store
            .read::<_, RecordError, _>(self.scope.place(), move |tx| {
                async move { Ok(log.deletions(tx, after, wanted.saturating_add(1)).await?) }.boxed()
            })
            .await?;
        let more = entries.len() > wanted;
        entries.truncate(wanted);
        let next = entries.last().filter(|_| more).map(|last| written(last.at, last.record));
        let every: Vec<usize> = (0..self.layout().columns.len()).collect();
        let mut json = b"{\"items\":[".to_vec();
        for (at, entry) in entries.iter().enumerate() {
            if at > 0 {
                json.push(b',');
            }
            let names = [
                ("id", entry.record.to_string()),
                ("deleted_at", entry.at.to_string()),
                ("actor", entry.actor.clone()),
                ("request_id", entry.request.clone()),
            ];
            for (at, (name, value)) in names.iter().enumerate() {
                json.extend_from_slice(if at == 0 { b"{\"" } else { b",\"" });
                json.extend_from_slice(name.as_bytes());
                json.extend_from_slice(b"\":");
                write_string(value, &mut json);
            }
            let before = entry.before.as_deref().unwrap_or_default();
            let record = Past::read(before, entry.at, self.collection.definition())?;
            json.extend_from_slice(b",\"record\":");
            record.write(self.layout(), &every, true, &mut json);
            json.push(b'}');
        }
        finish(&mut json, next.as_deref());
        Ok(RecordPage { json, next })
    }
}

/// A cursor: when the last record of a page went, and its id.
fn written(at: Timestamp, record: RecordId) -> String {
    format!("{at}~{record}")
}

fn read(cursor: &str) -> Option<(Timestamp, Uuid)> {
    let (at, record) = cursor.split_once('~')?;
    Some((Timestamp::parse(at)?, RecordId::parse(record)?.as_uuid()))
}
