//! Computed fields of records that are there when the fields come about.

use std::sync::Arc;

use sea_query::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::definition::Definition;
use super::service::CollectionError;
use super::values::{BATCH, NAMED, refusal};
use crate::dialect::Dialect;
use crate::ids::CollectionId;
use crate::invalid::Invalid;
use crate::records::computed::{Computed, compute};
use crate::records::layout::{Layout, model};
use crate::records::limits::Limits;
use crate::records::service::read_stored;
use crate::store::{Sql, Tx};

/// Computes fields of every record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Backfill {
    pub(super) collection: CollectionId,
    /// The design that has them.
    pub(super) definition: Definition,
    /// Their names.
    pub(super) fields: Vec<String>,
}

impl Backfill {
    pub(super) async fn run(&self, tx: &mut Tx<'_>) -> Result<(), CollectionError> {
        let dialect = tx.dialect();
        // Nothing but this step's own statements is open on MariaDB, each of which would wait for the disk.
        if dialect == Dialect::MariaDb {
            tx.define(&["SET autocommit = 0".to_owned()]).await?;
        }
        let done = self.compute_all(tx, dialect).await;
        if dialect == Dialect::MariaDb {
            let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
            tx.define(&[end.to_owned(), "SET autocommit = 1".to_owned()]).await?;
        }
        done
    }

    async fn compute_all(&self, tx: &mut Tx<'_>, dialect: Dialect) -> Result<(), CollectionError> {
        let (layout, computed) = self.prepare(dialect)?;
        let places: Vec<_> = computed.iter().map(|computed| computed.place).collect();
        let page = format!("{} WHERE id > ? ORDER BY id LIMIT {BATCH}", layout.select);
        let page: Arc<str> = dialect.placeholders(&page).into();
        let (mut after, mut bad) = (Uuid::nil(), Vec::new());
        loop {
            let sql = Sql::new(Arc::clone(&page), vec![Value::Uuid(Some(after))]);
            let records = tx.query(&sql, |row| read_stored(&layout, row)).await?;
            let whole = records.len() == BATCH;
            for mut record in records {
                after = record.id.as_uuid();
                match compute(&computed, &layout, &mut record) {
                    Ok(()) => drop(tx.execute(&record.update(&layout, &places, dialect)).await?),
                    Err(invalid) => bad.push((after, invalid)),
                }
            }
            if !whole || bad.len() > NAMED {
                break;
            }
        }
        let Some((_, first)) = bad.first() else { return Ok(()) };
        let field = first.details().first().map(|detail| detail.pointer.trim_start_matches('/').to_owned());
        let ids: Vec<_> = bad.iter().map(|(id, _)| *id).collect();
        Err(refusal(&field.unwrap_or_default(), &ids))
    }

    /// The fields with those that they are computed from, and no others: records may be large.
    fn prepare(&self, dialect: Dialect) -> Result<(Layout, Vec<Computed>), Invalid> {
        let own = |computed: &Computed| self.fields.iter().any(|name| name == computed.field.name.as_str());
        let of = |definition: &Definition| {
            let limits = Limits::of_each(&definition.fields)?;
            let model = Arc::new(model(self.collection, definition, dialect));
            Computed::of(&definition.fields, &limits, &model)
        };
        let mut names: Vec<String> = Vec::new();
        // Those that are computed from others first.
        for computed in of(&self.definition)?.into_iter().rev() {
            if own(&computed) || names.iter().any(|name| name == computed.field.name.as_str()) {
                names.push(computed.field.name.to_string());
                names.extend(computed.sources().map(str::to_owned));
            }
        }
        let mut narrow = self.definition.clone();
        narrow.fields.retain(|field| names.iter().any(|name| name == field.name.as_str()));
        let layout = Layout::new(super::table_name(self.collection.as_uuid()), &narrow, dialect);
        Ok((layout, of(&narrow)?.into_iter().filter(own).collect()))
    }
}
