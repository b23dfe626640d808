//! The change log of a collection, as it is read by record and by time.

use sea_query::Value;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::dialect::Dialect;
use crate::records::service::{Author, RecordId, Records};
use crate::store::{Row, Sql, StoreError, Tx};

/// The changes of one collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log {
    pub(super) tenant: Uuid,
    pub(super) collection: Uuid,
}

/// A change, as it was written.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) record: RecordId,
    pub(super) operation: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) actor: String,
    pub(super) request: String,
    pub(super) at: Timestamp,
}

impl Entry {
    /// Whether the record was gone after it.
    pub(super) fn is_deletion(&self) -> bool {
        self.operation == "delete"
    }
}

/// The columns of [`Entry`].
const COLUMNS: &str = "record_id, operation, before_record, after_record, actor, request_id, at";

impl Records<'_> {
    pub(super) fn log(&self) -> Log {
        Log { tenant: self.scope.tenant().id().as_uuid(), collection: self.collection.id().as_uuid() }
    }
}

impl Log {
    /// The latest changes of a record, of those before that time.
    pub(super) async fn before(
        self,
        tx: &mut Tx<'_>,
        record: RecordId,
        at: Timestamp,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let rest = format!("record_id = ? AND at < ? ORDER BY at DESC LIMIT {limit}");
        self.find(tx, &rest, vec![record.as_uuid().into(), at.as_micros().into()]).await
    }

    /// The latest change of a record.
    pub(super) async fn last(self, tx: &mut Tx<'_>, record: RecordId) -> Result<Option<Entry>, StoreError> {
        let rest = "record_id = ? ORDER BY at DESC LIMIT 1";
        Ok(self.find(tx, rest, vec![record.as_uuid().into()]).await?.pop())
    }

    /// The first change of a record after that time.
    pub(super) async fn after(
        self,
        tx: &mut Tx<'_>,
        record: RecordId,
        at: Timestamp,
    ) -> Result<Option<Entry>, StoreError> {
        let rest = "record_id = ? AND at > ? ORDER BY at LIMIT 1";
        Ok(self.find(tx, rest, vec![record.as_uuid().into(), at.as_micros().into()]).await?.pop())
    }

    /// The first change after that time of each record with a later id than `after`, in the order of ids.
    pub(super) async fn each_after(
        self,
        tx: &mut Tx<'_>,
        at: Timestamp,
        after: Uuid,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let columns = COLUMNS.split(", ").map(|column| format!("c.{column}")).collect::<Vec<_>>().join(", ");
        let text = format!(
            "SELECT {columns} FROM (SELECT record_id, MIN(at) AS at FROM changes WHERE tenant_id = ? AND \
             collection_id = ? AND record_id > ? AND at > ? GROUP BY record_id ORDER BY record_id LIMIT {limit}) AS f \
             JOIN changes AS c ON c.tenant_id = ? AND c.collection_id = ? AND c.record_id = f.record_id AND \
             c.at = f.at ORDER BY c.record_id"
        );
        let own = [Value::from(self.tenant), self.collection.into()];
        let values = own.iter().cloned().chain([after.into(), at.as_micros().into()]).chain(own.clone());
        let values = values.collect();
        tx.query(&Sql::new(tx.dialect().placeholders(&text), values), read).await
    }

    /// The deletions of records that were not made again, the latest first, after that place in this order.
    pub(super) async fn deletions(
        self,
        tx: &mut Tx<'_>,
        after: Option<(Timestamp, Uuid)>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut rest = "operation = 'delete' AND NOT EXISTS (SELECT 1 FROM changes AS l WHERE \
                        l.tenant_id = c.tenant_id AND l.collection_id = c.collection_id AND \
                        l.record_id = c.record_id AND l.at > c.at)"
            .to_owned();
        let mut values = Vec::new();
        if let Some((at, record)) = after {
            rest.push_str(" AND at <= ? AND (at < ? OR record_id < ?)");
            values.extend([at.as_micros().into(), at.as_micros().into(), record.into()]);
        }
        self.find(tx, &format!("{rest} ORDER BY at DESC, record_id DESC LIMIT {limit}"), values).await
    }

    async fn find(self, tx: &mut Tx<'_>, rest: &str, values: Vec<Value>) -> Result<Vec<Entry>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM changes AS c WHERE tenant_id = ? AND collection_id = ? AND {rest}"
        );
        let own = [self.tenant.into(), self.collection.into()];
        let values = own.into_iter().chain(values).collect();
        tx.query(&Sql::new(tx.dialect().placeholders(&text), values), read).await
    }
}

fn read(row: &Row<'_>) -> Result<Entry, StoreError> {
    let wrong = |column| StoreError::Column { column, wanted: "a change" };
    Ok(Entry {
        record: RecordId::new(row.uuid(0)?.ok_or_else(|| wrong(0))?),
        operation: row.text(1)?.unwrap_or_default(),
        before: row.text(2)?,
        after: row.text(3)?,
        actor: row.text(4)?.unwrap_or_default(),
        request: row.text(5)?.unwrap_or_default(),
        at: row.int(6)?.and_then(Timestamp::from_micros).ok_or_else(|| wrong(6))?,
    })
}

/// When the record of that id was last changed, if the log still tells.
pub(in crate::records) async fn last_logged(
    tx: &mut Tx<'_>,
    author: &Author,
    record: RecordId,
) -> Result<Option<Timestamp>, StoreError> {
    // MariaDB would read what was there when the transaction first looked at anything.
    let lock = if tx.dialect() == Dialect::MariaDb { " LOCK IN SHARE MODE" } else { "" };
    let text = format!(
        "SELECT at FROM changes WHERE tenant_id = ? AND collection_id = ? AND record_id = ? ORDER BY at DESC LIMIT 1{lock}"
    );
    let (tenant, collection) = author.place();
    let values = vec![tenant.into(), collection.into(), record.as_uuid().into()];
    let found = tx.query(&Sql::new(tx.dialect().placeholders(&text), values), |row| row.int(0)).await?;
    Ok(found.into_iter().flatten().next().and_then(Timestamp::from_micros))
}

/// That no change of the record was logged at that time or later, asked by who has inserted it. Before that nothing can
/// be held of it: another may have made and ended it since the log was looked at, and then the write is made again.
pub(in crate::records) async fn is_after_all(
    tx: &mut Tx<'_>,
    author: &Author,
    record: RecordId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let lock = match tx.dialect() {
        // Nobody else writes.
        Dialect::Sqlite => return Ok(()),
        Dialect::Postgres => "",
        // Reads what is there now, and not when the transaction first looked.
        Dialect::MariaDb => " LOCK IN SHARE MODE",
    };
    let text = format!(
        "SELECT 1 FROM changes WHERE tenant_id = ? AND collection_id = ? AND record_id = ? AND at >= ? LIMIT 1{lock}"
    );
    let (tenant, collection) = author.place();
    let values = vec![tenant.into(), collection.into(), record.as_uuid().into(), at.as_micros().into()];
    let later = tx.query(&Sql::new(tx.dialect().placeholders(&text), values), |_| Ok(())).await?;
    if later.is_empty() {
        return Ok(());
    }
    Err(StoreError::Conflict("a record of this id came and went meanwhile".into()))
}
