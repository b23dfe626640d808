//! What can go wrong between this process and a database.

use sqlx::mysql::MySqlDatabaseError;

use crate::engine::EngineError;

/// MariaDB's numbers of errors.
mod mariadb {
    pub(super) const BAD_NULL: u16 = 1048;
    pub(super) const LOCK_WAIT_TIMEOUT: u16 = 1205;
}

/// A statement, a transaction or a connection failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with the same unique value is there already.
    #[error("a unique index refused the row")]
    Unique {
        /// The database's own words, which name the index or its columns.
        constraint: String,
    },
    /// A referenced row is missing, or a row is still referenced.
    #[error("a foreign key refused the change")]
    ForeignKey,
    /// A column that must have a value got none.
    #[error("a column refused null")]
    NotNull {
        /// The database's own words, which name the column.
        column: String,
    },
    /// Too much waits already, or somebody holds a lock for too long; worth trying again in a moment.
    #[error("the database is busy")]
    Busy,
    /// The database undid the transaction for the sake of another that it met; worth running again at once.
    #[error("the transaction was undone because it met another")]
    Conflict(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The statement took longer than it may.
    #[error("a statement took longer than it may")]
    Timeout,
    /// The database could not be reached, or is about to go; worth trying again.
    #[error("the database could not be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row holds something else than the schema says.
    #[error("column {column} of a row could not be read as {wanted}")]
    Column {
        /// Position of the column, from 0.
        column: usize,
        /// What it was to be.
        wanted: &'static str,
    },
    /// A unit of work waited for something other than its database, which a writer's turn has no room for.
    #[error("a unit of work waited for something other than its database")]
    Waited,
    /// Anything else: a fault in a statement or in the database.
    #[error("the database refused a statement")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether an index had no room for a value. Those of Postgres have some 2.7 kB, after compression, and for the
    /// words of a record 1 MB.
    pub(crate) fn is_too_long_for_an_index(&self) -> bool {
        let Self::Fault(source) = self else { return false };
        let error = source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
        error.is_some_and(|error| {
            error.code().as_deref() == Some("54000")
                && ["index row", "string is too long for tsvector"]
                    .iter()
                    .any(|start| error.message().starts_with(start))
        })
    }

    /// Whether a number that was to be computed is beyond those of its type.
    pub(crate) fn is_out_of_range(&self) -> bool {
        let Self::Fault(source) = self else { return false };
        if let Some(rusqlite::Error::SqliteFailure(_, message)) = source.downcast_ref() {
            return message.as_deref() == Some("integer overflow");
        }
        let error = source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
        error.is_some_and(|error| error.code().as_deref() == Some("22003"))
    }

    /// Whether the same request may well succeed in a moment.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy | Self::Conflict(_) | Self::Timeout | Self::Unavailable(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return Self::Fault(error.into());
        };
        let words = || message.clone().unwrap_or_default();
        match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                Self::Unique { constraint: words() }
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey,
            ffi::SQLITE_CONSTRAINT_NOTNULL => Self::NotNull { column: words() },
            ffi::SQLITE_INTERRUPT => Self::Timeout,
            ffi::SQLITE_BUSY | ffi::SQLITE_BUSY_SNAPSHOT => Self::Busy,
            _ => Self::Fault(error.into()),
        }
    }
}

impl From<EngineError> for StoreError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Busy => Self::Busy,
            EngineError::Timeout => Self::Timeout,
            EngineError::BatchAborted => Self::Conflict(error.into()),
            error if error.is_retryable() => Self::Unavailable(error.into()),
            error => Self::Fault(error.into()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
                    Self::Unavailable(error.into())
                }
                error => Self::Fault(error.into()),
            };
        };
        if database.is_unique_violation() {
            // Postgres names the index apart; MariaDB names it in the message.
            let constraint = database.constraint().unwrap_or_else(|| database.message()).to_owned();
            return Self::Unique { constraint };
        }
        if database.is_foreign_key_violation() {
            return Self::ForeignKey;
        }
        // Of these MariaDB's SQLSTATE says too little.
        match database.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number) {
            Some(mariadb::LOCK_WAIT_TIMEOUT) => return Self::Busy,
            Some(mariadb::BAD_NULL) => return Self::NotNull { column: database.message().to_owned() },
            _ => {}
        }
        match database.code().as_deref() {
            Some("23502") => Self::NotNull { column: database.message().to_owned() },
            // Cancelled by statement_timeout; MariaDB's max_statement_time.
            Some("57014" | "70100") => Self::Timeout,
            // A lock was not to be had.
            Some("55P03") => Self::Busy,
            // Serialisation failure, and a deadlock as MariaDB names it; a deadlock.
            Some("40001" | "40P01") => Self::Conflict(error.into()),
            // Shutdown of the server, too many connections.
            Some("57P01" | "57P02" | "57P03" | "53300" | "08004" | "08S01") => {
                Self::Unavailable(error.into())
            }
            _ => Self::Fault(error.into()),
        }
    }
}
