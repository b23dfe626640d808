//! One code for three databases: what a unit of work runs its statements on.

use neonex_migrations::Dialect;

use super::error::StoreError;
use super::row::Row;
use super::server::ServerConnection;
use super::sql::Sql;
use super::sqlite;

/// A transaction, or a connection that reads. On SQLite it is lent by an engine thread and every call is ready
/// at once; on a server each call is a round trip.
pub struct Tx<'c>(Inner<'c>);

enum Inner<'c> {
    Sqlite(&'c mut rusqlite::Connection),
    Server(&'c mut ServerConnection),
}

impl<'c> Tx<'c> {
    pub(super) const fn sqlite(connection: &'c mut rusqlite::Connection) -> Self {
        Self(Inner::Sqlite(connection))
    }

    pub(super) const fn server(connection: &'c mut ServerConnection) -> Self {
        Self(Inner::Server(connection))
    }

    /// The SQL that is spoken here.
    pub const fn dialect(&self) -> Dialect {
        match &self.0 {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Server(connection) => connection.dialect(),
        }
    }

    /// Runs a statement that returns no rows, and counts the rows it changed.
    pub async fn execute(&mut self, sql: &Sql) -> Result<u64, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(connection) => sqlite::execute(connection, sql),
            Inner::Server(connection) => connection.execute(sql).await,
        }
    }

    /// Runs a query and hands each row to `read`.
    pub async fn query<T, R>(&mut self, sql: &Sql, read: R) -> Result<Vec<T>, StoreError>
    where
        T: Send,
        R: FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    {
        match &mut self.0 {
            Inner::Sqlite(connection) => sqlite::query(connection, sql, read),
            Inner::Server(connection) => connection.query(sql, read).await,
        }
    }

    /// Runs statements of a schema one after another, without values and without a cache.
    pub async fn define(&mut self, statements: &[String]) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Sqlite(connection) => {
                statements.iter().try_for_each(|sql| connection.execute_batch(sql)).map_err(StoreError::from)
            }
            Inner::Server(connection) => connection.define(statements).await,
        }
    }
}
