//! Values of fields as columns of the three databases (see [`super::storage`]): bound to statements, and read from
//! rows.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rusqlite::types::ValueRef;
use sea_query::Value;
use serde_json::value::RawValue;
use sqlx::Row as _;
use uuid::Uuid;

use super::storage::Storage;
use super::value::{FieldValue, write_decimal, write_float, write_string};
use crate::clock::Timestamp;
use crate::collections::FieldType;
use crate::dialect::Dialect;
use crate::store::{Row, StoreError};

/// The type of a column for `kind`. On MariaDB a text is a `VARCHAR` as long as it can be a whole index key. It is
/// never shorter than 64 characters, from which on it can lie outside the row, whose half page is soon full.
pub(crate) fn type_name(kind: &FieldType, dialect: Dialect) -> String {
    match (kind.key_length(), dialect) {
        (Some(most), Dialect::MariaDb) => format!("VARCHAR({})", most.max(64)),
        _ => Storage::of(kind).type_name(dialect).to_owned(),
    }
}

/// A value ready to be bound.
pub(crate) fn bind(kind: &FieldType, value: &FieldValue, dialect: Dialect) -> Value {
    match (value, kind) {
        (FieldValue::Null, kind) => Storage::of(kind).null(dialect),
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
        (value @ (FieldValue::Point { .. } | FieldValue::Ids(_)), _) => Value::String(Some(value.to_json())),
        (FieldValue::Vector(numbers), _) => bind_floats(numbers, dialect),
    }
}

/// Postgres reads an array from its text, which has braces where JSON has brackets.
fn bind_floats(numbers: &[f32], dialect: Dialect) -> Value {
    if dialect == Dialect::Postgres {
        let list: Vec<_> = numbers.iter().map(f32::to_string).collect();
        return Value::String(Some(format!("{{{}}}", list.join(","))));
    }
    Value::Bytes(Some(numbers.iter().flat_map(|number| number.to_le_bytes()).collect()))
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

/// A column as it is selected.
pub(crate) fn selected(name: &str, kind: &FieldType, dialect: Dialect) -> String {
    Storage::of(kind).selected(&quote(name, dialect), dialect)
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
        FieldType::Text { .. }
        | FieldType::RichText { .. }
        | FieldType::Select { .. }
        | FieldType::Email
        | FieldType::Url => row.text(at)?.map(FieldValue::Text),
        FieldType::Int => row.int(at)?.map(FieldValue::Int),
        FieldType::Decimal { scale, .. } => {
            row.int(at)?.map(|unscaled| FieldValue::Decimal { unscaled, scale: *scale })
        }
        FieldType::Float => row.float(at)?.map(FieldValue::Float),
        FieldType::Bool => row.bool(at)?.map(FieldValue::Bool),
        FieldType::Datetime { .. } => read_time(row, at)?.map(FieldValue::Datetime),
        FieldType::Uuid | FieldType::Relation { many: None, .. } => row.uuid(at)?.map(FieldValue::Uuid),
        FieldType::Relation { many: Some(_), .. } => match row.text(at)? {
            Some(text) => {
                let wrong = StoreError::Column { column: at, wanted: "a list of ids" };
                Some(FieldValue::Ids(serde_json::from_str(&text).map_err(|_| wrong)?))
            }
            None => None,
        },
        FieldType::Json | FieldType::MultiSelect { .. } => match row.text(at)? {
            Some(text) => Some(FieldValue::Json(
                RawValue::from_string(text).map_err(|error| StoreError::Fault(error.into()))?,
            )),
            None => None,
        },
        FieldType::GeoPoint => match row.text(at)? {
            Some(text) => {
                let wrong = StoreError::Column { column: at, wanted: "a geo point" };
                Some(FieldValue::read_point(&text).ok_or(wrong)?)
            }
            None => None,
        },
        FieldType::Vector { .. } => read_floats(row, at)?.map(FieldValue::Vector),
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

/// Takes the numbers of a vector, four bytes each, little-endian; from MariaDB's answer without a copy.
pub(crate) fn with_vector<T>(
    row: &Row<'_>,
    at: usize,
    take: impl FnOnce(&[u8]) -> T,
) -> Result<Option<T>, StoreError> {
    let wrong = |_| StoreError::Column { column: at, wanted: "a vector" };
    match row {
        Row::Sqlite(_) => Ok(row.bytes(at)?.as_deref().map(take)),
        Row::Postgres(row) => {
            let numbers = row.try_get::<Option<Vec<f32>>, _>(at).map_err(wrong)?;
            let bytes =
                |numbers: Vec<f32>| numbers.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<_>>();
            Ok(numbers.map(bytes).as_deref().map(take))
        }
        Row::MariaDb(row) => Ok(row.try_get::<Option<&[u8]>, _>(at).map_err(wrong)?.map(take)),
    }
}

fn read_floats(row: &Row<'_>, at: usize) -> Result<Option<Vec<f32>>, StoreError> {
    let wrong = || StoreError::Column { column: at, wanted: "a vector" };
    if let Row::Postgres(row) = row {
        return row.try_get(at).map_err(|_| wrong());
    }
    let Some(bytes) = row.bytes(at)? else { return Ok(None) };
    let (numbers, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(wrong());
    }
    Ok(Some(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()))
}

/// Writes a column as JSON straight from the row, which is the path of every read.
pub(crate) fn write(kind: &FieldType, row: &Row<'_>, at: usize, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let (Row::Sqlite(sqlite), true) = (row, !matches!(kind, FieldType::Vector { .. })) else {
        read(kind, row, at)?.write_json(out);
        return Ok(());
    };
    let wrong = || StoreError::Column { column: at, wanted: "the type of its field" };
    match (sqlite.get_ref(at).map_err(|_| wrong())?, kind) {
        (ValueRef::Null, _) => out.extend_from_slice(b"null"),
        (
            ValueRef::Text(text),
            FieldType::Json
            | FieldType::MultiSelect { .. }
            | FieldType::Relation { .. }
            | FieldType::GeoPoint,
        ) => out.extend_from_slice(text),
        (ValueRef::Text(text), _) => write_string(std::str::from_utf8(text).map_err(|_| wrong())?, out),
        (ValueRef::Integer(number), FieldType::Int) => FieldValue::Int(number).write_json(out),
        (ValueRef::Integer(number), FieldType::Decimal { scale, .. }) => {
            write_decimal(number.into(), *scale, out);
        }
        (ValueRef::Integer(number), FieldType::Bool) => FieldValue::Bool(number != 0).write_json(out),
        (ValueRef::Integer(micros), FieldType::Datetime { .. }) => {
            FieldValue::Datetime(Timestamp::from_micros(micros).ok_or_else(wrong)?).write_json(out);
        }
        (ValueRef::Real(number), FieldType::Float) => write_float(number, out),
        (ValueRef::Blob(bytes), FieldType::Uuid | FieldType::Relation { .. }) => {
            FieldValue::Uuid(Uuid::from_slice(bytes).map_err(|_| wrong())?).write_json(out);
        }
        _ => return Err(wrong()),
    }
    Ok(())
}
