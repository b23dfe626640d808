//! Whether the values that are there fit a field that is to ask for more.
//!
//! Every value is read and given to the changed field as if a client sent it, so that nothing stays in a column that
//! could not be written to it. That costs a pass over the table, in which other writers wait; it is done only where
//! what the field asks for has changed.

use sea_query::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::field::Field;
use super::service::CollectionError;
use crate::records::column::{quote, read, selected};
use crate::records::limits::Limits;
use crate::records::storage::Storage;
use crate::records::value::FieldValue;
use crate::store::{Sql, StoreError, Tx};

/// Rows that are looked at in one go.
const BATCH: usize = 1_000;
/// Records that a refusal names.
const NAMED: usize = 5;

/// Refuses the change where a value does not fit, and names the first records that have such.
pub(super) async fn check(
    tx: &mut Tx<'_>,
    table: &str,
    column: &str,
    field: &Field,
) -> Result<(), CollectionError> {
    let dialect = tx.dialect();
    let [limits] = Limits::of_each(std::slice::from_ref(field))?.try_into().unwrap_or([Limits::NONE]);
    let value = selected(column, &field.kind, dialect);
    let name = quote(column, dialect);
    // A statement that Postgres keeps is of the type that the column had: see `Layout::source`.
    let kind = Storage::of(&field.kind).type_name(dialect);
    let text = format!(
        "SELECT id, {value} FROM {table} /* {kind} */ WHERE id > ? AND {name} IS NOT NULL ORDER BY id LIMIT {BATCH}"
    );
    let text: std::sync::Arc<str> = dialect.placeholders(&text).into();
    let (mut after, mut bad) = (Uuid::nil(), Vec::new());
    loop {
        let sql = Sql::new(std::sync::Arc::clone(&text), vec![Value::Uuid(Some(after))]);
        let rows = tx
            .query(&sql, |row| {
                let id = row.uuid(0)?.ok_or(StoreError::Column { column: 0, wanted: "an id" })?;
                Ok((id, fits(field, &limits, &read(&field.kind, row, 1)?)))
            })
            .await?;
        bad.extend(rows.iter().filter(|(_, fits)| !fits).map(|(id, _)| *id));
        match rows.last() {
            Some((last, _)) if rows.len() == BATCH && bad.len() < NAMED => after = *last,
            _ => break,
        }
    }
    if bad.is_empty() {
        return Ok(());
    }
    let named: Vec<_> = bad.iter().take(NAMED).map(|id| id.hyphenated().to_string()).collect();
    let more = if bad.len() > NAMED { ", and more" } else { "" };
    let message = format!("there are records whose `{column}` does not fit: {}{more}", named.join(", "));
    Err(CollectionError::Records(message))
}

/// Whether the field would take that value.
fn fits(field: &Field, limits: &Limits, stored: &FieldValue) -> bool {
    let Ok(sent) = RawValue::from_string(stored.to_json()) else { return false };
    FieldValue::read(field, &sent).and_then(|value| limits.check(field, value)).is_ok()
}
