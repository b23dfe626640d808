//! Whether the values that are there fit a field that is to ask for more.
//!
//! Every value is read and given to the changed field as if a client sent it, so that nothing stays in a column that
//! could not be written to it. That costs a pass over the table, in which other writers wait; it is done only where
//! what the field asks for has changed.

use std::sync::Arc;

use sea_query::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::field::Field;
use super::field_type::FieldType;
use super::rewrite::convert;
use super::service::CollectionError;
use crate::dialect::Dialect;
use crate::invalid::Invalid;
use crate::records::column::{quote, read, selected};
use crate::records::limits::Limits;
use crate::records::storage::Storage;
use crate::records::value::FieldValue;
use crate::store::{Row, Sql, StoreError, Tx};

/// Rows that are looked at in one go.
pub(super) const BATCH: usize = 1_000;
/// Records that a refusal names.
const NAMED: usize = 5;

/// Refuses the change where a value of the column, which is of the type `was`, neither fits nor can be made to fit.
pub(super) async fn check(
    tx: &mut Tx<'_>,
    table: &str,
    (column, was): (&str, &FieldType),
    field: &Field,
) -> Result<(), CollectionError> {
    let dialect = tx.dialect();
    let limits = limits(field)?;
    let text: Arc<str> = page(table, (column, was), dialect).into();
    let moves = column_moves(was, &field.kind);
    let fits = |value: &FieldValue| {
        if moves { convert(field, &limits, value).is_some() } else { fits(field, &limits, value) }
    };
    let (mut after, mut bad) = (Uuid::nil(), Vec::new());
    loop {
        let sql = Sql::new(Arc::clone(&text), vec![Value::Uuid(Some(after))]);
        let rows = tx.query(&sql, |row| Ok((id(row)?, fits(&read(was, row, 1)?)))).await?;
        bad.extend(rows.iter().filter(|(_, fits)| !fits).map(|(id, _)| *id));
        match rows.last() {
            Some((last, _)) if rows.len() == BATCH && bad.len() < NAMED => after = *last,
            _ => break,
        }
    }
    if bad.is_empty() { Ok(()) } else { Err(refusal(field.name.as_str(), &bad)) }
}

/// The query for the next ids, with their values in the column, after an id.
pub(super) fn page(table: &str, (column, kind): (&str, &FieldType), dialect: Dialect) -> String {
    let value = selected(column, kind, dialect);
    let name = quote(column, dialect);
    // A statement that Postgres keeps is of the type that the column had: see `Layout::source`.
    let stored = Storage::of(kind).type_name(dialect);
    dialect.placeholders(&format!(
        "SELECT id, {value} FROM {table} /* {stored} */ WHERE id > ? AND {name} IS NOT NULL ORDER BY id LIMIT {BATCH}"
    ))
}

/// The id that such a row begins with.
pub(super) fn id(row: &Row<'_>) -> Result<Uuid, StoreError> {
    row.uuid(0)?.ok_or(StoreError::Column { column: 0, wanted: "an id" })
}

/// Those of one field.
pub(super) fn limits(field: &Field) -> Result<Limits, Invalid> {
    Ok(Limits::of_each(std::slice::from_ref(field))?.pop().unwrap_or(Limits::NONE))
}

/// Names the first records whose values do not fit.
pub(super) fn refusal(field: &str, bad: &[Uuid]) -> CollectionError {
    CollectionError::Records(format!("there are records whose `{field}` does not fit: {}", named(bad)))
}

fn named(bad: &[Uuid]) -> String {
    let named: Vec<_> = bad.iter().take(NAMED).map(|id| id.hyphenated().to_string()).collect();
    let more = if bad.len() > NAMED { ", and more" } else { "" };
    named.join(", ") + more
}

/// Refuses what is to be unique where records have the same values in all of the fields and meet the condition. Names
/// those that share the first such values.
pub(super) async fn check_unique(
    tx: &mut Tx<'_>,
    table: &str,
    (fields, columns): (&[String], &[String]),
    condition: Option<&str>,
) -> Result<(), CollectionError> {
    let dialect = tx.dialect();
    let names: Vec<_> = columns.iter().map(|column| quote(column, dialect)).collect();
    let alias = |at: usize| quote(&format!("$same{at}"), dialect);
    let list = |write: &dyn Fn((usize, &String)) -> String, between: &str| {
        names.iter().enumerate().map(write).collect::<Vec<_>>().join(between)
    };
    // Nulls are never the same.
    let mut asked = list(&|(_, name)| format!("{name} IS NOT NULL"), " AND ");
    if let Some(condition) = condition {
        asked.push_str(" AND ");
        asked.push_str(condition);
    }
    let text = format!(
        "SELECT id FROM {table} JOIN (SELECT {} FROM {table} WHERE {asked} GROUP BY {} HAVING count(*) > 1 LIMIT 1) \
         AS same ON {} WHERE {asked} ORDER BY id LIMIT {}",
        list(&|(at, name)| format!("{name} AS {}", alias(at)), ", "),
        names.join(", "),
        list(&|(at, name)| format!("{name} = {}", alias(at)), " AND "),
        NAMED + 1
    );
    let same = tx.query(&Sql::new(text, Vec::new()), id).await?;
    if same.is_empty() {
        return Ok(());
    }
    let message =
        format!("there are records with the same values in {}: {}", fields.join(", "), named(&same));
    Err(CollectionError::Records(message))
}

/// Whether the field would take that value.
fn fits(field: &Field, limits: &Limits, stored: &FieldValue) -> bool {
    let Ok(sent) = RawValue::from_string(stored.to_json()) else { return false };
    FieldValue::read(field, &sent).and_then(|value| limits.check(field, value)).is_ok()
}

/// Whether values of the one type lie in a column otherwise than values of the other would.
pub(super) fn column_moves(was: &FieldType, is: &FieldType) -> bool {
    match (was, is) {
        (FieldType::Decimal { scale: was, .. }, FieldType::Decimal { scale: is, .. }) => was != is,
        (FieldType::Vector { .. }, FieldType::Vector { .. }) => was != is,
        _ => was.name() != is.name(),
    }
}
