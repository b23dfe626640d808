//! Records that point to records: that what is pointed to is there, and what becomes of it all when it goes.
//!
//! No database's foreign keys are used (`docs/decisions/0007`). A write locks the records that it points to, so that
//! nobody can delete them meanwhile; a deletion locks its record first and then looks who points to it. On SQLite the
//! one writer is the lock.

use std::collections::HashSet;
use std::sync::Arc;

use sea_query::Value;
use uuid::Uuid;

use super::column::quote;
use super::error::RecordError;
use super::service::{Author, ChangeEntry, RecordId, Stored, read_stored};
use super::value::FieldValue;
use crate::clock::Timestamp;
use crate::collections::{Collection, OnDelete, Relation};
use crate::dialect::Dialect;
use crate::invalid::{Findings, Invalid};
use crate::store::{Sql, StoreError, Tx};
use crate::tenants::TenantState;

/// Values that one statement takes.
const CHUNK: usize = 500;
/// Records that one deletion may change or take along. More is a task for many requests.
const MAX_TAKEN_ALONG: usize = 10_000;

impl FieldValue {
    /// The ids of the records that it points to.
    fn targets(&self) -> &[Uuid] {
        match self {
            Self::Uuid(id) => std::slice::from_ref(id),
            Self::Ids(ids) => ids,
            _ => &[],
        }
    }
}

/// After a record has been written: the records that its fields at `places` point to are there, and its links are
/// those of its values.
pub(super) async fn link(
    tx: &mut Tx<'_>,
    collection: &Collection,
    record: &Stored,
    before: Option<&Stored>,
    places: Option<&[usize]>,
) -> Result<(), RecordError> {
    let touched = |relation: &&Relation| places.is_none_or(|places| places.contains(&relation.place));
    for relation in collection.relations.iter().filter(touched) {
        let values = record.values.get(relation.place).map_or(&[][..], FieldValue::targets);
        let earlier = before.and_then(|before| before.values.get(relation.place));
        let earlier: HashSet<_> = earlier.map_or(&[][..], FieldValue::targets).iter().copied().collect();
        let new: Vec<_> = values.iter().copied().filter(|id| !earlier.contains(id)).collect();
        are_there(tx, relation, &new).await?;
        let Some(links) = &relation.links else { continue };
        let gone: Vec<_> = earlier.into_iter().filter(|id| !values.contains(id)).collect();
        unlink(tx, links, record.id, &gone).await?;
        insert_links(tx, links, record.id, &new).await?;
    }
    Ok(())
}

/// Refuses ids of no record, and holds the records of the others.
async fn are_there(tx: &mut Tx<'_>, relation: &Relation, ids: &[Uuid]) -> Result<(), RecordError> {
    let table = crate::collections::table_name(relation.target.as_uuid());
    let lock = match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR KEY SHARE",
        Dialect::MariaDb => " LOCK IN SHARE MODE",
    };
    let mut missing: HashSet<_> = ids.iter().copied().collect();
    for chunk in ids.chunks(CHUNK) {
        let text = format!("SELECT id FROM {table} WHERE id IN ({}){lock}", marks(chunk.len()));
        let sql = Sql::new(tx.dialect().placeholders(&text), uuids(chunk));
        for id in tx.query(&sql, |row| row.uuid(0)).await?.into_iter().flatten() {
            missing.remove(&id);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut findings = Findings::default();
    for id in ids.iter().filter(|id| missing.contains(id)) {
        let message = format!("`{}` points to {}, which is no record there", relation.field, id.hyphenated());
        findings.add(format!("/{}", relation.field), "unknown_record", message);
    }
    Ok(findings.finish::<()>(None)?)
}

async fn insert_links(
    tx: &mut Tx<'_>,
    links: &str,
    record: RecordId,
    targets: &[Uuid],
) -> Result<(), StoreError> {
    for chunk in targets.chunks(CHUNK / 2) {
        let rows = vec!["(?, ?)"; chunk.len()].join(", ");
        let text = format!("INSERT INTO {links} (record_id, target_id) VALUES {rows}");
        let values = chunk.iter().flat_map(|target| [record.as_uuid().into(), (*target).into()]).collect();
        tx.execute(&Sql::new(tx.dialect().placeholders(&text), values)).await?;
    }
    Ok(())
}

async fn unlink(tx: &mut Tx<'_>, links: &str, record: RecordId, targets: &[Uuid]) -> Result<(), StoreError> {
    for chunk in targets.chunks(CHUNK) {
        let text =
            format!("DELETE FROM {links} WHERE record_id = ? AND target_id IN ({})", marks(chunk.len()));
        let values = std::iter::once(record.as_uuid().into()).chain(uuids(chunk)).collect();
        tx.execute(&Sql::new(tx.dialect().placeholders(&text), values)).await?;
    }
    Ok(())
}

/// Deletes records that are locked, and does with those that point to them what their fields say.
pub(super) struct Deletion<'d> {
    pub(super) tenant: &'d TenantState,
    pub(super) author: &'d Author,
    pub(super) now: Timestamp,
    /// Records that are to go.
    doomed: Vec<(Arc<Collection>, Stored)>,
    seen: HashSet<(Uuid, Uuid)>,
    changed: usize,
}

impl<'d> Deletion<'d> {
    pub(super) fn new(tenant: &'d TenantState, author: &'d Author, now: Timestamp) -> Self {
        Self { tenant, author, now, doomed: Vec::new(), seen: HashSet::new(), changed: 0 }
    }

    pub(super) async fn run(
        mut self,
        tx: &mut Tx<'_>,
        collection: &Arc<Collection>,
        records: Vec<Stored>,
    ) -> Result<(), RecordError> {
        for record in records {
            self.doom(collection, record)?;
        }
        // Those that go along are found while the list is walked, and go at its end, so that none of them restricts
        // another.
        let mut at = 0;
        let mut restricting = Vec::new();
        while let Some((target, record)) = self.doomed.get(at) {
            let (target, id) = (Arc::clone(target), record.id);
            for (referrer, relation) in self.tenant.referrers(target.id()) {
                match relation.on_delete {
                    OnDelete::Restrict => restricting.push((Arc::clone(referrer), relation.clone(), id)),
                    OnDelete::Cascade => {
                        for pointing in self.pointing(tx, referrer, relation, id).await? {
                            self.doom(referrer, pointing)?;
                        }
                    }
                    OnDelete::SetNull => {}
                }
            }
            at += 1;
        }
        for (referrer, relation, id) in &restricting {
            let pointing = self.pointing(tx, referrer, relation, *id).await?;
            if pointing.iter().any(|record| !self.is_doomed(referrer, record.id)) {
                let (collection, field) = (referrer.name().to_owned(), relation.field.clone());
                return Err(RecordError::Referenced { collection, field });
            }
        }
        for (collection, record) in std::mem::take(&mut self.doomed) {
            self.detach(tx, &collection, record.id).await?;
            self.delete(tx, &collection, &record).await?;
        }
        Ok(())
    }

    fn is_doomed(&self, collection: &Collection, id: RecordId) -> bool {
        self.seen.contains(&(collection.id().as_uuid(), id.as_uuid()))
    }

    fn doom(&mut self, collection: &Arc<Collection>, record: Stored) -> Result<(), RecordError> {
        if self.seen.insert((collection.id().as_uuid(), record.id.as_uuid())) {
            self.doomed.push((Arc::clone(collection), record));
        }
        self.is_bounded(self.doomed.len())
    }

    fn is_bounded(&self, doomed: usize) -> Result<(), RecordError> {
        if doomed + self.changed > MAX_TAKEN_ALONG {
            return Err(RecordError::TooManyReferrers { most: MAX_TAKEN_ALONG });
        }
        Ok(())
    }

    /// Lets those that may go on without the record point to it no more.
    async fn detach(
        &mut self,
        tx: &mut Tx<'_>,
        collection: &Collection,
        id: RecordId,
    ) -> Result<(), RecordError> {
        for (referrer, relation) in self.tenant.referrers(collection.id()) {
            if relation.on_delete != OnDelete::SetNull {
                continue;
            }
            for before in self.pointing(tx, referrer, relation, id).await? {
                if self.is_doomed(referrer, before.id) {
                    continue;
                }
                self.changed += 1;
                self.is_bounded(self.seen.len())?;
                let mut after = before.clone();
                if let Some(value) = after.values.get_mut(relation.place) {
                    *value = match &*value {
                        FieldValue::Ids(ids) => FieldValue::Ids(
                            ids.iter().copied().filter(|other| *other != id.as_uuid()).collect(),
                        ),
                        _ => FieldValue::Null,
                    };
                }
                self.rewrite(tx, referrer, &before, after, relation).await?;
                if let Some(links) = &relation.links {
                    unlink(tx, links, before.id, &[id.as_uuid()]).await?;
                }
            }
        }
        Ok(())
    }

    async fn rewrite(
        &self,
        tx: &mut Tx<'_>,
        collection: &Collection,
        before: &Stored,
        mut after: Stored,
        relation: &Relation,
    ) -> Result<(), RecordError> {
        let layout = &collection.layout;
        after.updated_at = self.now.max(before.updated_at.next());
        let refused =
            |invalid: Invalid| RecordError::OfRecord { id: before.id, error: Box::new(invalid.into()) };
        after.settle(collection, false).map_err(refused)?;
        let places: Vec<_> = std::iter::once(relation.place).chain(layout.touched()).collect();
        tx.execute(&after.update(layout, &places, tx.dialect())).await?;
        let entry = ChangeEntry {
            operation: "update",
            before: Some(before.json(layout)),
            after: Some(after.json(layout)),
        };
        let author = self.author.of(collection);
        Ok(author.log(tx, before.id, after.updated_at, entry).await?)
    }

    async fn delete(
        &self,
        tx: &mut Tx<'_>,
        collection: &Collection,
        record: &Stored,
    ) -> Result<(), RecordError> {
        if collection.users.is_some() {
            if !self.author.may_delete_users(tx).await? {
                return Err(RecordError::StepUpNeeded);
            }
            crate::auth::forget_secrets(tx, self.tenant.id(), record.id.as_uuid()).await?;
        }
        let layout = &collection.layout;
        let id = || vec![Value::Uuid(Some(record.id.as_uuid()))];
        for links in collection.relations.iter().filter_map(|relation| relation.links.as_ref()) {
            let text = format!("DELETE FROM {links} WHERE record_id = ?");
            tx.execute(&Sql::new(tx.dialect().placeholders(&text), id())).await?;
        }
        tx.execute(&Sql::new(Arc::clone(&layout.delete), id())).await?;
        let entry = ChangeEntry { operation: "delete", before: Some(record.json(layout)), after: None };
        let at = self.now.max(record.updated_at.next());
        Ok(self.author.of(collection).log(tx, record.id, at, entry).await?)
    }

    /// The records that point to that one, held against other writers.
    async fn pointing(
        &self,
        tx: &mut Tx<'_>,
        referrer: &Collection,
        relation: &Relation,
        id: RecordId,
    ) -> Result<Vec<Stored>, StoreError> {
        let layout = &referrer.layout;
        let condition = match &relation.links {
            None => format!("{} = ?", quote(&relation.stored, tx.dialect())),
            Some(links) => format!("id IN (SELECT record_id FROM {links} WHERE target_id = ?)"),
        };
        let lock = if tx.dialect() == Dialect::Sqlite { "" } else { " FOR UPDATE" };
        let limit = MAX_TAKEN_ALONG + 1;
        let text = format!("{} WHERE {condition} LIMIT {limit}{lock}", layout.select);
        let sql = Sql::new(tx.dialect().placeholders(&text), vec![Value::Uuid(Some(id.as_uuid()))]);
        tx.query(&sql, |row| read_stored(layout, row)).await
    }
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

fn uuids(ids: &[Uuid]) -> Vec<Value> {
    ids.iter().map(|id| Value::Uuid(Some(*id))).collect()
}
