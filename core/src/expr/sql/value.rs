//! Scalars as parameters.

use sea_query::Value;

use crate::dialect::Dialect;
use crate::expr::ir::Scalar;
use crate::expr::vocabulary::FieldKind;

/// The scalar as a column of its kind stores it.
pub(super) fn bind(scalar: &Scalar, dialect: Dialect) -> Value {
    match (scalar, dialect) {
        (Scalar::Text(text), _) => text.as_str().into(),
        (Scalar::Int(value), _) => (*value).into(),
        (Scalar::Float(value), _) => (*value).into(),
        (Scalar::Bool(value), _) => (*value).into(),
        (Scalar::Date(day), Dialect::Sqlite) => day.to_string().into(),
        (Scalar::Date(day), _) => (*day).into(),
        (Scalar::DateTime(instant), Dialect::Sqlite) => instant.timestamp_micros().into(),
        (Scalar::DateTime(instant), Dialect::Postgres) => (*instant).into(),
        (Scalar::DateTime(instant), Dialect::MariaDb) => instant.naive_utc().into(),
        (Scalar::Uuid(uuid), Dialect::Postgres) => (*uuid).into(),
        (Scalar::Uuid(uuid), _) => uuid.as_bytes().to_vec().into(),
    }
}

/// NULL of the same type, which Postgres prepares a statement for.
pub(super) const fn null(kind: FieldKind, dialect: Dialect) -> Value {
    match (kind, dialect) {
        (FieldKind::Text | FieldKind::Json, _) | (FieldKind::Date, Dialect::Sqlite) => Value::String(None),
        (FieldKind::Int | FieldKind::Decimal { .. }, _) | (FieldKind::DateTime, Dialect::Sqlite) => {
            Value::BigInt(None)
        }
        (FieldKind::Float, _) => Value::Double(None),
        (FieldKind::Bool, _) => Value::Bool(None),
        (FieldKind::Date, Dialect::Postgres | Dialect::MariaDb) => Value::ChronoDate(None),
        (FieldKind::DateTime, Dialect::Postgres) => Value::ChronoDateTimeUtc(None),
        (FieldKind::DateTime, Dialect::MariaDb) => Value::ChronoDateTime(None),
        (FieldKind::Uuid, Dialect::Postgres) => Value::Uuid(None),
        (FieldKind::Uuid, Dialect::Sqlite | Dialect::MariaDb) => Value::Bytes(None),
    }
}
