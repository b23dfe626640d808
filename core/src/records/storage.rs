//! How a field's values lie in columns of the three databases.
//!
//! | Storage | Fields | SQLite | Postgres | MariaDB |
//! |---|---|---|---|---|
//! | text | text, `rich_text`, select, email, url | `TEXT` | `TEXT COLLATE "C"` | `VARCHAR` or `LONGTEXT`, `utf8mb4_nopad_bin` |
//! | int | int, decimal (its digits without the point) | `INTEGER` | `BIGINT` | `BIGINT` |
//! | float | float | `REAL` | `DOUBLE PRECISION` | `DOUBLE` |
//! | bool | bool | `INTEGER` | `BOOLEAN` | `BOOLEAN` |
//! | date | date | `TEXT` | `DATE` | `DATE` |
//! | time | datetime | `INTEGER`, microseconds since 1970 | `TIMESTAMPTZ` | `DATETIME(6)`, UTC |
//! | json | json (its text as sent), `multi_select`, `geo_point`, relations to many | `TEXT` | `JSON` | `LONGTEXT` |
//! | uuid | uuid, relations to one | `BLOB`, 16 bytes | `UUID` | `BINARY(16)` |
//! | floats | vector | `BLOB`, little-endian, 4 bytes each | `REAL[]` | `LONGBLOB`, as SQLite |
//!
//! A geo point has two columns more, `<name>$lat` and `<name>$lon` of storage float, and a text that is unique whatever
//! its case has `<name>$lower` beside it. Nothing reads them but conditions and indexes; `$` stands in no field's name.

use sea_query::Value;

use super::value::FieldValue;
use crate::collections::{Field, FieldType};
use crate::dialect::Dialect;

/// How a column is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Storage {
    Text,
    Int,
    Float,
    Bool,
    Date,
    Time,
    Json,
    Uuid,
    Floats,
}

impl Storage {
    pub(crate) const fn of(kind: &FieldType) -> Self {
        match kind {
            FieldType::Text { .. }
            | FieldType::RichText { .. }
            | FieldType::Select { .. }
            | FieldType::Email
            | FieldType::Url => Self::Text,
            FieldType::Int | FieldType::Decimal { .. } => Self::Int,
            FieldType::Float => Self::Float,
            FieldType::Bool => Self::Bool,
            FieldType::Date => Self::Date,
            FieldType::Datetime { .. } => Self::Time,
            FieldType::Json
            | FieldType::MultiSelect { .. }
            | FieldType::Relation { many: Some(_), .. }
            | FieldType::GeoPoint => Self::Json,
            FieldType::Uuid | FieldType::Relation { many: None, .. } => Self::Uuid,
            FieldType::Vector { .. } => Self::Floats,
        }
    }

    /// The type of a column.
    pub(crate) const fn type_name(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Text | Self::Json, Dialect::MariaDb) => "LONGTEXT",
            (Self::Text, Dialect::Postgres) => "TEXT COLLATE \"C\"",
            (Self::Json, Dialect::Postgres) => "JSON",
            (Self::Text | Self::Json | Self::Date, Dialect::Sqlite) => "TEXT",
            (Self::Int, Dialect::Postgres | Dialect::MariaDb) => "BIGINT",
            (Self::Int | Self::Bool | Self::Time, Dialect::Sqlite) => "INTEGER",
            (Self::Float, Dialect::Sqlite) => "REAL",
            (Self::Float, Dialect::Postgres) => "DOUBLE PRECISION",
            (Self::Float, Dialect::MariaDb) => "DOUBLE",
            (Self::Bool, Dialect::Postgres | Dialect::MariaDb) => "BOOLEAN",
            (Self::Date, Dialect::Postgres | Dialect::MariaDb) => "DATE",
            (Self::Time, Dialect::Postgres) => "TIMESTAMPTZ",
            (Self::Time, Dialect::MariaDb) => "DATETIME(6)",
            (Self::Uuid | Self::Floats, Dialect::Sqlite) => "BLOB",
            (Self::Uuid, Dialect::Postgres) => "UUID",
            (Self::Uuid, Dialect::MariaDb) => "BINARY(16)",
            (Self::Floats, Dialect::Postgres) => "REAL[]",
            (Self::Floats, Dialect::MariaDb) => "LONGBLOB",
        }
    }

    /// Null, typed, because Postgres takes the column's type from it.
    pub(crate) const fn null(self, dialect: Dialect) -> Value {
        match (self, dialect) {
            (Self::Date, Dialect::Postgres | Dialect::MariaDb) => Value::ChronoDate(None),
            (Self::Time, Dialect::Postgres) => Value::ChronoDateTimeUtc(None),
            (Self::Time, Dialect::MariaDb) => Value::ChronoDateTime(None),
            (Self::Int | Self::Time, _) => Value::BigInt(None),
            (Self::Float, _) => Value::Double(None),
            (Self::Bool, _) => Value::Bool(None),
            (Self::Uuid, _) => Value::Uuid(None),
            (Self::Floats, Dialect::Sqlite | Dialect::MariaDb) => Value::Bytes(None),
            (Self::Text | Self::Json | Self::Date | Self::Floats, _) => Value::String(None),
        }
    }

    /// The place of a value in a statement.
    pub(crate) const fn placeholder(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Json, Dialect::Postgres) => "CAST(? AS JSON)",
            (Self::Floats, Dialect::Postgres) => "CAST(? AS REAL[])",
            _ => "?",
        }
    }

    /// A column as it is selected.
    pub(crate) fn selected(self, name: &str, dialect: Dialect) -> String {
        match (self, dialect) {
            (Self::Json, Dialect::Postgres) => format!("CAST({name} AS TEXT)"),
            _ => name.to_owned(),
        }
    }
}

/// A further column of a field, written with it and read by conditions and indexes alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shadow {
    pub(crate) name: String,
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Latitude,
    Longitude,
    LowerCase,
}

impl Shadow {
    /// The further columns of a field.
    pub(crate) fn of(field: &Field) -> Vec<Self> {
        let parts: &[(&str, Part)] = match &field.kind {
            FieldType::GeoPoint => &[("lat", Part::Latitude), ("lon", Part::Longitude)],
            _ if field.ignore_case => &[("lower", Part::LowerCase)],
            _ => &[],
        };
        let column = field.column();
        parts.iter().map(|(suffix, part)| Self { name: format!("{column}${suffix}"), part: *part }).collect()
    }

    /// How it is typed.
    pub(crate) const fn storage(&self) -> Storage {
        match self.part {
            Part::Latitude | Part::Longitude => Storage::Float,
            Part::LowerCase => Storage::Text,
        }
    }

    /// What stands in it beside that value of the field.
    pub(crate) fn bind(&self, value: &FieldValue) -> Value {
        match (self.part, value) {
            (Part::Latitude, FieldValue::Point { lat, .. }) => Value::Double(Some(*lat)),
            (Part::Longitude, FieldValue::Point { lon, .. }) => Value::Double(Some(*lon)),
            (Part::Latitude | Part::Longitude, _) => Value::Double(None),
            (Part::LowerCase, FieldValue::Text(text)) => Value::String(Some(text.to_lowercase())),
            (Part::LowerCase, _) => Value::String(None),
        }
    }
}
