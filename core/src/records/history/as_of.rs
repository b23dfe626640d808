//! Records as they were at a time: one of them, or all of them page by page.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use sea_query::Value;
use uuid::Uuid;

use super::log::Entry;
use super::past::Past;
use super::revisions::finish;
use crate::access::{Permit, RecordsRead};
use crate::clock::Timestamp;
use crate::collections::Definition;
use crate::invalid::{Findings, Invalid};
use crate::records::error::RecordError;
use crate::records::list::{Count, DEFAULT_LIMIT, ListQuery, MAX_LIMIT, RecordPage};
use crate::records::service::{Access, ETag, RecordBody, RecordId, Records, Stored, read_stored};
use crate::store::{Sql, StoreError};

/// Which records of the past, as sent.
#[derive(Debug, Clone, Default)]
pub struct PastQuery {
    /// Fields apart by commas.
    pub fields: Option<String>,
    /// Records on the page, 1 to [`MAX_LIMIT`]; 50 where nothing is said.
    pub limit: Option<u32>,
    /// The page before's `next_cursor`.
    pub cursor: Option<String>,
}

impl PastQuery {
    /// What a list of the past takes of one of the present, and the refusal of the rest.
    pub fn from_list(query: ListQuery) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let is_sent = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        for (name, sent) in [
            ("filter", is_sent(&query.filter)),
            ("sort", is_sent(&query.sort)),
            ("expand", is_sent(&query.expand)),
            ("search", is_sent(&query.search)),
            ("near", is_sent(&query.near)),
            ("within", is_sent(&query.within)),
            ("nearest", is_sent(&query.nearest)),
            ("count", query.count != Count::None),
        ] {
            if sent {
                let message = format!("a list of the past shows all records, and takes no `{name}`");
                findings.add(format!("/{name}"), "not_applicable", message);
            }
        }
        findings.finish(Some(Self { fields: query.fields, limit: query.limit, cursor: query.cursor }))
    }
}

impl Records<'_> {
    /// The record of that id as it was at that time; `fields` (apart by commas) are what is shown of it.
    pub async fn read_as_of(
        &self,
        _: &Permit<RecordsRead>,
        id: RecordId,
        at: Timestamp,
        fields: Option<&str>,
    ) -> Result<RecordBody, RecordError> {
        self.reaches(at, "/as_of")?;
        let places = self.shown(fields, &[], &Access::All)?;
        let past = self.state(id, at).await?.ok_or(RecordError::NotFound)?;
        let mut json = Vec::with_capacity(512);
        past.write(self.layout(), &places, false, &mut json);
        Ok(RecordBody { id, etag: ETag::new(past.updated_at), json })
    }

    /// What the record was at that time, if there was one: what the first change after it found, else what it is now.
    pub(super) async fn state(&self, id: RecordId, at: Timestamp) -> Result<Option<Past>, RecordError> {
        let collection = std::sync::Arc::clone(&self.collection);
        let text = self.dialect().placeholders(&format!("{} WHERE id = ?", self.layout().select));
        let (log, sql) = (self.log(), Sql::new(text, vec![Value::Uuid(Some(id.as_uuid()))]));
        let store = self.scope.platform().store();
        store
            .read::<_, RecordError, _>(self.scope.place(), move |tx| {
                async move {
                    // The record first: whoever changes it in between is found in the log.
                    let row = tx.query(&sql, |row| read_stored(&collection.layout, row)).await?.pop();
                    Ok(match log.after(tx, id, at).await? {
                        Some(change) => found_by(&change, collection.definition())?,
                        None => row.as_ref().map(Past::present),
                    })
                }
                .boxed()
            })
            .await
    }

    /// A page of the records as they were at that time, in the order of their ids. It may have fewer records than it has
    /// room for, where some of those that it looked at were not there then.
    pub async fn list_as_of(
        &self,
        _: &Permit<RecordsRead>,
        at: Timestamp,
        query: &PastQuery,
    ) -> Result<RecordPage, RecordError> {
        self.reaches(at, "/as_of")?;
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let message = format!("a page has 1 to {MAX_LIMIT} records");
            return Err(Invalid::one("/limit", "out_of_range", message).into());
        }
        let places = self.shown(query.fields.as_deref(), &[], &Access::All)?;
        let wrong = || Invalid::one("/cursor", "invalid_cursor", "this is no cursor of a page before");
        let after = match &query.cursor {
            Some(cursor) => RecordId::parse(cursor).ok_or_else(wrong)?.as_uuid(),
            None => Uuid::nil(),
        };
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = self.page_of(at, after, wanted).await?;
        let mut json = b"{\"items\":[".to_vec();
        for (at, past) in page.records.iter().enumerate() {
            if at > 0 {
                json.push(b',');
            }
            past.write(self.layout(), &places, false, &mut json);
        }
        let next = page.next.map(|next| next.hyphenated().to_string());
        finish(&mut json, next.as_deref());
        // What a list counts is what is there now.
        json.pop();
        json.extend_from_slice(b",\"total\":null}");
        Ok(RecordPage { json, next })
    }

    async fn page_of(&self, at: Timestamp, after: Uuid, wanted: usize) -> Result<PastPage, RecordError> {
        let collection = std::sync::Arc::clone(&self.collection);
        let layout = self.layout();
        let text = format!("{} WHERE id > ? ORDER BY id LIMIT {}", layout.select, wanted.saturating_add(1));
        let sql = Sql::new(self.dialect().placeholders(&text), vec![Value::Uuid(Some(after))]);
        let (log, store) = (self.log(), self.scope.platform().store());
        store
            .read::<_, RecordError, _>(self.scope.place(), move |tx| {
                async move {
                    let rows = tx.query(&sql, |row| read_stored(&collection.layout, row)).await?;
                    let changes = log.each_after(tx, at, after, wanted.saturating_add(1)).await?;
                    Ok(PastPage::of(&rows, &changes, wanted, collection.definition())?)
                }
                .boxed()
            })
            .await
    }
}

/// What a change found.
fn found_by(change: &Entry, definition: &Definition) -> Result<Option<Past>, StoreError> {
    let before = change.before.as_deref();
    before.map(|before| Past::read(before, change.at, definition)).transpose()
}

struct PastPage {
    records: Vec<Past>,
    /// The id after which the next page begins.
    next: Option<Uuid>,
}

impl PastPage {
    /// Of the records that are there now and of the first changes since, each up to one more than the page has room for,
    /// in the order of ids.
    fn of(
        rows: &[Stored],
        changes: &[Entry],
        wanted: usize,
        definition: &Definition,
    ) -> Result<Self, StoreError> {
        // Beyond the end of either list the other does not know everything.
        let end_of = |count: usize, last: Option<Uuid>| last.filter(|_| count > wanted);
        let ends = [
            end_of(rows.len(), rows.last().map(|row| row.id.as_uuid())),
            end_of(changes.len(), changes.last().map(|change| change.record.as_uuid())),
        ];
        let end = ends.into_iter().flatten().min();
        let mut states: BTreeMap<Uuid, Option<Past>> =
            rows.iter().map(|row| (row.id.as_uuid(), Some(Past::present(row)))).collect();
        for change in changes {
            states.insert(change.record.as_uuid(), found_by(change, definition)?);
        }
        let mut page = Self { records: Vec::new(), next: None };
        for (id, state) in states {
            if end.is_some_and(|end| id > end) {
                break;
            }
            if page.records.len() == wanted && state.is_some() {
                return Ok(page);
            }
            page.next = Some(id);
            page.records.extend(state);
        }
        page.next = page.next.filter(|_| end.is_some());
        Ok(page)
    }
}
