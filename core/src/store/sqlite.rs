//! Statements on SQLite: binding of values, and stepping through rows.

use rusqlite::types::{ToSqlOutput, ValueRef};
use sea_query::Value;

use super::error::StoreError;
use super::row::Row;
use super::sql::Sql;

struct Bound<'v>(&'v Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self.0 {
            Value::Bool(value) => value.map(|value| ValueRef::Integer(i64::from(value))),
            Value::TinyInt(value) => value.map(|value| ValueRef::Integer(value.into())),
            Value::SmallInt(value) => value.map(|value| ValueRef::Integer(value.into())),
            Value::Int(value) => value.map(|value| ValueRef::Integer(value.into())),
            Value::BigInt(value) => value.map(ValueRef::Integer),
            Value::TinyUnsigned(value) => value.map(|value| ValueRef::Integer(value.into())),
            Value::SmallUnsigned(value) => value.map(|value| ValueRef::Integer(value.into())),
            Value::Unsigned(value) => value.map(|value| ValueRef::Integer(value.into())),
            // Only limits and offsets come as unsigned; a larger one than fits means the same as the largest.
            Value::BigUnsigned(value) => {
                value.map(|value| ValueRef::Integer(i64::try_from(value).unwrap_or(i64::MAX)))
            }
            Value::Float(value) => value.map(|value| ValueRef::Real(value.into())),
            Value::Double(value) => value.map(ValueRef::Real),
            Value::String(value) => value.as_deref().map(|value| ValueRef::Text(value.as_bytes())),
            Value::Bytes(value) => value.as_deref().map(ValueRef::Blob),
            Value::Uuid(value) => value.as_ref().map(|value| ValueRef::Blob(value.as_bytes())),
            other => {
                let message = format!("no SQLite form for {other:?}");
                return Err(rusqlite::Error::ToSqlConversionFailure(message.into()));
            }
        };
        Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
    }
}

/// Runs a statement that returns no rows, and counts the rows it changed.
pub(super) fn execute(connection: &rusqlite::Connection, sql: &Sql) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached(&sql.text)?;
    let changed = statement.execute(rusqlite::params_from_iter(sql.values.iter().map(Bound)))?;
    Ok(changed as u64)
}

/// Runs a query and hands each row to `read`.
pub(super) fn query<T>(
    connection: &rusqlite::Connection,
    sql: &Sql,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(&sql.text)?;
    let mut rows = statement.query(rusqlite::params_from_iter(sql.values.iter().map(Bound)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&Row::Sqlite(row))?);
    }
    Ok(found)
}
