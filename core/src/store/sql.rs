//! A statement ready to run: its text in one dialect, and its values.

use std::sync::Arc;

use neonex_migrations::Dialect;
use sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder, Value};

/// SQL text with its bound values. The text may be shared, so that what is built once is not built again.
#[derive(Debug, Clone)]
pub struct Sql {
    pub(crate) text: Arc<str>,
    pub(crate) values: Vec<Value>,
}

impl Sql {
    /// A statement from text that this code wrote; what a client sent belongs in `values`.
    pub fn new(text: impl Into<Arc<str>>, values: Vec<Value>) -> Self {
        Self { text: text.into(), values }
    }

    /// Builds a statement of the query builder, or of an entity, for `dialect`.
    pub fn build(dialect: Dialect, statement: &impl QueryStatementWriter) -> Self {
        let (text, values) = match dialect {
            Dialect::Sqlite => statement.build_any(&SqliteQueryBuilder),
            Dialect::Postgres => statement.build_any(&PostgresQueryBuilder),
            Dialect::MariaDb => statement.build_any(&MysqlQueryBuilder),
        };
        Self { text: text.into(), values: values.0 }
    }
}
