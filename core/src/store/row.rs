//! A row of any of the databases, read column by column into the types that Neonex stores.

use sqlx::Row as _;
use uuid::Uuid;

use super::error::StoreError;

/// One row of a result, for as long as it is looked at.
pub enum Row<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of Postgres.
    Postgres(&'r sqlx::postgres::PgRow),
    /// Of MariaDB.
    MariaDb(&'r sqlx::mysql::MySqlRow),
}

macro_rules! read_column {
    ($row:expr, $column:expr, $type:ty, $wanted:literal) => {{
        let wrong = StoreError::Column { column: $column, wanted: $wanted };
        match $row {
            Row::Sqlite(row) => row.get::<_, Option<$type>>($column).map_err(|_| wrong),
            Row::Postgres(row) => row.try_get::<Option<$type>, _>($column).map_err(|_| wrong),
            Row::MariaDb(row) => row.try_get::<Option<$type>, _>($column).map_err(|_| wrong),
        }
    }};
}

impl Row<'_> {
    /// An integer, or null.
    pub fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        read_column!(self, column, i64, "an integer")
    }

    /// A floating-point number, or null.
    pub fn float(&self, column: usize) -> Result<Option<f64>, StoreError> {
        read_column!(self, column, f64, "a floating-point number")
    }

    /// A truth value, or null.
    pub fn bool(&self, column: usize) -> Result<Option<bool>, StoreError> {
        read_column!(self, column, bool, "a truth value")
    }

    /// A text, or null.
    pub fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        read_column!(self, column, String, "a text")
    }

    /// Bytes, or null.
    pub fn bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        read_column!(self, column, Vec<u8>, "bytes")
    }

    /// An id, or null.
    pub fn uuid(&self, column: usize) -> Result<Option<Uuid>, StoreError> {
        let wrong = StoreError::Column { column, wanted: "an id" };
        match self {
            Row::Sqlite(row) => {
                let bytes = row.get::<_, Option<[u8; 16]>>(column).map_err(|_| wrong)?;
                Ok(bytes.map(Uuid::from_bytes))
            }
            Row::Postgres(row) => row.try_get(column).map_err(|_| wrong),
            Row::MariaDb(row) => row.try_get(column).map_err(|_| wrong),
        }
    }
}
