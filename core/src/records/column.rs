//! Values of fields as columns of the three databases: bound to statements, and read from rows.
//!
//! | Field | SQLite | Postgres | MariaDB |
//! |---|---|---|---|
//! | text, select, email, url | `TEXT` | `TEXT COLLATE "C"` | `VARCHAR` or `LONGTEXT`, `utf8mb4_nopad_bin` |
//! | int, decimal (its digits without the point) | `INTEGER` | `BIGINT` | `BIGINT` |
//! | float | `REAL` | `DOUBLE PRECISION` | `DOUBLE` |
//! | bool | `INTEGER` | `BOOLEAN` | `BOOLEAN` |
//! | date | `TEXT` | `DATE` | `DATE` |
//! | datetime | `INTEGER`, microseconds since 1970 | `TIMESTAMPTZ` | `DATETIME(6)`, UTC |
//! | json (its text as sent) | `TEXT` | `JSON` | `LONGTEXT` |
//! | uuid | `BLOB`, 16 bytes | `UUID` | `BINARY(16)` |

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rusqlite::types::ValueRef;
use sea_query::Value;
use serde_json::value::RawValue;
use sqlx::Row as _;
use uuid::Uuid;

use super::value::{FieldValue, write_decimal, write_float, write_string};
use crate::clock::Timestamp;
use crate::collections::FieldType;
use crate::dialect::Dialect;
use crate::store::{Row, StoreError};

/// The type of a column for `kind`. On MariaDB a text is a `VARCHAR` as long as it can be a whole index key. It is
/// never shorter than 64 characters, from which on it can lie outside the row, whose half page is soon full.
pub(crate) fn type_name(kind: &FieldType, dialect: Dialect) -> String {
    if let (Some(most), Dialect::MariaDb) = (kind.key_length(), dialect) {
        return format!("VARCHAR({})", most.max(64));
    }
    let name = match (kind, dialect) {
        (
            FieldType::Text { .. }
            | FieldType::Url
            | FieldType::Json
            | FieldType::Select { .. }
            | FieldType::Email,
            Dialect::MariaDb,
        ) => "LONGTEXT",
        (
            FieldType::Text { .. } | FieldType::Select { .. } | FieldType::Email | FieldType::Url,
            Dialect::Postgres,
        ) => "TEXT COLLATE \"C\"",
        (
            FieldType::Text { .. }
            | FieldType::Select { .. }
            | FieldType::Email
            | FieldType::Url
            | FieldType::Json
            | FieldType::Date,
            Dialect::Sqlite,
        ) => "TEXT",
        (FieldType::Int | FieldType::Decimal { .. }, Dialect::Postgres | Dialect::MariaDb) => "BIGINT",
        (
            FieldType::Int | FieldType::Decimal { .. } | FieldType::Bool | FieldType::Datetime,
            Dialect::Sqlite,
        ) => "INTEGER",
        (FieldType::Float, Dialect::Sqlite) => "REAL",
        (FieldType::Float, Dialect::Postgres) => "DOUBLE PRECISION",
        (FieldType::Float, Dialect::MariaDb) => "DOUBLE",
        (FieldType::Bool, Dialect::Postgres | Dialect::MariaDb) => "BOOLEAN",
        (FieldType::Date, Dialect::Postgres | Dialect::MariaDb) => "DATE",
        (FieldType::Datetime, Dialect::Postgres) => "TIMESTAMPTZ",
        (FieldType::Datetime, Dialect::MariaDb) => "DATETIME(6)",
        (FieldType::Json, Dialect::Postgres) => "JSON",
        (FieldType::Uuid, Dialect::Sqlite) => "BLOB",
        (FieldType::Uuid, Dialect::Postgres) => "UUID",
        (FieldType::Uuid, Dialect::MariaDb) => "BINARY(16)",
    };
    name.to_owned()
}

/// A value ready to be bound. Null is typed, because Postgres takes the column's type from it.
pub(crate) fn bind(kind: &FieldType, value: &FieldValue, dialect: Dialect) -> Value {
    match (value, kind) {
        (FieldValue::Null, kind) => null(kind, dialect),
        (FieldValue::Text(text), FieldType::Date) if dialect != Dialect::Sqlite => {
            Value::ChronoDate(text.parse().ok())
        }
        (FieldValue::Text(text), _) => Value::String(Some(text.clone())),
        (FieldValue::Int(number), _) => Value::BigInt(Some(*number)),
        (FieldValue::Decimal { unscaled, .. }, _) => Value::BigInt(Some(*unscaled)),
        (FieldValue::Float(number), _) => Value::Double(Some(*number)),
        (FieldValue::Bool(value), _) => Value::Bool(Some(*value)),
        (FieldValue::Datetime(at), _) => bind_time(*at, dialect),
        (FieldValue::Json(text), _) => Value::String(Some(text.get().to_owned())),
        (FieldValue::Uuid(uuid), _) => Value::Uuid(Some(*uuid)),
    }
}

/// An instant ready to be bound.
pub(crate) fn bind_time(at: Timestamp, dialect: Dialect) -> Value {
    let utc = || DateTime::<Utc>::from_timestamp_micros(at.as_micros());
    match dialect {
        Dialect::Sqlite => Value::BigInt(Some(at.as_micros())),
        Dialect::Postgres => Value::ChronoDateTimeUtc(utc()),
        Dialect::MariaDb => Value::ChronoDateTime(utc().map(|at| at.naive_utc())),
    }
}

const fn null(kind: &FieldType, dialect: Dialect) -> Value {
    match (kind, dialect) {
        (FieldType::Date, Dialect::Postgres | Dialect::MariaDb) => Value::ChronoDate(None),
        (FieldType::Datetime, Dialect::Postgres) => Value::ChronoDateTimeUtc(None),
        (FieldType::Datetime, Dialect::MariaDb) => Value::ChronoDateTime(None),
        (FieldType::Int | FieldType::Decimal { .. } | FieldType::Datetime, _) => Value::BigInt(None),
        (FieldType::Float, _) => Value::Double(None),
        (FieldType::Bool, _) => Value::Bool(None),
        (FieldType::Uuid, _) => Value::Uuid(None),
        (
            FieldType::Text { .. }
            | FieldType::Select { .. }
            | FieldType::Email
            | FieldType::Url
            | FieldType::Json
            | FieldType::Date,
            _,
        ) => Value::String(None),
    }
}

/// The place of a value in a statement.
pub(crate) const fn placeholder(kind: &FieldType, dialect: Dialect) -> &'static str {
    match (kind, dialect) {
        (FieldType::Json, Dialect::Postgres) => "CAST(? AS JSON)",
        _ => "?",
    }
}

/// A column as it is selected.
pub(crate) fn selected(name: &str, kind: &FieldType, dialect: Dialect) -> String {
    let name = quote(name, dialect);
    match (kind, dialect) {
        (FieldType::Json, Dialect::Postgres) => format!("CAST({name} AS TEXT)"),
        _ => name,
    }
}

/// A name as an identifier; names hold letters, digits and `_` alone.
pub(crate) fn quote(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => format!("\"{name}\""),
        Dialect::MariaDb => format!("`{name}`"),
    }
}

/// Reads a column.
pub(crate) fn read(kind: &FieldType, row: &Row<'_>, at: usize) -> Result<FieldValue, StoreError> {
    let value = match kind {
        FieldType::Date => read_date(row, at)?.map(FieldValue::Text),
        FieldType::Text { .. } | FieldType::Select { .. } | FieldType::Email | FieldType::Url => {
            row.text(at)?.map(FieldValue::Text)
        }
        FieldType::Int => row.int(at)?.map(FieldValue::Int),
        FieldType::Decimal { scale } => {
            row.int(at)?.map(|unscaled| FieldValue::Decimal { unscaled, scale: *scale })
        }
        FieldType::Float => row.float(at)?.map(FieldValue::Float),
        FieldType::Bool => row.bool(at)?.map(FieldValue::Bool),
        FieldType::Datetime => read_time(row, at)?.map(FieldValue::Datetime),
        FieldType::Uuid => row.uuid(at)?.map(FieldValue::Uuid),
        FieldType::Json => match row.text(at)? {
            Some(text) => Some(FieldValue::Json(
                RawValue::from_string(text).map_err(|error| StoreError::Fault(error.into()))?,
            )),
            None => None,
        },
    };
    Ok(value.unwrap_or(FieldValue::Null))
}

/// Reads an instant, or null.
pub(crate) fn read_time(row: &Row<'_>, at: usize) -> Result<Option<Timestamp>, StoreError> {
    let wrong = || StoreError::Column { column: at, wanted: "an instant" };
    let micros = match row {
        Row::Sqlite(_) => row.int(at)?,
        Row::Postgres(row) => {
            let read = row.try_get::<Option<DateTime<Utc>>, _>(at).map_err(|_| wrong())?;
            read.map(|at| at.timestamp_micros())
        }
        Row::MariaDb(row) => {
            let read = row.try_get::<Option<NaiveDateTime>, _>(at).map_err(|_| wrong())?;
            read.map(|at| at.and_utc().timestamp_micros())
        }
    };
    micros.map(|micros| Timestamp::from_micros(micros).ok_or_else(wrong)).transpose()
}

fn read_date(row: &Row<'_>, at: usize) -> Result<Option<String>, StoreError> {
    let wrong = |_| StoreError::Column { column: at, wanted: "a date" };
    let date = match row {
        Row::Sqlite(_) => return row.text(at),
        Row::Postgres(row) => row.try_get::<Option<NaiveDate>, _>(at).map_err(wrong)?,
        Row::MariaDb(row) => row.try_get::<Option<NaiveDate>, _>(at).map_err(wrong)?,
    };
    Ok(date.map(|date| date.to_string()))
}

/// Writes a column as JSON straight from the row, which is the path of every read.
pub(crate) fn write(kind: &FieldType, row: &Row<'_>, at: usize, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let Row::Sqlite(sqlite) = row else {
        read(kind, row, at)?.write_json(out);
        return Ok(());
    };
    let wrong = || StoreError::Column { column: at, wanted: "the type of its field" };
    match (sqlite.get_ref(at).map_err(|_| wrong())?, kind) {
        (ValueRef::Null, _) => out.extend_from_slice(b"null"),
        (ValueRef::Text(text), FieldType::Json) => out.extend_from_slice(text),
        (ValueRef::Text(text), _) => write_string(std::str::from_utf8(text).map_err(|_| wrong())?, out),
        (ValueRef::Integer(number), FieldType::Int) => FieldValue::Int(number).write_json(out),
        (ValueRef::Integer(number), FieldType::Decimal { scale }) => write_decimal(number, *scale, out),
        (ValueRef::Integer(number), FieldType::Bool) => FieldValue::Bool(number != 0).write_json(out),
        (ValueRef::Integer(micros), FieldType::Datetime) => {
            FieldValue::Datetime(Timestamp::from_micros(micros).ok_or_else(wrong)?).write_json(out);
        }
        (ValueRef::Real(number), FieldType::Float) => write_float(number, out),
        (ValueRef::Blob(bytes), FieldType::Uuid) => {
            FieldValue::Uuid(Uuid::from_slice(bytes).map_err(|_| wrong())?).write_json(out);
        }
        _ => return Err(wrong()),
    }
    Ok(())
}
